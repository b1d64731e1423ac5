"""How the JSON Schema of a struct is checked: unions by tag or kind of value, dates that must exist, samples to repair.

Thin additions to jsonschema's draft 2020-12 validator, so that each error speaks of the part that is wrong.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from functools import cache
from typing import Any, Final

import msgspec
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from yoyaku.rules.shapes import SAMPLES, closest, has_shape, shape_of

JsonSchema = dict[str, Any]
Anything = Any
"""A value of any document, or what jsonschema hands over untyped."""

_TYPES: Final = {
    bool: ("boolean",),
    int: ("integer", "number"),
    str: ("string",),
    list: ("array",),
    dict: ("object",),
    type(None): ("null",),
}
_PLAIN_SAMPLES: Final[dict[str, object]] = {"string": "sample", "boolean": False, "null": None}


@cache
def json_schema(shape: Hashable) -> JsonSchema:
    """The JSON Schema (draft 2020-12) of a struct class, its descriptions without the indentation of docstrings."""
    schema: JsonSchema = _tidy(msgspec.json.schema(shape))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


@cache
def validator_of(shape: Hashable) -> Validator:
    """The validator of a struct class's documents."""
    schema = json_schema(shape)
    keywords = _Keywords(schema.get("$defs", {}))
    make: Any = extend(  # type: ignore[no-untyped-call]
        Draft202012Validator,
        {
            "anyOf": keywords.follow_union,
            "required": keywords.name_missing,
            "additionalProperties": keywords.name_unknown,
            "pattern": keywords.check_shape,
        },
    )
    validator: Validator = make(schema)
    return validator


def sample(schema: JsonSchema, definitions: Mapping[str, JsonSchema]) -> object:
    """A harmless value that a schema accepts."""
    schema = resolve_reference(schema, definitions)
    if "enum" in schema or "examples" in schema:
        return (schema.get("enum") or schema["examples"])[0]
    if "anyOf" in schema:
        return sample(schema["anyOf"][0], definitions)
    kind = schema.get("type")
    if kind == "integer":
        return schema.get("minimum", 0)
    if kind == "array":
        return [sample(schema["items"], definitions) for _ in range(schema.get("minItems", 0))]
    if kind == "object":
        properties = schema.get("properties", {})
        return {name: sample(properties[name], definitions) for name in schema.get("required", [])}
    return SAMPLES.get(shape_of(schema.get("pattern", "")), _PLAIN_SAMPLES.get(str(kind)))


def resolve_reference(schema: JsonSchema, definitions: Mapping[str, JsonSchema]) -> JsonSchema:
    """The schema itself, or the definition it refers to."""
    reference = schema.get("$ref")
    return schema if reference is None else definitions[str(reference).removeprefix("#/$defs/")]


class _Keywords:
    """The keywords that are checked otherwise than jsonschema does."""

    def __init__(self, definitions: Mapping[str, JsonSchema]) -> None:
        self._definitions = definitions

    def follow_union(
        self, validator: Anything, branches: list[JsonSchema], instance: object, schema: JsonSchema
    ) -> Iterator[ValidationError]:
        """Descend into the one branch that the tag or the kind of value names."""
        if "discriminator" in schema and isinstance(instance, dict):
            yield from self._follow_tag(validator, instance, schema["discriminator"])
            return
        # msgspec allows one branch for each kind of value, so that the first that fits is the only one.
        fitting = next((branch for branch in branches if self._accepts_type(branch, instance)), None)
        if fitting is None:
            yield ValidationError("type", validator="type", validator_value=self._type_names(branches))
        else:
            yield from validator.descend(instance, fitting)

    def _follow_tag(
        self, validator: Anything, instance: dict[str, Any], discriminator: JsonSchema
    ) -> Iterator[ValidationError]:
        key, mapping = discriminator["propertyName"], discriminator["mapping"]
        tag = instance.get(key)
        if isinstance(tag, str) and tag in mapping:
            yield from validator.descend(instance, {"$ref": mapping[tag]})
        elif key in instance:
            yield ValidationError("enum", validator="enum", validator_value=list(mapping), path=[key], instance=tag)
        else:
            yield ValidationError("tag", validator="missing_tag", validator_value=(key, list(mapping)))

    def name_missing(
        self, _: Anything, required: list[str], instance: object, schema: JsonSchema
    ) -> Iterator[ValidationError]:
        """One error for each key that is missing; none is told where an unknown key is its misspelling."""
        if not isinstance(instance, dict):
            return
        unknown = [key for key in instance if key not in schema["properties"]]
        for name in required:
            if name not in instance:
                kind = "missing" if closest(name, unknown) is None else "misspelt"
                yield ValidationError(kind, validator=kind, validator_value=name, path=[name])

    def name_unknown(
        self, validator: Anything, extra: object, instance: object, schema: JsonSchema
    ) -> Iterator[ValidationError]:
        """One error for each key that is unknown; the values of a free mapping are looked into."""
        if not isinstance(instance, dict):
            return
        known = schema.get("properties", {})
        for key in instance.keys() - known.keys():
            if extra is False:
                allowed = list(known)
                yield ValidationError("unknown", validator="unknown_key", validator_value=allowed, path=[key])
            else:
                yield from validator.descend(instance[key], extra, path=key)

    def check_shape(self, _: Anything, pattern: str, instance: object, __: JsonSchema) -> Iterator[ValidationError]:
        """A text must fit its pattern, and a date must exist."""
        if isinstance(instance, str) and not has_shape(instance, pattern):
            yield ValidationError("shape", validator="pattern", validator_value=pattern)

    def _accepts_type(self, branch: JsonSchema, instance: object) -> bool:
        schema = resolve_reference(branch, self._definitions)
        if "enum" in schema:
            return any(type(option) is type(instance) for option in schema["enum"])
        return schema.get("type") in {None, *_TYPES[type(instance)]}

    def _type_names(self, branches: list[JsonSchema]) -> list[str]:
        resolved = [resolve_reference(branch, self._definitions) for branch in branches]
        names = ["string" if "enum" in schema else str(schema.get("type")) for schema in resolved]
        return list(dict.fromkeys(name for name in names if name != "null"))


def _tidy(schema: Anything) -> Anything:
    if isinstance(schema, dict):
        return {
            key: " ".join(part.split()) if key == "description" and isinstance(part, str) else _tidy(part)
            for key, part in schema.items()
        }
    return [_tidy(part) for part in schema] if isinstance(schema, list) else schema
