"""Writing examples: a new one like those that are there, and what came of one as what it expects."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from yoyaku.rulebook.adapting import civil_text
from yoyaku.rulebook.editing import append_item, remove_item, set_value
from yoyaku.rulebook.editing.codes import CityCodes
from yoyaku.rulebook.editing.written import Value
from yoyaku.rulebook.examples import Outcome
from yoyaku.rulebook.terms import Expected
from yoyaku.rules.fault import KeyPath

ENDS: Final = frozenset({"due", "lapses_at", "allowed_until", "closes_at", "accept_until"})
"""Keys of ``then`` that end something: midnight is written as the end of the day before."""
ALLOWED: Final = "allowed"
TEN_OCLOCK: Final = "T10:00"


def new_case(
    examples: Sequence[Mapping[str, Any]], *, action: str, name: str, codes: CityCodes | None, today: date
) -> Mapping[str, Value]:
    """An example of an action, to be changed: like the first of its kind, else with the first place of the city."""
    like = next((one for one in examples if one.get("when", {}).get("action") == action), None)
    if like is not None:
        given, when = like.get("given", {}), like["when"]
    else:
        given, when = _first_case(codes, action, today)
    return {"name": _unused(name, examples), "given": given, "when": when, "then": {"outcome": ALLOWED}}


def _first_case(codes: CityCodes | None, action: str, today: date) -> tuple[Value, Value]:
    given: dict[str, Value] = {"now": f"{today}{TEN_OCLOCK}"}
    when: dict[str, Value] = {"action": action}
    if codes is not None:
        places = [(one.code, space.code) for one in codes.facilities if one.bookable for space in one.spaces]
        classes, stages = codes.rules.registration.classes, codes.rules.registration.stages
        stage = next((one for one in stages if one.may_book), stages[0])
        given["user"] = {"user_class": classes[0].code, "registration": stage.code}
        if places:
            when |= {"facility": places[0][0], "space": places[0][1], "date": str(today)}
    return given, when


def _unused(name: str, examples: Sequence[Mapping[str, Any]]) -> str:
    """The name, with a number behind it where an example has it already."""
    taken = {one.get("name") for one in examples}
    numbered = (f"{name}{number}" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(one for one in numbered if one not in taken)


def with_case(text: str, case: Mapping[str, Value]) -> str:
    """The text of a file with an example more at its end.

    Raises:
        EditRefused: it cannot be written there.
    """
    return append_item(text, ("examples",), case)


def may_be_expected(outcome: Outcome) -> bool:
    """Whether what came of an example is a result: not that the example says too little to be tried."""
    return outcome.decision.found.get("outcome", ALLOWED) in {ALLOWED, "refused"}


def found_of(outcome: Outcome) -> Mapping[str, Any]:
    """What came of an example, by the keys that ``then`` may have."""
    known = Expected.__struct_fields__
    return {key: found for key, found in outcome.decision.found.items() if key in known and found is not None}


def expecting(text: str, *, place: int, outcome: Outcome, zone: ZoneInfo, also: Collection[str]) -> str:
    """The text with an example's ``then`` as it came out: what differed, what is asked for too; what did not come is out.

    Args:
        text: the file of the example.
        place: the example's place in the list.
        outcome: what came of it.
        zone: of the municipality.
        also: keys of ``then`` to be expected from now on.

    Raises:
        EditRefused: it cannot be written there.
    """
    found, then = found_of(outcome), ("examples", place, "then")
    for difference in outcome.differences:
        at: KeyPath = (*then, difference.key)
        gone = difference.key not in found
        value = None if gone else _as_written(found[difference.key], zone, ends=difference.key in ENDS)
        text = remove_item(text, at) if gone else set_value(text, at, value)
    for key in sorted(set(also) & set(found) - {one.key for one in outcome.differences}):
        text = set_value(text, (*then, key), _as_written(found[key], zone, ends=key in ENDS))
    return text


def _as_written(found: Any, zone: ZoneInfo, *, ends: bool) -> Value:  # noqa: ANN401 -- whatever a decision finds
    if isinstance(found, datetime):
        return civil_text(found, zone, ends_days=ends)
    if isinstance(found, Mapping):
        return {str(key): _as_written(part, zone, ends=ends) for key, part in found.items()}
    if isinstance(found, list | tuple):
        return [_as_written(part, zone, ends=ends) for part in found]
    return found if isinstance(found, bool | int) else str(found)
