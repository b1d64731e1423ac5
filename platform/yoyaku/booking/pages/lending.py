"""Fields for the part of the booked time in which equipment is lent (MG-039): from when, until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from yoyaku.booking.policy import BookingRequest
from yoyaku.booking.policy.lending import lending_times
from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import TimesOfDay, locate_use, minute_of_day
from yoyaku.rules.refusal import Refusal
from yoyaku.ui.formats import clock_time

LENT: Final = "lent."
"""Before the names of these fields: what they belong to, and ``from`` or ``to``, follow."""


@dataclass(frozen=True, kw_only=True)
class LentField:
    """Two fields of choices (value, words) for one piece of equipment; ``opened`` where a part of the time is chosen."""

    name: str
    starts: Sequence[tuple[str, str]]
    ends: Sequence[tuple[str, str]]
    first: str
    last: str

    @property
    def opened(self) -> bool:
        """Whether it is not the whole time."""
        return (self.first, self.last) != (self.starts[0][0], self.ends[-1][0])


def lent_times(rules: ServiceRules, request: BookingRequest, *, now: datetime) -> Sequence[str]:
    """The times between which equipment can be lent with a use; none where it always is for all of it."""
    step = rules.booking.lending_minutes
    if step is None or request.nights:
        return ()
    times: Sequence[str] = ()
    with suppress(Refusal):  # the use itself is refused elsewhere, with its reason
        times = lending_times(locate_use(rules, request.wish, now), step)
    return times if len(times) > 2 else ()  # noqa: PLR2004  # a beginning and an end leave nothing to choose


def lent_field(times: Sequence[str], name: str, typed: Mapping[str, Any]) -> LentField | None:
    """The fields of a piece, as they were typed; ``None`` where there is nothing to choose."""
    if not times:
        return None
    said = [(time, clock_time(minute_of_day(time))) for time in times]
    return LentField(
        name=LENT + name,
        starts=said[:-1],
        ends=said[1:],
        first=str(typed.get(f"{LENT}{name}.from") or times[0]),
        last=str(typed.get(f"{LENT}{name}.to") or times[-1]),
    )


def read_lent(times: Sequence[str], name: str, typed: Mapping[str, Any]) -> TimesOfDay | None:
    """What was chosen; ``None`` for the whole time."""
    found = lent_field(times, name, typed)
    return (found.first, found.last) if found is not None and found.opened else None


def typed_lent(name: str, typed: Mapping[str, Any]) -> TimesOfDay | None:
    """What was chosen, as it was typed: whether it is a part of the booked time, the decision finds."""
    starts, ends = (str(typed.get(f"{LENT}{name}.{end}", "")) for end in ("from", "to"))
    return (starts, ends) if starts and ends else None


def lent_typed(name: str, lent: TimesOfDay | None) -> dict[str, str]:
    """The fields as if somebody had typed a time that is booked."""
    return {} if lent is None else {f"{LENT}{name}.from": lent[0], f"{LENT}{name}.to": lent[1]}


def lent_words(lent: TimesOfDay | None) -> str:
    """``（13:00〜15:00）``; nothing for the whole time."""
    return "" if lent is None else f"（{times_words(lent)}）"


def times_words(times: TimesOfDay) -> str:
    """``13:00〜15:00``."""
    return "〜".join(clock_time(minute_of_day(time)) for time in times)
