"""Changing what a city lends: checked as a folder is, looked at beside the bookings that stand, kept as a new version.

Nothing is cancelled by a change. Bookings that no longer fit are named before it is saved; those whose space or piece
would be gone have to be dealt with first, for what is booked is not taken away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin.service.audit import note_act
from yoyaku.booking.repository.upcoming import lent_units, standing_bookings
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.finding import require_why
from yoyaku.booking.views import BookingView
from yoyaku.booking.visit import Visit
from yoyaku.facility.policy import InventoryWrong
from yoyaku.facility.policy.changes import WhyHit, grains_change, takes_otherwise, why_hit
from yoyaku.facility.repository import lock_inventory
from yoyaku.facility.service import load_facilities
from yoyaku.facility.terms import Facility, FacilityFile
from yoyaku.kernel.errors import ChangedMeanwhile, NotAllowed, NotFound, YoyakuError
from yoyaku.rulebook.compile import compile_rules
from yoyaku.rulebook.draft import check_draft
from yoyaku.rulebook.stored import files_of, rules_of_version, stored_facilities
from yoyaku.rules.check import check
from yoyaku.rules.document import read_document
from yoyaku.rules.fault import Fault
from yoyaku.ruleset.policy import life_of
from yoyaku.ruleset.service import latest_inventory_version, store_inventory, versions

MUST_GO_FIRST: Final = frozenset[WhyHit]({"space", "stock", "floor"})
"""What is booked cannot be taken away: these are moved or cancelled before the change."""


class FacilityWrong(YoyakuError):
    """What was typed does not hold, or does not fit the rules; ``faults`` say where and why."""

    status = 422
    code = "facility_wrong"
    title = "This does not hold."

    def __init__(self, faults: Sequence[Fault] = (), **facts: object) -> None:
        self.faults = tuple(faults)
        super().__init__(**facts)


class FacilityChangedMeanwhile(ChangedMeanwhile):
    """Somebody else changed the facilities, or other bookings stand than were shown."""

    what = "facility"


class FacilityCodeTaken(YoyakuError):
    """A new facility has the code of another (``facility``)."""

    status = 422
    code = "facility_code_taken"
    title = "Another facility has this code."


class FacilityStillBooked(YoyakuError):
    """A space or a piece would be gone that somebody has booked (``numbers``)."""

    code = "facility_still_booked"
    title = "Something that is booked cannot be taken away."


@dataclass(frozen=True, kw_only=True)
class FacilityHit:
    """A booking that no longer fits, and why."""

    booking: BookingView
    why: tuple[WhyHit, ...]

    @property
    def must_go_first(self) -> bool:
        """Whether it keeps the change from being saved."""
        return not MUST_GO_FIRST.isdisjoint(self.why)


@dataclass(frozen=True, kw_only=True)
class FacilityChange:
    """A facility as it is (``None``: not yet) and is to be; ``version`` is the inventory it was read from."""

    before: Facility | None
    after: Facility
    version: int
    hits: Sequence[FacilityHit]
    everything: Sequence[Facility]
    rules: ServiceRules

    @property
    def seen(self) -> frozenset[UUID]:
        """The bookings that were shown."""
        return frozenset(hit.booking.booking_id for hit in self.hits)


async def read_facility(conn: AsyncConnection, *, visit: Visit, code: str) -> tuple[Facility, int]:
    """A facility of the service as it is lent now, and the number of the inventory.

    Raises:
        NotFound: there is none of that code.
        NotAllowed: by those who work for other facilities.
    """
    if not visit.reaches(code):
        raise NotAllowed
    found = await stored_facilities(conn, tenant_id=visit.tenant_id)
    mine = next((one for one in found if one.code == code and one.service == visit.service_id), None)
    if mine is None:
        raise NotFound(what="facility")
    return mine, await latest_inventory_version(conn, tenant_id=visit.tenant_id)


async def preview_change(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, code: str, document: str
) -> FacilityChange:
    """What a facility would become, and which bookings would no longer fit; nothing is changed.

    ``document`` is the whole facility as JSON.

    Raises:
        NotFound: there is no such facility.
        FacilityWrong: it does not hold, or does not fit the rules in force or to come.
    """
    before, version = await read_facility(conn, visit=visit, code=code)
    after = _read(code, document)
    if (after.code, after.service) != (before.code, before.service):
        raise FacilityWrong
    everything = [
        after if one.code == code else one for one in await stored_facilities(conn, tenant_id=visit.tenant_id)
    ]
    to_be = await _fitting(conn, visit=visit, rules=rules, facilities=everything)
    if changed := grains_change(rules, to_be, code):
        raise FacilityWrong(grains=", ".join(changed))
    hits = await _hits(conn, visit=visit, rules=rules, to_be=to_be, code=code)
    return FacilityChange(before=before, after=after, version=version, hits=hits, everything=everything, rules=to_be)


async def preview_new(conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, document: str) -> FacilityChange:
    """A facility that is to be lent too; ``document`` is all of it as JSON. Nothing is changed.

    Raises:
        NotAllowed: by those who work for some facilities only.
        FacilityCodeTaken: there is one of its code, or the rules bring it themselves.
        FacilityWrong: it does not hold, or does not fit the rules in force or to come.
    """
    if visit.facilities:
        raise NotAllowed
    after = _read("new", document)
    if after.service != visit.service_id:
        raise FacilityWrong
    stored = await stored_facilities(conn, tenant_id=visit.tenant_id)
    if after.code in rules.inventory.facilities or any(one.code == after.code for one in stored):
        raise FacilityCodeTaken(facility=after.code)
    everything = [*stored, after]
    to_be = await _fitting(conn, visit=visit, rules=rules, facilities=everything)
    version = await latest_inventory_version(conn, tenant_id=visit.tenant_id)
    return FacilityChange(before=None, after=after, version=version, hits=(), everything=everything, rules=to_be)


def _read(code: str, document: str) -> Facility:
    checked = check(read_document(f'{{"facilities": [{document}]}}', file=code), FacilityFile)
    if checked.value is None or any(fault.level == "error" for fault in checked.faults):
        raise FacilityWrong(checked.faults)
    return checked.value.facilities[0]


async def _fitting(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, facilities: Sequence[Facility]
) -> ServiceRules:
    """The rules in force with these facilities, where every version that decides or will decide accepts them."""
    here = {"tenant_id": visit.tenant_id, "service_id": visit.service_id}
    lives = life_of(await versions(conn, **here), rules.civil_date(visit.now))
    for version, life in lives.items():
        if life == "superseded":
            continue
        texts = await files_of(conn, **here, version=version)
        checked = check_draft(texts, facilities, name=f"{version}", with_examples=False)
        if checked.errors:
            raise FacilityWrong(checked.errors)
    try:
        return compile_rules(await rules_of_version(conn, **here, version=rules.version), facilities)
    except InventoryWrong as wrong:
        raise FacilityWrong((), **wrong.facts) from wrong


async def _hits(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, to_be: ServiceRules, code: str
) -> list[FacilityHit]:
    lent = await lent_units(conn, visit=visit, facility=code, today=rules.civil_date(visit.now))
    moved = takes_otherwise(rules, to_be, code)
    found = []
    for booking in await standing_bookings(conn, visit=visit, facility=code):
        already = set(why_hit(rules, booking, lent))
        why = tuple(one for one in why_hit(to_be, booking, lent) if one not in already)
        why = ("floor", *why) if booking.space_id in moved else why
        if why:
            found.append(FacilityHit(booking=booking, why=why))
    return found


async def save_change(  # noqa: PLR0913  # what is changed, by whom, why, having seen what
    conn: AsyncConnection,
    *,
    visit: Visit,
    rules: ServiceRules,
    code: str,
    document: str,
    why: str,
    seen_version: int,
    seen: frozenset[UUID],
) -> int:
    """Keep a facility as it is to be, as a new version of the inventory; its number. Bookings stay as they are.

    Raises:
        NotFound, FacilityWrong: as :func:`preview_change`.
        WhyMissing: no reason was given.
        FacilityChangedMeanwhile: others changed something since it was shown, or other bookings are hit.
        FacilityStillBooked, UnitsStillBooked: a space or piece would be gone that is booked; nothing may stay.
    """
    why = require_why(why)
    await lock_inventory(conn, tenant_id=visit.tenant_id)
    change = await preview_change(conn, visit=visit, rules=rules, code=code, document=document)
    if change.version != seen_version or change.seen != seen:
        raise FacilityChangedMeanwhile
    if blocking := [hit.booking.number for hit in change.hits if hit.must_go_first]:
        raise FacilityStillBooked(numbers=", ".join(blocking))
    return await _keep(conn, visit, rules, change, why=why)


async def save_new(  # what is added, by whom, why, having seen what
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, document: str, why: str, seen_version: int
) -> str:
    """Lend a new facility from now on; its code.

    Raises:
        FacilityCodeTaken, FacilityWrong: as :func:`preview_new`.
        WhyMissing: no reason was given.
        FacilityChangedMeanwhile: others changed something since it was shown.
    """
    why = require_why(why)
    await lock_inventory(conn, tenant_id=visit.tenant_id)
    change = await preview_new(conn, visit=visit, rules=rules, document=document)
    if change.version != seen_version:
        raise FacilityChangedMeanwhile
    await _keep(conn, visit, rules, change, why=why)
    return change.after.code


async def _keep(conn: AsyncConnection, visit: Visit, rules: ServiceRules, change: FacilityChange, *, why: str) -> int:
    """Store what is lent as a new version; its number."""
    stored = msgspec.json.encode({"facilities": change.everything}).decode()
    version, _ = await store_inventory(conn, tenant_id=visit.tenant_id, document=stored, real_now=visit.real_now)
    await _load(conn, visit, change, today=rules.civil_date(visit.now))
    facts: Mapping[str, Any] = {"inventory_version": version, "bookings_hit": len(change.hits)}
    act = "facility_added" if change.before is None else "facility_changed"
    await note_act(conn, visit=visit, act=act, subject=("facility", change.after.code), why=why, facts=facts)
    return version


async def _load(conn: AsyncConnection, visit: Visit, change: FacilityChange, *, today: date) -> None:
    await load_facilities(
        conn,
        tenant_id=visit.tenant_id,
        service_id=visit.service_id,
        facilities=list(change.rules.inventory.facilities.values()),
        today=today,
    )
