"""What a page says about when booking opens and closes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from yoyaku.booking.pages.here import add_months
from yoyaku.booking.policy import Act, day_refusal, window_for
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.visit import Visit
from yoyaku.facility.policy import PlacedSpace, SlotNotOffered
from yoyaku.rules.refusal import Refusal
from yoyaku.ui.formats import moment, month_name
from yoyaku.ui.words import Words


@dataclass(frozen=True, kw_only=True)
class WindowNote:
    """A sentence above a calendar, with the look of a notice; ``again`` offers to show the page anew."""

    kind: str
    text: str
    again: bool = False


def month_note(
    rules: ServiceRules, spaces: Sequence[PlacedSpace], *, visit: Visit, words: Words, month: date
) -> WindowNote | None:
    """Say when booking for a month opens, where neither its first nor its last day can be booked yet.

    Where each day opens at a moment of its own, the signs of the days say it better than one sentence.
    """
    last = date.fromordinal(add_months(month, 1).toordinal() - 1)
    for placed in spaces:
        first_opens, last_opens = (opens_at(rules, placed, day, visit=visit) for day in (month, last))
        if first_opens is not None and last_opens is not None:
            opens = moment(first_opens, words.language)
            return WindowNote(
                kind="info",
                text=words.say("availability.opens_note", month=month_name(month, words.language), moment=opens),
                again=True,
            )
    return None


def day_note(
    rules: ServiceRules, spaces: Sequence[PlacedSpace], *, visit: Visit, words: Words, day: date
) -> WindowNote | None:
    """Say why nothing can be booked on a day by this channel: when it opens or closed, or which way is open.

    Where anything is open, or nothing is offered at all, the signs of the slots say enough.
    """
    act = Act(person=visit.person, channel=visit.channel, actor=visit.actor, now=visit.now)
    refusal = None
    for placed in spaces:
        if not placed.facility.bookable:
            continue
        try:
            found = day_refusal(rules, space_id=placed.space_id, use_on=day, act=act)
        except SlotNotOffered:
            continue
        if found is None:
            return None
        refusal = refusal or found
    return (
        None
        if refusal is None
        else WindowNote(kind="info", text=words.sentence(refusal), again=refusal.facts.get("allowed_from") is not None)
    )


def opens_at(rules: ServiceRules, placed: PlacedSpace, day: date, *, visit: Visit) -> datetime | None:
    """When a day opens that is not open yet; ``None`` where it is open, has been, or is not offered."""
    try:
        state = window_for(
            rules,
            space_id=placed.space_id,
            use_on=day,
            person=visit.person,
            channel=visit.channel,
            now=visit.now,
            actor=visit.actor,
        )
    except Refusal:
        return None
    return None if state.is_open else state.allowed_from
