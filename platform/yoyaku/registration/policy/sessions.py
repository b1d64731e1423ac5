"""How long a session lasts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

TOUCH_EVERY: Final = timedelta(seconds=30)
"""A session's last request is noted at most this often, so that reading pages writes nothing; it lasts as much longer."""


@dataclass(frozen=True, kw_only=True)
class SessionLimits:
    """After how long without a request, and after how long in any case, a session ends."""

    idle_minutes: int
    longest_hours: int = 12


@dataclass(frozen=True, kw_only=True)
class SessionTimes:
    """The instants of one session, real time."""

    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


def new_session_times(*, real_now: datetime, limits: SessionLimits) -> SessionTimes:
    """The times of a session that begins now."""
    return SessionTimes(
        created_at=real_now, last_seen_at=real_now, expires_at=_expiry(real_now, created_at=real_now, limits=limits)
    )


def session_is_alive(times: SessionTimes, *, real_now: datetime) -> bool:
    """Whether the session may still be used."""
    return real_now < times.expires_at


def touched(times: SessionTimes, *, real_now: datetime, limits: SessionLimits) -> SessionTimes | None:
    """The session's times after a request now, or ``None`` where the last one was noted a moment ago."""
    if real_now - times.last_seen_at < TOUCH_EVERY:
        return None
    expires_at = _expiry(real_now, created_at=times.created_at, limits=limits)
    return SessionTimes(created_at=times.created_at, last_seen_at=real_now, expires_at=expires_at)


def _expiry(seen_at: datetime, *, created_at: datetime, limits: SessionLimits) -> datetime:
    idle = seen_at + timedelta(minutes=limits.idle_minutes) + TOUCH_EVERY
    return min(idle, created_at + timedelta(hours=limits.longest_hours))
