"""Where a city's own texts name a figure that new rules no longer hold: texts are written by hand and do not follow."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from yoyaku.rulebook.words.difference import Change

FIGURE: Final = re.compile(r"(?<!\d)(?<!\d[,.])(?:¥\d[\d,]*|\d[\d,]*(?:\.\d+)?(?:%|円))")
"""Percentages and yen. Days and times are left out: the same few stand everywhere, and mean something else."""


@dataclass(frozen=True, kw_only=True)
class Quoted:
    """A line of a page in which a figure stands that changes; ``line`` is as it was written."""

    page: str
    language: str
    line: str
    figure: str


def figures(text: str) -> list[str]:
    """The percentages and amounts of a text, however wide their characters are."""
    return FIGURE.findall(unicodedata.normalize("NFKC", text))


def quoted(changes: Iterable[Change], pages: Mapping[str, Mapping[str, str]]) -> list[Quoted]:
    """The lines of pages (by code, by language) that name a figure which changes, in the order of the pages."""
    gone = {figure for change in changes for figure in set(figures(change.was)) - set(figures(change.becomes))}
    return list(_lines(gone, pages)) if gone else []


def _lines(gone: set[str], pages: Mapping[str, Mapping[str, str]]) -> Iterator[Quoted]:
    for page, texts in pages.items():
        for language, text in texts.items():
            for line in text.splitlines():
                found = next((figure for figure in figures(line) if figure in gone), None)
                if found is not None:
                    yield Quoted(page=page, language=language, line=line.strip().removeprefix("- "), figure=found)
