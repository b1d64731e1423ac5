"""What the schema of rule sets says of a place in a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yoyaku.rulebook.terms import RuleSet
from yoyaku.rules.fault import KeyPath
from yoyaku.rules.validation import JsonSchema, json_schema, resolve_reference


def schemas_at(path: KeyPath, value: object) -> Iterator[JsonSchema]:
    """The schemas that what stands at a path may fit; of kinds told apart by a tag, the one that is named."""
    schema = json_schema(RuleSet)
    definitions: Mapping[str, JsonSchema] = schema["$defs"]
    found = list(_branches(schema, definitions, value))
    for step in path:
        value = value_at(value, (step,))
        found = [branch for one in found for branch in _branches(_step(one, step), definitions, value)]
    yield from found


def owner_of(path: KeyPath, value: object) -> str:
    """The struct that the last key of a path belongs to; empty where it belongs to none."""
    last = next((place for place in range(len(path) - 1, -1, -1) if isinstance(path[place], str)), 0)
    around = schemas_at(path[:last], value)
    return next((str(one["title"]) for one in around if path and path[last] in one.get("properties", {})), "")


def is_table(schema: JsonSchema) -> bool:
    """Whether its keys are for the city to choose."""
    return isinstance(schema.get("additionalProperties"), dict)


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
