"""How a value is written into YAML that the strict reader reads back as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

Leaf = str | int | bool | None
Value = Leaf | Sequence["Value"] | Mapping[str, "Value"]

_PLAIN: Final = re.compile(r"[^\W\d](?:[\w()（）・〜～、。ー／%％.\-]| (?=[\w（(]))*\Z")
_CONSTANTS: Final = frozenset({"true", "false", "null"})


def written(value: Value, *, style: str = "") -> str:
    """One line of YAML in flow style.

    Args:
        value: what is written.
        style: the quotes of what stood there: a text keeps them.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _text(value, style)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(key, '')}: {written(part)}" for key, part in value.items()) + "}"
    return "[" + ", ".join(written(part) for part in value) + "]"


def _text(text: str, style: str) -> str:
    if style == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    if style not in {'"', "'"} and _PLAIN.match(text) and text not in _CONSTANTS:
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())
