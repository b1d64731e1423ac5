"""The slots of one day, space by space, as the page of the day shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from yoyaku.booking.drawn import DrawnDay
from yoyaku.booking.pages.calendars import FREE
from yoyaku.booking.pages.here import Here
from yoyaku.booking.pages.known import Known
from yoyaku.booking.pages.picked import tick_value
from yoyaku.booking.pages.places import code_words
from yoyaku.booking.views import SlotState
from yoyaku.facility.policy import PlacedSpace
from yoyaku.ui.formats import clock_time
from yoyaku.ui.words import Words


def space_rows(spaces: Sequence[PlacedSpace], *, known: Known, on: date, here: Here) -> list[dict[str, Any]]:
    """One row for each space that offers anything on the day."""
    rows: list[dict[str, Any]] = []
    for placed in spaces:
        lot = known.drawn.get((placed.space_id, on))
        slots = [
            slot_cell(placed, state, lot, words=here.words) for state in known.found.get((placed.space_id, on), ())
        ]
        if not slots:
            continue
        space = placed.space
        rows.append(
            {
                "id": space.code,
                "space": space,
                "slots": slots,
                "any_free": any(slot["bookable"] for slot in slots),
                "note": None,
                "drawn": lot,
                "activities": [(code, code_words(here.words, "activity", code)) for code in space.activities]
                if len(space.activities) > 1
                else [],
                "units": [(part.unit, here.words.text(part.name)) for part in space.parts] if space.choose_unit else [],
            }
        )
    return rows


def slot_cell(
    placed: PlacedSpace, state: SlotState, drawn: DrawnDay | None = None, *, words: Words | None = None
) -> dict[str, object]:
    """One slot: its hours, its sign, and whether it may be ticked: to be booked, or to be entered by the cart."""
    slot = state.slot
    lot = drawn if state.free and state.mark not in FREE else None
    enters = lot is not None and lot.by_cart and lot.phase == "open"
    return {
        "value": tick_value(placed.space.code, slot),
        "name": slot.name,
        "hours": f"{clock_time(slot.starts_minute)}〜{clock_time(slot.ends_minute)}",
        "mark": state.mark if lot is None else lot.mark([slot]),
        "odds": lot.odds_of(slot) if lot is not None and lot.shows_odds else None,
        "free": state.free,
        "capacity": state.capacity,
        "bookable": state.mark in FREE or enters,
        "yen": None,
        "note": words.text(state.closing.reason) if words is not None and state.closing is not None else None,
    }
