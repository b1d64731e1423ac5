"""Rules of closed days in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from yoyaku.rulebook.words.names import day_words, span_words
from yoyaku.rulebook.words.voice import Voice
from yoyaku.rules.values import ClosedDays

WHOLE_YEAR: Final = ("01-01", "12-31")
"""A closure of every day between two dates, which alone need saying."""


def closed_line(rule: ClosedDays, voice: Voice) -> str:
    """One rule: 毎週月曜日（祝日のときは、その次の日）."""
    parts = [*_recurring(rule, voice)]
    if rule.yearly is not None and (rule.yearly.first, rule.yearly.last) != WHOLE_YEAR:
        parts.append(span_words(rule.yearly, voice))
    if rule.dates:
        parts.append(voice.both(day_words(day, voice) for day in rule.dates))
    if rule.since:
        parts.append(voice.say("closed.since", day=day_words(rule.since, voice)))
    if rule.until:
        parts.append(voice.say("closed.until", day=day_words(rule.until, voice)))
    return voice.both(parts)


def _recurring(rule: ClosedDays, voice: Voice) -> Iterator[str]:
    if rule.weekly:
        days = voice.either(voice.say(f"weekday.{day}") for day in rule.weekly)
        after = voice.maybe(f"closed.on_holiday.{rule.on_holiday}") or ""
        yield _weekly(rule, voice, days) + after
    if rule.monthly:
        yield voice.say("closed.monthly", days=voice.either(map(str, rule.monthly)))
    if rule.holidays:
        yield voice.say("closed.holidays")


def _weekly(rule: ClosedDays, voice: Voice, days: str) -> str:
    if not rule.nth:
        return voice.say("closed.weekly", days=days)
    if rule.nth == [-1]:
        return voice.say("closed.weekly_last", nth=voice.say("closed.last"), days=days)
    numbers = voice.either(str(n) if n > 0 else voice.say("closed.last") for n in rule.nth)
    return voice.say("closed.weekly_nth", nth=numbers, days=days)
