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
from yoyaku.facility.terms import Facility
from yoyaku.registration.policy.roles import Permission
from yoyaku.rulebook.stored import stored_facilities
from yoyaku.ui.words import Words

HOME: Final = "/counter/facilities"
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
    visit = keeper(here)
    found = await stored_facilities(here.conn, tenant_id=visit.tenant_id)
    return here.page.show(
        "admin/facilities/facilities.html",
        facilities=[one for one in found if one.service == visit.service_id],
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
        hours=[(one, _conditions(one.when, words)) for one in facility.hours],
        closed=[(closed_lines([one], words) or [""])[0] for one in facility.calendar.closed],
        weekdays=[(day, words.say(f"weekday.{day}")) for day in WEEKDAYS],
        kinds=sorted({(space.kind, code_words(words, "space_kind", space.kind)) for space in _spaces(rules)}),
        fees=_fees(here, rules, facility),
        may_see_rules=may(here, Permission.RULES),
        crumbs=crumbs(here, (words.say("facilities.admin_title"), HOME), (words.text(facility.name), None)),
    )


def _conditions(when: Mapping[str, Any], words: Words) -> str:
    return "、".join(filter(None, (match_words(words, name, match) for name, match in when.items())))


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


def differences(before: Facility, after: Facility, words: Words) -> list[tuple[str, str, str]]:
    """What a change changes: the field in words, what it was, and what it becomes."""
    said = [
        (label, was, becomes)
        for (label, was), (_, becomes) in zip(_said(before, words), _said(after, words), strict=True)
    ]
    rows = [row for row in said if row[1] != row[2]]
    for name, own, other in (
        ("space", _space_lines(before, words), _space_lines(after, words)),
        ("floor", _floor_lines(before), _floor_lines(after)),
        ("item", _item_lines(before, words), _item_lines(after, words)),
    ):
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
    return {
        one.code: words.say(
            "facilities.space_line",
            name=_all_texts(one.name),
            capacity=one.capacity,
            people="—" if one.people is None else one.people,
            online=words.say("facilities.yes" if one.online else "facilities.no"),
        )
        for one in facility.spaces
    }


def _floor_lines(facility: Facility) -> dict[str, str]:
    return {one.code: f"{one.code}：{one.units}" for one in facility.floors}


def _item_lines(facility: Facility, words: Words) -> dict[str, str]:
    return {
        one.code: f"{_all_texts(one.name)}：{one.stock}{words.text(one.unit_name or '')}" for one in facility.equipment
    }


ROUTES: Final = [show_facilities, show_facility]
