"""Timetables: they can be cut as they say, fit the buckets, and every space that is booked has one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

from yoyaku.facility.policy import PlacedSpace, minute_of_day
from yoyaku.facility.policy.inventory import NIGHT_MINUTES
from yoyaku.facility.terms import BandTimetable, GridTimetable, NightTimetable, Timetable
from yoyaku.rulebook.book import Book, facility_fault
from yoyaku.rulebook.domains import timetables_at
from yoyaku.rulebook.source import FacilitySource
from yoyaku.rules.fault import Fault, KeyPath

HOUR: Final = 60


def check_timetables(book: Book) -> Iterator[Fault]:
    """Faults of the timetables themselves, and of how they fit the spaces."""
    for code, timetable in book.rules.timetables.items():
        yield from _timetable(book, ("timetables", code), timetable)
    used = {use.timetable for use in book.rules.timetable_use}
    for code in book.rules.timetables.keys() - used:
        yield book.key_fault("timetable_unused", ("timetables", code), level="warning", found=code)
    if not book.facilities:
        yield book.key_fault("no_facilities", ("service",), found=book.rules.service)
    if book.inventory_fault is not None:
        yield from _inventory(book)
    for placed in book.spaces:
        yield from _space(book, placed)


def _timetable(book: Book, path: KeyPath, timetable: Timetable) -> Iterator[Fault]:
    if isinstance(timetable, BandTimetable):
        yield from _bands(book, path, timetable)
    elif isinstance(timetable, GridTimetable):
        yield from _grid(book, path, timetable)
    elif timetable.minimum_nights > timetable.maximum_nights:
        found = f"{timetable.minimum_nights}–{timetable.maximum_nights}"
        yield book.fault("empty_range", (*path, "minimum_nights"), found=found)


def _bands(book: Book, path: KeyPath, timetable: BandTimetable) -> Iterator[Fault]:
    for index, band in enumerate(timetable.bands):
        if minute_of_day(band.ends) <= minute_of_day(band.starts):
            yield book.fault("ends_before_start", (*path, "bands", index, "ends"), found=f"{band.starts}–{band.ends}")
    for index, (earlier, later) in enumerate(pairwise(timetable.bands), start=1):
        if minute_of_day(later.starts) < minute_of_day(earlier.ends):
            found = f"{earlier.code} {earlier.starts}–{earlier.ends}, {later.code} {later.starts}–{later.ends}"
            yield book.fault("bands_overlap", (*path, "bands", index, "starts"), found=found)


def _grid(book: Book, path: KeyPath, timetable: GridTimetable) -> Iterator[Fault]:
    length = minute_of_day(timetable.closes) - minute_of_day(timetable.opens)
    if length <= 0:
        yield book.fault("ends_before_start", (*path, "closes"), found=f"{timetable.opens}–{timetable.closes}")
    elif length % timetable.step_minutes:
        yield book.fault("step_misfit", (*path, "step_minutes"), found=timetable.step_minutes, allowed=length)
    for name in ("minimum_minutes", "maximum_minutes"):
        minutes = getattr(timetable, name)
        if minutes is not None and minutes % timetable.step_minutes:
            yield book.fault("step_misfit", (*path, name), found=timetable.step_minutes, allowed=minutes)
    if (timetable.maximum_minutes or NIGHT_MINUTES) < (timetable.minimum_minutes or 0):
        found = f"{timetable.minimum_minutes}–{timetable.maximum_minutes}"
        yield book.fault("empty_range", (*path, "maximum_minutes"), found=found)
    for index, minute in enumerate(timetable.starts_on_minutes or []):
        if not 0 <= minute < HOUR:
            yield book.fault("not_among", (*path, "starts_on_minutes", index), found=minute, allowed="0–59")


def _inventory(book: Book) -> Iterator[Fault]:
    """The facilities contradict each other; said where the facility stands, if it is known."""
    wrong = book.inventory_fault
    facts = wrong.facts if wrong is not None else {}
    named = str(facts.get("facility") or facts.get("space") or facts.get("resource") or "").split(".")[0]
    at = next((at for at in book.facilities if at.facility.code == named), None)
    words: dict[str, Any] = {"found": f"{wrong} {' '.join(str(value) for value in facts.values())}".strip()}
    yield book.fault("inventory_wrong", (), **words) if at is None else facility_fault(at, "inventory_wrong", **words)


def _space(book: Book, placed: PlacedSpace) -> Iterator[Fault]:
    at, index = _source_of(book, placed)
    path: KeyPath = ("spaces", index)
    found = placed.space_id
    timetables = {} if book.compiled is None else timetables_at(book.compiled, placed)
    if not timetables:
        yield facility_fault(at, "no_timetable", path, found=found)
    for code, timetable in timetables.items():
        if isinstance(timetable, NightTimetable) != placed.by_night:
            yield facility_fault(at, "bucket_kind", path, found=found, allowed=code)
        elif not placed.by_night and (misfit := _misfit(timetable, placed.space.bucket_minutes)) is not None:
            facts: dict[str, Any] = {"found": f"{code} {misfit}", "allowed": placed.space.bucket_minutes}
            yield facility_fault(at, "bucket_misfit", (*path, "bucket_minutes"), **facts)


def _misfit(timetable: Timetable, bucket: int) -> str | None:
    """The first time of a timetable that does not fall on a bucket's edge."""
    times: list[str] = []
    if isinstance(timetable, BandTimetable):
        times = [time for band in timetable.bands for time in (band.starts, band.ends)]
    elif isinstance(timetable, GridTimetable):
        times = [timetable.opens]
        if timetable.step_minutes % bucket:
            return f"step_minutes: {timetable.step_minutes}"
    return next((time for time in times if minute_of_day(time) % bucket), None)


def _source_of(book: Book, placed: PlacedSpace) -> tuple[FacilitySource, int]:
    at = next(at for at in book.facilities if at.facility.code == placed.facility.code)
    return at, at.facility.spaces.index(placed.space)
