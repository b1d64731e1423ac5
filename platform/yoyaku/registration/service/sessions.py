"""Sessions: beginning and ending them; who a request is from. All instants are real time, never business time.

The token is 256 random bits in the person's cookie; the database keeps only its SHA-256.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.ids import new_id
from yoyaku.registration import repository
from yoyaku.registration.policy import SessionLimits, SessionTimes, new_session_times, session_is_alive, touched
from yoyaku.registration.policy.devices import describe_device, shorten_address
from yoyaku.registration.repository import RegistrantRow, SessionRow, accounts, sessions
from yoyaku.registration.repository.sessions import OpenSessionRow

PersonFacts = Mapping[str, str | int | bool]


@dataclass(frozen=True, kw_only=True)
class SessionView:
    """Who is logged in: a registrant (``registrant_id``) or a member of staff (``staff_id``), never both.

    ``registrant_id`` is for whom they act, a group (``acting_for``) or themselves (``own_registrant_id``);
    ``display_name`` is the group's name for a group. ``person_facts`` are the facts of the user for the rules, empty
    for staff. ``level`` is ``full``, or what is still to come: ``second_factor`` or ``enrol``; only a full session opens
    anything. ``facilities`` are those a member of staff works for; none: all. ``last_login_at`` is the log-in before
    this one. ``expiries`` are the last days on which the registration holds. Without a request the session ends at
    ``idle_until``, and in any case at ``ends_at``.
    """

    account_id: UUID
    login_id: str
    display_name: str
    registrant_id: UUID | None = None
    person_facts: PersonFacts = field(default_factory=dict)
    registered_at: datetime | None = None
    email: str | None = None
    language: str = "ja"
    mail_verified: bool = True
    expiries: Mapping[str, date] = field(default_factory=dict)
    staff_id: UUID | None = None
    roles: frozenset[str] = frozenset()
    facilities: frozenset[str] = frozenset()
    session_id: UUID | None = None
    level: str = "full"
    acting_for: UUID | None = None
    own_registrant_id: UUID | None = None
    purpose: str | None = None
    last_login_at: datetime | None = None
    idle_until: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class NewSession:
    """A session that has just begun; only here is its token known."""

    token: str
    view: SessionView


@dataclass(frozen=True, kw_only=True)
class Origin:
    """From where and how somebody comes in.

    ``browser`` is what the browser calls itself. ``level`` is what the session may be used for at once; ``today`` is the
    service's civil day, kept as the day on which the registrant was last active.
    """

    address: str = ""
    browser: str = ""
    method: Literal["password", "passkey"] = "password"
    level: str = "full"
    today: date | None = None


UNKNOWN: Final = Origin()


async def begin_session(
    conn: AsyncConnection, *, account_id: UUID, limits: SessionLimits, real_now: datetime, origin: Origin = UNKNOWN
) -> NewSession:
    """A session for an account whose person is known to be there; its sessions that are over are swept.

    A full one is noted as a log-in. Address and device are kept as far as their owner needs them to recognise it.
    """
    await repository.remove_sessions_of(conn, account_id=account_id, expired_by=real_now)
    if origin.level == "full":
        await accounts.note_login(conn, account_id=account_id, real_now=real_now, today=origin.today)
    token = secrets.token_urlsafe(32)
    times = new_session_times(real_now=real_now, limits=limits)
    values = {
        "token_hash": _hashed(token),
        "session_id": new_id(),
        "account_id": account_id,
        "created_at": times.created_at,
        "last_seen_at": times.last_seen_at,
        "expires_at": times.expires_at,
        "method": origin.method,
        "level": origin.level,
        "address": shorten_address(origin.address),
        "device": describe_device(origin.browser),
    }
    await repository.add_session(conn, values)
    view = await resolve_session(conn, token=token, limits=limits, real_now=real_now)
    if view is None:
        raise LookupError("a session that has just begun is not there")
    return NewSession(token=token, view=view)


async def resolve_session(
    conn: AsyncConnection, *, token: str, limits: SessionLimits, real_now: datetime
) -> SessionView | None:
    """Whose request this is, ``None`` when the session is over or unknown; notes the request now and then."""
    row = await repository.find_session(conn, token_hash=_hashed(token))
    if row is None:
        return None
    times = SessionTimes(created_at=row.created_at, last_seen_at=row.last_seen_at, expires_at=row.expires_at)
    if not session_is_alive(times, real_now=real_now):
        return None
    later = touched(times, real_now=real_now, limits=limits)
    if later is not None:
        await repository.touch_session(
            conn, token_hash=_hashed(token), last_seen_at=later.last_seen_at, expires_at=later.expires_at
        )
    return _view(row, limits=limits, real_now=real_now)


async def log_out(conn: AsyncConnection, *, token: str) -> None:
    """End the session; nothing happens where it is over already."""
    await repository.remove_session(conn, token_hash=_hashed(token))


async def open_sessions(conn: AsyncConnection, *, account_id: UUID, real_now: datetime) -> list[OpenSessionRow]:
    """Where somebody is logged in now, the last used first."""
    return await sessions.list_sessions(conn, account_id=account_id, real_now=real_now)


async def end_session(conn: AsyncConnection, *, account_id: UUID, session_id: UUID) -> None:
    """End one session of an account, wherever it is.

    Raises:
        NotFound: the account has none of that id (any more).
    """
    if not await sessions.end_session(conn, account_id=account_id, session_id=session_id):
        raise NotFound(what="session")


async def end_sessions(conn: AsyncConnection, *, account_id: UUID, except_session_id: UUID | None = None) -> None:
    """End all sessions of an account, or all but one."""
    await sessions.end_sessions(conn, account_id=account_id, except_session_id=except_session_id)


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _view(row: SessionRow, *, limits: SessionLimits, real_now: datetime) -> SessionView:
    ends_at = row.created_at + timedelta(hours=limits.longest_hours)
    return SessionView(
        account_id=row.account_id,
        login_id=row.login_id,
        display_name=row.name or row.staff_name or row.login_id,
        registrant_id=row.registrant_id,
        person_facts=person_facts(row) if row.registrant_id else {},
        registered_at=row.registered_at,
        email=row.email,
        language=row.language or "ja",
        mail_verified=row.mail_verified,
        expiries=row.expiries or {},
        staff_id=row.staff_id,
        roles=frozenset(row.roles or ()),
        facilities=frozenset(row.facilities or ()),
        session_id=row.session_id,
        level=row.level,
        acting_for=row.acting_for,
        own_registrant_id=row.own_registrant_id,
        purpose=row.purpose,
        last_login_at=row.last_login_at,
        idle_until=min(real_now + timedelta(minutes=limits.idle_minutes), ends_at),
        ends_at=ends_at,
    )


def person_facts(row: SessionRow | RegistrantRow) -> PersonFacts:
    """The facts of the user by which rules decide; a registrant's further facts stand beside the usual ones."""
    usual = {
        "user_class": row.user_class,
        "account_kind": row.kind,
        "residency": row.residency,
        "registration": row.stage,
        "mail_verified": row.mail_verified if row.email else None,  # without an address none waits to be verified
    }
    return {**(row.facts or {}), **{name: value for name, value in usual.items() if value is not None}}
