"""A document against the shape it must have: every fault with its place, and a value to go on with.

The shape is a msgspec struct; its JSON Schema is what editors use and what is checked here. Where there are faults
the value is repaired with harmless samples, so that what lies beyond the schema can be checked in the same run;
``repaired`` says where nothing more can be said.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import msgspec
from jsonschema.exceptions import ValidationError

from yoyaku.rules.document import Document, read_file
from yoyaku.rules.fault import DocumentRefused, Fault, KeyPath, Term, in_reading_order
from yoyaku.rules.shapes import closest, shape_of
from yoyaku.rules.validation import Anything, json_schema, sample, validator_of

Struct = TypeVar("Struct", bound=msgspec.Struct)
ROUNDS_OF_REPAIR: Final = 6
LONGEST_FOUND: Final = 60
MOST_FAULTS: Final = 500
"""With more, the document is another one than was meant: looking for the rest would take minutes and help nobody."""


@dataclass(frozen=True, slots=True)
class Checked(Generic[Struct]):
    """The outcome: the value (``None`` where not even a repaired one could be made), faults, and repaired paths."""

    value: Struct | None
    faults: tuple[Fault, ...]
    repaired: frozenset[KeyPath] = frozenset()

    def was_repaired(self, path: KeyPath) -> bool:
        """Whether something at, around or below the path was repaired, so that a finding there may be false."""
        return any(path[: len(other)] == other or other[: len(path)] == path for other in self.repaired)


def check(document: Document, shape: type[Struct]) -> Checked[Struct]:
    """Check a document against a struct and build it."""
    value = copy.deepcopy(document.value)
    # Of a key that stands twice the first value was kept: it is checked like any other.
    refused = {fault.path for fault in document.faults if fault.code != "duplicate_key"}
    validator, definitions = validator_of(shape), json_schema(shape).get("$defs", {})
    first = list(islice(validator.iter_errors(value), MOST_FAULTS + 1))
    faults = [
        _to_fault(error, document) for error in first if error.validator != "misspelt" and _path(error) not in refused
    ]
    repaired = {fault.path for fault in document.faults} | {_path(error) for error in first}
    errors = first
    if len(first) > MOST_FAULTS:
        faults = [
            *faults[:MOST_FAULTS],
            Fault(code="too_many_faults", place=document.place(()), facts={"most": MOST_FAULTS}),
        ]
        return Checked(None, tuple(in_reading_order([*document.faults, *faults])), frozenset(repaired))
    if not isinstance(value, dict):  # all of it would be invented, and so would be what is found in it
        return Checked(None, tuple(in_reading_order([*document.faults, *faults])), frozenset(repaired))
    for _ in range(ROUNDS_OF_REPAIR):
        value = _repair(value, errors, definitions)
        errors = list(validator.iter_errors(value)) if errors else []
    try:
        built = msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        if not faults:
            faults.append(Fault(code="unbuildable", place=document.place(()), facts={"why": str(error)}))
        return Checked(None, tuple(in_reading_order([*document.faults, *faults])), frozenset(repaired))
    return Checked(built, tuple(in_reading_order([*document.faults, *faults])), frozenset(repaired))


def read_as(path: Path, shape: type[Struct], *, shown_as: str | None = None) -> Struct:
    """Read a file that must be without fault.

    Raises:
        DocumentRefused: with every fault of the file.
    """
    checked = check(read_file(path, shown_as=shown_as), shape)
    if checked.faults or checked.value is None:
        raise DocumentRefused(checked.faults)
    return checked.value


def shown(value: object) -> str:
    """A value as a fault shows it."""
    if isinstance(value, dict):
        return "{…}"
    if isinstance(value, list):
        return "[…]" if value else "[]"
    text = f'"{value}"' if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= LONGEST_FOUND else text[:LONGEST_FOUND] + "…"


def _path(error: ValidationError) -> KeyPath:
    return tuple(error.absolute_path)


def _to_fault(error: ValidationError, document: Document) -> Fault:
    path = _path(error)
    code, facts = _describe(error)
    if error.validator == "missing":
        place = document.place(path[:-1])
    else:
        place = document.key_place(path) if error.validator == "unknown_key" else document.place(path)
    return Fault(code=code, place=place, path=path, facts=facts)


def _describe(error: ValidationError) -> tuple[str, Mapping[str, object]]:
    """The code of a schema error, and what was found and is allowed."""
    value: Any = error.validator_value
    found = shown(error.instance)
    if error.validator == "unknown_key":
        return _guess("unknown_key", str(error.path[-1]), value)
    if error.validator == "enum":
        return _guess("not_among", error.instance, value)
    if error.validator == "pattern":
        shape = shape_of(value)
        return "wrong_shape", {"found": found, "allowed": value if shape == "text" else Term(f"shape.{shape}")}
    if error.validator == "type":
        names = [value] if isinstance(value, str) else value
        return "wrong_type", {"found": found, "allowed": [Term(f"type.{each}") for each in names]}
    plain: dict[str, tuple[str, Mapping[str, object]]] = {
        "missing": ("missing_key", {"allowed": value}),
        "missing_tag": ("missing_tag", {"key": value[0], "allowed": value[1]} if isinstance(value, tuple) else {}),
    }
    return plain.get(str(error.validator), (f"schema_{error.validator}", {"found": found, "allowed": value}))


def _guess(code: str, found: object, known: list[object]) -> tuple[str, Mapping[str, object]]:
    guess = closest(found, [word for word in known if isinstance(word, str)]) if isinstance(found, str) else None
    facts: dict[str, object] = {"found": found if code == "unknown_key" else shown(found), "allowed": known}
    return (code, facts) if guess is None else (f"{code}_guess", {**facts, "guess": guess})


def _repair(value: Anything, errors: list[ValidationError], definitions: Mapping[str, Any]) -> Anything:
    """Put a harmless sample wherever an error is.

    Errors inside a list or mapping come before those of the whole, so that what is inside is still there.
    """
    for error in errors:
        path = _path(error)
        if not path:
            return sample(error.schema, definitions)  # type: ignore[arg-type]
        around = value
        for step in path[:-1]:
            around = around[step]
        if error.validator == "unknown_key":
            del around[path[-1]]
        else:
            around[path[-1]] = _replacement(error, definitions)
    return value


def _replacement(error: ValidationError, definitions: Mapping[str, Any]) -> object:
    schema: Any = error.schema
    if error.validator in {"missing", "misspelt"}:
        return sample(schema["properties"][error.validator_value], definitions)
    if error.validator == "enum":
        options: Any = error.validator_value
        return options[0]
    return sample(schema, definitions)
