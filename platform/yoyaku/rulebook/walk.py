"""Going through a rule set, struct by struct, with the path of each in the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeVar

from msgspec import Struct

from yoyaku.rules.fault import KeyPath
from yoyaku.rules.values import When

Kind = TypeVar("Kind")
LEAVES: Final = (str, int, type(None))
"""Most parts are one of these, and nothing is below them."""


def structs(node: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Struct]]:
    """Every struct at and below a node, outer before inner."""
    waiting: list[tuple[KeyPath, object]] = [(path, node)]
    while waiting:
        at, found = waiting.pop()
        if isinstance(found, Struct):
            yield at, found
        inner = [((*at, step), child) for step, child in children(found) if not isinstance(child, LEAVES)]
        waiting += reversed(inner)


def structs_of(kind: type[Kind], node: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Kind]]:
    """Every struct of one kind at and below a node."""
    for found_at, struct in structs(node, path):
        if isinstance(struct, kind):
            yield found_at, struct


def children(node: object) -> Iterator[tuple[str | int, object]]:
    """The parts of a struct, mapping or list, by the key each is written under."""
    if isinstance(node, Struct):
        names = zip(node.__struct_fields__, node.__struct_encode_fields__, strict=True)
        yield from ((written, getattr(node, name)) for name, written in names)
    elif isinstance(node, dict):  # a tenth of the time that asking for any mapping takes
        yield from ((str(key), child) for key, child in node.items())
    elif isinstance(node, list | tuple):
        yield from enumerate(node)


def when_of(clause: object) -> When:
    """The condition of a clause; empty where it has none."""
    when: When = getattr(clause, "when", None) or {}
    return when
