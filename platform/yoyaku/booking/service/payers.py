"""Who pays for what is booked, and what of them the rules of payment ask: whether their account may be debited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.repository.mandates import is_mandate_active
from yoyaku.billing.terms import PaymentMethod
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.visit import Visit
from yoyaku.registration.service.groups import payer_for_booking

MANDATE: Final = "mandate"


async def find_payer(conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, wanted: UUID | None) -> UUID | None:
    """Who pays where it is not the registrant; for a person nothing is asked of the database."""
    facts, person = visit.person.facts if visit.person else {}, visit.registrant_id
    if person is None or (wanted is None and facts.get("account_kind") != "group"):
        return None
    return await payer_for_booking(conn, terms=rules.registration.groups, registrant_id=person, wanted=wanted)


async def with_mandate(conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, payer_id: UUID | None) -> Visit:
    """The visit with the fact ``mandate`` of whoever pays (``payer_id``, else the registrant; KS-042).

    Where no way of payment hangs on it, nothing is asked of the database.
    """
    person, registrant = visit.person, payer_id or visit.registrant_id
    if person is None or registrant is None or not _asks_for_mandate(rules.payment.methods):
        return visit
    is_active = await is_mandate_active(conn, registrant_id=registrant)
    facts = {**person.facts, MANDATE: "active" if is_active else "none"}
    return replace(visit, person=replace(person, facts=facts))


def _asks_for_mandate(methods: Sequence[PaymentMethod]) -> bool:
    return any(MANDATE in method.when for method in methods)
