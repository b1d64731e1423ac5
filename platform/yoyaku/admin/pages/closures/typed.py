"""What is typed of a closure, and its form's choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from litestar.datastructures import FormMultiDict

from yoyaku.booking.pages.here import Here, read_date, read_number
from yoyaku.booking.policy.closing import Closing
from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.terms import BandTimetable, Facility
from yoyaku.kernel.text import fold_width
from yoyaku.ui.words import Words

KINDS: Final = ("closure", "official")
ALL_DAY: Final = "all_day"
HOURS: Final = "hours"
DAY_ENDS: Final = 1440
REASON_LETTERS: Final = 200
NAMES: Final = (
    "facility",
    "kind",
    "first_on",
    "last_on",
    "time",
    "starts",
    "ends",
    "grounds",
    "reason_ja",
    "reason_en",
)


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What was typed; ``closing`` where it is whole, else what is wrong by field.

    ``counts``: of how many courts or rooms of a space, where not of all.
    """

    form: Mapping[str, str]
    places: Sequence[str] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    closing: Closing | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


def read_typed(here: Here, sent: FormMultiDict) -> Typed:
    """What a form says."""
    form = {name: str(sent.get(name, "")).strip() for name in NAMES}
    places = [str(one) for one in sent.getall("place", [])]
    words, errors = here.words, dict[str, str]()
    first = read_date(form["first_on"])
    last = read_date(form["last_on"]) if form["last_on"] else first
    for name, day in (("first_on", first), ("last_on", last)):
        if day is None:
            errors.setdefault(name, words.say("form.not_a_date"))
    minutes = _minutes(form, words, errors)
    counts = _counts(sent, places, words, errors)
    if form["kind"] not in KINDS:
        errors["kind"] = words.say("form.choose_one", label=words.say("closures.kind"))
    if not form["reason_ja"]:
        errors["reason_ja"] = words.say("form.missing", label=words.say("closures.reason_ja"))
    if first is not None and last is not None and last < first:
        errors["last_on"] = words.say("closures.order")
    if errors or first is None or last is None:
        return Typed(form=form, places=places, counts=counts, errors=errors)
    closing = _closing(form, places, first, last, minutes)
    return Typed(form=form, places=places, counts=counts, closing=closing)


def _counts(sent: FormMultiDict, places: Sequence[str], words: Words, errors: dict[str, str]) -> dict[str, int]:
    """Of how many courts or rooms of the spaces that were ticked."""
    found = {}
    for place in places:
        text = str(sent.get(f"count.{place}", "")).strip()
        number = read_number(text)
        if text and not number:
            errors[f"count.{place}"] = words.say("form.not_a_number", label=words.say("closures.count"))
        elif number:
            found[place] = number
    return found


def _closing(
    form: Mapping[str, str], places: Sequence[str], first: date, last: date, minutes: tuple[int, int]
) -> Closing:
    reason = {name: form[f"reason_{name}"][:REASON_LETTERS] for name in ("ja", "en") if form[f"reason_{name}"]}
    return Closing(
        facility=form["facility"],
        places=tuple(places),
        kind="official" if form["kind"] == "official" else "closure",
        first_on=first,
        last_on=last,
        starts_minute=minutes[0],
        ends_minute=minutes[1],
        reason=reason,
    )


def _minutes(form: Mapping[str, str], words: Words, errors: dict[str, str]) -> tuple[int, int]:
    """From when to when, in minutes of the day: all of it, a band, or what was typed."""
    if form["time"] in ("", ALL_DAY):
        return 0, DAY_ENDS
    chosen = (form["starts"], form["ends"]) if form["time"] == HOURS else tuple(form["time"].split("-", 1))
    found = [read_clock(one) for one in chosen]
    for name, minute in zip(("starts", "ends"), found, strict=False):
        if minute is None:
            errors[name] = words.say("closures.not_a_clock")
    starts, ends = (*found, None)[:2]
    if starts is None or ends is None:
        errors.setdefault("starts", words.say("closures.not_a_clock"))
        return 0, DAY_ENDS
    if starts >= ends:
        errors["ends"] = words.say("closures.order")
    return starts, ends


def read_clock(text: str) -> int | None:
    """``9:00`` as people type it is 540, ``24:00`` 1440; ``None`` for anything else."""
    hour, _, minute = fold_width(text).strip().partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and len(hour) <= 2 and len(minute) == 2):  # noqa: PLR2004
        return None
    found = int(hour) * 60 + int(minute)
    return found if int(minute) < 60 and found <= DAY_ENDS else None  # noqa: PLR2004


def time_choices(rules: ServiceRules, facility: Facility, words: Words) -> list[tuple[str, str]]:
    """All day, the bands by which the facility is booked, and hours to be typed."""
    bands: dict[str, str] = {}
    for space in facility.spaces:
        placed = rules.inventory.space(f"{facility.code}.{space.code}")
        for use in rules.at_place("timetable_use", rules.timetable_use, placed):
            table = rules.timetables[use.timetable]
            for band in table.bands if isinstance(table, BandTimetable) else ():
                span = f"{band.starts}〜{band.ends}"
                bands.setdefault(f"{band.starts}-{band.ends}", f"{words.text(band.name)}（{span}）")
    return [(ALL_DAY, words.say("closures.time.all_day")), *bands.items(), (HOURS, words.say("closures.time.hours"))]


def grounds_choices(rules: ServiceRules, words: Words) -> list[tuple[str, str]]:
    """The grounds on which the rules let the city revoke."""
    codes = dict.fromkeys(code for entry in rules.booking.cancellation for code in entry.grounds)
    return [(code, words.maybe(f"counter.grounds.{code}") or code) for code in codes]
