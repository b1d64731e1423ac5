"""The words a city may change: states, labels, headings, messages.

Defaults are in ``ui/wording/``; a tenant's ``wording/<language>.yaml`` lies on top. Both
are flat: ``key: "text with {fact}"``. A fact is put in by name and never looked into, so that wording
can reach nothing but the facts that are given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import yaml

from yoyaku.rules.loaders import PARSER
from yoyaku.ui.languages import DEFAULT_LANGUAGE, LANGUAGES, engine_language, reading_order

WORDING_FOLDER: Final = Path(__file__).parent / "wording"
_FACT: Final = re.compile(r"\{([a-z_][a-z0-9_]*)\}")


class WordingFaultError(ValueError):
    """A wording file cannot be used; the message says where and why."""


def read_wording(path: Path) -> dict[str, str]:
    """Read one flat wording file; every value is text, whatever it looks like.

    :raises WordingFaultError: a key stands twice, or a value is no text; with file and line.
    """
    document = yaml.compose(path.read_text(encoding="utf-8"), Loader=PARSER)
    words: dict[str, str] = {}
    if document is None:
        return words
    if not isinstance(document, yaml.MappingNode):
        raise WordingFaultError(f"{path}: expected lines of `key: text`")
    for key, value in document.value:
        where = f"{path}:{key.start_mark.line + 1}"
        if not isinstance(value, yaml.ScalarNode):
            raise WordingFaultError(f"{where}: {key.value} must be text on one line, without levels")
        if key.value in words:
            raise WordingFaultError(f"{where}: {key.value} stands twice")
        words[key.value] = value.value
    return words


@cache
def default_wording(language: str) -> Mapping[str, str]:
    """Return the platform's own words in one language: ``<language>.yaml`` and ``<topic>.<language>.yaml``.

    :raises WordingFaultError: two files have the same key.
    """
    words: dict[str, str] = {}
    for path in sorted(WORDING_FOLDER.glob("*.yaml")):
        if path.stem.rpartition(".")[2] != language:
            continue
        for key, text in read_wording(path).items():
            if key in words:
                raise WordingFaultError(f"{path}: {key} stands in another file too")
            words[key] = text
    return MappingProxyType(words)


def missing_wording() -> list[str]:
    """List the default keys that one language has and another lacks, as ``language: key``."""
    keys = set().union(*(default_wording(language) for language in LANGUAGES))
    return [f"{language}: {key}" for language in LANGUAGES for key in sorted(keys - set(default_wording(language)))]


def city_words(wording: Mapping[str, Mapping[str, str]], language: str) -> Mapping[str, str]:
    """Return a city's own words for who reads a language; where the platform speaks it, those of that language alone."""
    if language in LANGUAGES:
        return wording.get(language, {})
    spoken = [one for one in reversed(reading_order(language)) if one != DEFAULT_LANGUAGE]
    return {key: text for one in spoken for key, text in wording.get(one, {}).items()}


def fill(text: str, facts: Mapping[str, object]) -> str:
    """Put facts into ``{name}`` places; a place without its fact stays as it is, visibly."""
    return _FACT.sub(lambda found: str(facts.get(found[1], found[0])), text)


def facts_named(text: str) -> set[str]:
    """Name the facts that a text has places for."""
    return set(_FACT.findall(text))


class Wording:
    """The words of one service in one language: the tenant's over the platform's defaults."""

    def __init__(self, language: str, *, tenant_words: Mapping[str, str] = MappingProxyType({})) -> None:
        """Lay the tenant's words over the defaults."""
        self.language = language
        self._words = {**default_wording(engine_language(language)), **tenant_words}

    def find(self, key: str, /, **facts: object) -> str | None:
        """Return the words for a key, or ``None``."""
        text = self._words.get(key)
        if text is None and self.language != DEFAULT_LANGUAGE:
            text = default_wording(DEFAULT_LANGUAGE).get(key)
        return None if text is None else fill(text, facts)

    def say(self, key: str, /, **facts: object) -> str:
        """Return the words for a key that the platform itself uses.

        :raises LookupError: no language has it: a bug, which the tests of the pages find.
        """
        text = self.find(key, **facts)
        if text is None:
            raise LookupError(f"no wording for {key!r} in {self.language}")
        return text
