"""YAML, read strictly, with the place of every key and value.

Allowed are mappings, lists and scalars. Only whole numbers and ``true``, ``false``, ``null`` written plainly
are typed; everything else is text as it stands: ``12:30``, ``2027-02-20``, ``012025``, ``on``, ``no``. Refused are
duplicate keys, anchors and aliases, tags, merge keys, tabs, fractions written as numbers, more than one document,
deep nesting and large files. The parser's events are read one by one, so that no input can exhaust the stack.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from yoyaku.rules.fault import DocumentRefused, Fault, KeyPath, Place, in_reading_order
from yoyaku.rules.loaders import PARSER
from yoyaku.rules.syntax import in_words

LARGEST_BYTES: Final = 5_000_000
DEEPEST: Final = 40

_WHOLE_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]{0,17})\Z")
_FRACTION: Final = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\Z|[-+]?[0-9]+[eE][-+]?[0-9]+\Z")
_MARK: Final = "cursor-0b4da2"
"""Stands for what is typed next; no rule set has it."""
_CONSTANTS: Final = {"true": True, "false": False, "null": None, "": None}


@dataclass(frozen=True, slots=True)
class Document:
    """A file's contents, where each value and each key stands, and what was refused in reading it.

    Where there are faults the value is what could be read around them, so that all faults of a file are told at once.
    """

    value: Any
    places: Mapping[KeyPath, Place]
    key_places: Mapping[KeyPath, Place]
    file: str
    faults: tuple[Fault, ...] = ()

    def place(self, path: KeyPath) -> Place:
        """Where the value at ``path`` stands, or the nearest thing around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(self.file, 1, 1))

    def key_place(self, path: KeyPath) -> Place:
        """Where the key at ``path`` stands; for an item of a list, the item."""
        return self.key_places.get(path) or self.place(path)


def read_file(path: Path, *, shown_as: str | None = None) -> Document:
    """Read one file; ``shown_as`` is its name in faults.

    Raises:
        DocumentRefused: nothing can be made of it (no such file, no YAML). Other faults are in ``faults``.
    """
    file = shown_as or str(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DocumentRefused([_fault("unreadable", Place(file, 1, 1), why=error.strerror or "")]) from error
    return read_document(content, file=file)


def read_document(content: bytes | str, *, file: str) -> Document:
    """Read YAML from bytes (UTF-8) or text.

    Raises:
        DocumentRefused: as :func:`read_file`.
    """
    text = _decode(content, file)
    reader = _Reader(file)
    reader.faults.extend(_tabs(text, file))
    try:
        for event in yaml.parse(text, Loader=PARSER):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        raise DocumentRefused(in_reading_order([*reader.faults, _syntax_fault(error, file)])) from error
    except yaml.reader.ReaderError as error:
        raise DocumentRefused([_character_fault(text, error, file)]) from error
    return Document(
        value=reader.root,
        places=reader.places,
        key_places=reader.key_places,
        file=file,
        faults=tuple(in_reading_order(reader.faults)),
    )


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a text that is being typed stands: the path of what comes next, and whether that is a key.

    ``value`` is what could be read before it.
    """

    path: KeyPath
    is_key: bool
    value: Any


def read_cursor(before: str) -> Cursor | None:
    """What is expected right behind a text, which need not be finished; ``None`` where nothing can be.

    A mark is put behind it, as a key and, where none can stand, as a value; the parser is then followed up to the mark.
    """
    for ending in (": ", ""):
        reader = _Reader("")
        try:
            for event in yaml.parse(before + _MARK + ending, Loader=PARSER):
                if isinstance(event, yaml.ScalarEvent) and event.value == _MARK:
                    return reader.cursor()
                reader.take(event)
        except (yaml.YAMLError, DocumentRefused):
            continue
    return None


def _character_fault(text: str, error: yaml.reader.ReaderError, file: str) -> Fault:
    # libyaml counts bytes and PyYAML characters, so the text itself is searched; what neither pattern names is shown
    # by its code alone.
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    line = 1 if found is None else text.count("\n", 0, found.start()) + 1
    code = error.character if found is None else ord(found.group())
    return _fault("forbidden_character", Place(file, line, 1), found=f"U+{code:04X}")


@dataclass(slots=True)
class _Open:
    """A mapping or list that is being read."""

    value: Any
    path: KeyPath
    is_list: bool = False
    key: str | None = None
    awaits_key: bool = False
    keys: dict[str, int] = field(default_factory=dict)
    drops: bool = False


class _Reader:
    """Builds the document from the parser's events, noting every fault on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.places: dict[KeyPath, Place] = {}
        self.key_places: dict[KeyPath, Place] = {}
        self.root: Any = None
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Read one event."""
        place = self._place(event)
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self.faults.append(_fault("second_document", place))
        elif isinstance(event, yaml.AliasEvent):
            self.faults.append(_fault("alias", place, path=self._next_path(), found=f"*{event.anchor}"))
            self._put(None, place)
        elif isinstance(event, yaml.ScalarEvent):
            self._refuse_extras(event, place)
            self._put(self._scalar(event, place), place)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._refuse_extras(event, place)
            self._begin(event, place)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()

    def cursor(self) -> Cursor:
        """Where the next value or key stands."""
        is_key = bool(self._open) and self._open[-1].awaits_key
        return Cursor(path=self._next_path(), is_key=is_key, value=self.root)

    def _begin(self, event: yaml.Event, place: Place) -> None:
        if len(self._open) >= DEEPEST:
            raise DocumentRefused([*self.faults, _fault("too_deep", place, allowed=DEEPEST)])
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        value: Any = {} if is_mapping else []
        around = self._open[-1] if self._open else None
        drops = around is not None and (
            around.drops or ((around.awaits_key or around.key is None) and not around.is_list)
        )
        path = self._put(value, place)
        self._open.append(_Open(value, path, is_list=not is_mapping, awaits_key=is_mapping, drops=drops))

    def _put(self, value: Any, place: Place) -> KeyPath:  # noqa: ANN401 -- any YAML value
        """Store a value where it belongs, or take it as the next key; returns its path."""
        path = self._next_path()
        if not self._open:
            if self._documents <= 1:
                self.root = value
                self.places[()] = place
            return path
        around = self._open[-1]
        if around.awaits_key:
            return self._take_key(around, value, place)
        if around.is_list:
            around.value.append(value)
        else:
            around.awaits_key = True
            if around.key is None:
                return path
            around.value[around.key] = value
        if not around.drops:
            self.places[path] = place
        return path

    def _take_key(self, around: _Open, key: object, place: Place) -> KeyPath:
        around.awaits_key = False
        around.key = None
        if not isinstance(key, str):
            self.faults.append(_fault("key_not_text", place, path=around.path))
            return around.path
        path = (*around.path, key)
        if key == "<<":
            self.faults.append(_fault("merge_key", place, path=path))
        elif key in around.keys:
            self.faults.append(_fault("duplicate_key", place, path=path, found=key, first_line=around.keys[key]))
        else:
            around.key = key
            around.keys[key] = place.line
            if not around.drops:
                self.key_places[path] = place
        return path

    def _scalar(self, event: yaml.ScalarEvent, place: Place) -> str | int | bool | None:
        text: str = event.value
        is_plain = event.style in {None, "", ":"}
        is_key = bool(self._open) and self._open[-1].awaits_key
        if not is_plain or is_key:
            return text
        if _FRACTION.match(text):
            self.faults.append(_fault("fraction", place, path=self._next_path(), found=text))
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        return int(text) if _WHOLE_NUMBER.match(text) else text

    def _refuse_extras(self, event: yaml.NodeEvent, place: Place) -> None:
        if event.anchor is not None:
            self.faults.append(_fault("alias", place, path=self._next_path(), found=f"&{event.anchor}"))
        tag = getattr(event, "tag", None)
        if tag is not None:
            found = tag.replace("tag:yaml.org,2002:", "!!")
            self.faults.append(_fault("tag", place, path=self._next_path(), found=found))

    def _next_path(self) -> KeyPath:
        """The path of the value that is read next."""
        if not self._open:
            return ()
        around = self._open[-1]
        if around.is_list:
            return (*around.path, len(around.value))
        return around.path if around.awaits_key or around.key is None else (*around.path, around.key)

    def _place(self, event: yaml.Event) -> Place:
        mark: Any = event.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1)


def _decode(content: bytes | str, file: str) -> str:
    raw = content.encode() if isinstance(content, str) else content
    if len(raw) > LARGEST_BYTES:
        raise DocumentRefused([_fault("too_large", Place(file, 1, 1), found=len(raw), allowed=LARGEST_BYTES)])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DocumentRefused([_fault("not_utf8", Place(file, line, 1))]) from error


def _tabs(text: str, file: str) -> list[Fault]:
    lines = enumerate(text.splitlines(), start=1)
    return [_fault("tab", Place(file, number, line.index("\t") + 1)) for number, line in lines if "\t" in line]


def _syntax_fault(error: yaml.MarkedYAMLError, file: str) -> Fault:
    mark = error.problem_mark or error.context_mark
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
    return _fault("syntax", place, problem=in_words(error.problem or error.context or ""))


def _fault(code: str, place: Place, *, path: KeyPath = (), **facts: object) -> Fault:
    return Fault(code=code, place=place, path=path, facts=facts)
