"""Conditions: tables over declared facts.

Every line of the table must hold. A fact is a text, a whole number, true or false, or a set of them
(which holds when it shares an element with what is allowed). A fact that is absent holds only where
``none`` is allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from yoyaku.rules.values import Match, Range, When

Scalar = str | int | bool
Value = Scalar | AbstractSet[str] | AbstractSet[int] | None
Facts = Mapping[str, Value]

NONE = "none"
"""The word by which a condition allows that a fact is absent."""


def matches(when: When, facts: Facts) -> bool:
    """Whether every line of ``when`` holds; an empty condition always does."""
    return all(holds(allowed, facts.get(name)) for name, allowed in when.items())


def holds(allowed: Match, found: Value) -> bool:
    """Whether one fact is among what a line allows.

    True and false are not numbers: ``1`` does not hold for ``true``.
    """
    if isinstance(found, str) and not isinstance(allowed, Range):  # most facts are one text
        return found == allowed or (isinstance(allowed, list) and found in allowed)
    values = _elements(found)
    if isinstance(allowed, Range):
        return any(_within(allowed, value) for value in values)
    options = allowed if isinstance(allowed, list) else (allowed,)
    if not values:
        return NONE in options
    return any(_same(option, value) for option in options for value in values)


def _elements(found: Value) -> tuple[Scalar, ...]:
    if found is None:
        return ()
    return (found,) if isinstance(found, str | int) else tuple(found)


def _within(bounds: Range, value: Scalar) -> bool:
    if isinstance(value, bool | str):
        return False
    return (bounds.at_least is None or value >= bounds.at_least) and (bounds.at_most is None or value <= bounds.at_most)


def _same(option: Scalar, value: Scalar) -> bool:
    return option == value and isinstance(option, bool) == isinstance(value, bool)
