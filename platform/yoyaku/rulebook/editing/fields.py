"""A part of a rule set as a form: its values as fields of the kinds that the schema names, group by group."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from yoyaku.rulebook.editing.codes import CityCodes, Names
from yoyaku.rulebook.editing.edits import EditRefused, add_item, remove_item, set_value
from yoyaku.rulebook.editing.schema import owner_of, schemas_at, value_at
from yoyaku.rulebook.editing.written import Value
from yoyaku.rulebook.terms import RuleSet
from yoyaku.rules.fault import KeyPath, path_text
from yoyaku.rules.validation import json_schema, sample

FieldKind = Literal["number", "choice", "yes_no", "text", "list", "word"]
BETWEEN: Final = re.compile(r"[、,，]\s*")
_WHOLE: Final = re.compile(r"-?(0|[1-9][0-9]{0,17})\Z")
_TRUTH: Final = {"true": True, "false": False}
UNTOUCHED: Final = frozenset({"code", "step", "kind"})
"""Keys that a form does not add: what others call a clause by, and what kind it is."""


@dataclass(frozen=True, slots=True)
class Field:
    """A value that is typed: ``shown`` is how it stands in the form, ``options`` what a choice offers, or the items of a list.

    ``owner`` is the struct whose key it is, ``names`` what the city calls the options that are its own.
    """

    path: KeyPath
    kind: FieldKind
    shown: str
    options: tuple[str, ...] = ()
    owner: str = ""
    names: Names = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A clause, a mapping or a list: its fields, the groups within, and the keys that may still be added.

    ``name`` is what a clause is called, by language or, where it has no name, by its code; ``names`` what the city calls
    what is missing, where that is its own.
    """

    path: KeyPath
    is_list: bool
    fields: Sequence[Field]
    groups: Sequence[Group]
    missing: Sequence[str]
    reference: str | None
    name: str | Mapping[str, str] | None
    names: Names = dataclasses.field(default_factory=dict)

    def walk(self) -> Iterator[Field]:
        """Every field in and below the group."""
        yield from self.fields
        for group in self.groups:
            yield from group.walk()


def group_at(path: KeyPath, whole: Mapping[str, Any], codes: CityCodes | None = None) -> Group | None:
    """The form of what stands at a path of a rule set; ``None`` where nothing does."""
    value = value_at(whole, path)
    if not isinstance(value, dict | list):
        return None
    parts = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    fields = [_field((*path, step), part, whole, codes) for step, part in parts if _is_leaf(part)]
    groups = [group_at((*path, step), whole, codes) for step, part in parts if not _is_leaf(part)]
    reference = value.get("reference") if isinstance(value, dict) else None
    own = {} if codes is None or isinstance(value, list) else codes.keys_at(path, whole)
    return Group(
        path=path,
        is_list=isinstance(value, list),
        fields=fields,
        groups=[group for group in groups if group is not None],
        missing=list(_missing(path, value, whole, own)) if isinstance(value, dict) else (),
        reference=reference if isinstance(reference, str) else None,
        name=_name(value) if isinstance(value, dict) else None,
        names=own,
    )


def read_value(field: Field, typed: str) -> Value:
    """What was typed, as a value of the field's kind; what does not fit is kept as text, and the check tells it."""
    if field.kind == "list":
        return [_word(part) for part in BETWEEN.split(typed) if part]
    if field.kind in {"text", "choice"}:
        return typed
    return _word(typed)


def with_value(text: str, field: Field, typed: str) -> str:
    """The text with what was typed into a field; what is emptied is taken out.

    Raises:
        EditRefused: the place cannot be written.
    """
    if typed == "":
        return remove_item(text, field.path)
    return set_value(text, field.path, read_value(field, typed.replace("\r\n", "\n")))


def with_item(text: str, path: KeyPath, whole: Mapping[str, Any]) -> str:
    """The text with one item more in the list at a path: like its last one, or a first one by the schema.

    Raises:
        EditRefused: there can be no list.
    """
    if value_at(whole, path):
        return add_item(text, path)
    definitions = json_schema(RuleSet)["$defs"]
    for schema in schemas_at(path, whole):
        if isinstance(schema.get("items"), dict):
            return set_value(text, path, [_as_value(sample(schema["items"], definitions))])
    raise EditRefused(path=path_text(path))


def with_key(text: str, path: KeyPath, whole: Mapping[str, Any], codes: CityCodes | None = None) -> str:
    """The text with a key that was missing, and a value that the schema accepts; of a fact, one that it can be.

    Raises:
        EditRefused: the schema knows no such key, or it cannot be written there.
    """
    first = None if codes is None else _first_value(path, whole, codes)
    if first is not None:
        return set_value(text, path, first)
    definitions = json_schema(RuleSet)["$defs"]
    for schema in schemas_at(path, whole):
        if schema.get("type") != "null":
            return set_value(text, path, _as_value(sample(schema, definitions)))
    raise EditRefused(path=path_text(path))


def _first_value(path: KeyPath, whole: Mapping[str, Any], codes: CityCodes) -> Value:
    kind, values = codes.kind_at(path, whole), list(codes.values_at(path, whole))
    if kind == "number":
        return {"at_least": 1}
    return _word(values[0]) if values else None


def path_of(name: str, whole: Mapping[str, Any]) -> KeyPath:
    """The path that a form's field names (``booking/windows/0/code``)."""
    path: KeyPath = ()
    for step in name.split("/"):
        is_item = isinstance(value_at(whole, path), list) and step.isdecimal()
        path = (*path, int(step) if is_item else step)
    return path


def name_of(path: KeyPath) -> str:
    """How a form names a path."""
    return "/".join(map(str, path))


def _name(value: Mapping[str, Any]) -> str | Mapping[str, str] | None:
    name = value.get("name")
    if isinstance(name, str) or (isinstance(name, dict) and all(isinstance(text, str) for text in name.values())):
        return name
    code = value.get("code")
    return code if isinstance(code, str) else None


def _is_leaf(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and not any(isinstance(part, dict | list) for part in value)
    return not isinstance(value, dict)


def _field(path: KeyPath, value: object, whole: Mapping[str, Any], codes: CityCodes | None) -> Field:
    owner = owner_of(path, whole)
    if isinstance(value, list):
        names = {} if codes is None else codes.values_at((*path, 0), whole)
        within = names or [one for schema in schemas_at((*path, 0), whole) for one in schema.get("enum", ())]
        shown = [_shown(part) for part in value]
        offered = tuple(dict.fromkeys([*shown, *map(str, within)])) if within else ()
        return Field(path, "list", "、".join(shown), offered, owner, names)
    names = {} if codes is None else codes.values_at(path, whole)
    if names:
        is_truth = codes is not None and codes.kind_at(path, whole) == "boolean"
        return Field(path, "yes_no" if is_truth else "choice", _shown(value), tuple(names), owner, names)
    kind, options = _kind_of(path, whole)
    return Field(path, kind, _shown(value), options, owner)


def _kind_of(path: KeyPath, whole: Mapping[str, Any]) -> tuple[FieldKind, tuple[str, ...]]:
    """What may be typed at a path by the schema, and what of it can be chosen."""
    schemas = [schema for schema in schemas_at(path, whole) if schema.get("type") != "null"]
    types = {schema.get("type", "enum") for schema in schemas}
    options = tuple(str(option) for schema in schemas for option in schema.get("enum", ()))
    if types == {"boolean"}:
        return "yes_no", ("true", "false")
    if options and "integer" not in types:
        return "choice", options
    kinds: Mapping[str, FieldKind] = {"integer": "number", "string": "text"}
    return (kinds.get(types.pop(), "word") if len(types) == 1 else "word"), options


def _missing(path: KeyPath, value: Mapping[str, Any], whole: Mapping[str, Any], own: Names) -> Iterator[str]:
    for schema in schemas_at(path, whole):
        yield from (name for name in schema.get("properties", {}) if name not in value and name not in UNTOUCHED)
    yield from (code for code in own if code not in value)


def _shown(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _word(typed: str) -> str | int | bool:
    if typed in _TRUTH:
        return _TRUTH[typed]
    return int(typed) if _WHOLE.match(typed) else typed


def _as_value(found: object) -> Value:
    if isinstance(found, Mapping):
        return {str(key): _as_value(part) for key, part in found.items()}
    if isinstance(found, list):
        return [_as_value(part) for part in found]
    return found if isinstance(found, str | int | None) else str(found)
