"""Rules tried out: what somebody would see under them at a moment, in a transaction that can write nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.drawn import DrawnDay, drawn_days
from yoyaku.booking.policy import BookingPlan, BookingRequest, Person, decide_booking
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import month_availability
from yoyaku.booking.views import SlotState
from yoyaku.booking.visit import Visit
from yoyaku.facility.policy import PlacedSpace, SlotNotOffered, time_of_day, timetable_for
from yoyaku.facility.terms import GridTimetable, NightTimetable
from yoyaku.kernel.errors import YoyakuError
from yoyaku.lottery.rules import Month, Times, month_of, schemes, times_of
from yoyaku.lottery.terms import LotteryScheme
from yoyaku.rulebook.draft import check_draft
from yoyaku.rulebook.dryrun.repository import only_read
from yoyaku.rulebook.stored import stored_facilities
from yoyaku.rules.condition import Facts
from yoyaku.ruleset.policy import Draft
from yoyaku.ruleset.service import latest_inventory_version

MONTHS_LOOKED: Final = 13
MOST_KEPT: Final = 8

_kept: dict[tuple[UUID, int, int], ServiceRules] = {}


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What is looked at: a space on a day, and for a stay how many nights and guests by age group."""

    placed: PlacedSpace
    day: date
    nights: int = 1
    guests: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SeenSlot:
    """A slot as it would be seen: its state, and what booking it would be, or why it is refused."""

    state: SlotState
    request: BookingRequest
    plan: BookingPlan | None
    refusal: YoyakuError | None


@dataclass(frozen=True, kw_only=True)
class SeenLottery:
    """A lottery that takes entries at the moment, or the next of its scheme that will."""

    scheme: LotteryScheme
    month: Month
    times: Times
    is_open: bool


async def rules_of_draft(conn: AsyncConnection, *, tenant_id: str, draft: Draft) -> ServiceRules | None:
    """A draft's rules as last saved, over the facilities of now; ``None`` where it has faults."""
    inventory_version = await latest_inventory_version(conn, tenant_id=tenant_id)
    key = (UUID(str(draft.draft_id)), draft.revision, inventory_version)
    if key not in _kept:
        facilities = await stored_facilities(conn, tenant_id=tenant_id)
        checked = await asyncio.to_thread(check_draft, draft.files, facilities, name=draft.title, with_examples=False)
        rules = checked.rules
        if rules is None:
            return None
        if len(_kept) >= MOST_KEPT:
            del _kept[next(iter(_kept))]
        _kept[key] = rules
    return _kept[key]


def sandbox(visit: Visit, *, facts: Facts, channel: str, now: datetime) -> Visit:
    """The visit of somebody made up, at a moment made up."""
    return replace(
        visit,
        now=now,
        channel=channel,
        actor="resident",
        account_id=None,
        registrant_id=None,
        staff_id=None,
        person=Person(facts=facts, registered_at=now - timedelta(days=365)),
    )


async def look(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, tried: Tried
) -> tuple[list[SeenSlot], DrawnDay | None]:
    """What would be seen of a space on a day, slot by slot; nothing can be written from here on.

    Bookings that are there take their place; those of somebody made up count towards no limit.
    """
    await only_read(conn)
    place = (tried.placed.space_id, tried.day)
    ids, end = [place[0]], tried.day + timedelta(days=1)
    grid = await month_availability(conn, visit=visit, rules=rules, space_ids=ids, first=tried.day, end=end)
    drawn = await drawn_days(conn, visit=visit, rules=rules, space_ids=ids, first=tried.day, end=end)
    seen = [
        _decided(rules, visit, state, _request(rules, tried, state, now=visit.now)) for state in grid.get(place, ())
    ]
    return seen, drawn.get(place)


def _request(rules: ServiceRules, tried: Tried, state: SlotState, *, now: datetime) -> BookingRequest:
    """What somebody would ask for who ticks this slot alone."""
    placed, slot = tried.placed, state.slot
    request = BookingRequest(facility=placed.facility.code, space=placed.space.code, use_on=tried.day)
    _, timetable = timetable_for(rules, placed, tried.day, now)
    if isinstance(timetable, NightTimetable):
        return replace(request, nights=tried.nights, guests=(tried.guests,) * tried.nights)
    if placed.space.choose_unit:
        request = replace(request, unit=1)
    if not isinstance(timetable, GridTimetable) and slot.code is not None:
        return replace(request, bands=(slot.code,))
    return replace(request, starts=time_of_day(slot.starts_minute), ends=time_of_day(slot.ends_minute))


def _decided(rules: ServiceRules, visit: Visit, state: SlotState, request: BookingRequest) -> SeenSlot:
    try:
        plan = decide_booking(
            rules,
            request=request,
            person=visit.person,
            channel=visit.channel,
            actor=visit.actor,
            held=(),
            now=visit.now,
            check_form=False,
        )
    except YoyakuError as refusal:
        return SeenSlot(state=state, request=request, plan=None, refusal=refusal)
    return SeenSlot(state=state, request=request, plan=plan, refusal=None)


def night_groups(rules: ServiceRules, placed: PlacedSpace, day: date, now: datetime) -> NightTimetable | None:
    """The timetable of nights by which a space is let on a day, if it is."""
    try:
        _, timetable = timetable_for(rules, placed, day, now)
    except SlotNotOffered:
        return None
    return timetable if isinstance(timetable, NightTimetable) else None


def lotteries_at(rules: ServiceRules, now: datetime) -> Sequence[SeenLottery]:
    """Of each scheme the lotteries that take entries at a moment, else the next that will."""
    found: list[SeenLottery] = []
    for scheme in schemes(rules):
        month = month_of(rules.civil_date(now))
        coming: SeenLottery | None = None
        opened = False
        for _ in range(MONTHS_LOOKED):
            times = times_of(rules, scheme, month)
            is_open = times.opens_at <= now < times.closes_at
            seen = SeenLottery(scheme=scheme, month=month, times=times, is_open=is_open)
            if is_open:
                found.append(seen)
                opened = True
            elif coming is None and now < times.opens_at:
                coming = seen
            month = month_of(month.ends)
        if not opened and coming is not None:
            found.append(coming)
    return found
