"""The second step of logging in: a session that waits for a code becomes a full one, under a new token."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.registration.policy.second_factor import (
    PENDING_LASTS,
    Level,
    SecondFactorOver,
    read_code,
    sources_of_code,
)
from yoyaku.registration.repository.accounts import read_account
from yoyaku.registration.service.codes import use_code
from yoyaku.registration.service.known_devices import known_device
from yoyaku.registration.service.logging_in import Gate
from yoyaku.registration.service.sessions import NewSession, Origin, SessionView, begin_session, log_out


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A session that is not full yet: what waits, its token, and from where it goes on."""

    view: SessionView | None
    token: str | None = field(repr=False)
    address: str
    browser: str = ""
    device_mark: str | None = field(default=None, repr=False)


async def finish_login(conn: AsyncConnection, *, waiting: Waiting, typed: str, gate: Gate) -> NewSession:
    """Take the code and begin the full session; the waiting one ends.

    Raises:
        SecondFactorOver: nothing waits for a code (any more): the log-in begins again.
        SecondFactorWrong: the session goes on waiting.
        TooManyAttempts: see :func:`yoyaku.registration.policy.second_factor.sources_of_code`.
    """
    view = check_waiting(waiting, level="second_factor", gate=gate)
    code, seal = read_code(typed), gate.throttle.seal
    account = await read_account(conn, account_id=view.account_id)
    if account is None or view.session_id is None:
        raise SecondFactorOver
    sources = sources_of_code(
        address=waiting.address,
        account_id=view.account_id,
        session_id=view.session_id,
        typed=code,
        device=known_device(seal, mark=waiting.device_mark, account=account),
    )
    taken = await gate.throttle.take(sources, real_now=gate.real_now)
    await use_code(conn, seal=seal, account_id=view.account_id, typed=code, real_now=gate.real_now)
    await gate.throttle.give_back(taken)
    return await become_full(conn, waiting=waiting, gate=gate)


async def become_full(conn: AsyncConnection, *, waiting: Waiting, gate: Gate) -> NewSession:
    """Begin the full session of whoever has just shown (or set up) the second factor.

    Raises:
        SecondFactorOver: nothing waits.
    """
    if waiting.view is None or waiting.token is None:
        raise SecondFactorOver
    await log_out(conn, token=waiting.token)
    origin = Origin(address=waiting.address, browser=waiting.browser, today=gate.today)
    return await begin_session(
        conn, account_id=waiting.view.account_id, limits=gate.limits, real_now=gate.real_now, origin=origin
    )


def check_waiting(waiting: Waiting, *, level: Level, gate: Gate) -> SessionView:
    """The session that waits for this, not for too long.

    Raises:
        SecondFactorOver: there is none.
    """
    view = waiting.view
    if view is None or waiting.token is None or view.level != level:
        raise SecondFactorOver
    began_at = view.ends_at - timedelta(hours=gate.limits.longest_hours)
    if gate.real_now > began_at + PENDING_LASTS:
        raise SecondFactorOver
    return view
