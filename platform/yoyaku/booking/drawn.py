"""What is drawn by lot instead of booked by first come: whoever draws says so here, and is asked in the same transaction.

Booking knows nothing of lotteries. Where nobody has registered, nothing is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy import BookingRequest
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.visit import Visit
from yoyaku.facility.policy import Slot
from yoyaku.facility.policy.inventory import NIGHT_MINUTES
from yoyaku.fee.policy import Quote
from yoyaku.rules.refusal import Refusal
from yoyaku.rules.trace import Trace
from yoyaku.rules.values import Text

Phase = Literal["before", "open", "closed"]
DrawnMark = Literal["lottery_before", "lottery_open", "lottery_applied", "lottery_closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotOdds:
    """How many entries want a slot, and how many can win it."""

    applications: int
    winnable: int

    @property
    def ratio(self) -> str | None:
        """Entries for each that can win (``1.5``); ``None`` where nobody entered or nothing can be won."""
        return f"{self.applications / self.winnable:.1f}" if self.applications and self.winnable else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnDay:
    """A day of a space that is drawn by lot, until ``releases_at``; what is left is first come from then on.

    ``path`` is the page of the site where it is entered, ``month_path`` that of the lottery. ``by_cart``: it is entered
    like a reservation, by cart and form. ``odds`` are by the minute of the day at which a slot starts (a night's: 0),
    read while entries are taken; ``shows_odds`` says whether people may see the numbers.
    """

    name: Text
    phase: Phase
    opens_at: datetime
    closes_at: datetime
    announces_at: datetime
    releases_at: datetime
    path: str
    month_path: str
    by_cart: bool
    shows_odds: bool
    odds: Mapping[int, SlotOdds] = field(default_factory=dict)

    def odds_of(self, slot: Slot) -> SlotOdds | None:
        """How many entries want a slot of the day, and how many can win it."""
        return self.odds.get(0 if slot.ends_minute > NIGHT_MINUTES else slot.starts_minute)

    def mark(self, slots: Iterable[Slot]) -> DrawnMark:
        """The sign of some slots of the day together: applied where somebody entered any of them."""
        if self.phase != "open":
            return "lottery_before" if self.phase == "before" else "lottery_closed"
        wanted = any(found.applications for slot in slots if (found := self.odds_of(slot)) is not None)
        return "lottery_applied" if wanted else "lottery_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnQuote:
    """A wish as it would be entered: what winning it would cost, and which day of a lottery it is."""

    quote: Quote
    day: DrawnDay
    trace: Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is asked for, and the answers that all of it shares."""

    items: Sequence[BookingRequest]
    form: Mapping[str, Any]


DrawnDays = Mapping[tuple[str, date], DrawnDay]


class Board(Protocol):
    """Somebody who draws."""

    async def find_days(  # what a grid is asked for
        self,
        conn: AsyncConnection,
        *,
        visit: Visit,
        rules: ServiceRules,
        space_ids: Sequence[str],
        first: date,
        end: date,
    ) -> DrawnDays:
        """Those spaces and days (``first <= day < end``) that are drawn."""
        ...

    async def quote_items(
        self, conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, wishes: Wishes, check_form: bool
    ) -> Mapping[int, DrawnQuote | Refusal]:
        """Those items (by place) that are entered by the cart: as they would be, or why not."""
        ...

    async def enter_items(  # what entering consists of
        self,
        conn: AsyncConnection,
        *,
        visit: Visit,
        rules: ServiceRules,
        wishes: Wishes,
        accepted_terms: Sequence[str],
        idempotency_key: str | None,
    ) -> Sequence[UUID]:
        """Enter all or none; gives the lotteries that were entered.

        Raises:
            Refusal: by a rule, with ``item`` (the place in ``wishes``) among its facts.
        """
        ...


_BOARDS: list[Board] = []


def show(board: Board) -> None:
    """Make somebody who draws known; once is enough."""
    if board not in _BOARDS:
        _BOARDS.append(board)


async def drawn_days(  # what a grid is asked for
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, space_ids: Sequence[str], first: date, end: date
) -> DrawnDays:
    """What anybody draws of these spaces and days."""
    found: dict[tuple[str, date], DrawnDay] = {}
    for board in _BOARDS:
        found |= await board.find_days(conn, visit=visit, rules=rules, space_ids=space_ids, first=first, end=end)
    return found


async def quote_drawn(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, wishes: Wishes, check_form: bool = False
) -> Mapping[int, DrawnQuote | Refusal]:
    """Those items (by place) that are entered into a lottery by the cart: as they would be, or why not."""
    found: dict[int, DrawnQuote | Refusal] = {}
    for board in _BOARDS:
        found |= await board.quote_items(conn, visit=visit, rules=rules, wishes=wishes, check_form=check_form)
    return found


async def enter_drawn(  # what entering consists of
    conn: AsyncConnection,
    *,
    visit: Visit,
    rules: ServiceRules,
    wishes: Wishes,
    accepted_terms: Sequence[str],
    idempotency_key: str | None = None,
) -> Sequence[UUID]:
    """Enter items that :func:`quote_drawn` named; gives the lotteries that were entered.

    Raises:
        LookupError: nobody who draws has registered.
        Refusal: by a rule, with ``item`` among its facts.
    """
    if not _BOARDS:
        raise LookupError("nobody who draws has registered: call show() when the process starts")
    return await _BOARDS[0].enter_items(
        conn,
        visit=visit,
        rules=rules,
        wishes=wishes,
        accepted_terms=accepted_terms,
        idempotency_key=idempotency_key,
    )
