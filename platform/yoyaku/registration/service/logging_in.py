"""Logging in by id and password: the same answer and the same work for an id that is there and one that is not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.registration.policy import (
    LoginFailed,
    PasswordToBeSet,
    SessionLimits,
    StageMayNotLogIn,
    login_key,
    mask_mail,
)
from yoyaku.registration.policy.throttle import Sources, sources_of, sources_of_known_device
from yoyaku.registration.repository import AccountRow, accounts
from yoyaku.registration.repository.events import tell
from yoyaku.registration.service.attempts import Throttle
from yoyaku.registration.service.codes import required_level
from yoyaku.registration.service.known_devices import known_device
from yoyaku.registration.service.passwords import hash_password, needs_rehash, verify_password
from yoyaku.registration.service.sessions import NewSession, Origin, begin_session, log_out
from yoyaku.registration.terms import RegistrationTerms


@dataclass(frozen=True, kw_only=True)
class LoginAttempt:
    """What somebody typed, from where, and the token of the session they had before, if any."""

    login_id: str
    password: str = field(repr=False)
    address: str
    browser: str = ""
    device_mark: str | None = field(default=None, repr=False)
    previous_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Gate:
    """Of which service, under which rules, and when one logs in; ``real_now`` is real time, ``today`` the civil day."""

    terms: RegistrationTerms
    limits: SessionLimits
    throttle: Throttle
    real_now: datetime
    today: date


async def log_in(conn: AsyncConnection, *, attempt: LoginAttempt, gate: Gate) -> NewSession:
    """Begin a session under a new token; a session that the browser had before ends.

    The session's level may be less than full, where a second factor is still to come.

    Raises:
        LoginFailed: unknown id or wrong password; both take as long and read alike.
        PasswordToBeSet: the initial password was right; an event tells of the link. Do not roll back.
        StageMayNotLogIn: the password was right.
        TooManyAttempts: from this place; see :mod:`yoyaku.registration.policy.throttle`.
    """
    key = login_key(attempt.login_id, gate.terms.login)
    found = await accounts.find_account(conn, login_key=key)
    taken = await gate.throttle.take(_sources(gate, attempt, key, found), real_now=gate.real_now)
    right = await verify_password(attempt.password, found.password_hash if found else None)
    if not right or found is None or found.is_closed:
        raise LoginFailed
    if found.opens_only_a_way:
        raise await _lead_to_own_password(conn, found, gate)
    await gate.throttle.give_back(taken)
    check_stage(found, gate.terms)
    if found.password_hash is not None and needs_rehash(found.password_hash):
        renewed = await hash_password(attempt.password)
        await accounts.change_password_hash(conn, account_id=found.account_id, password_hash=renewed)
    if attempt.previous_token is not None:
        await log_out(conn, token=attempt.previous_token)
    return await _begin(conn, found, attempt, gate)


async def _begin(conn: AsyncConnection, found: AccountRow, attempt: LoginAttempt, gate: Gate) -> NewSession:
    level = await required_level(conn, account_id=found.account_id, is_staff=found.staff_id is not None)
    origin = Origin(address=attempt.address, browser=attempt.browser, level=level, today=gate.today)
    return await begin_session(
        conn, account_id=found.account_id, limits=gate.limits, real_now=gate.real_now, origin=origin
    )


def _sources(gate: Gate, attempt: LoginAttempt, key: str, found: AccountRow | None) -> Sources:
    device = known_device(gate.throttle.seal, mark=attempt.device_mark, account=found)
    if device is not None:
        return sources_of_known_device(device=device, aim=key)
    return sources_of(address=attempt.address, aim=key)


async def _lead_to_own_password(conn: AsyncConnection, found: AccountRow, gate: Gate) -> PasswordToBeSet:
    """An initial password opens no session, and its attempt stays counted: each asks for one more mail."""
    mail = found.email if "mail" in gate.terms.login.password.reset_by else None
    if not mail or found.registrant_id is None:
        return PasswordToBeSet(mail=None)
    facts = {"why": "initial", "account_id": str(found.account_id)}
    await tell(conn, kind="password_to_set", registrant_id=found.registrant_id, facts=facts)
    return PasswordToBeSet(mail=mask_mail(mail))


def check_stage(found: AccountRow, terms: RegistrationTerms) -> None:
    """Let in whoever is at a stage that logs in.

    Raises:
        StageMayNotLogIn: with what to do next, in the words of the rules.
    """
    for stage in terms.stages:
        if stage.code == found.stage and not stage.may_log_in:
            raise StageMayNotLogIn(next_step=stage.next_step or stage.name)
