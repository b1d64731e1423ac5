"""The facilities of a service, and one with everything that is known of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk, crumbs, may, ways
from yoyaku.admin.service.facility_changes import read_facility
from yoyaku.booking.pages.here import Here
from yoyaku.booking.pages.places import closed_lines, code_words, fee_rows, hours_lines, match_words
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.visit import Visit
from yoyaku.facility.terms import BandTimetable, Facility, GridTimetable, OpeningHours, Space, Timetable
from yoyaku.registration.policy.roles import Permission
from yoyaku.rulebook.domains import timetables_at
from yoyaku.rulebook.stored import stored_facilities
from yoyaku.rules.calendar import DAY_TYPES
from yoyaku.ui.words import Words

HOME: Final = "/counter/facilities"
MOST_PARTS: Final = 40
"""Of how many courts or rooms of a space each has a name of its own."""
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def keeper(here: Here) -> Visit:
    """The visit of whoever changes facilities; what they may was looked at before."""
    at_desk(here, Permission.FACILITIES)
    return replace(here.visit, actor="clerk", channel="counter")


@get(HOME)
async def show_facilities(here: NamedDependency[Here]) -> Response[Any]:
    """All facilities of the service."""
    if here.session is None:
        return here.page.go(f"/login?next={HOME}")
    visit, rules = keeper(here), await here.rules()
    found = await stored_facilities(here.conn, tenant_id=visit.tenant_id)
    stored = {one.code for one in found}
    return here.page.show(
        "admin/facilities/facilities.html",
        facilities=[one for one in found if one.service == visit.service_id and visit.reaches(one.code)],
        may_add=not visit.facilities,
        of_rules=[one for code, one in rules.inventory.facilities.items() if code not in stored],
        may_see_rules=may(here, Permission.RULES),
        ways=ways(here),
        crumbs=crumbs(here, (here.words.say("facilities.admin_title"), None)),
    )


@get(HOME + "/{code:str}")
async def show_facility(here: NamedDependency[Here], code: FromPath[str]) -> Response[Any]:
    """One facility, with a form for each of its sections."""
    return await facility_page(here, code)


async def facility_page(
    here: Here, code: str, *, errors: Mapping[str, str] | None = None, section: str = ""
) -> Response[Any]:
    """The page of a facility, again where something of a ``section`` was wrong."""
    visit, rules, words = keeper(here), await here.rules(), here.words
    facility, version = await read_facility(here.conn, visit=visit, code=code)
    return here.page.show(
        "admin/facilities/facility.html",
        status=422 if errors else 200,
        errors=errors or {},
        wrong_in=section,
        facility=facility,
        doc=msgspec.to_builtins(facility),
        version=version,
        hours=[_hours_row(one, words) for one in facility.hours],
        day_types=[(day, words.say(f"fact.day_type.{day}")) for day in DAY_TYPES],
        closed=[(closed_lines([one], words) or [""])[0] for one in facility.calendar.closed],
        weekdays=[(day, words.say(f"weekday.{day}")) for day in WEEKDAYS],
        part_names={one.code: {part.unit: part.name for part in one.parts} for one in facility.spaces},
        most_parts=MOST_PARTS,
        kinds=sorted({(space.kind, code_words(words, "space_kind", space.kind)) for space in _spaces(rules)}),
        activities=activity_choices(rules, words),
        fees=_fees(here, rules, facility),
        may_see_rules=may(here, Permission.RULES),
        crumbs=crumbs(here, (words.say("facilities.admin_title"), HOME), (words.text(facility.name), None)),
    )


def _hours_row(hours: OpeningHours, words: Words) -> dict[str, Any]:
    """A line of the opening hours: on which sorts of days, and on what else it depends, in words."""
    days = hours.when.get("day_type", [])
    others = {name: match for name, match in hours.when.items() if name != "day_type"}
    return {"one": hours, "days": days if isinstance(days, list) else [days], "others": _conditions(others, words)}


def _conditions(when: Mapping[str, Any], words: Words) -> str:
    return "、".join(filter(None, (match_words(words, name, match) for name, match in when.items())))


def activity_choices(rules: ServiceRules, words: Words) -> list[tuple[str, str]]:
    """What is done anywhere in the service, to choose from."""
    codes = sorted({code for space in _spaces(rules) for code in space.activities})
    return [(code, code_words(words, "activity", code)) for code in codes]


def _spaces(rules: ServiceRules) -> Iterator[Any]:
    return (placed.space for placed in rules.inventory.spaces.values())


def _fees(here: Here, rules: ServiceRules, facility: Facility) -> list[dict[str, Any]]:
    """What the rules in force charge for each space."""
    found = []
    for space in facility.spaces:
        placed = rules.inventory.spaces.get(f"{facility.code}.{space.code}")
        if placed is not None:
            found.append({"space": space.name, "rows": fee_rows(rules, placed, here.words, on=here.today)})
    return found


def cut_lines(
    rules: ServiceRules, after: Facility, words: Words, *, beside: Facility | None = None
) -> list[tuple[str, str]]:
    """By which timetables the rules cut the spaces that are new ``beside`` a facility as it was: space, timetables."""
    known = set() if beside is None else {space.code for space in beside.spaces}
    placed = (rules.inventory.spaces.get(f"{after.code}.{one.code}") for one in after.spaces if one.code not in known)
    return [
        (words.text(one.space.name), "／".join(_cut(table, words) for table in timetables_at(rules, one).values()))
        for one in placed
        if one is not None
    ]


def _cut(table: Timetable, words: Words) -> str:
    if isinstance(table, BandTimetable):
        return "・".join(f"{words.text(band.name)} {band.starts}〜{band.ends}" for band in table.bands)
    if isinstance(table, GridTimetable):
        return words.say("facilities.cut.grid", opens=table.opens, closes=table.closes, minutes=table.step_minutes)
    return words.say("facilities.cut.nights", opens=table.check_in, closes=table.check_out)


def differences(before: Facility | None, after: Facility, words: Words) -> list[tuple[str, str, str]]:
    """What a change changes: the field in words, what it was (nothing of a new one), and what it becomes."""
    was_said = dict.fromkeys([label for label, _ in _said(after, words)], "—")
    if before is not None:
        was_said = dict(_said(before, words))
    rows = [(label, was_said[label], becomes) for label, becomes in _said(after, words)]
    rows = [row for row in rows if row[1] != row[2]]
    kinds = {"space": _space_lines, "floor": _floor_lines, "item": _item_lines}
    for name, lines in kinds.items():
        own, other = {} if before is None else lines(before, words), lines(after, words)
        rows += [
            (words.say(f"facilities.key.{name}"), own.get(code, "—"), other.get(code, "—"))
            for code in dict.fromkeys([*own, *other])
            if own.get(code) != other.get(code)
        ]
    return rows


def _said(facility: Facility, words: Words) -> list[tuple[str, str]]:
    position = facility.position
    texts = {
        "name": _all_texts(facility.name),
        "kana": facility.kana or "",
        "group": "・".join(code_words(words, "group", code) for code in facility.groups),
        "category": code_words(words, "category", facility.category) if facility.category else "",
        "address": _all_texts(facility.address),
        "phone": facility.phone or "",
        "access": _all_texts(facility.access),
        "position": f"{position.latitude}, {position.longitude}" if position else "",
        "bookable": words.say("facilities.yes" if facility.bookable else "facilities.no"),
        "hours": "／".join(hours_lines(facility, words)),
        "closed": "／".join(closed_lines(facility.calendar.closed, words)),
    }
    return [(words.say(f"facilities.key.{name}"), text or "—") for name, text in texts.items()]


def _all_texts(text: Any) -> str:  # noqa: ANN401  # text in one language or several
    if isinstance(text, dict):
        return " / ".join(text[code] for code in sorted(text, key=lambda code: (code != "ja", code)))
    return str(text or "")


def _space_lines(facility: Facility, words: Words) -> dict[str, str]:
    return {one.code: "　".join(_space_words(one, words)) for one in facility.spaces}


def _space_words(space: Space, words: Words) -> Iterator[str]:
    yield words.say(
        "facilities.space_line",
        name=_all_texts(space.name),
        capacity=space.capacity,
        people="—" if space.people is None else space.people,
        online=words.say("facilities.yes" if space.online else "facilities.no"),
    )
    if space.parts:
        yield "・".join(_all_texts(part.name) for part in space.parts)
    if space.activities:
        yield "・".join(code_words(words, "activity", code) for code in space.activities)
    if space.choose_unit:
        yield words.say("facilities.choose")
    if takes := space.consumes:
        units = "・".join(map(str, takes.named)) if takes.named else f"×{takes.units}"
        yield words.say("facilities.takes_line", floor=takes.floor, units=units)


def _floor_lines(facility: Facility, _: Words) -> dict[str, str]:
    return {one.code: f"{one.code}：{one.units}" for one in facility.floors}


def _item_lines(facility: Facility, words: Words) -> dict[str, str]:
    return {
        one.code: f"{_all_texts(one.name)}：{one.stock}{words.text(one.unit_name or '')}" for one in facility.equipment
    }


ROUTES: Final = [show_facilities, show_facility]
