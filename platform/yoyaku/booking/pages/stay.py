"""Nights: two months, a week with numbers, and the form of one stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, Literal

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.booking.drawn import DrawnDay
from yoyaku.booking.pages.calendars import FREE, day_mark, month_weeks, weekday_names
from yoyaku.booking.pages.closed import closure_notes
from yoyaku.booking.pages.here import Here, add_months, looking, need_date, read_date, read_month
from yoyaku.booking.pages.known import Known, look_at
from yoyaku.booking.pages.stay_form import guest_nights, read_stay, wish_fields
from yoyaku.booking.pages.windows import day_note, month_note, opens_at
from yoyaku.booking.policy import TooManyGuests
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import add_to_cart, cart_items, remove_from_cart
from yoyaku.facility.policy import PlacedSpace, Slot, timetable_for
from yoyaku.facility.terms import Facility, NightTimetable
from yoyaku.kernel.errors import NotFound
from yoyaku.rules.refusal import Refusal
from yoyaku.ui.formats import month_name, short_date
from yoyaku.ui.page import Crumb

WEEK: Final = 7
SHOWN_MONTHS: Final = 2


def night_facilities(rules: ServiceRules) -> list[Facility]:
    """The facilities that are booked by the night."""
    return [
        facility
        for facility in rules.inventory.facilities.values()
        if facility.bookable and any(placed.by_night for placed in _rooms(rules, facility))
    ]


def _rooms(rules: ServiceRules, facility: Facility) -> list[PlacedSpace]:
    placed = [rules.inventory.space(f"{facility.code}.{space.code}") for space in facility.spaces if space.online]
    return [one for one in placed if one.by_night]


@get("/availability")
async def show_two_months(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """Two months of one facility; services without nights begin at their facilities."""
    month = max(read_month(request.query_params.get("month"), fallback=here.today), here.today.replace(day=1))
    rules, words = await here.rules(max(month, here.today)), here.words
    facilities = night_facilities(rules)
    if not facilities:
        return here.page.go("/facilities")
    asked = request.query_params.get("facility")
    facility = next((one for one in facilities if one.code == asked), facilities[0])
    rooms = _rooms(rules, facility)
    shown = [add_months(month, at) for at in range(SHOWN_MONTHS)]
    ids = [room.space_id for room in rooms]
    known = await look_at(here, rules, ids, first=shown[0], end=add_months(shown[-1], 1))
    return here.page.show(
        "booking/stay_months.html",
        facility=facility,
        facility_choices=[("", words.say("search.all_facilities"))]
        + [(one.code, words.text(one.name)) for one in facilities],
        chosen=facility.code if asked else "",
        months=_months(here, rooms, known, shown=shown),
        lots=known.lots,
        closures=await closure_notes(here, rules, facility.code, first=here.today, end=add_months(shown[-1], 1)),
        weekday_names=weekday_names(words.language),
        window_note=month_note(rules, rooms, visit=looking(here, rules), words=words, month=shown[-1]),
        previous_facility=_neighbour(here, facilities, facility, month=month, step=-1),
        next_facility=_neighbour(here, facilities, facility, month=month, step=1),
        **_month_links(here, facility, month),
    )


def _months(here: Here, rooms: Sequence[PlacedSpace], known: Known, *, shown: Sequence[date]) -> list[dict[str, Any]]:
    """Each month's weeks, with one sign for each night; a day leads to its week."""
    ids, week = [room.space_id for room in rooms], f"/availability/{rooms[0].facility.code}/week"

    def link(day: date) -> str:
        return here.page.url(week, **{"from": day.isoformat()})

    return [
        {
            "month": month,
            "weeks": month_weeks(
                month, availability=known.found, space_ids=ids, today=here.today, link=link, drawn=known.drawn
            ),
        }
        for month in shown
    ]


def _month_links(here: Here, facility: Facility, month: date) -> dict[str, Any]:
    before, after = add_months(month, -1), add_months(month, 1)
    words = here.words

    def link(to: date) -> str:
        return here.page.url("/availability", facility=facility.code, month=f"{to:%Y-%m}")

    return {
        "previous": link(before) if before >= here.today.replace(day=1) else None,
        "previous_label": words.say("stay.from_month", month=month_name(before, words.language)),
        "next": link(after),
        "next_label": words.say("stay.from_month", month=month_name(after, words.language)),
        "crumbs": [Crumb(label=words.say("nav.find"), path="/search"), Crumb(label=words.say("stay.months_title"))],
    }


def _neighbour(
    here: Here, facilities: Sequence[Facility], facility: Facility, *, month: date, step: Literal[-1, 1]
) -> Mapping[str, str] | None:
    """The facility before or after this one; ``None`` at either end of the list."""
    at = facilities.index(facility) + step
    if not 0 <= at < len(facilities):
        return None
    other = facilities[at]
    key = "stay.next_facility" if step == 1 else "stay.previous_facility"
    return {
        "label": here.words.say(key, name=here.words.text(other.name)),
        "path": here.page.url("/availability", facility=other.code, month=f"{month:%Y-%m}"),
    }


@get("/availability/{code:str}/week")
async def show_week(here: NamedDependency[Here], code: FromPath[str], request: Request[Any, Any, Any]) -> Response[Any]:
    """A week of one facility: how many rooms of each type are left."""
    first = max(read_date(request.query_params.get("from")) or here.today, here.today)
    rules = await here.rules(first)
    facility = rules.inventory.facility(code)
    rooms = _rooms(rules, facility)
    ids = [room.space_id for room in rooms]
    known = await look_at(here, rules, ids, first=first, end=first + timedelta(days=WEEK))
    return here.page.show(
        "booking/stay_week.html",
        facility=facility,
        rows=[_week_row(here, rules, room, known, first=first) for room in rooms],
        lots=known.lots,
        window_note=None,
        **_week_frame(here, code, first=first),
    )


def _week_frame(here: Here, code: str, *, first: date) -> dict[str, Any]:
    """What stands around the week: the weeks before and after, the breadcrumb."""
    words, path = here.words, f"/availability/{code}/week"
    back, end = max(first - timedelta(days=WEEK), here.today), first + timedelta(days=WEEK)
    return {
        "previous": here.page.url(path, **{"from": back.isoformat()}) if first > here.today else None,
        "previous_label": words.say("stay.previous_week"),
        "next": here.page.url(path, **{"from": end.isoformat()}),
        "next_label": words.say("stay.next_week"),
        "crumbs": [
            Crumb(label=words.say("nav.find"), path="/search"),
            Crumb(label=words.say("stay.months_title"), path=f"/availability?facility={code}&month={first:%Y-%m}"),
            Crumb(label=words.say("stay.week_title")),
        ],
    }


def _week_row(here: Here, rules: ServiceRules, room: PlacedSpace, known: Known, *, first: date) -> dict[str, Any]:
    """A type of room: what is left each night, and from which day a night can be booked that cannot be yet.

    A night that is drawn by lot leads to where it is entered.
    """
    nights: list[dict[str, Any]] = []
    for day in (first + timedelta(days=at) for at in range(WEEK)):
        states = known.found.get((room.space_id, day), ())
        mark, free = day_mark(states), sum(state.free for state in states)
        lot = known.drawn.get((room.space_id, day)) if free and mark not in FREE else None
        if lot is not None:
            nights.append(_drawn_night(here, room, lot, slots=[state.slot for state in states]))
            continue
        path = here.page.url(f"/stay/{room.facility.code}/{room.space.code}/{day.isoformat()}")
        opens = opens_at(rules, room, day, visit=looking(here, rules)) if mark == "outside" else None
        told = here.words.say("stay.opens", day=short_date(opens, here.words.language)) if opens else None
        nights.append(
            {
                "date": day,
                "mark": mark,
                "free": free,
                "path": path if mark in FREE else None,
                "opens": told,
                "drawn": False,
            }
        )
    return {"space": room.space, "nights": nights}


def _drawn_night(here: Here, room: PlacedSpace, lot: DrawnDay, *, slots: Sequence[Slot]) -> dict[str, Any]:
    query = {} if lot.phase != "open" else {"space": room.space.code}
    odds, day = lot.odds_of(slots[0]) if lot.shows_odds else None, slots[0].use_on
    path = None if lot.phase == "before" else here.page.url(lot.path, **query)
    return {"date": day, "mark": lot.mark(slots), "free": 0, "path": path, "opens": None, "odds": odds, "drawn": True}


@get("/stay/{code:str}/{space:str}/{day:str}")
async def show_stay(
    here: NamedDependency[Here], code: FromPath[str], space: FromPath[str], day: FromPath[str]
) -> Response[Any]:
    """The form of one stay: nights, guests of each night, wishes."""
    if here.visit.account_id is None:
        return here.page.go(f"/login?next={here.page.path}")
    return await _stay_page(here, code, space, need_date(day), {}, {})


@post("/stay/{code:str}/{space:str}/{day:str}", status_code=303)
async def choose_stay(
    here: NamedDependency[Here],
    code: FromPath[str],
    space: FromPath[str],
    day: FromPath[str],
    request: Request[Any, Any, Any],
) -> Response[Any]:
    """Take the stay to the application, in the place of one chosen before."""
    if here.visit.account_id is None:
        return here.page.go(f"/login?next={here.page.path}")
    form, on = await request.form(), need_date(day)
    rules = await here.rules(on)
    placed, timetable = _night_room(here, rules, code, space, on)
    wish, errors = read_stay(placed, timetable, form, here.words, on=on)
    if wish is None:
        return await _stay_page(here, code, space, on, form, errors)
    try:
        async with here.conn.begin_nested():
            before = await cart_items(here.conn, visit=here.visit, rules=rules)
            await remove_from_cart(here.conn, visit=here.visit, items=[item.item_id for item in before])
            await add_to_cart(here.conn, visit=here.visit, rules=rules, items=[wish])
    except Refusal as refusal:
        where = f"guests.1.{timetable.age_groups[0].code}" if isinstance(refusal, TooManyGuests) else "nights"
        return await _stay_page(here, code, space, on, form, {where: here.words.sentence(refusal)})
    return here.page.go("/apply")


def _night_room(here: Here, rules: ServiceRules, code: str, space: str, on: date) -> tuple[PlacedSpace, NightTimetable]:
    placed = rules.inventory.space(f"{code}.{space}")
    _, timetable = timetable_for(rules, placed, on, here.visit.now)
    if not isinstance(timetable, NightTimetable):
        raise NotFound(what="stay")
    return placed, timetable


async def _stay_page(
    here: Here, code: str, space: str, on: date, form: Mapping[str, Any], errors: Mapping[str, str]
) -> Response[Any]:
    rules, words = await here.rules(on), here.words
    placed, timetable = _night_room(here, rules, code, space, on)
    choices = [
        (str(count), words.say("stay.count", count=count))
        for count in range(timetable.minimum_nights, timetable.maximum_nights + 1)
    ]
    return here.page.show(
        "booking/stay_form.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if errors else 200,
        facility=placed.facility,
        space=placed.space,
        day=on,
        errors=errors,
        form={"nights": form.get("nights", choices[0][0])},
        night_choices=choices,
        guest_nights=guest_nights(timetable, form, words),
        preferences=wish_fields(placed, timetable, form, words),
        window_note=day_note(rules, [placed], visit=looking(here, rules), words=words, day=on),
        **_stay_frame(here, code, on=on),
    )


def _stay_frame(here: Here, code: str, *, on: date) -> dict[str, Any]:
    """The way back from the form, and the breadcrumb."""
    words = here.words
    return {
        "back": here.page.url(f"/availability/{code}/week", **{"from": on.isoformat()}),
        "crumbs": [
            Crumb(label=words.say("stay.months_title"), path=f"/availability?facility={code}&month={on:%Y-%m}"),
            Crumb(label=words.say("stay.week_title"), path=f"/availability/{code}/week?from={on.isoformat()}"),
            Crumb(label=words.say("stay.form_title")),
        ],
    }


ROUTES: Final = [show_two_months, show_week, show_stay, choose_stay]
