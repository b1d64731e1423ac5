"""The edits of a text: set a value, add an item (a copy or a new one), remove a part.

Each is a splice: outside the place that is edited no character changes. What comes of it is read again by the strict
reader and must be the old value with just that change; else the edit is refused and nothing has changed.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from yoyaku.kernel.errors import YoyakuError
from yoyaku.rulebook.editing.tree import Node, node_at, tree_of
from yoyaku.rulebook.editing.written import Leaf, Value, written
from yoyaku.rules.document import read_document
from yoyaku.rules.fault import DocumentRefused, KeyPath, path_text

__all__ = ["EditRefused", "Leaf", "Value", "add_item", "append_item", "remove_item", "set_value"]


class EditRefused(YoyakuError):
    """A text cannot be changed at that place by a form; it stays as it is."""

    status = 422
    code = "edit_refused"
    title = "This place of the text cannot be changed by the form."


def set_value(text: str, path: KeyPath, value: Value) -> str:
    """The text with another value at a path; a key that its mapping lacks is added at the mapping's end.

    Raises:
        EditRefused: the text has faults, there is no such place, or it cannot be written there.
    """
    root, expected = _opened(text, path)
    around = node_at(root, path[:-1])
    if around is None or not path:
        raise EditRefused(path=path_text(path))
    node = around.part(path[-1])
    holder = _holder(expected, path)
    if node is None:
        if around.kind != "mapping" or not isinstance(path[-1], str):
            raise EditRefused(path=path_text(path))
        edited = _with_key(text, around, path[-1], value)
    else:
        edited = (
            text[: node.start] + _gap(text, around, node) + written(value, style=node.style) + text[_end(text, node) :]
        )
    holder[path[-1]] = _plain(value)
    return _verified(edited, expected, path)


def add_item(text: str, path: KeyPath, *, like: int = -1) -> str:
    """The text with a copy of an item of the list at a path right after it: it has its neighbour's shape.

    Raises:
        EditRefused: there is no list there, or none of its items to copy.
    """
    root, expected = _opened(text, path)
    node = node_at(root, path)
    if node is None or node.kind != "list" or not node.parts:
        raise EditRefused(path=path_text(path))
    place = like % len(node.parts)
    items = _at(expected, path)
    item = node.parts[place]
    if node.flow:
        edited = f"{text[: item.end]}, {text[item.start : item.end]}{text[item.end :]}"
    else:
        start, end = _lines(text, _dash(text, node, place, path), item)
        lines = text[start:end] if text[start:end].endswith("\n") else "\n" + text[start:end]
        edited = text[:end] + lines + text[end:]
    items.insert(place + 1, copy.deepcopy(items[place]))
    return _verified(edited, expected, path)


def append_item(text: str, path: KeyPath, item: Mapping[str, Value]) -> str:
    """The text with an item more at the end of the list at a path, a line for each of its keys where the list is in block style.

    Raises:
        EditRefused: there is no place for a list, or it cannot be written there.
    """
    root, expected = _opened(text, path)
    node = node_at(root, path)
    if node is None or node.kind != "list" or node.flow or not node.parts:
        before = [] if node is None or node.kind != "list" else _at(expected, path)
        return set_value(text, path, [*before, item])
    dash = _dash(text, node, len(node.parts) - 1, path)
    _, end = _lines(text, dash, node.parts[-1])
    column = " " * (dash - (text.rfind("\n", 0, dash) + 1))
    lines = [f"{written(key)}: {written(value)}" for key, value in item.items()]
    begin = "" if text[:end].endswith("\n") else "\n"
    added = "".join(f"{column}{'  ' if place else '- '}{line}\n" for place, line in enumerate(lines))
    _at(expected, path).append(_plain(item))
    return _verified(f"{text[:end]}{begin}{added}{text[end:]}", expected, path)


def remove_item(text: str, path: KeyPath) -> str:
    """The text without an item of a list, or without a key and its value; comments on lines of their own stay.

    Raises:
        EditRefused: there is no such place.
    """
    root, expected = _opened(text, path)
    around = node_at(root, path[:-1])
    place = None if around is None or not path else around.place_of(path[-1])
    if around is None or place is None:
        raise EditRefused(path=path_text(path))
    if len(around.parts) == 1:
        empty = "{}" if around.kind == "mapping" else "[]"
        edited = text[: around.start] + empty + text[around.end :]
    elif around.flow:
        edited = _without_flow(text, around, place)
    else:
        first = around.keys[place].start if around.keys else _dash(text, around, place, path)
        start, end = _lines(text, first, around.parts[place])
        if text[start:first].strip():  # "- code: x": the first key stands behind the dash of its item
            start, end = first, (around.keys[place + 1].start if place + 1 < len(around.keys) else end)
        edited = text[:start] + text[end:]
    del _holder(expected, path)[path[-1]]
    return _verified(edited, expected, path)


def _opened(text: str, path: KeyPath) -> tuple[Node | None, Any]:
    """The tree of a text, and its value to change."""
    try:
        document = read_document(text, file="")
    except DocumentRefused as refused:
        raise EditRefused(path=path_text(path)) from refused
    if document.faults:
        raise EditRefused(path=path_text(path))
    return tree_of(text), copy.deepcopy(document.value)


def _verified(edited: str, expected: object, path: KeyPath) -> str:
    """The edited text, where it says what it should."""
    try:
        document = read_document(edited, file="")
    except DocumentRefused as refused:
        raise EditRefused(path=path_text(path)) from refused
    if document.faults or document.value != expected or repr(document.value) != repr(expected):
        raise EditRefused(path=path_text(path))
    return edited


def _plain(value: Value) -> Any:  # noqa: ANN401 -- any YAML value
    """A value as the reader would give it."""
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    return value if isinstance(value, str | int | None) else [_plain(part) for part in value]


def _at(value: Any, path: KeyPath) -> Any:  # noqa: ANN401 -- any YAML value
    for step in path:
        value = value[step]
    return value


def _holder(value: object, path: KeyPath) -> Any:  # noqa: ANN401 -- any YAML value
    return _at(value, path[:-1])


def _with_key(text: str, around: Node, key: str, value: Value) -> str:
    """A mapping's text with one key more at its end."""
    entry = f"{written(key)}: {written(value)}"
    if around.flow:
        end = around.parts[-1].end if around.parts else around.start + 1
        return f"{text[:end]}{', ' if around.parts else ''}{entry}{text[end:]}"
    column = around.start - (text.rfind("\n", 0, around.start) + 1)
    _, end = _lines(text, around.keys[-1].start, around.parts[-1])
    begin = "" if text[:end].endswith("\n") else "\n"
    return f"{text[:end]}{begin}{' ' * column}{entry}\n{text[end:]}"


def _gap(text: str, around: Node, node: Node) -> str:
    """A space where an empty value stands right behind its colon or dash; two before a list that was not indented."""
    if around.kind == "mapping" and node.kind == "list" and not node.flow and not around.flow:
        return "  "
    return " " if node.start == node.end and node.start and text[node.start - 1] in ":-" else ""


def _end(text: str, node: Node) -> int:
    """Where a value ends; the line of a block scalar's end is not its own."""
    return node.end - 1 if node.style in {"|", ">"} and text[: node.end].endswith("\n") else node.end


def _dash(text: str, around: Node, place: int, path: KeyPath) -> int:
    """Where the dash of an item stands, which must be the first of its line."""
    item = around.parts[place]
    start = text.rfind("\n", 0, item.start) + 1
    before = text[start : item.start]
    if before.strip() != "-":
        raise EditRefused(path=path_text(path))
    return start + before.index("-")


def _lines(text: str, first: int, last: Node) -> tuple[int, int]:
    """The whole lines from a character to the end of a value, its comment behind it among them."""
    start = text.rfind("\n", 0, first) + 1
    end = _end(text, last)
    newline = text.find("\n", end)
    return start, len(text) if newline < 0 else newline + 1


def _without_flow(text: str, around: Node, place: int) -> str:
    firsts = around.keys or around.parts
    if place + 1 < len(around.parts):
        return text[: firsts[place].start] + text[firsts[place + 1].start :]
    return text[: around.parts[place - 1].end] + text[around.parts[place].end :]
