"""Finding clauses in the texts of a rule set: by the article they cite, or by any words in them."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from yoyaku.rulebook.draft import Texts, read_draft
from yoyaku.rulebook.editing.schema import value_at
from yoyaku.rules.document import Document, read_document
from yoyaku.rules.fault import DocumentRefused, KeyPath, Place, path_text

AROUND: Final = 3
MOST_FOUND: Final = 100


@dataclass(frozen=True, slots=True)
class Found:
    """A line that holds what was asked for, with the lines around it (``text``, which begins at line ``first``).

    ``path`` is of what stands there, ``reference`` the article that the clause around it cites.
    """

    file: str
    line: int
    path: KeyPath
    reference: str | None
    first: int
    text: str


def find_clauses(texts: Texts, query: str, *, at_most: int = MOST_FOUND) -> list[Found]:
    """The lines that hold a query as it is typed, or else all its words, whatever their width and case; references first."""
    phrase = " ".join(_plain(query).split())
    for wanted in ([phrase], phrase.split()) if phrase else ():
        found = list(islice((one for file in sorted(texts) for one in _in_file(file, texts[file], wanted)), at_most))
        if found:
            return sorted(found, key=lambda one: one.path[-1:] != ("reference",))
    return []


def places_of(texts: Texts, paths: Collection[str]) -> Mapping[str, Place]:
    """Where clauses stand that are named by their path (``booking.limits[0]``), as far as the texts can be read and have them."""
    try:
        document = read_draft(texts, [], name="").document
    except DocumentRefused:
        return {}
    return {named: place for path, place in document.places.items() if (named := path_text(path)) in paths}


def _in_file(file: str, text: str, wanted: list[str]) -> Iterator[Found]:
    lines = text.splitlines()
    hits = [number for number, line in enumerate(lines, 1) if all(word in _plain(line) for word in wanted)]
    if not hits:
        return
    try:
        document = read_document(text, file=file)
    except DocumentRefused:
        document = Document(value=None, places={}, key_places={}, file=file)
    by_line: dict[int, list[KeyPath]] = {}
    for path, place in [*document.key_places.items(), *document.places.items()]:
        by_line.setdefault(place.line, []).append(path)
    for number in hits:
        path = _path_on(by_line, document, number, wanted)
        first = max(number - AROUND, 1)
        around = "\n".join(lines[first - 1 : number + AROUND])
        yield Found(file, number, path, _reference(document, path), first, around)


def _path_on(by_line: dict[int, list[KeyPath]], document: Document, number: int, wanted: list[str]) -> KeyPath:
    """The path on a line whose own value holds the words; else the last that begins there or above."""
    while number > 0 and number not in by_line:
        number -= 1
    paths = by_line.get(number, [()])
    for path in paths:
        value = value_at(document.value, path)
        if isinstance(value, str) and all(word in _plain(value) for word in wanted):
            return path
    return min(paths, key=len)


def _reference(document: Document, path: KeyPath) -> str | None:
    """What the clause at a path cites, or the nearest around it."""
    for length in range(len(path), -1, -1):
        around = value_at(document.value, path[:length])
        if isinstance(around, dict) and isinstance(around.get("reference"), str):
            return str(around["reference"])
    return None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
