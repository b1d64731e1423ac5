"""Sending an application: what is first come is booked, what is drawn by lot is entered; all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from yoyaku.booking.drawn import Wishes, enter_drawn
from yoyaku.booking.pages.here import Here
from yoyaku.booking.pages.relief_wish import ReliefWish, ask_for_all
from yoyaku.booking.policy import BookingRequest
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import submit_application
from yoyaku.rules.refusal import Refusal
from yoyaku.ui.prose import prose_html, split_title


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What is sent: all wishes, the places of those that are drawn by lot, the answers, the terms that were ticked.

    ``relief``: which reduction is asked for what is booked at once.
    """

    requests: Sequence[BookingRequest]
    lots: Sequence[int]
    answers: Mapping[str, Any]
    accepted: Sequence[str]
    key: str | None
    payer_id: UUID | None = None
    relief: ReliefWish | None = None


def missing_terms(here: Here, rules: ServiceRules, accepted: Sequence[str]) -> dict[str, str]:
    """The sentences for the terms that were not ticked."""
    return {
        f"terms.{term.code}": here.words.say("terms.missing", label=here.words.text(term.label))
        for term in rules.booking.terms
        if term.code not in accepted
    }


def term_views(here: Here, rules: ServiceRules) -> list[dict[str, object]]:
    """The terms with their texts, to be ticked."""
    shown: list[dict[str, object]] = []
    for term in rules.booking.terms:
        title, body = split_title(here.page.site_text(term.page))
        shown.append(
            {
                "code": term.code,
                "title": title or here.words.say("terms.title"),
                "body": prose_html(body, top_level=2),
                "label": here.words.text(term.label),
            }
        )
    return shown


async def send_all(here: Here, rules: ServiceRules, sent: Sent) -> str:
    """Book and enter; give the page that says so.

    Raises:
        Refusal: with ``item``, the place among all wishes.
        TermsNotAccepted: some were not ticked.
    """
    plain = [place for place in range(len(sent.requests)) if place not in sent.lots]
    pages: dict[str, object] = {}
    if sent.lots:
        with _placed(sent.lots):
            pages["lottery"] = await enter_drawn(
                here.conn,
                visit=here.visit,
                rules=rules,
                wishes=Wishes(items=[sent.requests[place] for place in sent.lots], form=sent.answers),
                accepted_terms=sent.accepted,
                idempotency_key=sent.key,
            )
    if plain:
        with _placed(plain):
            pages["application"] = await _book(here, rules, sent, plain)
    return f"/lottery/entered?{urlencode(pages, doseq=True)}" if sent.lots else f"/done/{pages['application']}"


async def _book(here: Here, rules: ServiceRules, sent: Sent, places: Sequence[int]) -> UUID:
    made = await submit_application(
        here.conn,
        visit=here.visit,
        rules=rules,
        items=[sent.requests[place] for place in places],
        form=sent.answers,
        accepted_terms=sent.accepted,
        idempotency_key=sent.key,
        payer_id=sent.payer_id,
    )
    if sent.relief is not None and not made.repeated:
        await ask_for_all(here, rules, made.bookings, sent.relief)
    return made.application_id


@contextmanager
def _placed(places: Sequence[int]) -> Iterator[None]:
    """Let a refusal name the place among all wishes."""
    try:
        yield
    except Refusal as refusal:
        refusal.facts["item"] = places[int(str(refusal.facts.get("item", 0)))]
        raise
