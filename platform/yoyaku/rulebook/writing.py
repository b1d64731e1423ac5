"""A rule set as texts: what only its document is known of, written as a person would begin to edit it.

What stands at its default is left out, the order is that of the language, and texts are quoted where our reader would
take them for something else: what is written reads back as the same rule set.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec
import yaml

from yoyaku.rulebook.terms import RuleSet
from yoyaku.ruleset.policy import Texts

FILES: Final[Mapping[str, str]] = {
    "registration": "registration.yaml",
    "booking": "booking.yaml",
    "fees": "fees.yaml",
    "payment": "fees.yaml",
    "lottery": "lottery.yaml",
    "examples": "examples.yaml",
}
"""In which file a section stands; all others stand in ``rules.yaml``."""
WIDTH: Final = 120
_TYPED: Final = re.compile(r"[-+]?[0-9.]+([eE][-+]?[0-9]+)?\Z|(true|false|null)\Z")
"""What would be read as a number or constant if it stood plainly; YAML's own patterns leave some of it out."""
_BREAKS: Final = re.compile("[\x85\u2028\u2029]")
"""What YAML takes for the end of a line and folds, where it is not written as an escape."""


def write_rules(rule_set: RuleSet) -> Texts:
    """The texts of a rule set, by file name."""
    files: dict[str, dict[str, Any]] = {"rules.yaml": {}}
    for section, value in plain_of(rule_set).items():
        files.setdefault(FILES.get(section, "rules.yaml"), {})[section] = value
    return {name: write_yaml(value) for name, value in files.items()}


def write_yaml(value: object) -> str:
    """Mappings, lists and scalars as YAML that our reader reads as the same."""
    written: str = yaml.dump(
        value, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=WIDTH, default_flow_style=None
    )
    return written


def plain_of(value: object) -> Any:  # noqa: ANN401  # whatever the struct holds
    """A struct as mappings and lists, without what stands at its default."""
    if isinstance(value, msgspec.Struct):
        config = value.__struct_config__
        found = {} if config.tag_field is None else {config.tag_field: config.tag}
        for field in msgspec.structs.fields(type(value)):
            of_field = getattr(value, field.name)
            if field.required or of_field != _default(field):
                found[field.encode_name] = plain_of(of_field)
        return found
    if isinstance(value, Mapping):
        return {key: plain_of(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain_of(each) for each in value]
    return msgspec.to_builtins(value)


def _default(field: msgspec.structs.FieldInfo) -> object:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()


class _Writer(yaml.SafeDumper):
    """Without anchors, which our reader refuses; lists indented below their key."""

    def ignore_aliases(self, data: object) -> bool:
        """Write what stands twice twice."""
        del data
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002  # theirs
        """Indent lists like mappings."""
        del indentless
        super().increase_indent(flow, indentless=False)


def _write_text(writer: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if _TYPED.match(text) or _BREAKS.search(text) else None
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Writer.add_representer(str, _write_text)
