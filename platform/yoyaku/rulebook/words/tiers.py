"""Tiers of a refund in words."""

from __future__ import annotations

from typing import Final

from yoyaku.booking.terms import RefundTier
from yoyaku.rulebook.words.voice import Voice

ALL: Final = 100


def tier_words(tier: RefundTier, voice: Voice) -> str:
    """On which days a tier holds: 利用日の20日前から11日前まで."""
    far, near = tier.at_most, tier.at_least
    if far is None:
        return voice.say("tier.from_on", from_day=near) if near else voice.say("tier.always")
    if far == near:
        return _one_day(far, voice)
    if near == 0:
        return voice.say("tier.to_day_of_use", from_day=far)
    return voice.say("tier.between", from_day=far, to_day=near)


def _one_day(days: int, voice: Voice) -> str:
    if days > 1:
        return voice.say("tier.one", from_day=days)
    return voice.say("tier.eve" if days else "tier.day_of_use")


def percent_words(percent: int, voice: Voice) -> str:
    """What goes back: all, a part, nothing."""
    if percent == ALL:
        return voice.say("cancel.all")
    return voice.percent(percent) if percent else voice.say("cancel.nothing")
