"""Entries between the values that decisions give and the columns they are stored in.

Answers of the form stand apart from the requests: they can be forgotten, while what is drawn stands still for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec

from yoyaku.booking.policy import BookingRequest
from yoyaku.booking.repository.rows import facts_to_json
from yoyaku.booking.visit import Visit
from yoyaku.facility.policy import PlacedSpace
from yoyaku.lottery.policy.entry_values import EntryPart, EntryPlan
from yoyaku.rules.trace import trace_to_json


def applicant_values(plan: EntryPlan) -> dict[str, Any]:
    """The columns of an applicant that follow from their last entry."""
    return {"tier": plan.tier, "tickets": plan.tickets, "facts": facts_to_json(plan.facts)}


def entry_values(
    plan: EntryPlan, *, visit: Visit, entry_id: UUID, lottery_id: UUID, applicant_id: UUID
) -> dict[str, Any]:
    """The columns of a new entry that follow from its plan and the visit."""
    return {
        "entry_id": entry_id,
        "lottery_id": lottery_id,
        "applicant_id": applicant_id,
        "rank": plan.rank,
        "entered_at": visit.now,
        "channel": visit.channel,
        "entered_by": visit.staff_id,
        "total_yen": plan.total_yen,
        "requests": [msgspec.to_builtins(replace(part.request, form={})) for part in plan.parts],
        "wants": plan.wants,
        "form": {str(place): dict(part.request.form) for place, part in enumerate(plan.parts)},
        "facts": {"uses": [_use(part) for part in plan.parts]},
        "trace": trace_to_json(plan.trace),
    }


def _use(part: EntryPart) -> dict[str, Any]:
    """Names and moments as they were when it was entered, what it would have cost, and the facts of the decision."""
    placed: PlacedSpace = part.placed
    return {
        "facility_name": placed.facility.name,
        "space_name": placed.space.name,
        "starts_at": part.period.starts_at,
        "ends_at": part.period.ends_at,
        "bands": part.bands,
        "yen": part.quote.total_yen,
        "use": facts_to_json(part.facts),
    }


def part_rows(plan: EntryPlan, *, entry_id: UUID, lottery_id: UUID) -> list[dict[str, Any]]:
    """The uses of an entry as odds count them."""
    return [
        {
            "entry_id": entry_id,
            "part": place,
            "lottery_id": lottery_id,
            "facility_id": part.placed.facility.code,
            "space_id": part.space_id,
            "use_on": part.use_on,
            "starts_at": part.period.starts_at,
            "ends_at": part.period.ends_at,
            "nights": part.request.nights,
            "surfaces": part.request.surfaces,
        }
        for place, part in enumerate(plan.parts, start=1)
    ]


def read_requests(requests: Sequence[Any], form: Mapping[str, Any]) -> tuple[BookingRequest, ...]:
    """The uses as they were asked for, with their answers."""
    return tuple(
        replace(msgspec.convert(stored, BookingRequest), form=form.get(str(place), {}))
        for place, stored in enumerate(requests)
    )
