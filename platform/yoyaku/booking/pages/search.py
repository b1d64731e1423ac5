"""Searching by conditions: a plain form that finds every free slot a calendar would show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency

from yoyaku.booking.drawn import DrawnDay, drawn_days
from yoyaku.booking.pages.calendars import FREE, Availability
from yoyaku.booking.pages.find import PARTS_OF_DAY
from yoyaku.booking.pages.here import Here, looking, read_date, read_number
from yoyaku.booking.pages.home import kept_facilities
from yoyaku.booking.pages.known import Known
from yoyaku.booking.pages.picked import tick_value
from yoyaku.booking.pages.places import facility_choices, kind_choices
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import month_availability
from yoyaku.booking.views import SlotState
from yoyaku.facility.policy import PlacedSpace
from yoyaku.rules.calendar import day_types
from yoyaku.ui.formats import clock_time
from yoyaku.ui.page import Crumb
from yoyaku.ui.words import Text

LONGEST_SEARCH: Final = timedelta(days=31)
SHOWN_ON_A_PAGE: Final = 20
ASKED: Final = ("facility", "kind", "from", "to", "part", "weekdays", "people")
Free = tuple[PlacedSpace, SlotState, date]
WEEKEND: Final = frozenset({"saturday", "sunday", "holiday"})


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is searched for."""

    facility: str
    kind: str
    first: date
    last: date
    part: str
    weekdays: str
    people: int | None


@dataclass(frozen=True, kw_only=True)
class Found:
    """One free slot or night."""

    day: date
    hours: str
    facility: Text
    space: Text
    mark: str
    path: str


@get("/search")
async def search(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[str]:
    """The form; with a first day asked for, what is free."""
    asked = {name: request.query_params.get(name, "").strip() for name in ASKED}
    rules, words = await here.rules(), here.words
    wanted, errors = read_wanted(asked, here)
    results: dict[str, Any] = {"results": None, "lots": []}
    if wanted is not None:
        free = list(await _find(here, rules, wanted))
        results = _results_page(here, free, asked, number=read_number(request.query_params.get("page")) or 1)
        results["lots"] = await _lots(here, rules, wanted)
    kept = await kept_facilities(here) or ()
    return here.page.show(
        "booking/search.html",
        favourites=[rules.inventory.facilities[code] for code in kept if code in rules.inventory.facilities],
        errors=errors,
        asked={**asked, "from": asked["from"] or here.today.isoformat()},
        **results,
        facility_choices=facility_choices(rules, words),
        kind_choices=kind_choices(rules, words),
        part_choices=[(part, words.say(f"search.part.{part}")) for part in PARTS_OF_DAY],
        day_choices=[(days, words.say(f"search.days.{days}")) for days in ("weekday", "weekend")],
        crumbs=[Crumb(label=words.say("nav.find"))],
    )


async def _lots(here: Here, rules: ServiceRules, wanted: Wanted) -> list[DrawnDay]:
    """The lotteries of what is searched for, by the first and the last day: what they hold is found nowhere else."""
    ids = [placed.space_id for placed in rules.inventory.spaces.values() if _fits(placed, wanted)]
    known = Known({}, {})
    for day in {wanted.first, wanted.last}:
        end = day + timedelta(days=1)
        drawn = await drawn_days(here.conn, visit=here.visit, rules=rules, space_ids=ids, first=day, end=end)
        known = Known({}, {**known.drawn, **drawn})
    return known.lots


def _results_page(here: Here, free: Sequence[Free], asked: Mapping[str, str], *, number: int) -> dict[str, Any]:
    """One page of what is free, and where the pages before and after it are."""
    pages = max(-(-len(free) // SHOWN_ON_A_PAGE), 1)
    number = min(max(number, 1), pages)
    first = (number - 1) * SHOWN_ON_A_PAGE
    shown = free[first : first + SHOWN_ON_A_PAGE]

    def link(to: int) -> str:
        return f"{here.page.url('/search', **asked, page=to)}#results"

    words = here.words
    return {
        "results": [_found(here, *one) for one in shown],
        "found_count": len(free),
        "page_words": words.say("search.page", first=first + 1, last=first + len(shown), count=len(free)),
        "previous": link(number - 1) if number > 1 else None,
        "previous_label": words.say("search.previous"),
        "next": link(number + 1) if number < pages else None,
        "next_label": words.say("search.next"),
    }


def read_wanted(asked: Mapping[str, str], here: Here) -> tuple[Wanted | None, dict[str, str]]:
    """What was asked for; nothing before a first day is given. Sentences for what cannot be read."""
    if not asked["from"]:
        return None, {}
    errors: dict[str, str] = {}
    first = read_date(asked["from"])
    last = read_date(asked["to"]) if asked["to"] else first
    for name, day in (("from", first), ("to", last)):
        if day is None:
            errors[name] = here.words.say("form.not_a_date")
    if first and last and not timedelta(0) <= last - first <= LONGEST_SEARCH:
        errors["to"] = here.words.say("search.range")
    people = read_number(asked["people"])
    if asked["people"] and people is None:
        errors["people"] = here.words.say("form.not_a_number", label=here.words.say("search.people"))
    if errors or first is None or last is None:
        return None, errors
    wanted = Wanted(
        facility=asked["facility"],
        kind=asked["kind"],
        first=max(first, here.today),
        last=last,
        part=asked["part"],
        weekdays=asked["weekdays"],
        people=people,
    )
    return wanted, errors


async def _find(here: Here, rules: ServiceRules, wanted: Wanted) -> Iterator[Free]:
    spaces = [placed for placed in rules.inventory.spaces.values() if _fits(placed, wanted)]
    if not spaces or wanted.last < wanted.first:
        return iter(())
    found = await month_availability(
        here.conn,
        visit=looking(here, rules),
        rules=rules,
        space_ids=[placed.space_id for placed in spaces],
        first=wanted.first,
        end=wanted.last + timedelta(days=1),
    )
    return _free_slots(spaces, wanted, found)


def _fits(placed: PlacedSpace, wanted: Wanted) -> bool:
    admitted = placed.space.people
    return (
        placed.facility.bookable
        and placed.space.online
        and wanted.facility in ("", placed.facility.code)
        and wanted.kind in ("", placed.space.kind)
        and (wanted.people is None or admitted is None or admitted >= wanted.people)
    )


def _free_slots(spaces: list[PlacedSpace], wanted: Wanted, found: Availability) -> Iterator[Free]:
    """By day, then by place, then by time."""
    for at in range((wanted.last - wanted.first).days + 1):
        day = wanted.first + timedelta(days=at)
        if not _day_fits(day, wanted.weekdays):
            continue
        for placed in spaces:
            for state in found.get((placed.space_id, day), ()):
                if state.mark in FREE and (placed.by_night or _time_fits(state, wanted.part)):
                    yield placed, state, day


def _day_fits(day: date, weekdays: str) -> bool:
    if weekdays not in {"weekday", "weekend"}:
        return True
    return (weekdays == "weekend") == bool(day_types(day) & WEEKEND)


def _time_fits(state: SlotState, part: str) -> bool:
    first, last = PARTS_OF_DAY.get(part, (0, 24 * 60))
    return first <= state.slot.starts_minute < last


def _found(here: Here, placed: PlacedSpace, state: SlotState, day: date) -> Found:
    slot, code = state.slot, placed.facility.code
    if placed.by_night:
        hours = here.words.say("stay.rooms_left", count=state.free)
        path = here.page.url(f"/stay/{code}/{placed.space.code}/{day.isoformat()}")
    else:
        name = here.words.text(slot.name)
        hours = f"{name} {clock_time(slot.starts_minute)}〜{clock_time(slot.ends_minute)}".strip()
        value = tick_value(placed.space.code, slot)
        path = here.page.url(f"/availability/{code}/{day.isoformat()}", space=placed.space.code, slot=value)
    return Found(
        day=day, hours=hours, facility=placed.facility.name, space=placed.space.name, mark=state.mark, path=path
    )


ROUTES: Final = [search]
