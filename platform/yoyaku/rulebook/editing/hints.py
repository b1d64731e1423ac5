"""What may be typed at a place of a rule set, and what a key means: by the schema, and by the city's own codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from yoyaku.rulebook.editing.codes import CityCodes, Names
from yoyaku.rulebook.editing.schema import owner_of, schemas_at, value_at
from yoyaku.rules.document import Cursor, read_cursor
from yoyaku.rules.fault import KeyPath
from yoyaku.rules.validation import JsonSchema
from yoyaku.rules.values import Text

LONGEST_WORD: Final = 200
_LEAVES: Final = {"boolean": ("true", "false"), "null": ("null",)}


@dataclass(frozen=True, slots=True)
class Option:
    """Something that may be typed: a key (and whether it is needed) or a value; ``name`` is what the city calls its own.

    ``under`` is the struct whose key it is, or the key whose value.
    """

    label: str
    is_key: bool
    required: bool = False
    name: Text | None = None
    under: str = ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What stands at a place: its key, the kinds of value it takes (JSON Schema's names), the values, and the help.

    ``owner`` is the struct whose key it is; ``about`` is what is told of the value itself, or else of the clause that the
    key belongs to; ``names`` is what the city calls the values.
    """

    path: KeyPath
    key: str
    owner: str
    kinds: tuple[str, ...]
    allowed: tuple[str, ...]
    about: str
    names: Names = field(default_factory=dict)


def options_at(before: str, codes: CityCodes | None = None) -> list[Option]:
    """What may come right behind a text, up to the word that is being typed; each once."""
    cursor = read_cursor(before)
    if cursor is None:
        return []
    return list({option.label: option for option in _options(cursor, codes)}.values())


def _options(cursor: Cursor, codes: CityCodes | None) -> list[Option]:
    schemas = list(schemas_at(cursor.path, cursor.value))
    own = {} if codes is None else codes.values_at(cursor.path, cursor.value)
    key = next((step for step in reversed(cursor.path) if isinstance(step, str)), "")
    values = [Option(value, is_key=False, under=key) for schema in schemas for value in _values(schema)]
    values = [Option(code, is_key=False, name=name) for code, name in own.items()] or values
    if not cursor.is_key:
        return values
    there = value_at(cursor.value, cursor.path)
    present = set(there) if isinstance(there, Mapping) else set()
    found = [
        Option(name, is_key=True, required=name in schema.get("required", []), under=str(schema.get("title", "")))
        for schema in schemas
        for name in schema.get("properties", {})
        if name not in present
    ]
    keys = {} if codes is None else codes.keys_at(cursor.path, cursor.value)
    found += [Option(code, is_key=True, name=name) for code, name in keys.items() if code not in present]
    return found or values


def meaning_at(before: str, word: str, codes: CityCodes | None = None) -> Meaning | None:
    """What a word means that stands right behind a text."""
    cursor = read_cursor(before)
    if cursor is None or not word or len(word) > LONGEST_WORD:
        return None
    path = (*cursor.path, word) if cursor.is_key else cursor.path
    return meaning_of(path, cursor.value, codes)


def meaning_of(path: KeyPath, value: object, codes: CityCodes | None = None) -> Meaning | None:
    """What a place of a rule set means; ``value`` is the rule set, as far as it is known."""
    schemas = list(schemas_at(path, value))
    key = next((step for step in reversed(path) if isinstance(step, str)), "")
    if not schemas or not path:
        return None
    about = next((schema["description"] for schema in schemas if "description" in schema), "")
    around = next((one["description"] for one in schemas_at(path[:-1], value) if "description" in one), "")
    kinds = dict.fromkeys(str(schema.get("type", "enum")) for schema in schemas)
    names = {} if codes is None else codes.values_at(path, value) or codes.keys_at(path, value)
    allowed = names or dict.fromkeys(text for schema in schemas for text in _values(schema))
    return Meaning(path, key, owner_of(path, value), tuple(kinds), tuple(allowed), about or around, names)


def _values(schema: JsonSchema) -> Iterator[str]:
    if "enum" in schema:
        yield from (str(value) for value in schema["enum"])
    yield from _LEAVES.get(str(schema.get("type")), ())
