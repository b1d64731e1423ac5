"""Fields and values of the rule language in words, for what differs between two rule sets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from yoyaku.booking.terms import RefundTier
from yoyaku.rulebook.terms import Example
from yoyaku.rulebook.words.closed import closed_line
from yoyaku.rulebook.words.moments import moment_words
from yoyaku.rulebook.words.names import Names, day_words, month_day_words
from yoyaku.rulebook.words.tiers import percent_words, tier_words
from yoyaku.rulebook.words.voice import EASY, Voice
from yoyaku.rules.values import ClosedDays, Moment, Range
from yoyaku.ui.languages import NAMES

_TIME: Final = re.compile("[0-2][0-9]:[0-5][0-9]")
_MONTH_DAY: Final = re.compile("[01][0-9]-[0-3][0-9]")
FACTS: Final[Mapping[str, str]] = {
    "channels": "channel",
    "grounds": "grounds",
    "age_groups": "age_group",
    "bands": "band",
    "timetable": "timetable",
    "residency": "residency",
    **dict.fromkeys(("at_stages", "to_stage", "first_stage", "from_stage", "then_stage"), "registration"),
}
"""Fields that hold codes of a fact, whose names they are said by."""
DEFAULT: Final = "default"
YEN: Final = frozenset({"yen", "unit_yen"})
PERCENT: Final = frozenset({"percent", "tax_rate_percent"})
DAYS: Final = frozenset({"from", "since", "until", "to"})
UNSAID: Final = frozenset({"code", "reference", "note"})
"""Of an entry that is new or gone, what is not said of it."""


@dataclass(frozen=True)
class Spoken:
    """Says fields, entries and values in one language."""

    voice: Voice

    def label(self, name: str, owner: object = None) -> str:
        """What a field is called; some have another name in what owns them."""
        special = self.voice.maybe(f"field.{type(owner).__name__}.{name}")
        return special or self.voice.maybe(f"field.{name}") or self.voice.say("diff.entry", name=name)

    def entry(self, entry: Any, index: int, names: Names) -> str:  # noqa: ANN401 -- any struct of a list
        """What an entry of a list is called: by its name, its days, its condition, else by its place."""
        if isinstance(entry, RefundTier):
            return tier_words(entry, self.voice)
        if isinstance(entry, Example):
            return self.voice.say("diff.example", name=entry.name)
        if isinstance(entry, ClosedDays):
            return closed_line(entry, self.voice)
        name = self.voice.text(getattr(entry, "name", None) or getattr(entry, "label", None))
        when = names.condition(getattr(entry, "when", {}) or {})
        if name and when:
            return self.voice.say("bracket", name=name, text=when)
        return name or when or self.voice.say("diff.item", n=index + 1)

    def say(self, name: str, value: Any, names: Names) -> str:  # noqa: ANN401 -- any value of the language
        """A value in words."""
        voice = self.voice
        if value is None or value in ("", {}, []):
            return voice.say("diff.nothing")
        if isinstance(value, Mapping):
            return self._mapping(name, value, names)
        if isinstance(value, list | tuple | frozenset):
            return voice.both(self.say(name, each, names) for each in value)
        if isinstance(value, msgspec.Struct):
            return self._struct(value, names)
        return self._single(name, value, names)

    def _single(self, name: str, value: object, names: Names) -> str:
        """A value that holds no others."""
        if isinstance(value, bool):
            return self.voice.say("yes" if value else "no")
        if isinstance(value, int):
            return self._number(name, value)
        return self._code(name, str(getattr(value, "value", value)), names)

    def _mapping(self, name: str, value: Mapping[str, Any], names: Names) -> str:
        if name in {"when", "need"}:
            return names.condition(dict(value)) or self.voice.say("everybody")
        return self.voice.text(dict(value)) if is_text(value) else self.voice.say("diff.complex", n=len(value))

    def _number(self, name: str, value: int) -> str:
        if name in YEN or name == "prices":
            return self.voice.yen(value)
        return self.voice.percent(value) if name in PERCENT else str(value)

    def _code(self, name: str, code: str, names: Names) -> str:
        if name in FACTS:
            return names.value(FACTS[name], code)
        if name == "reference" and code == DEFAULT:
            return self.voice.say("source.default")
        if name in DAYS and len(code) == len("2027-02-01") and code[:4].isdigit():
            return day_words(code, self.voice)
        if _TIME.fullmatch(code):
            return self.voice.clock(code)
        if _MONTH_DAY.fullmatch(code):
            return month_day_words(code, self.voice)
        return self.voice.maybe(f"value.{code}") or code

    def _struct(self, value: msgspec.Struct, names: Names) -> str:
        """An entry as a whole: what it holds, in a line."""
        if isinstance(value, Moment):
            return moment_words(value, self.voice)
        if isinstance(value, RefundTier):
            return percent_words(value.percent, self.voice)
        if isinstance(value, Range):
            return names.match("", value)
        if isinstance(value, ClosedDays):
            return closed_line(value, self.voice)
        parts = []
        for info in msgspec.structs.fields(value):
            held = getattr(value, info.name)
            if held != info.default and held not in (None, "", [], {}) and info.name not in UNSAID:
                said = self.say(info.encode_name, held, names)
                parts.append(self.voice.say("colon", name=self.label(info.encode_name, value), text=said))
        return self.voice.both(parts)


def is_text(value: Mapping[str, Any]) -> bool:
    """Whether a mapping is one text in several languages."""
    return bool(value) and value.keys() <= {EASY, *NAMES} and all(isinstance(t, str) for t in value.values())
