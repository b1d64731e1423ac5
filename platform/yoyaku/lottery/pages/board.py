"""What availability, cart and form are told of lotteries (see ``booking/drawn.py``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.drawn import DrawnDay, DrawnQuote, SlotOdds, Wishes
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.visit import Visit
from yoyaku.facility.policy import PlacedSpace
from yoyaku.kernel.period import dates_between
from yoyaku.lottery.pages.lots import is_by_cart, path_of, phase_of
from yoyaku.lottery.policy.cover import covering_scheme
from yoyaku.lottery.policy.entry import EntryRequest
from yoyaku.lottery.repository.lotteries import LotteryRow, list_lotteries
from yoyaku.lottery.rules import schemes, schemes_at
from yoyaku.lottery.service.entering import enter, quote_entry
from yoyaku.lottery.service.odds import read_odds
from yoyaku.lottery.terms import LotteryScheme
from yoyaku.rules.refusal import Refusal


class LotteryBoard:
    """Says which days are drawn; quotes and enters what comes by the cart."""

    async def find_days(  # what a grid is asked for
        self,
        conn: AsyncConnection,
        *,
        visit: Visit,
        rules: ServiceRules,
        space_ids: Sequence[str],
        first: date,
        end: date,
    ) -> Mapping[tuple[str, date], DrawnDay]:
        """Those spaces and days that a lottery draws, which is planned or not over."""
        rows = await _rows(conn, visit=visit, rules=rules)
        if not rows:
            return {}
        days: dict[tuple[str, date], LotteryRow] = {}
        for space_id in space_ids:
            placed = rules.inventory.space(space_id)
            if not schemes_at(rules, placed):
                continue
            for day in dates_between(first, end):
                row = _row_of(rows, rules, placed, day, visit)
                if row is not None:
                    days[space_id, day] = row
        odds = await _odds(conn, visit=visit, rules=rules, days=days)
        return {
            (space_id, day): drawn_day(rules, row, visit=visit, space_id=space_id, day=day, odds=odds)
            for (space_id, day), row in days.items()
        }

    async def quote_items(
        self, conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, wishes: Wishes, check_form: bool
    ) -> Mapping[int, DrawnQuote | Refusal]:
        """Those items that are entered by the cart: as they would be, each by itself, or why not."""
        found: dict[int, DrawnQuote | Refusal] = {}
        rows = await _rows(conn, visit=visit, rules=rules) if wishes.items else {}
        for place, item in enumerate(wishes.items):
            row = _row_of(rows, rules, rules.inventory.space(item.space_id), item.use_on, visit) if rows else None
            if row is None or not is_by_cart(rules, _scheme(rules, row)):
                continue
            quoted = await quote_entry(
                conn,
                visit=visit,
                rules=rules,
                request=EntryRequest(parts=(item,)),
                form=wishes.form,
                check_form=check_form,
            )
            if quoted.plan is None:
                found[place] = quoted.refusal or Refusal()
                continue
            part = quoted.plan.parts[0]
            told = drawn_day(rules, row, visit=visit, space_id=item.space_id, day=item.use_on, odds={})
            found[place] = DrawnQuote(quote=part.quote, day=told, trace=quoted.plan.trace)
        return found

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
        """Enter each item as an entry of its own, in their order; gives the lotteries, each once.

        Raises:
            Refusal: by a rule, with ``item`` among its facts.
        """
        entered: dict[UUID, None] = {}
        for place, item in enumerate(wishes.items):
            try:
                made = await enter(
                    conn,
                    visit=visit,
                    rules=rules,
                    request=EntryRequest(parts=(item,)),
                    form=wishes.form,
                    accepted_terms=accepted_terms,
                    idempotency_key=None if idempotency_key is None else f"{idempotency_key} {place}",
                )
            except Refusal as refusal:
                refusal.facts["item"] = place
                raise
            entered[made.lottery_id] = None
        return list(entered)


LOTTERY_BOARD: Final = LotteryBoard()
_Rows = Mapping[tuple[str, date], LotteryRow]
_Odds = Mapping[tuple[str, date], Mapping[int, SlotOdds]]


async def _rows(conn: AsyncConnection, *, visit: Visit, rules: ServiceRules) -> _Rows:
    """The lotteries that are not over, by scheme and first day of the month; nothing is asked where none is drawn."""
    if not schemes(rules):
        return {}
    rows = await list_lotteries(conn, since=visit.now)
    return {(row.scheme, row.period_starts): row for row in rows if visit.now < row.releases_at}


def _row_of(rows: _Rows, rules: ServiceRules, placed: PlacedSpace, day: date, visit: Visit) -> LotteryRow | None:
    month = day.replace(day=1)
    if not any(month == starts for _, starts in rows):
        return None
    cover = covering_scheme(rules, space_id=placed.space_id, use_on=day, now=visit.now)
    return None if cover is None else rows.get((cover.scheme.code, month))


def _scheme(rules: ServiceRules, row: LotteryRow) -> LotteryScheme:
    return next(scheme for scheme in schemes(rules) if scheme.code == row.scheme)


async def _odds(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, days: Mapping[tuple[str, date], LotteryRow]
) -> _Odds:
    """How many entries want each slot of the lotteries that take entries now."""
    found: dict[tuple[str, date], dict[int, SlotOdds]] = {}
    for row in {row.lottery_id: row for row in days.values()}.values():
        if phase_of(row, visit) != "open":
            continue
        mine = [key for key, one in days.items() if one.lottery_id == row.lottery_id]
        read = await read_odds(
            conn,
            visit=visit,
            lottery_id=row.lottery_id,
            rules=rules,
            spaces=sorted({space_id for space_id, _ in mine}),
            first=min(day for _, day in mine),
            end=date.fromordinal(max(day for _, day in mine).toordinal() + 1),
        )
        for (space_id, day, starts), odds in read.items():
            told = SlotOdds(applications=odds.applications, winnable=odds.winnable)
            found.setdefault((space_id, day), {})[starts] = told
    return found


def drawn_day(  # what a day's lottery is told by
    rules: ServiceRules, row: LotteryRow, *, visit: Visit, space_id: str, day: date, odds: _Odds
) -> DrawnDay:
    """A day of a space as its lottery draws it."""
    scheme, facility = _scheme(rules, row), space_id.partition(".")[0]
    by_cart, month_path = is_by_cart(rules, scheme), path_of(row)
    place = f"/availability/{facility}" if by_cart else f"{month_path}/facilities/{facility}"
    return DrawnDay(
        name=scheme.name,
        phase=phase_of(row, visit),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        announces_at=row.announces_at,
        releases_at=row.releases_at,
        path=f"{place}/{day.isoformat()}",
        month_path=month_path,
        by_cart=by_cart,
        shows_odds=scheme.odds == "shown",
        odds=odds.get((space_id, day), {}),
    )
