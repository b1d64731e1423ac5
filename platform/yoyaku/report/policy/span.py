"""Of what figures are counted: a span of months, and facilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

MONTHS_AT_MOST: Final = 24
USUAL_MONTHS: Final = 6


@dataclass(frozen=True, kw_only=True)
class Span:
    """Whole months, half-open: from the first day ``first`` to before ``end``; ``facilities``: none means all."""

    first: date
    end: date
    zone: ZoneInfo
    facilities: tuple[str, ...] = ()

    def values(self) -> Mapping[str, object]:
        """As the statements take it; instants bound what happened, days what is used."""
        return {
            "first": self.first,
            "end": self.end,
            "since": _midnight(self.first, self.zone),
            "until": _midnight(self.end, self.zone),
            "zone": self.zone.key,
            "facilities": list(self.facilities) or None,
        }


def month_after(first: date, months: int = 1) -> date:
    """The first day of the month so many months on (or, negative, back)."""
    years, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(years, month + 1, 1)


def span_of(
    first: date | None, last: date | None, *, today: date, zone: ZoneInfo, facilities: tuple[str, ...] = ()
) -> Span:
    """The span from the month of ``first`` to that of ``last``: in order, not longer than :data:`MONTHS_AT_MOST`."""
    ends = (last or today).replace(day=1)
    begins = month_after(ends, 1 - USUAL_MONTHS) if first is None else first.replace(day=1)
    begins, ends = min(begins, ends), max(begins, ends)
    begins = max(begins, month_after(ends, 1 - MONTHS_AT_MOST))
    return Span(first=begins, end=month_after(ends), zone=zone, facilities=facilities)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
