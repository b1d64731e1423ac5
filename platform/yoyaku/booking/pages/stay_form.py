"""The form of one stay: what was typed, or what is missing in which field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from yoyaku.booking.pages.here import read_number
from yoyaku.booking.policy import BookingRequest
from yoyaku.facility.policy import PlacedSpace
from yoyaku.facility.terms import GuestPreference, NightTimetable
from yoyaku.rules.condition import matches
from yoyaku.ui.words import Words


def read_stay(
    placed: PlacedSpace, timetable: NightTimetable, form: Mapping[str, Any], words: Words, *, on: date
) -> tuple[BookingRequest | None, dict[str, str]]:
    """The stay that was typed, or sentences for the fields that need another look."""
    errors: dict[str, str] = {}
    nights = read_number(str(form.get("nights", ""))) or 0
    if not timetable.minimum_nights <= nights <= timetable.maximum_nights:
        return None, {"nights": words.say("form.choose_one", label=words.say("stay.nights"))}
    guests = tuple(_guests(night, timetable, form, words, errors) for night in range(1, nights + 1))
    wishes = _wishes(wishes_of(placed, timetable), form, words, errors)
    if errors:
        return None, errors
    wish = BookingRequest(
        facility=placed.facility.code,
        space=placed.space.code,
        use_on=on,
        nights=nights,
        guests=guests,
        preferences=wishes,
    )
    return wish, errors


def _guests(
    night: int, timetable: NightTimetable, form: Mapping[str, Any], words: Words, errors: dict[str, str]
) -> dict[str, int]:
    """The guests of one night by age group; an empty field is nobody, and nobody at all is no stay."""
    counted: dict[str, int] = {}
    for group in timetable.age_groups:
        name = f"guests.{night}.{group.code}"
        number = read_number(str(form.get(name, "")).strip() or "0")
        if number is None:
            errors[name] = words.say("form.not_a_number", label=words.text(group.name))
        counted[group.code] = number or 0
    if not sum(counted.values()):
        first = f"guests.{night}.{timetable.age_groups[0].code}"
        errors.setdefault(first, words.say("stay.no_guests", number=night))
    return counted


def _wishes(
    asked: list[GuestPreference], form: Mapping[str, Any], words: Words, errors: dict[str, str]
) -> dict[str, bool]:
    wishes: dict[str, bool] = {}
    for wish in asked:
        answer = form.get(f"wish.{wish.code}")
        if answer not in {"yes", "no"}:
            errors[f"wish.{wish.code}"] = words.say("form.choose_one", label=words.text(wish.label))
        wishes[wish.code] = answer == "yes"
    return wishes


def wishes_of(placed: PlacedSpace, timetable: NightTimetable) -> list[GuestPreference]:
    """The wishes that are asked for this room."""
    return [wish for wish in timetable.preferences if matches(wish.when, placed.facts)]


def wish_fields(
    placed: PlacedSpace, timetable: NightTimetable, form: Mapping[str, Any], words: Words
) -> list[dict[str, Any]]:
    """The fields of what one may wish for; it is granted or not on arrival."""
    return [
        {"field": f"wish.{wish.code}", "label": words.text(wish.label), "value": form.get(f"wish.{wish.code}", "")}
        for wish in wishes_of(placed, timetable)
    ]


def guest_nights(timetable: NightTimetable, form: Mapping[str, Any], words: Words) -> list[dict[str, Any]]:
    """The fields of each night, one for each age group."""
    return [
        {
            "number": night,
            "groups": [
                {
                    "field": f"guests.{night}.{group.code}",
                    "label": words.text(group.name),
                    "value": form.get(f"guests.{night}.{group.code}", "0" if place else ""),
                }
                for place, group in enumerate(timetable.age_groups)
            ],
        }
        for night in range(1, timetable.maximum_nights + 1)
    ]
