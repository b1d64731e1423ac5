"""Finding: top page, facilities, and what is free in a month and on a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.booking.pages.calendars import holiday_name, month_weeks, weekday_names
from yoyaku.booking.pages.closed import closure_notes
from yoyaku.booking.pages.day import space_rows
from yoyaku.booking.pages.here import Here, add_months, looking, need_date, read_date, read_month
from yoyaku.booking.pages.home import kept_facilities
from yoyaku.booking.pages.known import look_at
from yoyaku.booking.pages.notices import notices_here
from yoyaku.booking.pages.places import (
    closed_lines,
    code_words,
    equipment_yen,
    facility_choices,
    fee_rows,
    hours_lines,
    kind_choices,
)
from yoyaku.booking.pages.windows import day_note, month_note
from yoyaku.booking.repository.photos import photos_of
from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import PlacedSpace
from yoyaku.facility.terms import Facility
from yoyaku.ui.formats import month_name
from yoyaku.ui.page import Crumb

SHOWN_ON_TOP: Final = 9
MONTHS_AHEAD: Final = 12
PARTS_OF_DAY: Final = {"morning": (0, 720), "afternoon": (720, 1020), "evening": (1020, 1440)}


@get("/")
async def show_top(here: NamedDependency[Here]) -> Response[str]:
    """The first page: a short search, the ways to look, the steps, the facilities."""
    rules, words = await here.rules(), here.words
    facilities = list(rules.inventory.facilities.values())
    bookable = [facility for facility in facilities if facility.bookable and facility.spaces]
    return here.page.show(
        "booking/top.html",
        facility_choices=facility_choices(rules, words),
        kind_choices=kind_choices(rules, words),
        part_choices=[(part, words.say(f"search.part.{part}")) for part in PARTS_OF_DAY],
        search_from=here.today.isoformat(),
        today=here.today.isoformat(),
        facilities=bookable[:SHOWN_ON_TOP],
        more_facilities=len(facilities) if len(facilities) > SHOWN_ON_TOP else 0,
        notices=await notices_here(here),
    )


@get("/facilities")
async def list_facilities(here: NamedDependency[Here]) -> Response[str]:
    """All facilities, by category: the largest first, else in the order of the folder."""
    rules, words = await here.rules(), here.words
    by_category: dict[str, list[Facility]] = {}
    for facility in rules.inventory.facilities.values():
        by_category.setdefault(facility.category or "", []).append(facility)
    groups = [
        {"code": code or "other", "name": _group_name(here, code), "facilities": group}
        for code, group in by_category.items()
    ]
    groups.sort(key=lambda group: -len(group["facilities"]))
    return here.page.show("booking/facilities.html", groups=groups, crumbs=[Crumb(label=words.say("nav.facilities"))])


def _group_name(here: Here, code: str) -> str:
    return code_words(here.words, "category", code) if code else here.words.say("facilities.group.other")


@get("/facilities/{code:str}")
async def show_facility(here: NamedDependency[Here], code: FromPath[str]) -> Response[str]:
    """One facility: place, hours, closed days, rooms and their prices."""
    rules, words = await here.rules(), here.words
    facility = rules.inventory.facility(code)
    return here.page.show(
        "booking/facility.html",
        facility=facility,
        notices=await notices_here(here, facility=code),
        kept=await kept_facilities(here),
        hours=hours_lines(facility, words),
        closed_days=closed_lines(facility.calendar.closed, words, on=here.today),
        closures=await closure_notes(here, rules, code, first=here.today, end=date.max),
        photos=await photos_of(here.conn, visit=here.visit, facility=code),
        spaces=[
            {
                "space": space,
                "fees": fee_rows(rules, rules.inventory.space(f"{code}.{space.code}"), words, on=here.today),
                "bookable": facility.bookable and space.online,
            }
            for space in facility.spaces
        ],
        equipment=[
            {
                "name": i.name,
                "stock": i.stock,
                "unit_name": i.unit_name,
                "yen": equipment_yen(rules, i.code, on=here.today),
            }
            for i in facility.equipment
        ],
        crumbs=[Crumb(label=words.say("nav.facilities"), path="/facilities"), Crumb(label=words.text(facility.name))],
    )


@get("/availability/{code:str}")
async def show_month(
    here: NamedDependency[Here], code: FromPath[str], request: Request[Any, Any, Any]
) -> Response[Any]:
    """A month of a facility or of one of its spaces: one sign for each day; a stay has its own pages."""
    month = max(read_month(request.query_params.get("month"), fallback=here.today), here.today.replace(day=1))
    rules = await here.rules(max(month, here.today))
    facility = rules.inventory.facility(code)
    spaces = _asked_spaces(rules, facility, request.query_params.get("space"))
    if not facility.bookable or not spaces:
        return here.page.go(f"/facilities/{code}")
    if spaces[0].by_night:
        return here.page.go(f"/availability?facility={code}")
    space = spaces[0].space.code if len(spaces) == 1 and request.query_params.get("space") else None
    ids = [placed.space_id for placed in spaces]
    known = await look_at(here, rules, ids, first=month, end=add_months(month, 1))
    weeks = month_weeks(
        month,
        availability=known.found,
        space_ids=ids,
        today=here.today,
        link=lambda day: here.page.url(f"/availability/{code}/{day.isoformat()}", space=space),
        drawn=known.drawn,
    )
    return here.page.show(
        "booking/month.html",
        facility=facility,
        weeks=weeks,
        space=space,
        lots=known.lots,
        window_note=None
        if known.drawn
        else month_note(rules, spaces, visit=looking(here, rules), words=here.words, month=month),
        **await _month_frame(here, rules, facility, month=month, space=space),
    )


async def _month_frame(
    here: Here, rules: ServiceRules, facility: Facility, *, month: date, space: str | None
) -> dict[str, Any]:
    """What stands around the month: what is closed, choices, the months before and after, the breadcrumb."""
    words, language = here.words, here.words.language
    first = here.today.replace(day=1)
    before, after = add_months(month, -1), add_months(month, 1)

    def link(to: date) -> str:
        return here.page.url(f"/availability/{facility.code}", month=f"{to:%Y-%m}", space=space)

    return {
        "closures": await closure_notes(here, rules, facility.code, first=max(month, here.today), end=after),
        "month": month,
        "month_code": f"{month:%Y-%m}",
        "weekday_names": weekday_names(language),
        "space_choices": [(one.code, words.text(one.name)) for one in facility.spaces if one.online],
        "month_choices": [
            (f"{add_months(first, n):%Y-%m}", month_name(add_months(first, n), language)) for n in range(MONTHS_AHEAD)
        ],
        "previous": link(before) if before >= first else None,
        "previous_label": month_name(before, language),
        "next": link(after),
        "next_label": month_name(after, language),
        "crumbs": [
            Crumb(label=words.say("nav.find"), path="/search"),
            Crumb(label=words.text(facility.name), path=f"/facilities/{facility.code}"),
            Crumb(label=month_name(month, language)),
        ],
    }


def _asked_spaces(rules: ServiceRules, facility: Facility, asked: str | None) -> Sequence[PlacedSpace]:
    """The space that is asked for, or all that are booked on this site."""
    codes = [space.code for space in facility.spaces if space.online]
    chosen = [asked] if asked in codes else codes
    return [rules.inventory.space(f"{facility.code}.{code}") for code in chosen]


@get("/availability/{code:str}/day")
async def go_to_day(
    here: NamedDependency[Here], code: FromPath[str], request: Request[Any, Any, Any]
) -> Response[None]:
    """Where the plain date form leads."""
    day = read_date(request.query_params.get("date")) or here.today
    space = request.query_params.get("space")
    return here.page.go(f"/availability/{code}/{day.isoformat()}" + (f"?space={space}" if space else ""))


@get("/availability/{code:str}/{day:str}")
async def show_day(
    here: NamedDependency[Here], code: FromPath[str], day: FromPath[str], request: Request[Any, Any, Any]
) -> Response[Any]:
    """A day of a facility: every slot of every space, to be ticked; a night has a page of its own."""
    on, asked = need_date(day), request.query_params
    inventory = (await here.rules(on)).inventory
    facility = inventory.facility(code)
    if not facility.bookable or not any(space.online for space in facility.spaces):
        return here.page.go(f"/facilities/{code}")
    if inventory.space(f"{code}.{facility.spaces[0].code}").by_night:
        return here.page.go(f"/availability/{code}/week?from={day}")
    return await day_page(here, code=code, on=on, ticked=asked.getall("slot", []), chosen=asked, errors={})


async def day_page(
    here: Here,
    *,
    code: str,
    on: date,
    ticked: Sequence[str],
    chosen: Mapping[str, Any],
    errors: dict[str, str],
) -> Response[str]:
    """Build the page of a day, again with what was ticked and ``chosen`` beside it where something was wrong."""
    rules, words, space = await here.rules(on), here.words, here.page.query.get("space")
    facility = rules.inventory.facility(code)
    spaces = _asked_spaces(rules, facility, space)
    ids = [placed.space_id for placed in spaces]
    known = await look_at(here, rules, ids, first=on, end=on + timedelta(days=1))
    rows = space_rows(spaces, known=known, on=on, here=here)
    closed = rules.calendar_of(code).closed_reason(on)
    return here.page.show(
        "booking/day.html",
        facility=facility,
        day=on,
        rows=[] if closed else rows,
        any_free=any(row["any_free"] for row in rows),
        holiday=holiday_name(on),
        closed_reason=closed and (closed_lines([closed.rule], words) or [""])[0],
        lots=[] if closed else known.lots,
        closures=await closure_notes(here, rules, code, first=on, end=on + timedelta(days=1)),
        window_note=None
        if closed or known.drawn
        else day_note(rules, spaces, visit=looking(here, rules), words=words, day=on),
        errors=errors,
        ticked=ticked,
        chosen=chosen,
        **_day_frame(here, facility, on=on, space=space),
    )


def _day_frame(here: Here, facility: Facility, *, on: date, space: str | None) -> dict[str, Any]:
    """What stands around the day: the days before and after, the breadcrumb."""
    words, code = here.words, facility.code
    before, after = on - timedelta(days=1), on + timedelta(days=1)
    return {
        "previous": here.page.url(f"/availability/{code}/{before}", space=space) if before >= here.today else None,
        "previous_label": words.say("day.previous"),
        "next": here.page.url(f"/availability/{code}/{after}", space=space),
        "next_label": words.say("day.next"),
        "crumbs": [
            Crumb(label=words.say("nav.find"), path="/search"),
            Crumb(label=words.text(facility.name), path=f"/facilities/{code}"),
            Crumb(label=month_name(on, words.language), path=f"/availability/{code}?month={on:%Y-%m}"),
            Crumb(label=words.fact(on)),
        ],
    }


ROUTES: Final = [show_top, list_facilities, show_facility, show_month, go_to_day, show_day]
