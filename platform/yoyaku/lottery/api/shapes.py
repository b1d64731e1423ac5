"""What the API of lotteries takes and gives. Amounts are whole yen, instants RFC 3339 in UTC, dates ``2027-02-20``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from yoyaku.booking.api.shapes import ApplicationOut
from yoyaku.booking.api.wishes import Answers, CodeText, WishIn
from yoyaku.lottery.policy.entry_state import EntryState
from yoyaku.rules.values import Text
from yoyaku.ui.problem import Problem

EntryIds = Annotated[list[UUID], Meta(min_length=1, max_length=100)]


class LotteryOut(Struct, frozen=True, kw_only=True):
    """One lottery: the uses from ``month_starts`` until before ``month_ends``; hashes and values as they are published.

    Of a result nothing is told before ``announced_at``.
    """

    lottery_id: UUID
    scheme: str
    month_starts: date
    month_ends: date
    state: str
    opens_at: datetime
    closes_at: datetime
    draws_at: datetime
    announces_at: datetime
    releases_at: datetime
    secret_hash: str
    sealed_hash: str | None
    public_source: str | None
    public_value: str | None
    applicants: int | None
    entries: int | None
    announced_at: datetime | None
    seed: str | None
    result_hash: str | None


class OddsOut(Struct, frozen=True, kw_only=True):
    """A slot of a day, by the minute at which it starts (a night: 0): how many entries, how much can be won.

    ``applications`` is ``null`` where the rules do not show it.
    """

    space: str
    use_on: date
    starts_minute: int
    applications: int | None
    winnable: int


class UseOut(Struct, frozen=True, kw_only=True):
    """One use of an entry, and what it would have cost on the day of entering."""

    facility: str
    facility_name: Text
    space: str
    space_name: Text
    use_on: date
    starts_at: datetime
    ends_at: datetime
    nights: int
    surfaces: int
    yen: int


class EntryOut(Struct, frozen=True, kw_only=True):
    """One entry; ``rank`` 1 is wished for most. What follows from a win is told from the announcement on."""

    entry_id: UUID
    lottery_id: UUID
    rank: int | None
    state: EntryState
    uses: Sequence[UseOut]
    total_yen: int
    entered_at: datetime
    withdrawn_at: datetime | None
    accept_until: datetime | None
    application_id: UUID | None


class MyLotteryOut(Struct, frozen=True, kw_only=True):
    """One's part in a lottery: the receipt code in the published files, and the entries in the order of the wishes."""

    lottery_id: UUID
    scheme: str
    month_starts: date
    receipt: str
    entries: Sequence[EntryOut]


class EnteredOut(Struct, frozen=True, kw_only=True):
    """What was entered; ``entries`` is how many stand now, ``repeated`` where the same key had made it before."""

    entry_id: UUID
    lottery_id: UUID
    receipt: str
    rank: int | None
    entries: int
    repeated: bool


class EntryIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry: its ``items`` win or lose together. ``rank`` is its place among the wishes (absent: the last)."""

    items: Annotated[list[WishIn], Meta(min_length=1, max_length=50)]
    form: Answers = {}
    accepted_terms: Annotated[list[CodeText], Meta(max_length=20)] = []
    rank: Annotated[int, Meta(ge=1, le=100)] | None = None


class EntriesIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Entries; where an order is asked for, all that stand, the most wished for first."""

    entry_ids: EntryIds


class AcceptanceIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Answers that entering did not ask for, and terms not accepted yet."""

    form: Answers = {}
    accepted_terms: Annotated[list[CodeText], Meta(max_length=20)] = []


class AcceptancesIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Wins to accept, with answers that entering did not ask for and terms not accepted yet, which all share."""

    entry_ids: EntryIds
    form: Answers = {}
    accepted_terms: Annotated[list[CodeText], Meta(max_length=20)] = []


class AnsweredOut(Struct, frozen=True, kw_only=True):
    """One of several wins: the bookings that it became, or its refusal in words."""

    entry_id: UUID
    application: ApplicationOut | None
    refusal: Problem | None
