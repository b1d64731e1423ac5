"""What there is to draw: the times of what is lent cut into pieces, so that every want is made of whole pieces."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from yoyaku.extension.draw import Cell, Free, Want
from yoyaku.lottery.policy.wants import Wanted, parse_wants

DAY_MINUTES: Final = 1440
FreeUnits = Callable[[str, str, int, int], frozenset[int]]
"""The numbers of the units of a resource that are free on a day (``YYYY-MM-DD``) in all of ``starts`` to ``ends``."""


class Piece(NamedTuple):
    """A piece of the time of a resource on a day (``YYYY-MM-DD``), in minutes of that day; a night is 0 to 1440."""

    resource_id: str
    day: str
    starts: int
    ends: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The cells by resource, day and time; and what each text of wants wants of them (places in ``cells``)."""

    cells: list[Cell]
    wants: Mapping[str, tuple[Want, ...]]


def cut_cells(distinct_wants: Collection[str], free: FreeUnits) -> Cut:
    """Cut the days of resources at the beginnings and ends of wants, and no finer.

    A cell tells the numbers of its free units where anything of that resource and day is wanted by name, else how many
    there are. What nobody wants is in no cell.
    """
    return cut_parsed({text: parse_wants(text) for text in distinct_wants}, free)


def cut_parsed(parsed: Mapping[str, tuple[Wanted, ...]], free: FreeUnits) -> Cut:
    """As :func:`cut_cells`, of the wants that texts were parsed to."""
    by_day: dict[tuple[str, str], list[Wanted]] = {}
    for wants in parsed.values():
        for want in wants:
            by_day.setdefault((want.resource_id, want.day), []).append(want)
    cells: list[Cell] = []
    places: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
    for (resource, day), wanted in sorted(by_day.items()):
        by_name = any(not isinstance(want.units, int) for want in wanted)
        row = places[resource, day] = []
        for starts, ends in _pieces(wanted):
            row.append((starts, ends, len(cells)))
            units = free(resource, day, starts, ends)
            cells.append(Cell(cell_key(Piece(resource, day, starts, ends)), _free(units, by_name=by_name)))
    return Cut(cells=cells, wants={text: tuple(_wants(wants, places)) for text, wants in parsed.items()})


def cell_key(piece: Piece) -> str:
    """The key of a cell: ``hall.floor|2027-02-03|13:00-16:00``; a night (a whole day) has no times."""
    place = f"{piece.resource_id}|{piece.day}"
    if (piece.starts, piece.ends) == (0, DAY_MINUTES):
        return place
    return f"{place}|{_clock(piece.starts)}-{_clock(piece.ends)}"


def read_key(key: str) -> Piece:
    """The piece of time that a cell's key names."""
    resource, day, *times = key.split("|")
    if not times:
        return Piece(resource, day, 0, DAY_MINUTES)
    starts, ends = (60 * int(clock[:2]) + int(clock[3:]) for clock in times[0].split("-"))
    return Piece(resource, day, starts, ends)


def _pieces(wanted: list[Wanted]) -> Iterator[tuple[int, int]]:
    """The pieces between neighbouring beginnings and ends that somebody wants, in order of time."""
    steps: dict[int, int] = {}
    for want in wanted:
        steps[want.starts] = steps.get(want.starts, 0) + 1
        steps[want.ends] = steps.get(want.ends, 0) - 1
    open_wants = 0
    for starts, ends in pairwise(sorted(steps)):
        open_wants += steps[starts]
        if open_wants:
            yield starts, ends


def _wants(wants: tuple[Wanted, ...], places: Mapping[tuple[str, str], list[tuple[int, int, int]]]) -> Iterator[Want]:
    for want in wants:
        for starts, ends, place in places[want.resource_id, want.day]:
            if want.starts <= starts and ends <= want.ends:
                yield place, want.units


def _free(units: frozenset[int], *, by_name: bool) -> Free:
    return tuple(sorted(units)) if by_name else len(units)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
