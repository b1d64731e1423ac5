"""What a page says about when booking opens and closes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yoyaku.booking.policy.windows import window_for
from yoyaku.booking.pages.here import add_months
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.visit import Visit
from yoyaku.facility.policy import PlacedSpace
from yoyaku.rules.refusal import Refusal
from yoyaku.ui.formats import month_name, moment
from yoyaku.ui.words import Words


@dataclass(frozen=True, kw_only=True)
class WindowNote:
    """A sentence above a calendar, with the look of a notice."""

    kind: str
    text: str


def month_note(
    rules: ServiceRules, spaces: Sequence[PlacedSpace], *, visit: Visit, words: Words, month: date
) -> WindowNote | None:
    """Say when booking for a month opens, where its last day cannot be booked yet; nothing while it is open."""
    last = date.fromordinal(add_months(month, 1).toordinal() - 1)
    for placed in spaces:
        try:
            state = window_for(
                rules,
                space_id=placed.space_id,
                use_on=last,
                person=visit.person,
                channel=visit.channel,
                now=visit.now,
                actor=visit.actor,
            )
        except Refusal:
            continue  # this space is not offered on that day; another may be
        if state.is_open:
            return None
        if state.allowed_from is not None:
            opens = moment(state.allowed_from, words.language)
            return WindowNote(
                kind="info",
                text=words.say("availability.opens_note", month=month_name(month, words.language), moment=opens),
            )
    return None
