"""What no rule set has a use for, and who means harm has: aliases that multiply, tags that make objects, endless depth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import yaml

from yoyaku.rules.document import DEEPEST
from yoyaku.rules.loaders import PARSER


@dataclass(frozen=True, slots=True)
class Trick:
    """The first one in a text, and its line (from 1)."""

    kind: Literal["alias", "tag", "deep"]
    line: int


def find_trick(text: str) -> Trick | None:
    """Look for one as far as the text can be parsed: what is merely wrong is told elsewhere, and may be kept."""
    depth = 0
    try:
        for event in yaml.parse(text, Loader=PARSER):
            depth += _step(event)
            kind = _kind(event, depth)
            if kind is not None:
                mark: Any = event.start_mark
                return Trick(kind, mark.line + 1)
    except yaml.YAMLError:
        return None
    return None


def _step(event: yaml.Event) -> int:
    return isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)


def _kind(event: yaml.Event, depth: int) -> Literal["alias", "tag", "deep"] | None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
        return "alias"
    if isinstance(event, yaml.NodeEvent) and getattr(event, "tag", None) is not None:
        return "tag"
    return "deep" if depth > DEEPEST else None
