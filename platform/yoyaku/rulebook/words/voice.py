"""How a rule set speaks: one of three languages, the city's own words, readings for hard words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from yoyaku.rules.values import Text
from yoyaku.ui.wording import Wording, fill, read_wording

Tongue = Literal["ja", "ja-easy", "en"]
TONGUES: Final[tuple[Tongue, ...]] = ("ja", "ja-easy", "en")
EASY: Final = "ja-easy"
TEENS: Final = (11, 12, 13)
_COUNTED: Final = re.compile(r"(\d+) [a-z]+\(s\)(?: or [a-z]+\(s\))?")
SAID: Final = Path(__file__).parent / "said"


@cache
def said(tongue: Tongue) -> Mapping[str, str]:
    """The sentences of one language; easy Japanese lies on top of Japanese."""
    own: dict[str, str] = {}
    for name in ("", "labels.", "timeline."):
        own |= read_wording(SAID / f"{name}{tongue}.yaml") if (SAID / f"{name}{tongue}.yaml").is_file() else {}
    return MappingProxyType({**said("ja"), **own} if tongue == EASY else own)


@cache
def readings() -> Mapping[str, str]:
    """How hard words are read, for easy Japanese."""
    return MappingProxyType(read_wording(SAID / "readings.yaml"))


@cache
def _hard_word() -> re.Pattern[str]:
    longest_first = sorted(readings(), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)))


def with_readings(text: str, seen: set[str]) -> str:
    """Write behind each hard word that was not ``seen`` how it is read: 抽選（ちゅうせん）."""

    def read(found: re.Match[str]) -> str:
        word = found[0]
        if word in seen:
            return word
        seen.add(word)
        return f"{word}（{readings()[word]}）"

    return _hard_word().sub(read, text)


def counted(text: str) -> str:
    """Write English plurals: ``1 night(s)``, ``3 night(s)`` → ``1 night``, ``3 nights``."""
    return _COUNTED.sub(lambda found: found[0].replace("(s)", "" if found[1] == "1" else "s"), text)


def ordinal(number: int) -> str:
    """Write an English ordinal: 1st, 2nd, 3rd, 11th."""
    teen = number % 100 in TEENS
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


class Voice:
    """Says things in one language."""

    def __init__(self, tongue: Tongue, wording: Wording | None = None) -> None:
        """Speak with the city's own wording where it is given."""
        self.tongue = tongue
        self.language = "en" if tongue == "en" else "ja"
        self._said = said(tongue)
        self._wording = wording or Wording(self.language)
        self._read: set[str] = set()

    def begin(self) -> None:
        """Begin a section: hard words are read aloud for its reader once more."""
        self._read.clear()

    def say(self, key: str, /, **facts: object) -> str:
        """The sentence of a key.

        Raises:
            KeyError: there is none: a bug, which the tests of this folder find.
        """
        return fill(self._said[key], facts)

    def maybe(self, key: str, /, **facts: object) -> str | None:
        """The sentence of a key that may be there."""
        return fill(self._said[key], facts) if key in self._said else None

    def city(self, key: str) -> str | None:
        """The city's own word (``space_kind.tennis``), or the platform's default of it."""
        return self._wording.find(key)

    def text(self, text: Text | None) -> str:
        """A text of a rule set or facility in this language, else in Japanese."""
        if text is None or isinstance(text, str):
            return text or ""
        return text.get(self.tongue) or text.get(self.language) or text.get("ja") or next(iter(text.values()), "")

    def both(self, parts: Iterable[str]) -> str:
        """One after the other: 午前、午後."""
        return self.say("join.list").join(part for part in parts if part)

    def either(self, parts: Iterable[str]) -> str:
        """One of several: テニス・卓球."""
        return self.say("join.or").join(dict.fromkeys(part for part in parts if part))

    def sentences(self, parts: Iterable[str]) -> str:
        """Sentences one behind the other."""
        return (" " if self.language == "en" else "").join(part for part in parts if part)

    def finish(self, text: str) -> str:
        """What is read in the end: in easy Japanese with readings, in English with plurals."""
        text = text.replace("方の方", "方").replace("方の人", "方")  # names of classes may end in 方 themselves
        if self.tongue == EASY:
            return with_readings(text, self._read)
        return counted(text) if self.tongue == "en" else text

    def yen(self, amount: int) -> str:
        """An amount of yen."""
        return self.say("yen", yen=f"{amount:,}")

    def percent(self, percent: int) -> str:
        """A percentage."""
        return self.say("percent", percent=percent)

    def clock(self, time_of_day: str) -> str:
        """``"09:30"`` as it is said."""
        hour, minute = int(time_of_day[:2]), int(time_of_day[3:])
        if self.tongue == EASY and hour in {HALF_A_DAY, 2 * HALF_A_DAY} and not minute:
            return self.say("easy.noon" if hour == HALF_A_DAY else "easy.midnight")
        if self.tongue == EASY:
            half = "easy.am" if hour < HALF_A_DAY else "easy.pm"
            return self.say(half, time=self._clock(hour if hour <= HALF_A_DAY else hour - HALF_A_DAY, minute))
        return self._clock(hour, minute)

    def _clock(self, hour: int, minute: int) -> str:
        return self.say("time.minute" if minute else "time.hour", hour=hour, minute=f"{minute:02d}")


HALF_A_DAY: Final = 12
