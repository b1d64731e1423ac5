"""What is wrong in a file, where, and how to mend it, in Japanese and English.

The words stand in ``rules/wording/<language>.yaml``: under each code a sentence saying what was found and
what is allowed, and under ``<code>.mend`` one saying what to do. Higher folders add files of their own
with :func:`add_words`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from yoyaku.kernel.errors import YoyakuError
from yoyaku.rules.loaders import TEXTS

Level = Literal["error", "warning"]
Language = Literal["ja", "en"]
Step = str | int
KeyPath = tuple[Step, ...]

_WORDS: Final[dict[str, dict[str, str]]] = {"ja": {}, "en": {}}


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file; line and column count from 1, in characters."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Term:
    """A word that differs by language: its key in the wording, without the leading ``term.``."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong: its code, its place, its path in the document, and what fills the sentence."""

    code: str
    place: Place
    path: KeyPath = ()
    level: Level = "error"
    facts: Mapping[str, object] = field(default_factory=dict)

    def says(self, language: Language) -> str:
        """What was found, and what is allowed."""
        return _fill(self.code, language, self.facts)

    def mend(self, language: Language) -> str:
        """What to do about it."""
        return _fill(f"{self.code}.mend", language, self.facts)

    def to_json(self) -> dict[str, Any]:
        """For machines: the words in both languages beside code and place."""
        return {
            "code": self.code,
            "level": self.level,
            "file": self.place.file,
            "line": self.place.line,
            "column": self.place.column,
            "path": path_text(self.path),
            "found": _as_text(self.facts.get("found"), "en"),
            "allowed": _as_text(self.facts.get("allowed"), "en"),
            "message": {"ja": self.says("ja"), "en": self.says("en")},
            "mend": {"ja": self.mend("ja"), "en": self.mend("en")},
        }


class DocumentRefused(YoyakuError):
    """A file has faults; nothing was made of it."""

    status = 422
    code = "document_refused"
    title = "The file has faults."

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{fault.place}: {fault.says('en')}" for fault in self.faults))


def path_text(path: KeyPath) -> str:
    """A path as people write it: ``booking.windows[2].opens``."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def in_reading_order(faults: Iterable[Fault]) -> list[Fault]:
    """Sorted by file, line and column, each once."""
    unique = {(fault.code, fault.place, fault.path, str(fault.facts)): fault for fault in faults}
    return sorted(
        unique.values(), key=lambda fault: (fault.place.file, fault.place.line, fault.place.column, fault.code)
    )


def add_words(folder: Path) -> None:
    """Take the sentences of ``<folder>/ja.yaml`` and ``<folder>/en.yaml`` into use."""
    for language, words in _WORDS.items():
        text = (folder / f"{language}.yaml").read_text(encoding="utf-8")
        words.update(yaml.load(text, Loader=TEXTS))  # noqa: S506 -- it makes nothing but texts


def known_codes(language: Language) -> frozenset[str]:
    """Every code that has a sentence."""
    return frozenset(_WORDS[language])


def _fill(key: str, language: Language, facts: Mapping[str, object]) -> str:
    return _WORDS[language][key].format_map({name: _as_text(value, language) for name, value in facts.items()})


def _as_text(value: object, language: Language) -> str:
    if isinstance(value, Term):
        return _WORDS[language][f"term.{value.key}"]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, set | frozenset):
        return ", ".join(sorted(_as_text(item, language) for item in value))
    if isinstance(value, list | tuple):
        return ", ".join(_as_text(item, language) for item in value)
    return "" if value is None else str(value)


add_words(Path(__file__).parent / "wording")
