"""What can be booked: facilities, spaces, and the resources that they consume."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from yoyaku.facility.policy.refusals import InventoryWrong, UnknownSpace
from yoyaku.facility.terms import Equipment, Facility, Floor, Space
from yoyaku.rules.condition import Facts

NIGHT_MINUTES: Final = 1440


@dataclass(frozen=True, slots=True)
class PlacedSpace:
    """A space in its facility, with what one booked surface of it takes.

    ``resource_id`` is the floor it stands on; ``units`` of it go to each surface, or the ``named`` ones. ``facts`` are
    those of the place alone, so that clauses can be sorted by place once.
    """

    space_id: str
    facility: Facility
    space: Space
    resource_id: str
    units: int
    named: tuple[int, ...] | None
    facts: Facts = field(compare=False)

    @property
    def by_night(self) -> bool:
        """Whether it is let by the night."""
        return self.space.bucket_minutes == NIGHT_MINUTES


@dataclass(frozen=True)
class Inventory:
    """The facilities of a service. ``resources`` counts units; ``buckets`` is the grain of each in minutes."""

    facilities: Mapping[str, Facility]
    spaces: Mapping[str, PlacedSpace]
    resources: Mapping[str, int]
    buckets: Mapping[str, int]

    @classmethod
    def build(cls, facilities: Sequence[Facility]) -> Inventory:
        """Place every space.

        Raises:
            InventoryWrong: a code stands twice, a floor is missing or too small, or nights and hours share a floor.
        """
        by_code = {facility.code: facility for facility in facilities}
        if len(by_code) < len(facilities):
            raise InventoryWrong("A facility code stands twice.")
        spaces: dict[str, PlacedSpace] = {}
        resources: dict[str, int] = {}
        buckets: dict[str, int] = {}
        for facility in facilities:
            _place_facility(facility, spaces=spaces, resources=resources, buckets=buckets)
        return cls(facilities=by_code, spaces=spaces, resources=resources, buckets=buckets)

    def facility(self, code: str) -> Facility:
        """The facility, or UnknownSpace."""
        if code not in self.facilities:
            raise UnknownSpace(facility=code)
        return self.facilities[code]

    def space(self, space_id: str) -> PlacedSpace:
        """The space ``<facility>.<space>``, or UnknownSpace."""
        placed = self.spaces.get(space_id)
        if placed is None:
            raise UnknownSpace(space=space_id)
        return placed

    def equipment(self, space_id: str) -> Mapping[str, Equipment]:
        """The equipment lent with a space, by code."""
        placed = self.space(space_id)
        return {
            item.code: item
            for item in placed.facility.equipment
            if item.spaces is None or placed.space.code in item.spaces
        }


def equipment_resource(facility: str, code: str) -> str:
    """The resource of a piece of equipment."""
    return f"{facility}.eq.{code}"


def _place_facility(
    facility: Facility, *, spaces: dict[str, PlacedSpace], resources: dict[str, int], buckets: dict[str, int]
) -> None:
    floors = {floor.code: floor for floor in facility.floors}
    grains: dict[str, set[int]] = {}
    for space in facility.spaces:
        placed, units = _place_space(facility, space, floors)
        if placed.space_id in spaces:
            raise InventoryWrong("A space code stands twice.", space=placed.space_id)
        if space.consumes is None and space.code in floors:
            raise InventoryWrong("A space has the code of a floor.", space=placed.space_id)
        spaces[placed.space_id] = placed
        resources[placed.resource_id] = units
        grains.setdefault(placed.resource_id, set()).add(space.bucket_minutes)
    buckets |= {resource: _common_grain(resource, minutes) for resource, minutes in grains.items()}
    for item in facility.equipment:
        resource = equipment_resource(facility.code, item.code)
        resources[resource] = item.stock
        buckets[resource] = _equipment_grain(item, facility)


def _place_space(facility: Facility, space: Space, floors: Mapping[str, Floor]) -> tuple[PlacedSpace, int]:
    consumes = space.consumes
    if consumes is None:
        floor_code, floor_units, units, named = space.code, space.capacity, 1, None
    else:
        if consumes.floor not in floors:
            raise InventoryWrong("A space stands on no floor.", facility=facility.code, space=space.code)
        floor_code, floor_units = consumes.floor, floors[consumes.floor].units
        named = tuple(sorted(consumes.named)) if consumes.named is not None else None
        units = len(named) if named is not None else consumes.units
    highest = named[-1] if named else units * space.capacity
    if highest > floor_units or (named is not None and space.capacity > 1):
        raise InventoryWrong("A space takes more than its floor has.", facility=facility.code, space=space.code)
    placed = PlacedSpace(
        space_id=f"{facility.code}.{space.code}",
        facility=facility,
        space=space,
        resource_id=f"{facility.code}.{floor_code}",
        units=units,
        named=named,
        facts=_place_facts(facility, space),
    )
    return placed, floor_units


def _place_facts(facility: Facility, space: Space) -> Facts:
    return {
        "facility": facility.code,
        "facility_group": frozenset(facility.groups),
        "facility_category": facility.category,
        "space": space.code,
        "space_kind": space.kind,
    }


def _common_grain(resource: str, minutes: set[int]) -> int:
    if NIGHT_MINUTES in minutes and len(minutes) > 1:
        raise InventoryWrong("Nights and hours cannot share a floor.", resource=resource)
    return math.gcd(*minutes)


def _equipment_grain(item: Equipment, facility: Facility) -> int:
    lent_with = [space for space in facility.spaces if item.spaces is None or space.code in item.spaces]
    return _common_grain(equipment_resource(facility.code, item.code), {space.bucket_minutes for space in lent_with})
