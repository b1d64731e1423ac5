"""What other folders hold of a registrant: whether they can be let go, what is written for them, and taking names out.

Registration knows nothing of bookings, so whoever holds something of people says so here when the process starts, and
is asked in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, kw_only=True)
class Ties:
    """Why somebody cannot be let go yet: bookings that are not over, lottery entries not decided, yen that they owe.

    ``last_on`` is the last day on which they booked or used something.
    """

    bookings: int = 0
    entries: int = 0
    owed_yen: int = 0
    last_on: date | None = None


class Holder(Protocol):
    """Somebody who holds data of registrants."""

    async def find_ties(self, conn: AsyncConnection, *, registrant_id: UUID, now: datetime) -> Ties:
        """What still ties a registrant; ``now`` is business time."""
        ...

    async def forget(self, conn: AsyncConnection, *, registrant_id: UUID) -> None:
        """Take out what says who it was; sums and numbers stay."""
        ...

    async def export(self, conn: AsyncConnection, *, registrant_id: UUID) -> Mapping[str, Any]:
        """Everything that is held, by name, as plain values."""
        ...


_HOLDERS: list[Holder] = []


def hold(holder: Holder) -> None:
    """Make a holder known; once is enough."""
    if holder not in _HOLDERS:
        _HOLDERS.append(holder)


def holders() -> Sequence[Holder]:
    """Those who are known.

    Raises:
        LookupError: none is: this process was put together without them, and would forget half.
    """
    if not _HOLDERS:
        raise LookupError("nobody has said what is held of registrants: call hold() when the process starts")
    return tuple(_HOLDERS)
