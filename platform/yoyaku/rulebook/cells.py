"""The cells of an availability grid, for examples: what anybody may see before logging in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from yoyaku.booking.policy import LIVE_STATES, Person, claims_of, window_for
from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import Claim, Occupation, PlacedSpace, Slot, claims_for, find_shortage, offered_slots
from yoyaku.facility.policy.slots import time_of_day
from yoyaku.kernel.period import Period, dates_between
from yoyaku.rulebook.scene import ExampleIncomplete, Scene

Cell = dict[str, Any]


def day_cells(scene: Scene) -> dict[str, Any]:
    """By day: for nights the night's cell, else the cells by band code or starting time."""
    act = scene.example.when
    if act.facility is None or act.space is None or act.starts is None or act.ends is None:
        raise ExampleIncomplete(missing="facility, space, from, to")
    placed = scene.rules.inventory.space(f"{act.facility}.{act.space}")
    end = date.fromisoformat(act.ends) + timedelta(days=1)
    days = dates_between(date.fromisoformat(act.starts), end)
    taken = [claim for held in scene.held if held.state in LIVE_STATES for claim in claims_of(scene.rules, held)]
    return {day.isoformat(): _day(scene, placed, day, taken) for day in days}


def _day(scene: Scene, placed: PlacedSpace, day: date, taken: Sequence[Claim]) -> Any:  # noqa: ANN401 -- a cell or cells
    slots = offered_slots(scene.rules, placed.space_id, day, scene.now)
    if not slots:
        return {"mark": "closed", "free": 0}
    is_open = any(_is_open(scene, placed, day, person) for person in _viewers(scene))
    cells = {_key(slot): _cell(scene, placed, slot, taken, is_open=is_open) for slot in slots}
    return next(iter(cells.values())) if placed.by_night else cells


def _key(slot: Slot) -> str:
    return slot.code or time_of_day(slot.starts_minute)


def _viewers(scene: Scene) -> Iterator[Person | None]:
    """Who looks: the user, or, where nobody is logged in, anybody who could book."""
    yield scene.person
    if scene.person is None:
        registration = scene.rules.registration
        for each in registration.classes:
            for stage in registration.stages:
                if stage.may_book:
                    facts = {"user_class": each.code, "account_kind": each.account_kind, "registration": stage.code}
                    yield Person(facts=facts if each.residency is None else {**facts, "residency": each.residency})


def _is_open(scene: Scene, placed: PlacedSpace, day: date, person: Person | None) -> bool:
    state = window_for(
        scene.rules,
        space_id=placed.space_id,
        use_on=day,
        person=person,
        channel=scene.channel,
        now=scene.now,
        actor=scene.actor,
    )
    return state.is_open


def _cell(scene: Scene, placed: PlacedSpace, slot: Slot, taken: Sequence[Claim], *, is_open: bool) -> Cell:
    capacity = placed.space.capacity
    free = _free(scene.rules, placed, slot, taken)
    if not is_open or scene.now >= slot.starts_at:
        return {"mark": "outside", "free": free}
    return {"mark": "full" if free == 0 else "free" if free == capacity else "some", "free": free}


def _free(rules: ServiceRules, placed: PlacedSpace, slot: Slot, taken: Sequence[Claim]) -> int:
    """The most surfaces that can still be had in a slot."""
    for surfaces in range(placed.space.capacity, 0, -1):
        wanted = Occupation(
            placed=placed,
            use_on=slot.use_on,
            period=Period(slot.starts_at, slot.ends_at),
            nights=int(placed.by_night),
            surfaces=surfaces,
            equipment={},
        )
        if find_shortage(rules, claims_for(rules, wanted), taken) is None:
            return surfaces
    return 0
