"""A city's own codes, by name: what may stand where a rule set names a place, a class or a way; and the facts of conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from yoyaku.facility.terms import BandTimetable, Facility, NightTimetable
from yoyaku.rulebook.book import Book
from yoyaku.rulebook.editing.schema import is_table, owner_of, schemas_at
from yoyaku.rulebook.lint.conditions import PLACE_AND_DAY, facts_at
from yoyaku.rulebook.registration_facts import registration_facts
from yoyaku.rulebook.terms import RuleSet
from yoyaku.rulebook.vocabulary import Fact, vocabulary
from yoyaku.rulebook.walk import children
from yoyaku.rules.condition import NONE
from yoyaku.rules.fault import KeyPath
from yoyaku.rules.values import Text

Names = Mapping[str, Text | None]
"""Codes with what each is called; ``None`` where the city calls it nothing."""

CONDITIONS: Final = frozenset({"when", "need", "user"})
"""Keys below which facts stand: of conditions, and of the people of examples."""
_AS_CALLED: Final = ("facility", "space", "activity", "timetable", "grounds", "user_class")
WANTED: Final[Mapping[str, str]] = {
    **{key: key for key in (*_AS_CALLED, "calendar", "scheme", "relief")},
    **dict.fromkeys(("channel", "channels", "unverified_may_book_by"), "channel"),
    **dict.fromkeys(("stage", "first_stage", "from_stage", "then_stage", "to_stage"), "stage"),
    **dict.fromkeys(("at_stages", "unfinished_stages"), "stage"),
    **dict.fromkeys(("methods", "paid_by"), "method"),
    **dict.fromkeys(("line", "lines"), "line"),
    "bands": "band",
}
"""Which sort of code a key wants, where it takes a text."""

KEYED: Final[Mapping[str, str]] = {
    "prices": "equipment",
    "equipment": "equipment",
    "lines": "line",
    "due": "method",
    "guests": "age_group",
    "form": "question",
    "preference": "preference",
    "answers": "registration_question",
}
"""Which sort of code the keys below a key are."""

USER: Final = ("user_class", "account_kind", "residency", "registration", "mail_verified", "mandate")
"""The facts that an example tells of its user."""

OF_FACTS: Final[Mapping[str, str]] = {
    **{name: name for name in (*_AS_CALLED, "band", "channel", "age_group")},
    **dict.fromkeys(("paid_by", "paid_only_by"), "method"),
    "registration": "stage",
}
"""Of which sort the values of a fact are."""


class CityCodes:
    """The codes of one rule set with its facilities."""

    def __init__(self, book: Book) -> None:
        self._book = book

    @property
    def rules(self) -> RuleSet:
        """The rule set whose codes they are."""
        return self._book.rules

    @cached_property
    def facilities(self) -> Sequence[Facility]:
        """The facilities that it is about."""
        return [at.facility for at in self._book.facilities]

    def fact_of(self, path: KeyPath, whole: object) -> str:
        """The fact that a value at a path is of, by which it is said: the one of a condition's line, or the one that a key wants."""
        table = _table_above(path, whole)
        if table is not None:
            return str(path[len(table)]) if len(path) > len(table) else ""
        sort = WANTED.get(next((step for step in reversed(path) if isinstance(step, str)), ""), "")
        return {"stage": "registration", "method": "paid_by"}.get(sort, sort)

    def values_at(self, path: KeyPath, whole: object) -> Names:
        """What may stand at a path: the codes that are wanted there, the values of a fact; empty where any text may."""
        table = _table_above(path, whole)
        if table is not None:
            name = path[len(table)] if len(path) > len(table) else ""
            fact = self._facts(table).get(str(name))
            return {} if fact is None else self._values_of(str(name), fact)
        if len(path) > 1 and path[-2] == "form":
            return self._answers.get(f"form.{path[-1]}", {})
        key = next((step for step in reversed(path) if isinstance(step, str)), "")
        takes_text = any(one.get("type") == "string" and "enum" not in one for one in schemas_at(path, whole))
        declares = owner_of(path, whole) == "Cancellation" and key == "grounds"
        return self._sorts.get(WANTED.get(key, ""), {}) if takes_text and not declares else {}

    def keys_at(self, path: KeyPath, whole: object) -> Names:
        """What the keys at a path may be, where they are no words of the language: facts of a condition, priced things."""
        last = next((step for step in reversed(path) if isinstance(step, str)), "")
        answers = path[:1] == ("examples",) and path[-1:] == ("form",)  # of any type, so the schema calls it no table
        if not answers and not any(is_table(schema) for schema in schemas_at(path, whole)):
            return {}
        if last in CONDITIONS:
            return {name: self._questions.get(name) for name in sorted(self._facts(path))}
        return self._sorts.get(KEYED.get(last, ""), {})

    def kind_at(self, path: KeyPath, whole: object) -> str | None:
        """What sort of value the fact at a path has (``text``, ``number``, ``boolean``); ``None`` where there is no fact."""
        table = _table_above(path, whole)
        fact = None if table is None or len(path) != len(table) + 1 else self._facts(table).get(str(path[-1]))
        return None if fact is None else fact.kind

    def _facts(self, table: KeyPath) -> Mapping[str, Fact]:
        """The facts that a condition at a path may look at."""
        if table[-1] == "user":
            return {name: fact for name, fact in self._vocabulary.items() if name in USER}
        if table[0] == "registration":
            return registration_facts(self._book.rules.registration)
        if table[0] == "inventory":
            return {name: fact for name, fact in self._vocabulary.items() if name in PLACE_AND_DAY}
        here = facts_at(table[:-1], self.clause(table[:-1]), self._vocabulary)
        return {name: fact for name, fact in self._vocabulary.items() if name in here}

    def clause(self, path: KeyPath) -> object:
        """The clause at a path as it was last right; of a new one of a list, the last before it."""
        found: object = self._book.rules
        for step in path:
            parts = dict(children(found))
            found = parts.get(step, next(reversed(parts.values()), None) if isinstance(step, int) else None)
        return found

    def _values_of(self, name: str, fact: Fact) -> Names:
        if fact.kind == "boolean":
            return {"true": None, "false": None}
        named = {**self._sorts.get(OF_FACTS.get(name, ""), {}), **self._answers.get(name, {})}
        values = [] if fact.values is None else [one for one in (*named, *sorted(fact.values)) if one in fact.values]
        return {value: named.get(value) for value in [*values, *([NONE] if values else [])]}

    @cached_property
    def _vocabulary(self) -> Mapping[str, Fact]:
        return vocabulary(self._book)

    @cached_property
    def _questions(self) -> Names:
        """What is asked, by fact."""
        asked = {f"form.{field.code}": field.label for field in self._book.rules.registration.fields}
        return {**asked, **{f"form.{field.code}": field.label for field in self._book.rules.booking.form}}

    @cached_property
    def _answers(self) -> Mapping[str, Names]:
        """What may be answered, by fact."""
        return {f"form.{field.code}": dict(field.choices) for field in self._book.rules.booking.form}

    @cached_property
    def _sorts(self) -> Mapping[str, Names]:
        rules, facilities = self._book.rules, self.facilities
        nights = [one for one in rules.timetables.values() if isinstance(one, NightTimetable)]
        return {
            "facility": _named(facilities),
            "space": _named(space for facility in facilities for space in facility.spaces),
            "activity": dict.fromkeys(
                code for facility in facilities for space in facility.spaces for code in space.activities
            ),
            "equipment": _named(item for facility in facilities for item in facility.equipment),
            "band": _named(
                band for one in rules.timetables.values() if isinstance(one, BandTimetable) for band in one.bands
            ),
            "age_group": _named(each for one in nights for each in one.age_groups),
            "timetable": dict.fromkeys(rules.timetables),
            "calendar": dict.fromkeys([*rules.calendars, "facility"]),
            "channel": _named(rules.booking.channels),
            "grounds": dict.fromkeys(code for way in rules.booking.cancellation for code in way.grounds),
            "user_class": _named(rules.registration.classes),
            "stage": _named(rules.registration.stages),
            "method": _named(rules.payment.methods),
            "line": _named(rules.fees.steps),
            "relief": _named(rules.fees.relief),
            "scheme": _named(rules.lottery.schemes),
            "question": _labelled(rules.booking.form),
            "registration_question": _labelled(rules.registration.fields),
            "preference": _labelled(each for one in nights for each in one.preferences),
        }


def _labelled(asked: Any) -> Names:  # noqa: ANN401  # questions of any form
    return {one.code: one.label for one in asked}


def _named(clauses: Any) -> Names:  # noqa: ANN401  # clauses of any kind that have a code
    return {one.code: getattr(one, "name", None) for one in clauses}


def _table_above(path: KeyPath, whole: object) -> KeyPath | None:
    """The condition that a path is a line of, or a value in a line of; ``None`` where it is none."""
    return next((table for table in _above(path) if any(is_table(one) for one in schemas_at(table, whole))), None)


def _above(path: KeyPath) -> Iterator[KeyPath]:
    return (path[: place + 1] for place, step in enumerate(path[:-1]) if step in CONDITIONS)
