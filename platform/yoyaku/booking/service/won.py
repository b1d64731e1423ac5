"""Booking what was won in a lottery: the win's units become the bookings' in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy import (
    Act,
    Arisen,
    BookingPlan,
    BookingRequest,
    check_terms,
    decide_won,
    format_number,
    number_scope,
)
from yoyaku.booking.policy.won import share_units
from yoyaku.booking.repository import acts, won
from yoyaku.booking.repository.claims import NumberWish
from yoyaku.booking.repository.rows import new_row
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.payers import find_payer, with_mandate
from yoyaku.booking.service.telling import made_facts
from yoyaku.booking.views import Application
from yoyaku.booking.visit import Visit
from yoyaku.kernel.ids import new_id
from yoyaku.rules.refusal import Refusal
from yoyaku.rules.values import Anchor


@dataclass(frozen=True, kw_only=True)
class Won:
    """A win to be booked: its uses with their answers, and the moments of its lottery (aware, UTC)."""

    entry_id: UUID
    requests: Sequence[BookingRequest]
    anchors: Mapping[Anchor, datetime]
    form: Mapping[str, Any] = field(default_factory=dict)
    accepted_terms: Sequence[str] = ()


async def book_won(conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, win: Won) -> Application:
    """Book all uses of a win or none; the caller holds the win still. ``visit`` is for whom it is booked.

    Raises:
        Refusal: the form lacks something or the use has begun; ``item`` is the place of the use.
        WonDiffers: what the win holds is not what the uses need by these rules.
    """
    if visit.actor != "system":
        check_terms(rules, win.accepted_terms)
    arisen = Arisen(entry_id=win.entry_id, anchors=win.anchors)
    application_id = new_id()
    payer_id = await find_payer(conn, visit=visit, rules=rules, wanted=None)
    visit = await with_mandate(conn, visit=visit, rules=rules, payer_id=payer_id)
    plans = _decide(rules, visit=visit, win=win, arisen=arisen, application_id=application_id)
    ids = [new_id() for _ in plans]
    units = await won.lock_won(conn, visit=visit, entry_id=win.entry_id)
    shared = share_units(units, {one: plan.claims for one, plan in zip(ids, plans, strict=True)})
    await won.hand_over(conn, visit=visit, shared=shared)
    numbers = await _numbers(conn, visit=visit, rules=rules, plans=plans)
    application = acts.NewApplication(application_id=application_id, form=win.form, accepted_terms=win.accepted_terms)
    payer = {"payer_id": payer_id}
    rows, told = [], []
    for plan, booking_id, number in zip(plans, ids, numbers, strict=True):
        key = {"booking_id": booking_id, "application_id": application_id, "number": number}
        versions = (rules.version, rules.inventory_version)
        rows.append(new_row(plan, visit=visit, versions=versions, arisen=arisen, **key) | payer)  # type: ignore[arg-type]
        facts = {**made_facts(plan, number), "arose": "lottery"}
        told.append(acts.Act(booking_id=booking_id, kind="booking_made", facts=facts, lapses_at=plan.lapses_at))
    made = await acts.add_application(conn, visit=visit, application=application, bookings=rows, acts=told)
    return Application(application_id=application_id, bookings=made)


def _decide(rules: ServiceRules, *, visit: Visit, win: Won, arisen: Arisen, application_id: UUID) -> list[BookingPlan]:
    act = Act(person=visit.person, channel=visit.channel, actor=visit.actor, now=visit.now)
    plans: list[BookingPlan] = []
    for item, request in enumerate(win.requests):
        try:
            plans.append(decide_won(rules, request=request, act=act, arisen=arisen, application_id=application_id))
        except Refusal as refusal:
            refusal.facts["item"] = item
            raise
    return plans


async def _numbers(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, plans: Sequence[BookingPlan]
) -> list[str]:
    terms, made_on = rules.booking.number, rules.civil_date(visit.now)
    wish = NumberWish(scope=number_scope(terms, made_on), begins_at=terms.begins_at, count=len(plans))
    first = await won.take_numbers(conn, visit=visit, number=wish)
    return [
        format_number(terms, made_on=made_on, sequence=first + place, number_code=plan.placed.facility.number_code)
        for place, plan in enumerate(plans)
    ]
