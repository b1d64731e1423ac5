"""An invented town whose rules have one of everything, and the rows that loading it would write.

For tests of what the database and the services promise; cities and their rules are tested from their own folders.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy import BookingRequest, Person
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.terms import Actor
from yoyaku.booking.visit import Visit
from yoyaku.db.tables import (
    account,
    facility,
    host,
    inventory_version,
    registrant,
    resource,
    resource_unit,
    rule_set_version,
    service,
    space,
    staff,
    tenant,
)
from yoyaku.kernel.ids import new_id
from yoyaku.testing.town_rules import SERVICE, town_rule_set, town_rules

TOWN: Final = "aoba"
NOW: Final = datetime(2027, 1, 10, 1, 0, tzinfo=UTC)
"""Ten in the morning of Sunday, 10 January 2027, in the town."""

__all__ = [
    "DAY",
    "NOW",
    "SERVICE",
    "TOWN",
    "Resident",
    "hours",
    "nights",
    "town_rule_set",
    "town_rules",
    "visit_of",
    "write_clerk",
    "write_residents",
    "write_town",
]

DAY: Final = date(2027, 2, 20)
"""A Saturday some weeks ahead."""


@dataclass(frozen=True, kw_only=True)
class Resident:
    """Somebody of the town, with an account."""

    registrant_id: UUID
    account_id: UUID


async def write_town(conn: AsyncConnection, rules: ServiceRules, *, town: str = TOWN) -> None:
    """The rows of the town, written as the owner in a transaction of the town's service."""
    key = {"tenant_id": town, "service_id": SERVICE}
    named = {"ja": "青葉町", "en": "Aoba"}
    await conn.execute(
        insert(tenant).values(
            tenant_id=town,
            municipality_code="000000",
            name=named,
            time_zone="Asia/Tokyo",
            languages=["ja", "en"],
            folder_digest="",
        )
    )
    looks = {
        "name": named,
        "brand": {"name": named, "colours": {}, "logo_svg": ""},
        "wording": {},
        "pages": {},
        "contact": {"name": "青葉町役場", "phone": "000-000-0000"},
    }
    await conn.execute(insert(service).values(**key, **looks))
    await conn.execute(insert(host).values(host=f"{town}.localhost", **key))
    await _write_versions(conn, key)
    await _write_stock(conn, rules, key)


async def _write_versions(conn: AsyncConnection, key: dict[str, str]) -> None:
    document = msgspec.json.encode(town_rule_set()).decode()
    await conn.execute(
        insert(rule_set_version).values(
            **key,
            version=1,
            digest="1",
            document=document,
            applies_by="made",
            applies_from=datetime(2026, 1, 1, tzinfo=UTC).date(),
            published_at=NOW,
            published_by="test",
        )
    )
    await conn.execute(
        insert(inventory_version).values(tenant_id=key["tenant_id"], version=1, digest="1", document={"facilities": []})
    )


async def _write_stock(conn: AsyncConnection, rules: ServiceRules, key: dict[str, str]) -> None:
    for one in rules.inventory.facilities.values():
        await conn.execute(insert(facility).values(**key, facility_id=one.code, name={"ja": str(one.name)}))
    for placed in rules.inventory.spaces.values():
        await conn.execute(insert(space).values(**key, space_id=placed.space_id, facility_id=placed.facility.code))
    for resource_id, units in rules.inventory.resources.items():
        kind = "equipment" if ".eq." in resource_id else "floor"
        await conn.execute(insert(resource).values(**key, resource_id=resource_id, kind=kind, units=units))
        rows = [{**key, "resource_id": resource_id, "unit": unit + 1, "withdrawn": False} for unit in range(units)]
        await conn.execute(insert(resource_unit), rows)


async def write_residents(conn: AsyncConnection, count: int, *, town: str = TOWN) -> list[Resident]:
    """So many residents with accounts that nobody can log in to."""
    key = {"tenant_id": town, "service_id": SERVICE}
    made = [Resident(registrant_id=new_id(), account_id=new_id()) for _ in range(count)]
    people = [_person_row(key, one, place) for place, one in enumerate(made)]
    accounts = [
        {
            **key,
            "account_id": one.account_id,
            "registrant_id": one.registrant_id,
            "login_key": str(one.account_id),
            "login_id": str(one.account_id),
            "password_hash": "!",
            "created_at": NOW,
        }
        for one in made
    ]
    await conn.execute(insert(registrant), people)
    await conn.execute(insert(account), accounts)
    return made


def _person_row(key: dict[str, str], one: Resident, place: int) -> dict[str, Any]:
    return {
        **key,
        "registrant_id": one.registrant_id,
        "kind": "individual",
        "name": f"髙田 {place}",
        "kana": f"タカダ {place}",
        "search_key": f"高田{place}\nタカタ{place}",
        "user_class": "individual",
        "residency": "resident",
        "stage": "registered",
        "facts": {},
        "email": f"resident{place}@aoba.example",
        "language": "ja",
        "registered_at": NOW,
    }


async def write_clerk(conn: AsyncConnection, *, town: str = TOWN) -> UUID:
    """A clerk at the counter."""
    staff_id = new_id()
    key = {"tenant_id": town, "service_id": SERVICE}
    await conn.execute(insert(staff).values(**key, staff_id=staff_id, name="窓口 花子", roles=["counter_clerk"]))
    return staff_id


def visit_of(
    resident: Resident | None,
    *,
    now: datetime = NOW,
    actor: Actor = "resident",
    staff_id: UUID | None = None,
    town: str = TOWN,
) -> Visit:
    """A visit of a resident's by the web, of a clerk's at the counter for them, or of a worker's."""
    facts = {
        "user_class": "individual",
        "account_kind": "individual",
        "residency": "resident",
        "registration": "registered",
    }
    return Visit(
        tenant_id=town,
        service_id=SERVICE,
        now=now,
        real_now=datetime.now(tz=UTC),
        channel="counter" if actor == "clerk" else "web",
        actor=actor,
        account_id=resident.account_id if resident and actor == "resident" else None,
        registrant_id=resident.registrant_id if resident else None,
        person=Person(facts=facts) if resident else None,
        staff_id=staff_id,
        staff_name="窓口 花子" if staff_id else None,
    )


def hours(space: str, starts: str = "10:00", ends: str = "12:00", *, day: date = DAY, **more: Any) -> BookingRequest:  # noqa: ANN401
    """A use of one of the plaza's spaces."""
    return BookingRequest(facility="plaza", space=space, use_on=day, starts=starts, ends=ends, **more)


def nights(count: int = 1, *, day: date = DAY) -> BookingRequest:
    """A stay of two at the inn."""
    return BookingRequest(facility="inn", space="twin", use_on=day, nights=count, guests=({"adult": 2},) * count)
