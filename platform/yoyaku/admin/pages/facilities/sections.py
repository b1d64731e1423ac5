"""What the forms of a facility say, put into its document section by section; nothing is checked here but numbers."""

from __future__ import annotations

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
        {**one, "opens": _typed(form, f"opens.{at}"), "closes": _typed(form, f"closes.{at}")}
        for at, one in enumerate(document["hours"])
        if not form.get(f"drop.{at}")
    ]
    if _typed(form, "opens.new") or _typed(form, "closes.new"):
        hours.append({"opens": _typed(form, "opens.new"), "closes": _typed(form, "closes.new")})
    return {"hours": hours}


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
    floors = [{**one, "units": _number(form, f"units.{one['code']}", one["units"])} for one in document["floors"]]
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
    if code := _typed(form, "new.code"):
        like = document["spaces"][0] if document["spaces"] else {"kind": "room", "bucket_minutes": 30}
        spaces.append(
            {
                "code": code,
                "name": _both("", form, "new.name"),
                "kind": _typed(form, "new.kind") or like["kind"],
                "capacity": _number(form, "new.capacity", 1),
                "bucket_minutes": like["bucket_minutes"],
            }
        )
    return {"floors": floors, "spaces": spaces}


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


SECTIONS: Final[Mapping[str, Callable[[Doc, FormMultiDict], Doc]]] = {
    "basics": _basics,
    "hours": _hours,
    "closed": _closed,
    "spaces": _spaces,
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
    found = read_number(text)
    if text and found is None:
        raise NotANumber(name)
    return blank if found is None else found
