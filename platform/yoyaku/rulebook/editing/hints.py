"""What the schema of rule sets says at a place: what may be typed there, and what a key means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from yoyaku.rulebook.terms import RuleSet
from yoyaku.rules.document import read_cursor
from yoyaku.rules.fault import KeyPath
from yoyaku.rules.validation import JsonSchema, json_schema, resolve_reference

LONGEST_WORD: Final = 200
_LEAVES: Final = {"boolean": ("true", "false"), "null": ("null",)}


@dataclass(frozen=True, slots=True)
class Option:
    """Something that may be typed: a key (and whether it is needed) or a value."""

    label: str
    is_key: bool
    required: bool = False


@dataclass(frozen=True, slots=True)
class Meaning:
    """What stands at a place: its key, the kinds of value it takes (JSON Schema's names), the values, and the help.

    ``about`` is what is told of the value itself, or else of the clause that the key belongs to.
    """

    path: KeyPath
    key: str
    kinds: tuple[str, ...]
    allowed: tuple[str, ...]
    about: str


def options_at(before: str) -> list[Option]:
    """What may come right behind a text, up to the word that is being typed; each once."""
    return list({option.label: option for option in _options(before)}.values())


def _options(before: str) -> list[Option]:
    cursor = read_cursor(before)
    if cursor is None:
        return []
    schemas = list(schemas_at(cursor.path, cursor.value))
    if not cursor.is_key:
        return [Option(value, is_key=False) for schema in schemas for value in _values(schema)]
    there = value_at(cursor.value, cursor.path)
    present = set(there) if isinstance(there, Mapping) else set()
    found = [
        Option(name, is_key=True, required=name in schema.get("required", []))
        for schema in schemas
        for name in schema.get("properties", {})
        if name not in present
    ]
    return found or [Option(value, is_key=False) for schema in schemas for value in _values(schema)]


def meaning_at(before: str, word: str) -> Meaning | None:
    """What a word means that stands right behind a text."""
    cursor = read_cursor(before)
    if cursor is None or not word or len(word) > LONGEST_WORD:
        return None
    path = (*cursor.path, word) if cursor.is_key else cursor.path
    return meaning_of(path, cursor.value)


def meaning_of(path: KeyPath, value: object) -> Meaning | None:
    """What a place of a rule set means; ``value`` is the rule set, as far as it is known."""
    schemas = list(schemas_at(path, value))
    key = next((step for step in reversed(path) if isinstance(step, str)), "")
    if not schemas or not path:
        return None
    own = next((schema["description"] for schema in schemas if "description" in schema), "")
    around = next((one["description"] for one in schemas_at(path[:-1], value) if "description" in one), "")
    kinds = dict.fromkeys(str(schema.get("type", "enum")) for schema in schemas)
    allowed = dict.fromkeys(text for schema in schemas for text in _values(schema))
    return Meaning(path, key, tuple(kinds), tuple(allowed), own or around)


def schemas_at(path: KeyPath, value: object) -> Iterator[JsonSchema]:
    """The schemas that what stands at a path may fit; of kinds told apart by a tag, the one that is named."""
    schema = json_schema(RuleSet)
    definitions: Mapping[str, JsonSchema] = schema["$defs"]
    found = list(_branches(schema, definitions, value))
    for step in path:
        value = value_at(value, (step,))
        found = [branch for one in found for branch in _branches(_step(one, step), definitions, value)]
    yield from found


def _branches(schema: JsonSchema | None, definitions: Mapping[str, JsonSchema], value: object) -> Iterator[JsonSchema]:
    if schema is None:
        return
    schema = resolve_reference(schema, definitions)
    discriminator = schema.get("discriminator")
    tag = value.get(discriminator["propertyName"]) if discriminator and isinstance(value, Mapping) else None
    if discriminator is not None and tag in discriminator["mapping"]:
        yield from _branches({"$ref": discriminator["mapping"][tag]}, definitions, value)
    elif "anyOf" in schema:
        for branch in schema["anyOf"]:
            yield from _branches(branch, definitions, value)
    else:
        yield schema


def _step(schema: JsonSchema, step: str | int) -> JsonSchema | None:
    if isinstance(step, int):
        items: Any = schema.get("items")
        return items if isinstance(items, dict) else None
    extra: Any = schema.get("additionalProperties")
    known: JsonSchema | None = schema.get("properties", {}).get(step)
    return known or (extra if isinstance(extra, dict) else None)


def _values(schema: JsonSchema) -> Iterator[str]:
    if "enum" in schema:
        yield from (str(value) for value in schema["enum"])
    yield from _LEAVES.get(str(schema.get("type")), ())


def value_at(value: object, path: KeyPath) -> object:
    """What stands at a path of a document; ``None`` where nothing does."""
    for step in path:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value
