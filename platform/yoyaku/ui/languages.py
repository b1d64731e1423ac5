"""Which language a visitor reads, and what stands in for words that are not said in it.

The platform itself speaks :data:`LANGUAGES`; a city may write its own words in further ones. Readers of those read the
platform's words in English, and dates as English writes them.

The order of trust: what they ask for now (``?lang=``), what they chose before (cookie), what
their browser says (``Accept-Language``), and Japanese.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

LANGUAGES: Final = ("ja", "en")
DEFAULT_LANGUAGE: Final = "ja"
FOREIGN_LANGUAGE: Final = "en"
"""What the platform speaks to readers of a language that it does not speak."""
NAMES: Final[Mapping[str, str]] = {
    "ja": "日本語", "en": "English", "zh": "中文", "ko": "한국어", "pt": "Português", "es": "Español", "vi": "Tiếng Việt",
    "tl": "Tagalog", "ne": "नेपाली", "id": "Bahasa Indonesia", "th": "ไทย", "my": "မြန်မာ", "km": "ខ្មែร", "fr": "Français",
    "de": "Deutsch", "ru": "Русский", "uk": "Українська", "it": "Italiano", "hi": "हिन्दी", "bn": "বাংলা", "si": "සිංහල",
}  # fmt: skip
"""The languages that a city may write in, each by its own name."""
LANGUAGE_COOKIE: Final = "lang"


def engine_language(language: str) -> str:
    """Return the language in which the platform speaks to whoever reads this one."""
    return language if language in LANGUAGES else FOREIGN_LANGUAGE


def reading_order(language: str) -> tuple[str, ...]:
    """Return in which language a text is read, best first: the reader's, what the platform speaks to them, Japanese."""
    return tuple(dict.fromkeys((language, engine_language(language), DEFAULT_LANGUAGE)))


def choose_language(
    *, asked: str | None, remembered: str | None, accepted: str | None, spoken: Collection[str] = LANGUAGES
) -> str:
    """Return one of the languages that are ``spoken``, else Japanese.

    :param asked: the value of ``?lang=``.
    :param remembered: the value of the language cookie.
    :param accepted: the ``Accept-Language`` header as sent.
    """
    for wish in (asked, remembered):
        if wish is not None and wish in spoken:
            return wish
    for wish in _ranked(accepted or ""):
        if wish in spoken:
            return wish
    return DEFAULT_LANGUAGE


def _ranked(header: str) -> list[str]:
    """List the primary subtags of an ``Accept-Language`` header, best first."""
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate(header.split(",")[:20]):
        tag, _, parameter = part.strip().partition(";")
        weight = _weight(parameter)
        if tag and weight > 0:
            ranked.append((-weight, place, tag.split("-")[0].lower()))
    return [tag for _, _, tag in sorted(ranked)]


def _weight(parameter: str) -> float:
    """Read ``q=0.8``; a parameter that cannot be read counts as not wanted."""
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
