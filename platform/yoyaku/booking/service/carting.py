"""The cart: wishes that hold nothing, and what each would cost or why it cannot be booked now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.drawn import DrawnQuote, Wishes, quote_drawn
from yoyaku.booking.policy import (
    BookingPlan,
    BookingRequest,
    CartFull,
    CartSlotTaken,
    HeldBooking,
    LoginRequired,
    StillDrawn,
    decide_booking,
)
from yoyaku.booking.repository import cart
from yoyaku.booking.repository.availability import Occupancy, read_occupancy
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.closed_times import find_closed
from yoyaku.booking.service.holding import require_not_drawn
from yoyaku.booking.service.payers import find_payer, with_mandate
from yoyaku.booking.service.submit import as_held, look_back, with_answers
from yoyaku.booking.views import CartItem, QuotedItem
from yoyaku.booking.visit import Visit
from yoyaku.facility.policy import Claim
from yoyaku.kernel.ids import new_id
from yoyaku.registration.service.suspensions import find_suspension
from yoyaku.rules.refusal import Refusal


async def add_to_cart(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, items: Sequence[BookingRequest]
) -> tuple[UUID, ...]:
    """Put wishes into the cart; one that is in it already is not put in twice.

    Raises:
        LoginRequired: the cart belongs to an account.
        CartFull: with them it would hold more than the rules allow.
        Refusal: an item cannot be booked now; its place is the fact ``item``.
    """
    _require_account(visit)
    there = await cart.read_locked(conn, visit=visit)
    wished = [request for _, _, request in there]
    new = [item for place, item in enumerate(items) if item not in wished and item not in items[:place]]
    if len(there) + len(new) > rules.booking.cart_at_most:
        raise CartFull(maximum=rules.booking.cart_at_most)
    quoted = await quote_application(conn, visit=visit, rules=rules, items=new, form={})
    for item in quoted:
        if item.refusal is not None:
            raise item.refusal
    return tuple([await cart.add(conn, visit=visit, request=item) for item in new])


async def cart_items(conn: AsyncConnection, *, visit: Visit, rules: ServiceRules) -> tuple[CartItem, ...]:
    """The cart as it stands now: what was taken meanwhile carries its refusal, the rest its price."""
    if visit.account_id is None:
        return ()
    stored = await cart.read(conn, visit=visit)
    quoted = await quote_application(conn, visit=visit, rules=rules, items=[wish for *_, wish in stored], form={})
    return tuple(
        CartItem(
            item_id=item_id,
            added_at=added_at,
            request=wish,
            plan=item.plan,
            refusal=item.refusal,
            drawn=item.drawn,
            by_lot=item.by_lot,
        )
        for (item_id, added_at, wish), item in zip(stored, quoted, strict=True)
    )


async def cart_count(conn: AsyncConnection, *, visit: Visit) -> int:
    """How many wishes are in the cart; none where nobody is logged in."""
    return 0 if visit.account_id is None else await cart.count(conn, visit=visit)


async def remove_from_cart(conn: AsyncConnection, *, visit: Visit, items: Sequence[UUID]) -> None:
    """Take items out of the cart; those that are not in it are no fault.

    Raises:
        LoginRequired: the cart belongs to an account.
    """
    _require_account(visit)
    await cart.remove(conn, visit=visit, items=items)


async def quote_application(  # what a quote consists of
    conn: AsyncConnection,
    *,
    visit: Visit,
    rules: ServiceRules,
    items: Sequence[BookingRequest],
    form: Mapping[str, Any],
    check_form: bool = False,
) -> tuple[QuotedItem, ...]:
    """What each item would become and cost, or why it is refused; nothing is held.

    Items count one after the other, as in a submission. What somebody has taken meanwhile is ``CartSlotTaken``; what is
    drawn by lot and entered by the cart is quoted by whoever draws.
    """
    payer_id = await find_payer(conn, visit=visit, rules=rules, wanted=None)
    visit = await with_mandate(conn, visit=visit, rules=rules, payer_id=payer_id)
    suspended = await find_suspension(conn, registrant_id=visit.registrant_id, payer_id=payer_id) if items else None
    if suspended is not None:
        return tuple(QuotedItem(request=with_answers(item, form), refusal=suspended) for item in items)
    lots = await quote_drawn(
        conn, visit=visit, rules=rules, wishes=Wishes(items=items, form=form), check_form=check_form
    )
    counted = list(await look_back(conn, visit=visit, rules=rules, requests=items))
    application_id = new_id()
    quoted: list[QuotedItem] = []
    for place, item in enumerate(items):
        request = with_answers(item, form)
        if place in lots:
            quoted.append(_lot(request, lots[place]))
            continue
        one = _quote(rules, visit=visit, request=request, held=counted, check_form=check_form)
        one = await _unless_drawn(conn, visit=visit, rules=rules, item=one)
        quoted.append(one)
        if one.plan is not None:
            counted.append(as_held(one.plan, visit=visit, application_id=application_id))
    return await _without_taken(conn, visit=visit, rules=rules, quoted=quoted)


def _lot(request: BookingRequest, lot: DrawnQuote | Refusal) -> QuotedItem:
    if isinstance(lot, Refusal):
        return QuotedItem(request=request, refusal=lot, by_lot=True)
    return QuotedItem(request=request, drawn=lot, by_lot=True)


def _quote(
    rules: ServiceRules, *, visit: Visit, request: BookingRequest, held: Sequence[HeldBooking], check_form: bool
) -> QuotedItem:
    try:
        plan = decide_booking(
            rules,
            request=request,
            person=visit.person,
            channel=visit.channel,
            actor=visit.actor,
            held=held,
            now=visit.now,
            check_form=check_form,
        )
    except Refusal as refusal:
        return QuotedItem(request=request, refusal=refusal)
    return QuotedItem(request=request, plan=plan)


async def _unless_drawn(conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, item: QuotedItem) -> QuotedItem:
    """The item, or that a lottery holds its day."""
    if item.plan is None:
        return item
    try:
        await require_not_drawn(conn, visit=visit, rules=rules, plans=[item.plan])
    except StillDrawn as refusal:
        return QuotedItem(request=item.request, refusal=refusal)
    return item


async def _without_taken(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, quoted: Sequence[QuotedItem]
) -> tuple[QuotedItem, ...]:
    claims = [claim for item in quoted if item.plan is not None for claim in item.plan.claims]
    if not claims:
        return tuple(quoted)
    days = [claim.use_on for claim in claims]
    occupancy = await read_occupancy(
        conn,
        visit=visit,
        resources=sorted({claim.resource_id for claim in claims}),
        first=min(days),
        end=max(days) + timedelta(days=1),
    )
    seen = []
    for item in quoted:
        if item.plan is None or all(is_free(claim, occupancy, rules) for claim in item.plan.claims):
            seen.append(item)
            continue
        closed = await find_closed(conn, rules=rules, plan=item.plan)
        seen.append(QuotedItem(request=item.request, refusal=closed or _taken(item.plan)))
    return tuple(seen)


def is_free(claim: Claim, occupancy: Occupancy, rules: ServiceRules) -> bool:
    """Whether a claim could be granted beside what is occupied."""
    taken = occupancy.taken(claim.resource_id, claim.use_on, claim.bucket)
    if claim.named is not None:
        return taken.isdisjoint(claim.named)
    return rules.inventory.resources[claim.resource_id] - len(taken) >= claim.units


def _taken(plan: BookingPlan) -> CartSlotTaken:
    return CartSlotTaken(
        facility=plan.facility_id,
        space=plan.placed.space.code,
        use_on=plan.use_on,
        starts_at=plan.period.starts_at,
        ends_at=plan.period.ends_at,
    )


def _require_account(visit: Visit) -> None:
    if visit.account_id is None:
        raise LoginRequired
