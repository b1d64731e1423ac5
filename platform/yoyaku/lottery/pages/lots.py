"""Lotteries as the pages of entering find them: by address, by day, with what they draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from yoyaku.booking.drawn import Phase
from yoyaku.booking.pages.here import Here, read_month
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.visit import Visit
from yoyaku.facility.policy import PlacedSpace
from yoyaku.facility.terms import Facility
from yoyaku.kernel.period import dates_between
from yoyaku.lottery.policy.cover import Cover, covering_scheme
from yoyaku.lottery.policy.entrant import check_entrant
from yoyaku.lottery.policy.entry import check_room
from yoyaku.lottery.policy.refusals import LotteryNotFound
from yoyaku.lottery.repository.lotteries import LotteryRow, find_lottery
from yoyaku.lottery.service.asking import act_of, cover_of
from yoyaku.lottery.service.entries import MyLottery, my_lotteries
from yoyaku.lottery.terms import LotteryScheme
from yoyaku.rules.refusal import Refusal
from yoyaku.ui.formats import month_name
from yoyaku.ui.words import Words


@dataclass(frozen=True, kw_only=True)
class Lot:
    """A lottery with the rules of its month, and who asks for its page."""

    row: LotteryRow
    cover: Cover
    rules: ServiceRules
    visit: Visit

    @property
    def lottery_id(self) -> UUID:
        """The id of the lottery."""
        return self.row.lottery_id

    @property
    def scheme(self) -> LotteryScheme:
        """The rules of it."""
        return self.cover.scheme

    @property
    def phase(self) -> Phase:
        """Whether entries are taken."""
        return phase_of(self.row, self.visit)

    @property
    def path(self) -> str:
        """The page of the lottery."""
        return path_of(self.row)

    @property
    def last_day(self) -> date:
        """The last day that is drawn."""
        return self.row.period_ends - timedelta(days=1)

    @property
    def by_cart(self) -> bool:
        """Whether it is entered like a reservation."""
        return is_by_cart(self.rules, self.scheme)

    @property
    def by_night(self) -> bool:
        """Whether stays are drawn."""
        return any(placed.by_night for placed in self.spaces)

    @property
    def spaces(self) -> Sequence[PlacedSpace]:
        """What it draws, in the order of the facilities."""
        return drawn_spaces(self.rules, self.row, visit=self.visit)

    @property
    def facilities(self) -> list[Facility]:
        """Where it draws."""
        return list({placed.facility.code: placed.facility for placed in self.spaces}.values())

    def spaces_of(self, facility: str, space: str | None = None) -> list[PlacedSpace]:
        """What it draws in one facility; the one that is asked for, where it is one of them."""
        found = [placed for placed in self.spaces if placed.facility.code == facility]
        return [placed for placed in found if placed.space.code == space] or found

    def refusal(self, *, used: int = 0) -> Refusal | None:
        """Why whoever asks may not enter it now, whatever they would enter; ``used``: beside how many entries."""
        try:
            entrant = check_entrant(self.rules, cover=self.cover, act=act_of(self.visit))
            check_room(self.rules, self.scheme.entry, entrant, used=used)
        except Refusal as refusal:
            return refusal
        return None


def phase_of(row: LotteryRow, visit: Visit) -> Phase:
    """Whether a lottery takes entries: by its moments, and not before it was opened."""
    if visit.now < row.opens_at or row.state == "planned":
        return "before"
    return "open" if visit.now < row.closes_at and row.state == "open" else "closed"


def path_of(row: LotteryRow) -> str:
    """The page of a lottery."""
    return f"/lottery/{row.scheme}/{row.period_starts:%Y-%m}"


def is_by_cart(rules: ServiceRules, scheme: LotteryScheme) -> bool:
    """Whether it is entered by cart and form: one use an entry, with the questions of a booking, by the hour."""
    single = scheme.entry.asks_form and scheme.entry.parts_at_most == 1 and scheme.entry.one_facility != "applicant"
    return single and not any(placed.by_night for placed in rules.inventory.spaces.values())


def drawn_spaces(rules: ServiceRules, row: LotteryRow, *, visit: Visit) -> Sequence[PlacedSpace]:
    """The spaces of which a lottery draws any day, and that are booked on this site."""

    def find() -> tuple[PlacedSpace, ...]:
        days = dates_between(row.period_starts, row.period_ends)
        return tuple(
            placed
            for placed in rules.inventory.spaces.values()
            if placed.space.online and any(_covers(rules, row, placed, day, visit) for day in days)
        )

    return rules.memo.get(("drawn spaces", row.scheme, row.period_starts), find)


def _covers(rules: ServiceRules, row: LotteryRow, placed: PlacedSpace, day: date, visit: Visit) -> bool:
    cover = covering_scheme(rules, space_id=placed.space_id, use_on=day, now=visit.now)
    return cover is not None and cover.scheme.code == row.scheme


async def lot_of(here: Here, row: LotteryRow) -> Lot:
    """A lottery with the rules of its month.

    Raises:
        LotteryNotFound: the rules in force know its scheme no more.
    """
    rules = await here.rules(max(row.period_starts, here.today))
    return Lot(row=row, cover=cover_of(rules, row), rules=rules, visit=here.visit)


async def need_lot(here: Here, scheme: str, month: str) -> Lot:
    """The lottery that an address names.

    Raises:
        LotteryNotFound: there is none.
    """
    day = read_month(month, fallback=date.min)
    row = None if day == date.min else await find_lottery(here.conn, scheme=scheme, month_starts=day)
    if row is None:
        raise LotteryNotFound(scheme=scheme)
    return await lot_of(here, row)


async def mine_in(here: Here, lottery_id: UUID) -> MyLottery | None:
    """What whoever is served entered into a lottery, if anything."""
    if here.visit.registrant_id is None:
        return None
    mine = await my_lotteries(here.conn, registrant_id=here.visit.registrant_id, now=here.visit.now)
    return next((one for one in mine if one.lottery.lottery_id == lottery_id), None)


def standing(mine: MyLottery | None) -> int:
    """How many of somebody's entries stand."""
    return 0 if mine is None else sum(entry.rank is not None for entry in mine.entries)


def lot_name(lot: Lot, words: Words) -> str:
    """The name of a lottery, with its month."""
    month = month_name(lot.row.period_starts, words.language)
    return words.say("lottery_enter.name_of_month", name=words.text(lot.scheme.name), month=month)
