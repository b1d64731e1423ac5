"""What an entry wants of what is lent: units of resources on days, from one minute to another.

It is kept as a short canonical text with the entry, so that equal wants are equal texts and are looked at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import msgspec

from yoyaku.facility.policy import Claim

Units = int | tuple[int, ...]
"""How many, whichever they are; or these, by number (rising)."""


class Wanted(NamedTuple):
    """Units of a resource on a day (``YYYY-MM-DD``) from ``starts`` to ``ends``: minutes of that day.

    A night is 0 to 1440.
    """

    resource_id: str
    day: str
    starts: int
    ends: int
    units: Units


def wants_of(claims: Iterable[Claim], buckets: Mapping[str, int]) -> tuple[Wanted, ...]:
    """What all parts of an entry want together; ``buckets`` is the grain of each resource in minutes.

    Where parts meet in a resource their units add up. Neighbouring buckets of equal units are joined.

    Raises:
        ValueError: two parts name one unit at the same time; who enters such a thing was refused before.
    """
    counted: dict[tuple[str, str, int], int] = {}
    named: dict[tuple[str, str, int], set[int]] = {}
    for claim in claims:
        key = (claim.resource_id, claim.use_on.isoformat(), claim.bucket)
        if claim.named is None:
            counted[key] = counted.get(key, 0) + claim.units
            continue
        units = named.setdefault(key, set())
        if not units.isdisjoint(claim.named):
            raise ValueError(f"a unit of {claim.resource_id} is wanted twice on {claim.use_on}")
        units.update(claim.named)
    sums: list[tuple[tuple[str, str, int], Units]] = [
        *counted.items(),
        *((key, tuple(sorted(units))) for key, units in named.items()),
    ]
    return tuple(sorted(_joined(sums, buckets), key=_order))


def format_wants(wants: Iterable[Wanted]) -> str:
    """The canonical text: ``[["hall.floor","2027-02-03",780,960,4],["room.r","2027-02-04",0,1440,[1,2]]]``."""
    return json.dumps(sorted(wants, key=_order), ensure_ascii=False, separators=(",", ":"))


_READ: Final = msgspec.json.Decoder(tuple[tuple[str, str, int, int, int | tuple[int, ...]], ...]).decode


def parse_wants(text: str) -> tuple[Wanted, ...]:
    """The wants of a text that :func:`format_wants` made."""
    return tuple(map(Wanted._make, _READ(text)))


def _joined(sums: Iterable[tuple[tuple[str, str, int], Units]], buckets: Mapping[str, int]) -> list[Wanted]:
    """Neighbouring buckets of equal units as one."""
    joined: list[Wanted] = []
    for (resource, day, bucket), units in sorted(sums, key=lambda one: (*_kind(one[1]), *one[0])):
        ends = bucket + buckets[resource]
        last = joined[-1] if joined else None
        if last is not None and last[:2] == (resource, day) and last.ends == bucket and last.units == units:
            joined[-1] = last._replace(ends=ends)
        else:
            joined.append(Wanted(resource, day, bucket, ends, units))
    return joined


def _order(want: Wanted) -> tuple[str, str, int, int, tuple[bool, tuple[int, ...]]]:
    """Wants by place and time; what is wanted by name after what is counted."""
    return *want[:4], _kind(want.units)


def _kind(units: Units) -> tuple[bool, tuple[int, ...]]:
    return (False, (units,)) if isinstance(units, int) else (True, units)
