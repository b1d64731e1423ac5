"""Asking for a reduction together with the application: the question, what is wrong with it, and asking once it is booked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from yoyaku.booking.pages.here import Here
from yoyaku.booking.policy import BookingRequest, ReliefNotOffered, offered_reliefs
from yoyaku.booking.repository.rows import booked_facts
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.refusals import GroundsMissing
from yoyaku.booking.service.relief import ask_relief
from yoyaku.booking.views import BookingView, QuotedItem
from yoyaku.facility.policy import may_hold
from yoyaku.fee.terms import Relief
from yoyaku.rules.condition import matches
from yoyaku.ui.words import Words

RELIEF: Final = "relief"
GROUNDS: Final = "relief_grounds"


@dataclass(frozen=True, kw_only=True)
class ReliefField:
    """The question which reduction is asked for, and on which grounds."""

    choices: Sequence[tuple[str, str]]
    value: str
    grounds: str


@dataclass(frozen=True, kw_only=True)
class ReliefWish:
    """What is asked for together with the application."""

    terms: Relief
    grounds: str


def relief_field(
    rules: ServiceRules, requests: Sequence[BookingRequest], typed: Mapping[str, Any], words: Words
) -> ReliefField | None:
    """The question, where a reduction can hold at any of the places."""
    choices = [(one.code, words.text(one.name)) for one in _possible(rules, requests)]
    if not choices:
        return None
    return ReliefField(choices=choices, value=str(typed.get(RELIEF, "")), grounds=str(typed.get(GROUNDS, "")))


def read_relief(rules: ServiceRules, requests: Sequence[BookingRequest], typed: Mapping[str, Any]) -> ReliefWish | None:
    """What was asked for; nothing where nothing was chosen."""
    wanted = str(typed.get(RELIEF, ""))
    found = next((one for one in _possible(rules, requests) if one.code == wanted), None)
    return None if found is None else ReliefWish(terms=found, grounds=str(typed.get(GROUNDS, "")).strip())


def relief_errors(wish: ReliefWish | None, quoted: Sequence[QuotedItem], words: Words) -> dict[str, str]:
    """What is wrong with what was asked for, at its field: no grounds, or it holds for nothing that is booked."""
    if wish is None:
        return {}
    if not wish.grounds:
        return {GROUNDS: words.sentence(GroundsMissing())}
    plans = [item.plan for item in quoted if item.plan is not None]
    if not any(plan.quote.total_yen and matches(wish.terms.when, plan.facts) for plan in plans):
        return {RELIEF: words.sentence(ReliefNotOffered(relief=wish.terms.code))}
    return {}


def relief_rows(wish: ReliefWish | None, words: Words) -> list[tuple[str, str]]:
    """What is asked for, for reading it over."""
    if wish is None:
        return []
    return [(words.say("relief.title"), words.text(wish.terms.name)), (words.say("relief.grounds"), wish.grounds)]


async def ask_for_all(here: Here, rules: ServiceRules, bookings: Sequence[BookingView], wish: ReliefWish) -> None:
    """Ask for every booking for which the reduction holds."""
    for booking in bookings:
        offers = offered_reliefs(rules, booked_facts(booking), now=here.visit.now)
        if any(offer.terms.code == wish.terms.code for offer in offers):
            await ask_relief(
                here.conn,
                visit=here.visit,
                rules=rules,
                booking_id=booking.booking_id,
                code=wish.terms.code,
                grounds=wish.grounds,
            )


def _possible(rules: ServiceRules, requests: Sequence[BookingRequest]) -> list[Relief]:
    places = [rules.inventory.space(request.space_id).facts for request in requests]
    return [
        one
        for one in rules.fees.relief
        if one.approval == "required" and any(may_hold(one.when, place) for place in places)
    ]
