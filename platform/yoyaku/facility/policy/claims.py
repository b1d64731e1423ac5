"""What a use occupies: units of resources in buckets of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from yoyaku.facility.policy.inventory import NIGHT_MINUTES, PlacedSpace, equipment_resource
from yoyaku.facility.policy.rules import FacilityRules
from yoyaku.facility.policy.slots import TimesOfDay, minute_of_day
from yoyaku.kernel.period import Period


@dataclass(frozen=True, slots=True)
class Claim:
    """``units`` of a resource in one bucket: any that are free, or the ``named`` ones.

    ``bucket`` is the minute of the day ``use_on`` on which it begins; 0 for a night.
    """

    resource_id: str
    use_on: date
    bucket: int
    units: int
    named: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupation:
    """What takes place where and when, as far as it occupies anything.

    ``unit`` is the surface the user chose, where there is a choice; ``equipment`` counts pieces by code, and
    ``lent`` are the times of day between which they are lent, where that is not all the time.
    """

    placed: PlacedSpace
    use_on: date
    period: Period
    nights: int = 0
    surfaces: int = 1
    unit: int | None = None
    equipment: Mapping[str, int]
    lent: Mapping[str, TimesOfDay] = field(default_factory=dict)
    buffer_minutes: int = 0


def claims_for(rules: FacilityRules, occupation: Occupation) -> tuple[Claim, ...]:
    """The claims of a booking, ordered by resource, day and bucket: the order in which they are locked."""
    placed = occupation.placed
    named = _named_units(placed, occupation.unit)
    units = len(named) if named is not None else placed.units * occupation.surfaces
    claims = [
        Claim(placed.resource_id, day, bucket, units, named)
        for day, bucket in _buckets(rules, occupation, placed.resource_id)
    ]
    for code, pieces in occupation.equipment.items():
        resource = equipment_resource(placed.facility.code, code)
        if pieces:
            places = _lent_buckets(rules, occupation, resource, occupation.lent.get(code))
            claims += [Claim(resource, day, bucket, pieces) for day, bucket in places]
    return tuple(sorted(claims, key=lambda claim: (claim.resource_id, claim.use_on, claim.bucket)))


def _named_units(placed: PlacedSpace, unit: int | None) -> tuple[int, ...] | None:
    """The units that are named in advance: those of a divided room, or of the surface the user chose."""
    if placed.named is not None or unit is None:
        return placed.named
    first = (unit - 1) * placed.units + 1
    return tuple(range(first, first + placed.units))


def _buckets(rules: FacilityRules, occupation: Occupation, resource: str) -> Iterator[tuple[date, int]]:
    """Days and buckets that the period touches, what is kept free after it included."""
    grain = rules.inventory.buckets[resource]
    if grain == NIGHT_MINUTES:
        yield from ((occupation.use_on + timedelta(days=night), 0) for night in range(max(occupation.nights, 1)))
        return
    starts = rules.instant(occupation.use_on, 0)
    first = int((occupation.period.starts_at - starts).total_seconds()) // 60
    last = min(first + occupation.period.minutes + occupation.buffer_minutes, NIGHT_MINUTES)
    yield from ((occupation.use_on, bucket) for bucket in range(first - first % grain, last, grain))


def _lent_buckets(
    rules: FacilityRules, occupation: Occupation, resource: str, lent: TimesOfDay | None
) -> Iterator[tuple[date, int]]:
    """The buckets in which equipment is away: those that its own time touches, or the whole use does."""
    if lent is None:
        yield from _buckets(rules, occupation, resource)
        return
    grain = rules.inventory.buckets[resource]
    first, last = (minute_of_day(time) for time in lent)
    yield from ((occupation.use_on, bucket) for bucket in range(first - first % grain, last, grain))


@dataclass(frozen=True, slots=True)
class Shortage:
    """A resource that has too little left in a bucket."""

    claim: Claim
    free: int


def find_shortage(rules: FacilityRules, claims: Iterable[Claim], taken: Iterable[Claim]) -> Shortage | None:
    """The first claim that cannot be granted beside what is taken, or ``None``."""
    taken = tuple(taken)
    used: Counter[tuple[str, date, int]] = Counter()
    names: dict[tuple[str, date, int], set[int]] = {}
    for other in taken:
        place = (other.resource_id, other.use_on, other.bucket)
        used[place] += other.units
        names.setdefault(place, set()).update(other.named or ())
    for claim in claims:
        place = (claim.resource_id, claim.use_on, claim.bucket)
        free = rules.inventory.resources[claim.resource_id] - used[place]
        clash = claim.named is not None and not names.get(place, set()).isdisjoint(claim.named)
        if clash or free < claim.units:
            return Shortage(claim=claim, free=0 if clash else free)
    return None
