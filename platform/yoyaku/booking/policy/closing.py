"""What a closure takes: which units of which resources, in which pieces of time, and which spaces that concerns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import PlacedSpace, UnknownSpace
from yoyaku.facility.policy.inventory import NIGHT_MINUTES
from yoyaku.kernel.errors import YoyakuError
from yoyaku.rules.values import Text

ClosureKind = Literal["closure", "official"]
LONGEST_DAYS: Final = 366
MOST_PIECES: Final = 200_000
"""Pieces of time of units that one closure takes at most; a facility that closes for longer has closed days by rule."""


class ClosureTooLong(YoyakuError):
    """It would take more than a closure may (``days``): closed days of the calendar are for that."""

    status = 422
    code = "closure_too_long"
    title = "This is too long for one closure."


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What is to be closed: on each day from ``first_on`` to ``last_on``, between two minutes of the day.

    ``places`` are codes of spaces, or ``<space>#<surface>`` for one of several courts or rooms (1, 2, …); none: all of
    the facility. Nights are taken whole.
    """

    facility: str
    places: tuple[str, ...] = ()
    kind: ClosureKind = "closure"
    first_on: date
    last_on: date
    starts_minute: int = 0
    ends_minute: int = 1440
    reason: Text = ""

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last_on - self.first_on).days + 1

    @property
    def is_all_day(self) -> bool:
        """Whether each day is closed from midnight to midnight."""
        return (self.starts_minute, self.ends_minute) == (0, NIGHT_MINUTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedUnit:
    """A unit of a resource with its pieces of a day: from minute ``first`` to before ``end``, in steps of ``grain``."""

    resource_id: str
    unit: int
    first: int
    end: int
    grain: int


def closed_units(rules: ServiceRules, closing: Closing) -> tuple[ClosedUnit, ...]:
    """Every unit that a closure takes, in order.

    Where a space may stand on any units of its floor (a court anywhere in a hall), all of the floor is taken.

    Raises:
        UnknownSpace: there is no such facility, space or part.
        ClosureTooLong: it would take too much.
    """
    taken: dict[str, set[int]] = {}
    for placed, part in _places(rules, closing):
        total = rules.inventory.resources[placed.resource_id]
        taken.setdefault(placed.resource_id, set()).update(_units(placed, part, total))
    found = tuple(
        ClosedUnit(resource_id=resource, unit=unit, **day_span(closing, rules.inventory.buckets[resource]))
        for resource in sorted(taken)
        for unit in sorted(taken[resource])
    )
    pieces = closing.days * sum(-(-(one.end - one.first) // one.grain) for one in found)
    if closing.days > LONGEST_DAYS or pieces > MOST_PIECES:
        raise ClosureTooLong(days=closing.days)
    return found


def _places(rules: ServiceRules, closing: Closing) -> list[tuple[PlacedSpace, int | None]]:
    facility = rules.inventory.facility(closing.facility)
    if not closing.places:
        return [(rules.inventory.space(f"{facility.code}.{space.code}"), None) for space in facility.spaces]
    found = []
    for place in closing.places:
        code, _, part = place.partition("#")
        placed = rules.inventory.space(f"{facility.code}.{code}")
        if part and not (part.isdecimal() and 1 <= int(part) <= placed.space.capacity):
            raise UnknownSpace(space=place)
        found.append((placed, int(part) if part else None))
    return found


def _units(placed: PlacedSpace, part: int | None, total: int) -> range | tuple[int, ...]:
    if placed.named is not None:
        return placed.named
    if part is not None:
        return range((part - 1) * placed.units + 1, part * placed.units + 1)
    return range(1, total + 1)


def day_span(closing: Closing, grain: int) -> dict[str, int]:
    """The minutes of a day that a closing takes of a resource, from ``first`` to before ``end`` in steps of ``grain``."""
    if grain == NIGHT_MINUTES:
        return {"first": 0, "end": NIGHT_MINUTES, "grain": grain}
    return {"first": closing.starts_minute - closing.starts_minute % grain, "end": closing.ends_minute, "grain": grain}


def touched_spaces(rules: ServiceRules, closing: Closing) -> Sequence[PlacedSpace]:
    """The spaces that can be booked less, or not at all, because of it; those that were named come with their sharers."""
    units = units_by_resource(closed_units(rules, closing))
    return [
        placed
        for placed in rules.inventory.spaces.values()
        if (taken := units.get(placed.resource_id)) is not None
        and (placed.named is None or not taken.isdisjoint(placed.named))
    ]


def units_by_resource(units: Sequence[ClosedUnit]) -> Mapping[str, frozenset[int]]:
    """The units that are taken of each resource."""
    found: dict[str, set[int]] = {}
    for one in units:
        found.setdefault(one.resource_id, set()).add(one.unit)
    return {resource: frozenset(taken) for resource, taken in found.items()}


def is_closed(taken: frozenset[int], placed: PlacedSpace, *, total: int) -> bool:
    """Whether nothing of a space is left where these units of the ``total`` of its resource are taken."""
    if placed.named is not None:
        return not taken.isdisjoint(placed.named)
    return bool(taken) and (total - len(taken)) // placed.units == 0


def lasts(closing: Closing, *, day: date, starts: int, ends: int, by_night: bool = False) -> bool:
    """Whether a closure lies over some of a piece of time of a day, in minutes; a night is taken whole."""
    if not closing.first_on <= day <= closing.last_on:
        return False
    return by_night or (starts < closing.ends_minute and closing.starts_minute < ends)
