"""What a page says in one language: the city's wording, the fixed texts, the texts of rule sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from yoyaku.kernel.errors import YoyakuError
from yoyaku.ui import formats
from yoyaku.ui.catalogue import translations
from yoyaku.ui.languages import engine_language, reading_order
from yoyaku.ui.wording import Wording, fill

Text = str | Mapping[str, str]

ENDINGS: Final = frozenset({"closes_at", "until", "lapses_at", "due_at"})
"""Facts that are the end of a half-open period."""
LENGTHS: Final = frozenset({"maximum", "minimum", "cap", "used"})
"""Facts that are a length of time where the ``unit`` of an error is minutes."""


@dataclass(frozen=True, slots=True)
class Words:
    """The voice of one service in one language."""

    language: str
    """The platform's: of its sentences, of dates and amounts."""
    wording: Wording
    reads: str = ""
    """The reader's, where a city writes in a language that the platform does not speak."""

    @classmethod
    def of(cls, wording: Wording) -> Words:
        """The voice for who reads the language of a wording."""
        return cls(engine_language(wording.language), wording, wording.language)

    def say(self, key: str, /, **facts: object) -> str:
        """Say the city's words for a key (``t`` in templates)."""
        return self.wording.say(key, **facts)

    def maybe(self, key: str, /, **facts: object) -> str | None:
        """Say the city's words for a key that it may have, or ``None``."""
        return self.wording.find(key, **facts)

    def fixed(self, message: str, /, **facts: object) -> str:
        """Say a fixed text of the platform (``_`` in templates); English is its own translation."""
        return fill(translations(self.language).gettext(message), facts)

    def text(self, text: Text | None) -> str:
        """Read a text of a rule set or facility: one string, or one per language."""
        if text is None or isinstance(text, str):
            return text or ""
        spoken = (text[one] for one in reading_order(self.reads or self.language) if text.get(one))
        return next(spoken, "") or next(iter(text.values()), "")

    def sentence(self, error: YoyakuError) -> str:
        """Say an error as a clerk would: the wording of ``error.<code>``, or its variant, with its facts in words."""
        minutes = LENGTHS if error.facts.get("unit") == "minutes" else ()
        facts = {
            name: formats.duration(value, self.language)
            if name in minutes and isinstance(value, int)
            else self._named(name, value)
            for name, value in error.facts.items()
        }
        variant = f"error.{error.code}.{error.variant}"
        return (
            self.wording.find(variant, **facts)
            or self.wording.find(f"error.{error.code}", **facts)
            or self.fixed(error.title)
        )

    def _named(self, name: str, value: object) -> str:
        """Write a fact as its name has it: midnight at which something ends is 24:00 of the day before; yen by thousands."""
        if name in ENDINGS and isinstance(value, datetime):
            return formats.deadline(value, self.language)
        return f"{value:,}" if name.endswith("_yen") and isinstance(value, int) else self.fact(value)

    def fact(self, value: object) -> str:
        """Write one fact of an error or a trace for people."""
        if isinstance(value, datetime):
            return formats.moment(value, self.language)
        if isinstance(value, date):
            return formats.long_date(value, self.language)
        if isinstance(value, Mapping):
            return self.text(value)
        if isinstance(value, list | tuple | set | frozenset):
            return (
                "、".join(self.fact(part) for part in value)
                if self.language == "ja"
                else ", ".join(map(self.fact, value))
            )
        return "" if value is None else str(value)
