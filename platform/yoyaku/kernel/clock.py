"""The clock is read at the edge and nowhere else; business time may run ahead of it in a demo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def read_clock() -> datetime:
    """The real instant, aware, in UTC: for sessions, tokens and retries."""
    return datetime.now(tz=UTC)


def business_now(offset_seconds: int, real_now: datetime | None = None) -> datetime:
    """The instant by which rules decide: the real one moved ahead by the service's offset.

    The offset is nought in production (settings refuse to move the clock there).
    """
    return (real_now or read_clock()) + timedelta(seconds=offset_seconds)
