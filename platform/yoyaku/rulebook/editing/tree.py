"""From where to where each value of a YAML text stands, in characters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import yaml

from yoyaku.rules.fault import KeyPath
from yoyaku.rules.loaders import PARSER

Kind = Literal["scalar", "mapping", "list"]


@dataclass(slots=True)
class Node:
    """A value: ``start <= character < end``; of a mapping or list in block style up to its last part's end.

    ``parts`` are the values in their order; ``keys`` are the keys of a mapping beside them. ``style`` is what quotes a
    scalar (``"``, ``'``, ``|``, ``>``; empty where nothing does).
    """

    kind: Kind
    start: int
    end: int
    flow: bool = False
    style: str = ""
    text: str = ""
    parts: list[Node] = field(default_factory=list)
    keys: list[Node] = field(default_factory=list)

    def part(self, step: str | int) -> Node | None:
        """The value under a key, or at a place of a list."""
        place = self.place_of(step)
        return None if place is None else self.parts[place]

    def place_of(self, step: str | int) -> int | None:
        """The place of a key's value, or of an item, among the parts."""
        if isinstance(step, int):
            return step if self.kind == "list" and 0 <= step < len(self.parts) else None
        return next((place for place, key in enumerate(self.keys) if key.text == step), None)


def tree_of(text: str) -> Node | None:
    """The tree of a text that the strict reader has read without fault; ``None`` where it holds nothing."""
    events = yaml.parse(text, Loader=PARSER)
    for event in events:
        if isinstance(event, yaml.NodeEvent):
            return _node(event, events)
    return None


def node_at(root: Node | None, path: KeyPath) -> Node | None:
    """The value at a path, where there is one."""
    node = root
    for step in path:
        node = None if node is None else node.part(step)
    return node


def _node(event: yaml.NodeEvent, events: Iterator[Any]) -> Node:
    first, last = cast("Any", event.start_mark), cast("Any", event.end_mark)
    start, end = first.index, last.index
    if isinstance(event, yaml.ScalarEvent):
        style = event.style if event.style in {'"', "'", "|", ">"} else ""
        return Node("scalar", start, end, style=style, text=event.value)
    is_mapping = isinstance(event, yaml.MappingStartEvent)
    flow = bool(getattr(event, "flow_style", False))
    node = Node("mapping" if is_mapping else "list", start, end, flow=flow)
    awaits_key = is_mapping
    while not isinstance(inner := next(events), yaml.CollectionEndEvent):
        (node.keys if awaits_key else node.parts).append(_node(inner, events))
        awaits_key = is_mapping and not awaits_key
    # The parser lets a block end where the next thing begins, behind the comments between; it ends with its last part.
    node.end = cast("Any", inner.end_mark).index if flow else node.parts[-1].end if node.parts else end
    return node
