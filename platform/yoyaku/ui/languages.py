"""Which language a visitor reads.

The order of trust: what they ask for now (``?lang=``), what they chose before (cookie), what
their browser says (``Accept-Language``), and Japanese.
"""

from __future__ import annotations

from typing import Final

LANGUAGES: Final = ("ja", "en")
DEFAULT_LANGUAGE: Final = "ja"
LANGUAGE_COOKIE: Final = "lang"


def choose_language(*, asked: str | None, remembered: str | None, accepted: str | None) -> str:
    """Return one of :data:`LANGUAGES`.

    :param asked: the value of ``?lang=``.
    :param remembered: the value of the language cookie.
    :param accepted: the ``Accept-Language`` header as sent.
    """
    for wish in (asked, remembered):
        if wish in LANGUAGES:
            return wish
    for wish in _ranked(accepted or ""):
        if wish in LANGUAGES:
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
