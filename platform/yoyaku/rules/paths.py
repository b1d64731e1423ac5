"""Where each clause stands in its file, so that a decision can cite it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from yoyaku.rules.values import Clause


def clause_paths(sections: Mapping[str, object]) -> dict[int, str]:
    """The path of every clause below ``sections``, by its ``id``: ``booking.windows[2]``.

    The ids hold as long as the sections are kept alive by whoever keeps the paths.
    """
    return {id(clause): path for name, section in sections.items() for path, clause in _walk(name, section)}


def _walk(path: str, node: object) -> Iterator[tuple[str, Clause]]:
    if isinstance(node, Clause):
        yield path, node
    for step, child in _children(node):
        yield from _walk(path + step, child)


def _children(node: object) -> Iterator[tuple[str, object]]:
    if isinstance(node, Struct):
        names = zip(node.__struct_fields__, node.__struct_encode_fields__, strict=True)
        yield from ((f".{written}", getattr(node, name)) for name, written in names)
    elif isinstance(node, Mapping):
        yield from ((f".{key}", child) for key, child in node.items())
    elif isinstance(node, list | tuple):
        yield from ((f"[{index}]", child) for index, child in enumerate(node))
