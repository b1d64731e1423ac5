"""What is free for a lottery, and which units a win gets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from yoyaku.extension.draw import Free
from yoyaku.lottery.policy.cells import Piece
from yoyaku.lottery.policy.life import CapacityChanged

Day = tuple[str, str]
"""A resource and a day (ISO)."""


class Taking(NamedTuple):
    """Units of a piece of time that the win with this ``number`` gets: how many, or which."""

    number: int
    piece: Piece
    units: Free


class Occupied(NamedTuple):
    """One unit that a win occupies in one bucket of time."""

    number: int
    resource_id: str
    day: str
    bucket: int
    unit: int


@dataclass(frozen=True, kw_only=True)
class Stock:
    """The units of resources that may be used, those taken by bucket, and the grain of each resource in minutes."""

    units: Mapping[str, frozenset[int]]
    taken: Mapping[Day, Mapping[int, frozenset[int]]]
    grains: Mapping[str, int]
    _nothing: Mapping[int, frozenset[int]] = field(default_factory=dict, repr=False)

    def free(self, resource_id: str, day: str, starts: int, ends: int) -> frozenset[int]:
        """The units that are free in all of a piece of time; none of a resource that is not there."""
        left = self.units.get(resource_id, frozenset())
        taken = self.taken.get((resource_id, day), self._nothing)
        if not taken:
            return left
        grain = self.grains.get(resource_id, 1)
        for bucket, units in taken.items():
            if bucket < ends and bucket + grain > starts:
                left -= units
        return left

    def buckets(self, piece: Piece) -> range:
        """The buckets of a piece of time."""
        return range(piece.starts, piece.ends, self.grains[piece.resource_id])


def assign(stock: Stock, takings: Iterable[Taking]) -> Iterator[Occupied]:
    """Which units each win occupies: those it named, then, in the order given, the lowest that are free.

    Raises:
        CapacityChanged: there is less free than was drawn.
    """
    left: dict[tuple[Day, int], list[int]] = {}
    counted = []
    for taking in takings:
        if isinstance(taking.units, int):
            counted.append((taking, taking.units))
        else:
            yield from _assign_named(stock, left, taking, taking.units)
    for taking, count in counted:
        for bucket in stock.buckets(taking.piece):
            free = _left(stock, left, taking.piece, bucket)
            if len(free) < count:
                raise _changed(taking)
            for _ in range(count):
                yield _occupied(taking, bucket, free.pop())


def _assign_named(
    stock: Stock, left: dict[tuple[Day, int], list[int]], taking: Taking, units: Iterable[int]
) -> Iterator[Occupied]:
    for bucket in stock.buckets(taking.piece):
        free = _left(stock, left, taking.piece, bucket)
        for unit in units:
            if unit not in free:
                raise _changed(taking)
            free.remove(unit)
            yield _occupied(taking, bucket, unit)


def _left(stock: Stock, left: dict[tuple[Day, int], list[int]], piece: Piece, bucket: int) -> list[int]:
    """The units that are still free in a bucket, the highest first."""
    place = ((piece.resource_id, piece.day), bucket)
    found = left.get(place)
    if found is None:
        grain = stock.grains[piece.resource_id]
        free = stock.free(piece.resource_id, piece.day, bucket, bucket + grain)
        found = left[place] = sorted(free, reverse=True)
    return found


def _occupied(taking: Taking, bucket: int, unit: int) -> Occupied:
    return Occupied(taking.number, taking.piece.resource_id, taking.piece.day, bucket, unit)


def _changed(taking: Taking) -> CapacityChanged:
    return CapacityChanged(resource=taking.piece.resource_id, day=taking.piece.day)
