"""Closures in words, as residents and the counter read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from yoyaku.booking.pages.here import Here
from yoyaku.booking.policy.closing import Closing
from yoyaku.booking.repository.closures import standing_closures
from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import time_of_day
from yoyaku.facility.terms import Facility
from yoyaku.ui.words import Words


async def closure_notes(here: Here, rules: ServiceRules, facility: str, *, first: date, end: date) -> Sequence[str]:
    """What is closed of a facility on the days ``first <= day < end``: when, where and why, a line for each."""
    found = await standing_closures(here.conn, facilities=[facility], first=first, end=end)
    words = here.words
    return [
        words.say(
            "closures.note",
            when=when_words(one.closing, words),
            where=place_words(rules, one.closing, words),
            reason=words.text(one.closing.reason),
        )
        for one in found
    ]


def place_choices(facility: Facility, words: Words) -> list[tuple[str, str]]:
    """The spaces of a facility, each followed by its parts where they can be chosen."""
    found = []
    for space in facility.spaces:
        name = words.text(space.name)
        found.append((space.code, name))
        if space.choose_unit and space.consumes is None:
            found += [(f"{space.code}#{part.unit}", f"{name}　{words.text(part.name)}") for part in space.parts]
    return found


def place_words(rules: ServiceRules, closing: Closing, words: Words) -> str:
    """What is closed, in words; the codes of what is no longer there."""
    facility = rules.inventory.facilities.get(closing.facility)
    if facility is None:
        return closing.facility
    names = dict(place_choices(facility, words))
    some = Counter(place.partition("#")[0] for place in closing.places if place not in names)
    said = [names[place] for place in closing.places if place in names]
    said += [_some_words(facility, code, count, words) for code, count in some.items()]
    parts = "、".join(said) or words.say("closures.whole")
    return f"{words.text(facility.name)}　{parts}"


def _some_words(facility: Facility, code: str, count: int, words: Words) -> str:
    space = next((one for one in facility.spaces if one.code == code), None)
    if space is None:
        return code
    return words.say("closures.some", space=words.text(space.name), count=count, capacity=space.capacity)


def when_words(closing: Closing, words: Words) -> str:
    """The days, and the time of each where it is not all of it."""
    days = words.fact(closing.first_on)
    if closing.last_on != closing.first_on:
        days = f"{days}〜{words.fact(closing.last_on)}"
    if closing.is_all_day:
        return f"{days}　{words.say('closures.time.all_day')}"
    return f"{days}　{_bare(closing.starts_minute)}〜{_bare(closing.ends_minute)}"


def _bare(minute: int) -> str:
    return time_of_day(minute).removeprefix("0")
