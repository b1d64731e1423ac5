"""What exists to be booked, brought from a tenant's folder into the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.facility import repository
from yoyaku.facility.policy import Inventory
from yoyaku.facility.repository import OccupiedUnit
from yoyaku.facility.terms import Facility
from yoyaku.kernel.errors import YoyakuError


class UnitsStillBooked(YoyakuError):
    """Courts, rooms or pieces are to go that somebody has booked; ``units`` says which and until when."""

    code = "units_still_booked"
    title = "Something that is booked cannot be taken away."

    def __init__(self, occupied: Sequence[OccupiedUnit]) -> None:
        self.occupied = tuple(occupied)
        units = "; ".join(
            f"{unit.resource_id} no. {unit.unit} ({unit.bookings} bookings, {unit.first_use} to {unit.last_use})"
            for unit in occupied
        )
        super().__init__(
            f"These are booked and cannot be withdrawn: {units}. "
            "予約があるため減らせません。先に予約を移すか取り消してください。",
            units=units,
        )


async def load_facilities(
    conn: AsyncConnection, *, tenant_id: str, service_id: str, facilities: Sequence[Facility], today: date
) -> None:
    """Make the database's stock of a service equal to these facilities, within the service's transaction.

    New units are added; units that are no longer there are marked withdrawn, so that past bookings keep them.

    Raises:
        UnitsStillBooked: a unit is to go that is occupied today or later; the transaction must be rolled back.
        InventoryWrong: the facilities contradict each other.
    """
    inventory = Inventory.build(facilities)
    here = {"tenant_id": tenant_id, "service_id": service_id}
    named = [{**here, "facility_id": facility.code, "name": facility.name} for facility in facilities]
    spaces = [
        {**here, "space_id": placed.space_id, "facility_id": placed.facility.code}
        for placed in inventory.spaces.values()
    ]
    resources = [
        {**here, "resource_id": resource_id, "kind": _kind(resource_id), "units": units}
        for resource_id, units in inventory.resources.items()
    ]
    await repository.save_facilities(conn, named)
    await repository.save_spaces(conn, spaces)
    await repository.save_resources(conn, resources)
    await repository.add_units(conn, resource_ids=inventory.resources)
    occupied = await repository.find_occupied_surplus(conn, resource_ids=inventory.resources, today=today)
    if occupied:
        raise UnitsStillBooked(occupied)
    await repository.withdraw_surplus(conn, resource_ids=inventory.resources)


def _kind(resource_id: str) -> str:
    return "equipment" if resource_id.split(".")[1:2] == ["eq"] else "floor"
