"""What the use cases of lotteries answer: plain values for pages, the API and notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from yoyaku.booking.policy import BookingRequest
from yoyaku.kernel.period import Period
from yoyaku.lottery.policy.entry_state import Decided, EntryState
from yoyaku.lottery.repository.lotteries import LotteryRow
from yoyaku.rules.trace import Trace
from yoyaku.rules.values import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryUse:
    """One use of an entry, with the names of that day and what it would have cost then, in yen."""

    facility_name: Text
    space_name: Text
    use_on: date
    period: Period
    bands: tuple[str, ...]
    yen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """An entry as people see it. Instants are aware UTC, amounts whole yen.

    ``rank`` 1 is wished for most; ``None``: it was withdrawn. ``requests`` and ``uses`` stand in the same order,
    by time.
    ``decided`` and what follows from a win are there from the announcement on: until when it is to be accepted, when it
    was accepted, declined or lapsed, and the application of the booking that it became.
    """

    entry_id: UUID
    lottery_id: UUID
    applicant_id: UUID
    registrant_id: UUID
    receipt: str
    rank: int | None
    state: EntryState
    requests: tuple[BookingRequest, ...]
    uses: tuple[EntryUse, ...]
    total_yen: int
    wants: str
    channel: str
    entered_by: UUID | None
    entered_at: datetime
    withdrawn_at: datetime | None
    accepted_terms: tuple[str, ...]
    decided: Decided | None
    accept_until: datetime | None
    decided_at: datetime | None
    application_id: UUID | None
    trace: Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class MyLottery:
    """Somebody's part in a lottery: the receipt code, and their entries in the order of the wishes."""

    lottery: LotteryRow
    applicant_id: UUID
    receipt: str
    entries: Sequence[EntryView]


@dataclass(frozen=True, slots=True)
class Odds:
    """How many entries want an elementary slot, and how many of its surfaces or rooms can be won."""

    applications: int
    winnable: int
