"""What the forms of a facility say, put into its document section by section; nothing is checked here but numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from litestar.datastructures import FormMultiDict

from yoyaku.booking.pages.here import read_number

Doc = dict[str, Any]


class NotANumber(ValueError):
    """A field (``name``) should hold a whole number."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def with_section(document: Doc, section: str, form: FormMultiDict) -> Doc:
    """The document of a facility with one section as it was typed.

    Raises:
        NotANumber: something that is counted is no number.
        KeyError: there is no such section.
    """
    return {**document, **SECTIONS[section](document, form)}


def _basics(document: Doc, form: FormMultiDict) -> Doc:
    position = {"latitude": _typed(form, "latitude"), "longitude": _typed(form, "longitude")}
    return {
        "name": _both(document["name"], form, "name"),
        "kana": _typed(form, "kana") or None,
        "address": _both(document["address"], form, "address") or None,
        "phone": _typed(form, "phone") or None,
        "access": _both(document["access"], form, "access") or None,
        "position": position if any(position.values()) else None,
        "bookable": bool(form.get("bookable")),
    }


def _hours(document: Doc, form: FormMultiDict) -> Doc:
    hours = [
        {**one, **_opening(form, str(at)), "when": _on_days(one["when"], form, str(at))}
        for at, one in enumerate(document["hours"])
        if not form.get(f"drop.{at}")
    ]
    if _typed(form, "opens.new") or _typed(form, "closes.new"):
        hours.append({**_opening(form, "new"), "when": _on_days({}, form, "new")})
    # The first line whose condition holds counts: what holds always comes last, or nothing after it ever would.
    return {"hours": sorted(hours, key=lambda one: not one["when"])}


def _opening(form: FormMultiDict, at: str) -> Doc:
    return {"opens": _typed(form, f"opens.{at}"), "closes": _typed(form, f"closes.{at}")}


def _on_days(when: Doc, form: FormMultiDict, at: str) -> Doc:
    """The condition with the sorts of days that were ticked; what else it says stays."""
    ticked = [str(one) for one in form.getall(f"days.{at}", [])]
    others = {name: match for name, match in when.items() if name != "day_type"}
    return {"day_type": ticked, **others} if ticked else others


def _closed(document: Doc, form: FormMultiDict) -> Doc:
    calendar = document["calendar"]
    closed = [one for at, one in enumerate(calendar["closed"]) if not form.get(f"drop.{at}")]
    if weekly := [str(one) for one in form.getall("weekly", [])]:
        closed.append({"weekly": weekly})
    if _typed(form, "yearly_from") or _typed(form, "yearly_to"):
        closed.append({"yearly": {"from": _typed(form, "yearly_from"), "to": _typed(form, "yearly_to")}})
    if dates := [_typed(form, name) for name in ("date.0", "date.1", "date.2") if _typed(form, name)]:
        closed.append({"dates": dates})
    return {"calendar": {**calendar, "closed": closed}}


def _spaces(document: Doc, form: FormMultiDict) -> Doc:
    spaces = [
        {
            **one,
            "name": _both(one["name"], form, f"name.{one['code']}"),
            "capacity": _number(form, f"capacity.{one['code']}", one["capacity"]),
            "people": _number(form, f"people.{one['code']}", None),
            "online": bool(form.get(f"online.{one['code']}")),
        }
        for one in document["spaces"]
        if not form.get(f"drop.{one['code']}")
    ]
    if _typed(form, "new.code"):
        like = document["spaces"][0] if document["spaces"] else {}
        spaces.append(_new_space(form, like))
    return {"spaces": spaces}


def _new_space(form: FormMultiDict, like: Doc) -> Doc:
    """A space that was typed; where it was not said in which pieces its time goes, as those of another."""
    return {
        "code": _typed(form, "new.code"),
        "name": _both("", form, "new.name"),
        "kind": _typed(form, "new.kind") or like.get("kind", ""),
        "capacity": _number(form, "new.capacity", 1),
        "people": _number(form, "new.people", None),
        "activities": [str(one) for one in form.getall("new.activity", [])],
        "bucket_minutes": _number(form, "new.bucket", like.get("bucket_minutes", 30)),
    }


def _parts(document: Doc, form: FormMultiDict) -> Doc:
    """The names of the courts and rooms of each space, and whether the user may choose among them."""
    spaces = []
    for one in document["spaces"]:
        if not form.get(f"named.{one['code']}"):  # not shown: it has too many
            spaces.append(one)
            continue
        names = {part["unit"]: part["name"] for part in one["parts"]}
        parts = [
            {"unit": unit, "name": _both(names.get(unit, ""), form, f"part.{one['code']}.{unit}")}
            for unit in range(1, one["capacity"] + 1)
            if _typed(form, f"part.{one['code']}.{unit}.ja")
        ]
        spaces.append({**one, "parts": parts, "choose_unit": bool(form.get(f"choose.{one['code']}"))})
    return {"spaces": spaces}


def _sharing(document: Doc, form: FormMultiDict) -> Doc:
    """The floors that several spaces share, and what each space takes of which."""
    floors = [
        {**one, "units": _number(form, f"units.{one['code']}", one["units"])}
        for one in document["floors"]
        if not form.get(f"drop.{one['code']}")
    ]
    if code := _typed(form, "new.floor"):
        floors.append({"code": code, "units": _number(form, "new.units", 1)})
    spaces = [{**one, "consumes": _consumes(form, one["code"])} for one in document["spaces"]]
    return {"floors": floors, "spaces": spaces}


def _consumes(form: FormMultiDict, code: str) -> Doc | None:
    floor = _typed(form, f"floor.{code}")
    if not floor:
        return None
    named = [_whole(one, f"named.{code}") for one in re.split(r"[,、，\s]+", _typed(form, f"named.{code}")) if one]
    if named:
        return {"floor": floor, "named": named}
    return {"floor": floor, "units": _number(form, f"takes.{code}", 1)}


def _equipment(document: Doc, form: FormMultiDict) -> Doc:
    equipment = [
        {
            **one,
            "name": _both(one["name"], form, f"name.{one['code']}"),
            "stock": _number(form, f"stock.{one['code']}", one["stock"]),
        }
        for one in document["equipment"]
        if not form.get(f"drop.{one['code']}")
    ]
    if code := _typed(form, "new.code"):
        new = {"code": code, "name": _both("", form, "new.name"), "stock": _number(form, "new.stock", 1)}
        equipment.append(new)
    return {"equipment": equipment}


def new_facility(form: FormMultiDict, service: str) -> Doc:
    """A facility that was typed, with its first space; the rest of it is filled in on its own page.

    Raises:
        NotANumber: something that is counted is no number.
    """
    return {
        "code": _typed(form, "code"),
        "name": _both("", form, "name"),
        "kana": _typed(form, "kana") or None,
        "service": service,
        "groups": [str(one) for one in form.getall("group", [])],
        "category": _typed(form, "category") or None,
        "address": _both("", form, "address") or None,
        "phone": _typed(form, "phone") or None,
        "number_code": _typed(form, "number_code") or None,
        "hours": [_opening(form, "new")],
        "spaces": [_new_space(form, {})],
    }


SECTIONS: Final[Mapping[str, Callable[[Doc, FormMultiDict], Doc]]] = {
    "basics": _basics,
    "hours": _hours,
    "closed": _closed,
    "spaces": _spaces,
    "parts": _parts,
    "sharing": _sharing,
    "equipment": _equipment,
}


def _typed(form: FormMultiDict, name: str) -> str:
    return str(form.get(name, "")).strip()


def _both(was: object, form: FormMultiDict, name: str) -> str | dict[str, str]:
    """A text in Japanese and English; other languages that it has stay."""
    others = {code: text for code, text in was.items() if code not in ("ja", "en")} if isinstance(was, dict) else {}
    ja, en = _typed(form, f"{name}.ja"), _typed(form, f"{name}.en")
    return {"ja": ja, **({"en": en} if en else {}), **others} if en or others else ja


def _number(form: FormMultiDict, name: str, blank: int | None) -> int | None:
    text = _typed(form, name)
    return _whole(text, name) if text else blank


def _whole(text: str, name: str) -> int:
    found = read_number(text)
    if found is None:
        raise NotANumber(name)
    return found
