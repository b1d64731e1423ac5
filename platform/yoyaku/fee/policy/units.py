"""The units by which a table is charged: slots, hours, nights, guests."""

from __future__ import annotations

from yoyaku.facility.policy import Slot
from yoyaku.fee.policy.values import Priced, Unit
from yoyaku.fee.terms import Per


def units_of(per: Per, priced: Priced, *, by_time: bool) -> list[Unit]:
    """The units by which a table is charged.

    Hours and half hours that are begun count whole. Guests are those of the whole booking, whatever the rooms. Where
    no row asks for the time of the unit, equal units are one with a count.
    """
    day = priced.use.use_on
    match per:
        case "booking":
            return [Unit(priced.facts, day)]
        case "slot":
            return _slot_units(priced) if by_time else [Unit(priced.facts, day, len(_slots(priced)))]
        case "hour":
            return _time_units(priced, 60, by_time=by_time)
        case "half_hour":
            return _time_units(priced, 30, by_time=by_time)
        case "guest_night":
            return _guest_units(priced)
        case _:
            return _night_units(priced) or [Unit(priced.facts, day)] * (per == "day")


def _slot_units(priced: Priced) -> list[Unit]:
    return [
        Unit(
            {
                **priced.facts,
                "band": slot.code,
                "starts_minute": slot.starts_minute,
                "ends_minute": slot.ends_minute,
                "minutes": slot.ends_minute - slot.starts_minute,
                "elapsed_minutes": slot.starts_minute - priced.use.starts_minute,
            },
            slot.use_on,
        )
        for slot in _slots(priced)
    ]


def _slots(priced: Priced) -> list[Slot]:
    return [slot for slot in priced.use.slots if not priced.is_lost(slot.starts_minute, slot.ends_minute)]


def _time_units(priced: Priced, minutes: int, *, by_time: bool) -> list[Unit]:
    use = priced.use
    whole = range(use.starts_minute, use.starts_minute + use.minutes, minutes)
    starts = [start for start in whole if not priced.is_lost(start, start + minutes)]
    if not by_time:
        return [Unit(priced.facts, use.use_on, len(starts))]
    return [_time_unit(priced, start, minutes) for start in starts]


def _time_unit(priced: Priced, start: int, minutes: int) -> Unit:
    """One hour or half hour; ``elapsed_minutes`` lie between the beginning of the use and its own."""
    times = {"starts_minute": start, "ends_minute": start + minutes, "minutes": minutes}
    elapsed = {"elapsed_minutes": start - priced.use.starts_minute}
    return Unit({**priced.facts, **times, **elapsed}, priced.use.use_on)


def _night_units(priced: Priced) -> list[Unit]:
    return [
        Unit({**priced.facts, **night}, slot.use_on)
        for slot, night in zip(priced.use.slots, priced.nights, strict=False)
    ]


def _guest_units(priced: Priced) -> list[Unit]:
    return [
        Unit({**unit.facts, "age_group": group}, unit.used, count)
        for unit, guests in zip(_night_units(priced), priced.guests, strict=True)
        for group, count in guests.items()
        if count
    ]
