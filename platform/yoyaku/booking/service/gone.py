"""Why what was asked for cannot be had any more: others took it, or the city closed it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy import BookingPlan, EquipmentShort, SlotTaken
from yoyaku.booking.repository import claims
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.closed_times import find_closed
from yoyaku.facility.policy import equipment_resource
from yoyaku.rules.refusal import Refusal


async def refusal_for(
    conn: AsyncConnection,
    missing: claims.Missing,
    *,
    rules: ServiceRules,
    ids: Sequence[UUID],
    plans: Sequence[BookingPlan],
) -> Refusal:
    """The sentence for what another took first, the slot or the equipment, or that the city has closed it."""
    plan = plans[place := ids.index(missing.booking_id)]
    about: dict[str, Any] = {"item": place, "use_on": plan.use_on}
    for item in plan.placed.facility.equipment:
        if equipment_resource(plan.facility_id, item.code) == missing.resource_id:
            wanted = plan.request.equipment[item.code]
            free = missing.got * wanted // missing.wanted
            return EquipmentShort(
                equipment=item.code,
                name=item.name,
                counted_in=item.unit_name,
                wanted=wanted,
                free=free,
                stock=item.stock,
                trace=plan.trace,
                **about,
            )
    if (closed := await find_closed(conn, rules=rules, plan=plan, item=place)) is not None:
        return closed
    return SlotTaken(
        facility=plan.facility_id,
        space=plan.placed.space.code,
        starts_at=plan.period.starts_at,
        ends_at=plan.period.ends_at,
        free=missing.got // (missing.wanted // plan.request.surfaces or 1),
        trace=plan.trace,
        **about,
    )
