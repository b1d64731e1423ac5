"""Submitting an application: decide by the rules, take the slots, write it all, tell the outbox."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy import (
    BookingPlan,
    BookingRequest,
    HeldBooking,
    check_terms,
    decide_booking,
    format_number,
    needed_history,
    number_scope,
)
from yoyaku.booking.repository import acts, bookings, claims
from yoyaku.booking.repository.rows import new_row
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.finding import require_within_reach
from yoyaku.booking.service.gone import refusal_for
from yoyaku.booking.service.holding import require_not_drawn, taking
from yoyaku.booking.service.payers import find_payer, with_mandate
from yoyaku.booking.service.refusals import KeyUsedBefore
from yoyaku.booking.service.telling import made_facts
from yoyaku.booking.views import Application, BookingView
from yoyaku.booking.visit import Visit
from yoyaku.kernel.ids import new_id
from yoyaku.registration.service.suspensions import require_not_suspended
from yoyaku.rules.refusal import Refusal

LONGEST_COUNTED: Final = timedelta(days=366)
"""No limit counts further back than a fiscal year."""


async def submit_application(  # noqa: PLR0913  # what a submission consists of
    conn: AsyncConnection,
    *,
    visit: Visit,
    rules: ServiceRules,
    items: Sequence[BookingRequest],
    form: Mapping[str, Any],
    accepted_terms: Sequence[str],
    idempotency_key: str | None = None,
    payer_id: UUID | None = None,
) -> Application:
    """Book all items or none.

    ``form`` holds the answers that all items share (an item's own count first). With an ``idempotency_key`` the same
    submission made again gives the first one's bookings. ``payer_id`` is who is to pay for a group (absent: who usually does).

    Raises:
        Refusal: by a rule, with ``item`` (the place in ``items``) among its facts; or taken by somebody meanwhile.
        KeyUsedBefore: the key came with another submission before.
        RegistrationSuspended: whoever books, or is to pay, has to pay something else first.
        PayerNotAllowed, NotAllowed: that person does not pay for the group; the clerk works for other facilities.
        Busy: a lock was waited for in vain; nothing was changed.
    """
    require_within_reach(visit, items)
    requests = [with_answers(item, form) for item in items]
    digest = None if idempotency_key is None else _digest(requests, accepted_terms)
    held = await hold_still(conn, visit=visit, rules=rules, requests=requests, keyed=idempotency_key is not None)
    if idempotency_key is not None and digest is not None:
        repeated = await _repeated(conn, visit=visit, key=idempotency_key, digest=digest)
        if repeated is not None:
            return repeated
    check_terms(rules, accepted_terms)
    application_id = new_id()
    payer = await find_payer(conn, visit=visit, rules=rules, wanted=payer_id)
    await require_not_suspended(conn, registrant_id=visit.registrant_id, payer_id=payer)
    visit = await with_mandate(conn, visit=visit, rules=rules, payer_id=payer)
    plans = decide_all(rules, visit=visit, requests=requests, held=held, application_id=application_id)
    application = acts.NewApplication(
        application_id=application_id,
        form=form,
        accepted_terms=accepted_terms,
        idempotency_key=idempotency_key,
        request_digest=digest,
        payer_id=payer,
    )
    made = await _write(conn, visit=visit, rules=rules, application=application, plans=plans)
    return Application(application_id=application_id, bookings=made)


def with_answers(item: BookingRequest, form: Mapping[str, Any]) -> BookingRequest:
    """The item with the answers that all items share beneath its own."""
    return replace(item, form={**form, **item.form}) if form else item


async def hold_still(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, requests: Sequence[BookingRequest], keyed: bool
) -> Sequence[HeldBooking]:
    """What limits and bans count, held still: two submissions of one person are decided one after the other.

    Where no rule counts bookings, nobody waits for anybody and nothing is read.
    """
    history = _history(rules, requests)
    if history.any or keyed:
        await bookings.lock_person(conn, visit=visit)
    if history.everybody:
        await bookings.lock_service(conn, visit=visit)
    return await _read_history(conn, visit=visit, rules=rules, history=history)


async def look_back(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, requests: Sequence[BookingRequest]
) -> Sequence[HeldBooking]:
    """What limits and bans count, for a quote: nothing is held still."""
    return await _read_history(conn, visit=visit, rules=rules, history=_history(rules, requests))


@dataclass(frozen=True, kw_only=True)
class _History:
    """Whether any bookings count that are there already, and whether other people's do."""

    any: bool
    everybody: bool


def _history(rules: ServiceRules, requests: Sequence[BookingRequest]) -> _History:
    spaces = {request.space_id for request in requests} & rules.inventory.spaces.keys()
    needed = [needed_history(rules, space_id) for space_id in spaces]
    everybody = any(one.facility or one.service for one in needed)
    return _History(any=everybody or any(one.own for one in needed), everybody=everybody)


async def _read_history(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, history: _History
) -> Sequence[HeldBooking]:
    if not history.any or visit.registrant_id is None:
        return ()
    since = rules.civil_date(visit.now) - LONGEST_COUNTED
    return await bookings.read_held_bookings(conn, visit=visit, since=since, everybody=history.everybody)


def decide_all(
    rules: ServiceRules,
    *,
    visit: Visit,
    requests: Sequence[BookingRequest],
    held: Sequence[HeldBooking],
    application_id: UUID,
) -> list[BookingPlan]:
    """A plan for each item, counting those before it.

    Raises:
        Refusal: of the first item that is refused; its place is the fact ``item``.
    """
    counted = list(held)
    plans: list[BookingPlan] = []
    for place, request in enumerate(requests):
        try:
            plan = decide_booking(
                rules,
                request=request,
                person=visit.person,
                channel=visit.channel,
                actor=visit.actor,
                held=counted,
                now=visit.now,
                application_id=application_id,
            )
        except Refusal as refusal:
            refusal.facts["item"] = place
            raise
        plans.append(plan)
        counted.append(as_held(plan, visit=visit, application_id=application_id))
    return plans


def as_held(plan: BookingPlan, *, visit: Visit, application_id: UUID) -> HeldBooking:
    """A planned booking as the items after it count it."""
    return HeldBooking(
        booking_id=new_id(),
        space_id=plan.space_id,
        period=plan.period,
        use_on=plan.use_on,
        state=plan.state,
        made_at=visit.now,
        nights=plan.request.nights,
        surfaces=plan.request.surfaces,
        unit=plan.request.unit,
        equipment=plan.request.equipment,
        application_id=application_id,
    )


async def _repeated(conn: AsyncConnection, *, visit: Visit, key: str, digest: bytes) -> Application | None:
    before = await bookings.read_repeated(conn, visit=visit, key=key)
    if before is None:
        return None
    if before.request_digest != digest:
        raise KeyUsedBefore(key=key)
    made = await bookings.read_application(conn, visit=visit, application_id=before.application_id)
    return Application(application_id=before.application_id, bookings=made, repeated=True)


def _digest(requests: Sequence[BookingRequest], accepted_terms: Sequence[str]) -> bytes:
    """The same for the same submission, whatever the order in which its answers came."""
    told = msgspec.json.encode([list(requests), sorted(accepted_terms)], order="deterministic")
    return hashlib.sha256(told).digest()


@dataclass(frozen=True, kw_only=True)
class _Granted:
    ids: tuple[UUID, ...]
    numbers: tuple[str, ...]


async def _write(
    conn: AsyncConnection,
    *,
    visit: Visit,
    rules: ServiceRules,
    application: acts.NewApplication,
    plans: Sequence[BookingPlan],
) -> tuple[BookingView, ...]:
    granted = await _take(conn, visit=visit, rules=rules, plans=plans)
    versions = (rules.version, rules.inventory_version)
    rows = [
        new_row(
            plan,
            visit=visit,
            booking_id=booking_id,
            application_id=application.application_id,
            number=number,
            versions=versions,
        )
        | {"payer_id": application.payer_id}
        for plan, booking_id, number in zip(plans, granted.ids, granted.numbers, strict=True)
    ]
    told = [
        acts.Act(booking_id=booking_id, kind="booking_made", facts=made_facts(plan, number), lapses_at=plan.lapses_at)
        for plan, booking_id, number in zip(plans, granted.ids, granted.numbers, strict=True)
    ]
    return await acts.add_application(conn, visit=visit, application=application, bookings=rows, acts=told)


async def _take(conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, plans: Sequence[BookingPlan]) -> _Granted:
    """Take the slots of all plans, then their numbers, which nobody else waits for longer than this commit."""
    await require_not_drawn(conn, visit=visit, rules=rules, plans=plans)
    terms, made_on = rules.booking.number, rules.civil_date(visit.now)
    ids = tuple(new_id() for _ in plans)
    async with taking(conn, visit=visit, rules=rules, plans=plans):
        grant = await claims.claim(
            conn,
            visit=visit,
            claims={booking_id: plan.claims for booking_id, plan in zip(ids, plans, strict=True)},
            units=rules.inventory.resources,
            number=claims.NumberWish(scope=number_scope(terms, made_on), begins_at=terms.begins_at, count=len(plans)),
        )
    if grant.missing or grant.last_number is None:
        raise await refusal_for(conn, grant.missing[0], rules=rules, ids=ids, plans=plans)
    first = grant.last_number - len(plans) + 1
    numbers = tuple(
        format_number(terms, made_on=made_on, sequence=first + offset, number_code=plan.placed.facility.number_code)
        for offset, plan in enumerate(plans)
    )
    return _Granted(ids=ids, numbers=numbers)
