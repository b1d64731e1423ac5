"""Changing a booking: fewer nights, guests, the form, fewer or more surfaces, shorter or longer, equipment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy import ChangePlan, apply_changes, decide_change
from yoyaku.booking.policy.change import open_changes, open_grounds
from yoyaku.booking.policy.values import ChangeKind
from yoyaku.booking.repository import acts, bookings, claims
from yoyaku.booking.repository.rows import booked_facts, changeable_columns, facts_to_json
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.charged import confirm_what_is_paid, money_act, return_excess
from yoyaku.booking.service.finding import lock_own
from yoyaku.booking.service.gone import refusal_for
from yoyaku.booking.service.holding import require_not_drawn, taking
from yoyaku.booking.service.submit import hold_still
from yoyaku.booking.views import BookingView
from yoyaku.booking.visit import Visit


def may_change(rules: ServiceRules, *, visit: Visit, booking: BookingView, kind: ChangeKind) -> bool:
    """Whether whoever asks may change that in a booking now, by the rules that it keeps."""
    facts = booked_facts(booking)
    return kind in open_changes(rules, booking=facts, actor=visit.actor, channel=visit.channel, now=visit.now)


def offer_change(rules: ServiceRules, *, visit: Visit, booking: BookingView, changes: Mapping[str, Any]) -> ChangePlan:
    """What a change would give, its price included; what others hold is seen only by :func:`change_booking`.

    Raises:
        NotChangeable, Refusal: as :func:`change_booking`.
    """
    facts = booked_facts(booking)
    return decide_change(rules, booking=facts, changes=changes, actor=visit.actor, channel=visit.channel, now=visit.now)


def grounds_to_shorten(rules: ServiceRules, *, visit: Visit, booking: BookingView) -> tuple[str, ...]:
    """On which grounds whoever asks may take time out of a booking that could not be used."""
    return open_grounds(rules, booking=booked_facts(booking), actor=visit.actor, now=visit.now)


async def change_booking(  # noqa: PLR0913  # what a change consists of
    conn: AsyncConnection,
    *,
    visit: Visit,
    rules: ServiceRules,
    booking_id: UUID,
    changes: Mapping[str, Any],
    why: str | None = None,
    grounds: str | None = None,
) -> BookingView:
    """Change what the rules let be changed, priced anew by the rules under which the booking was made.

    On ``grounds`` (a code of the rules) staff takes out of it what could not be used, and says why.

    Raises:
        BookingNotFound: there is none of that id, or it is another's.
        NotChangeable: by the rules.
        Refusal: what it would become is refused, or taken by somebody.
    """
    seen = await lock_own(conn, visit=visit, booking_id=booking_id)
    wish = apply_changes(seen.request, changes)
    held = await hold_still(conn, visit=visit, rules=rules, requests=[wish], keyed=False)
    plan = decide_change(
        rules,
        booking=booked_facts(seen),
        changes=changes,
        actor=visit.actor,
        channel=visit.channel,
        now=visit.now,
        held=held,
        grounds=grounds,
    )
    if "extension" in plan.kinds:
        await require_not_drawn(conn, visit=visit, rules=rules, plans=[plan.plan])
    async with taking(conn, visit=visit, rules=rules, plans=[plan.plan]):
        grant = await claims.exchange(
            conn, visit=visit, booking_id=booking_id, wanted=plan.plan.claims, units=rules.inventory.resources
        )
    if grant.missing:
        raise await refusal_for(conn, grant.missing[0], rules=rules, ids=[booking_id], plans=[plan.plan])
    await _write(conn, visit=visit, booking=seen, plan=plan, why=why, grounds=grounds)
    await return_excess(conn, visit=visit, rules=rules, booking_id=booking_id)
    changed = await bookings.read_booking(conn, visit=visit, booking_id=booking_id, owner=None) or seen
    if changed.state != "tentative":
        return changed
    await confirm_what_is_paid(conn, act=money_act(visit, rules), booking=changed)
    return await bookings.read_booking(conn, visit=visit, booking_id=booking_id, owner=None) or changed


async def _write(
    conn: AsyncConnection,
    *,
    visit: Visit,
    booking: BookingView,
    plan: ChangePlan,
    why: str | None,
    grounds: str | None,
) -> None:
    after = plan.plan
    changes = {
        **changeable_columns(after),
        "preferences": after.request.preferences,
        "form": after.request.form,
        "activity": after.request.activity,
        "facts": {
            "facility_name": booking.facility_name,
            "space_name": booking.space_name,
            "use": facts_to_json(after.facts),
            "person": None if booking.person is None else facts_to_json(booking.person.facts),
            "registered_at": None if booking.person is None else booking.person.registered_at,
        },
    }
    facts = {
        "number": booking.number,
        "state": after.state,
        "kinds": plan.kinds,
        "more_yen": plan.more_yen,
        "total_yen": after.quote.total_yen,
        "before_yen": booking.total_yen,
        **({} if grounds is None else {"grounds": grounds}),
    }
    act = acts.Act(
        booking_id=booking.booking_id, kind="booking_changed", facts=facts, why=why, lapses_at=after.lapses_at
    )
    await acts.update_booking(conn, visit=visit, booking_id=booking.booking_id, changes=changes, act=act)
