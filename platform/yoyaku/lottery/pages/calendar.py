"""The days of one place that a lottery draws: a month of hours, or a week of nights, with the odds of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.booking.pages.calendars import month_weeks, weekday_names
from yoyaku.booking.pages.here import Here, read_date
from yoyaku.booking.pages.known import Known, look_at
from yoyaku.facility.policy import PlacedSpace
from yoyaku.facility.terms import Facility
from yoyaku.lottery.pages.lots import Lot, lot_name, mine_in, need_lot, standing
from yoyaku.lottery.pages.overview import chosen_facilities, lot_card, refusal_of
from yoyaku.lottery.pages.parts import PART, carried_answers, carried_parts, read_parts, texts_of
from yoyaku.ui.page import Crumb

WEEK: Final = 7


@get("/lottery/{scheme:str}/{month:str}/facilities/{code:str}")
async def show_place(
    here: NamedDependency[Here],
    scheme: FromPath[str],
    month: FromPath[str],
    code: FromPath[str],
    request: Request[Any, Any, Any],
) -> Response[Any]:
    """The days of a place; by the cart, they are those of availability."""
    return await _place(here, await need_lot(here, scheme, month), code, request.query_params)


@post("/lottery/{scheme:str}/{month:str}/facilities/{code:str}", status_code=200)
async def add_to_set(
    here: NamedDependency[Here],
    scheme: FromPath[str],
    month: FromPath[str],
    code: FromPath[str],
    request: Request[Any, Any, Any],
) -> Response[Any]:
    """The same, to add to a set that was begun: the answers typed for it go along, which are not for addresses."""
    form = await request.form()
    return await _place(here, await need_lot(here, scheme, month), code, form, answers=carried_answers(form))


async def _place(
    here: Here, lot: Lot, code: str, asked: Mapping[str, Any], *, answers: Sequence[tuple[str, str]] = ()
) -> Response[Any]:
    if lot.by_cart:
        return here.page.go(f"/availability/{code}?month={lot.row.period_starts:%Y-%m}")
    mine = await mine_in(here, lot.lottery_id)
    facilities = chosen_facilities(lot, mine)
    facility = next((one for one in facilities if one.code == code), None)
    if facility is None:
        return here.page.go(lot.path)
    parts = read_parts(texts_of(asked, PART))
    context = {
        "lot": lot_card(here, lot, mine),
        "facility": facility,
        "parts": parts,
        "hidden": [*carried_parts(parts), *answers],
        "edit": here.page.url(f"{lot.path}/entry"),
        "rank": standing(mine) + 1,
        "refusal": refusal_of(here, lot, mine),
        "other_facilities": len(facilities) > 1 and not parts,
        "crumbs": place_crumbs(here, lot),
    }
    if lot.by_night:
        first = read_date(asked.get("from")) or lot.row.period_starts
        return await _week(here, lot, facility, first=first, context=context)
    return await _month(here, lot, facility, space=asked.get("space"), context=context)


def place_crumbs(here: Here, lot: Lot, *labels: str) -> list[Crumb]:
    """The breadcrumb from the list of lotteries to a place of one."""
    crumbs = [Crumb(label=here.words.say("lottery_enter.title"), path="/lottery")]
    name = lot_name(lot, here.words)
    return [*crumbs, Crumb(label=name, path=lot.path), *(Crumb(label=label) for label in labels)]


async def _month(  # what a month is shown with
    here: Here,
    lot: Lot,
    facility: Facility,
    *,
    space: str | None,
    context: Mapping[str, Any],
) -> Response[Any]:
    spaces = lot.spaces_of(facility.code, space)
    ids = [placed.space_id for placed in spaces]
    known = await look_at(here, lot.rules, ids, first=lot.row.period_starts, end=lot.row.period_ends)
    chosen = spaces[0].space.code if space and len(spaces) == 1 else None

    def link(day: date) -> str:
        path = f"{lot.path}/facilities/{facility.code}/{day.isoformat()}"
        return here.page.url(path, space=chosen)

    weeks = month_weeks(
        lot.row.period_starts,
        availability=known.found,
        space_ids=ids,
        today=here.today,
        link=link,
        drawn=known.drawn,
    )
    return here.page.show(
        "lottery/place_month.html",
        month=lot.row.period_starts,
        weeks=weeks,
        weekday_names=weekday_names(here.words.language),
        space=chosen,
        space_choices=[
            (placed.space.code, here.words.text(placed.space.name)) for placed in lot.spaces_of(facility.code)
        ],
        **context,
    )


async def _week(here: Here, lot: Lot, facility: Facility, *, first: date, context: Mapping[str, Any]) -> Response[Any]:
    """Seven nights from a day on, inside the month: each with how many want it and how many can win it."""
    starts, ends = lot.row.period_starts, lot.row.period_ends
    first = min(max(first, starts), lot.last_day)
    end = min(first + timedelta(days=WEEK), ends)
    rooms = lot.spaces_of(facility.code)
    known = await look_at(here, lot.rules, [room.space_id for room in rooms], first=first, end=end)
    path = f"{lot.path}/facilities/{facility.code}"

    def link(to: date) -> str:
        return here.page.url(path, **{"from": to.isoformat()})

    return here.page.show(
        "lottery/place_week.html",
        rows=[_room_row(here, lot, room, known, span=(first, end)) for room in rooms],
        previous=link(max(first - timedelta(days=WEEK), starts)) if first > starts else None,
        previous_label=here.words.say("stay.previous_week"),
        next=link(end) if end < ends else None,
        next_label=here.words.say("stay.next_week"),
        **context,
    )


def _room_row(here: Here, lot: Lot, room: PlacedSpace, known: Known, *, span: tuple[date, date]) -> dict[str, Any]:
    nights = []
    for day in (date.fromordinal(at) for at in range(span[0].toordinal(), span[1].toordinal())):
        drawn, states = known.drawn.get((room.space_id, day)), known.found.get((room.space_id, day), ())
        wanted = drawn.odds_of(states[0].slot) if drawn is not None and states else None
        can_win = drawn is not None and bool(states) and states[0].free > 0 and drawn.phase == "open"
        path = here.page.url(f"{lot.path}/facilities/{room.facility.code}/{day.isoformat()}", space=room.space.code)
        nights.append(
            {
                "date": day,
                "mark": drawn.mark([states[0].slot]) if drawn is not None and can_win else "closed",
                "odds": wanted if drawn is not None and drawn.shows_odds else None,
                "path": path if can_win else None,
            }
        )
    return {"space": room.space, "nights": nights}


ROUTES: Final = [show_place, add_to_set]
