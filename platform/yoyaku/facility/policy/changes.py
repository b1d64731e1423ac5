"""What a change of a facility would do to bookings that stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from yoyaku.facility.policy.inventory import equipment_resource
from yoyaku.facility.policy.rules import FacilityRules
from yoyaku.facility.policy.slots import opening_minutes
from yoyaku.kernel.ids import Key
from yoyaku.kernel.period import Period

WhyHit = Literal["hours", "closed", "space", "stock", "floor"]


class Booked(Protocol):
    """A booking, as far as place and time go."""

    @property
    def booking_id(self) -> Key:
        """Which."""
        ...

    @property
    def space_id(self) -> str:
        """Where."""
        ...

    @property
    def use_on(self) -> date:
        """On which day (the first night's)."""
        ...

    @property
    def period(self) -> Period:
        """From when to when."""
        ...

    @property
    def nights(self) -> int:
        """How many nights; 0 for hours."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """The highest unit of a resource that a booking occupies."""

    booking_id: Key
    resource_id: str
    unit: int


def why_hit(rules: FacilityRules, booked: Booked, lent: Mapping[Key, list[Lent]]) -> Iterator[WhyHit]:
    """Why a booking does not fit the facilities of ``rules``, those that are to be: a reason once, the gravest first.

    ``space``: its space is not there; ``stock``: it has a unit that is not; ``closed``: the day is closed; ``hours``:
    it begins before the opening, or ends after the closing.
    """
    placed = rules.inventory.spaces.get(booked.space_id)
    if placed is None:
        yield "space"
        return
    stock = rules.inventory.resources
    if any(one.unit > stock.get(one.resource_id, 0) for one in lent.get(booked.booking_id, ())):
        yield "stock"
    if not rules.calendar_of(placed.facility.code).is_open(booked.use_on):
        yield "closed"
    if booked.nights:
        return
    opens, closes = opening_minutes(rules, placed, booked.use_on)
    begins, ends = rules.instant(booked.use_on, opens), rules.instant(booked.use_on, closes)
    if booked.period.starts_at < begins or booked.period.ends_at > ends:
        yield "hours"


def takes_otherwise(before: FacilityRules, after: FacilityRules, facility: str) -> frozenset[str]:
    """The spaces of a facility that would take other units than those that their bookings have."""
    now, then = before.inventory.spaces, after.inventory.spaces
    mine = (f"{facility}.{space.code}" for space in before.inventory.facility(facility).spaces)
    return frozenset(
        one
        for one in mine
        if one in then
        and (now[one].resource_id, now[one].units, now[one].named)
        != (then[one].resource_id, then[one].units, then[one].named)
    )


def grains_change(before: FacilityRules, after: FacilityRules, facility: str) -> list[str]:
    """Resources of a facility that would be occupied in other pieces of time: what is booked would be seen wrongly."""
    named = {f"{facility}.{space.code}" for space in before.inventory.facility(facility).spaces}
    floors = {placed.resource_id for space_id, placed in before.inventory.spaces.items() if space_id in named}
    lent = {equipment_resource(facility, item.code) for item in before.inventory.facility(facility).equipment}
    now, then = before.inventory.buckets, after.inventory.buckets
    return sorted(one for one in floors | lent if one in then and now[one] != then[one])
