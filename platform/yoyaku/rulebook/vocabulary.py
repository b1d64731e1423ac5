"""The facts that conditions may name, and what each can be in this rule set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from yoyaku.billing.terms import MANDATES
from yoyaku.booking.terms import Actor, FormField, State
from yoyaku.facility.terms import BandTimetable, NightTimetable
from yoyaku.rulebook.book import Book
from yoyaku.rules.calendar import DAY_TYPES

FactKind = Literal["text", "number", "boolean"]

PLACE: Final = frozenset({"facility", "facility_group", "facility_category", "space", "space_kind"})
DAY: Final = frozenset({"day_type", "season", "use_month"})
PAST: Final = frozenset({"state", "paid", "paid_by", "paid_only_by", "grounds"})
"""Facts of a booking that exists already; while it is being made there are none."""

BY_THE_UNIT: Final = frozenset({"age_group", "elapsed_minutes"})
"""Facts of one unit of a use (a guest, an hour), which only rows of prices look at."""

OF_ENTRANTS: Final = frozenset(
    {
        *("user_class", "account_kind", "residency", "registration", "mail_verified"),
        *("channel", "actor", "use_month"),
    }
)
"""Facts of who enters a lottery, by which way, of which month: what entering and the weight in a draw may hang on."""

_NUMBERS: Final = frozenset(
    {
        *("use_month", "starts_minute", "ends_minute", "minutes", "elapsed_minutes"),
        *("days_before_use", "nights", "surfaces", "people"),
    }
)


@dataclass(frozen=True, slots=True)
class Fact:
    """What a fact can be: numbers, true and false, or texts (``values``: the only ones; ``None``: any)."""

    kind: FactKind
    values: frozenset[str] | None = None


def vocabulary(book: Book) -> Mapping[str, Fact]:
    """Every fact by name."""
    choices = {field.code: field.choices for field in book.rules.booking.form}
    facts = dict(given_facts(book))
    for name, majority in book.rules.booking.derived.items():
        # All choices of the field: which of them the name gives is checked where it is declared.
        asked = choices.get(majority.field, {})
        facts[name] = Fact("text", frozenset({majority.more_than_half, majority.otherwise, *asked}))
    return facts


def given_facts(book: Book) -> Mapping[str, Fact]:
    """The facts that are there without being derived."""
    facts = {name: Fact("number") for name in _NUMBERS} | {"mail_verified": Fact("boolean")}
    facts |= {name: Fact("text", frozenset(values)) for name, values in _closed_lists(book).items()}
    if not book.facilities:
        facts |= {name: Fact("text") for name in [*PLACE, "activity"]}
    return facts | {f"form.{field.code}": form_fact(field) for field in book.rules.booking.form}


def form_fact(field: FormField) -> Fact:
    """What the answer to a question can be."""
    if field.kind in {"whole_number", "people_by_class"}:
        return Fact("number")
    if field.kind == "yes_no":
        return Fact("boolean")
    return Fact("text", frozenset(field.choices) if field.kind == "choice" else None)


def _closed_lists(book: Book) -> Mapping[str, Iterable[str]]:
    rules = book.rules
    booking = rules.booking
    return {
        **_places(book),
        "day_type": DAY_TYPES,
        "season": (season.code for season in rules.seasons),
        "timetable": rules.timetables,
        "band": band_codes(book),
        "age_group": _age_groups(book),
        "arose": ("first_come", "lottery"),
        "user_class": (each.code for each in rules.registration.classes),
        "account_kind": ("individual", "group"),
        "residency": ("resident", "worker", "student", "outsider"),
        "registration": (stage.code for stage in rules.registration.stages),
        "mandate": MANDATES,
        "channel": (channel.code for channel in booking.channels),
        "actor": get_args(Actor),
        "state": get_args(State),
        "paid": ("free", "unpaid", "partly", "paid"),
        "paid_by": (method.code for method in rules.payment.methods),
        "paid_only_by": (method.code for method in rules.payment.methods),
        "grounds": (ground for way in booking.cancellation for ground in way.grounds),
    }


def _places(book: Book) -> Mapping[str, Iterable[str]]:
    facilities = [at.facility for at in book.facilities]
    spaces = [space for facility in facilities for space in facility.spaces]
    return {
        "facility": (facility.code for facility in facilities),
        "facility_group": (group for facility in facilities for group in facility.groups),
        "facility_category": (facility.category for facility in facilities if facility.category),
        "space": (space.code for space in spaces),
        "space_kind": (space.kind for space in spaces),
        "activity": (activity for space in spaces for activity in space.activities),
    }


def band_codes(book: Book) -> Iterator[str]:
    """The codes of all bands of all timetables."""
    for timetable in book.rules.timetables.values():
        if isinstance(timetable, BandTimetable):
            yield from (band.code for band in timetable.bands)


def _age_groups(book: Book) -> Iterator[str]:
    for timetable in book.rules.timetables.values():
        if isinstance(timetable, NightTimetable):
            yield from (group.code for group in timetable.age_groups)
