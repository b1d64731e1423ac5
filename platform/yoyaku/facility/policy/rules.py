"""The rules of place and time of one service, with what follows from them kept at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from yoyaku.facility.policy.inventory import Inventory, PlacedSpace
from yoyaku.facility.policy.memo import Memo
from yoyaku.facility.terms import Timetable, TimetableUse
from yoyaku.rules.calendar import Calendar, day_types, in_year_span
from yoyaku.rules.condition import Facts, Value, holds
from yoyaku.rules.moment import Anchors, resolve
from yoyaku.rules.paths import clause_paths
from yoyaku.rules.trace import ClauseUse, Plain
from yoyaku.rules.values import Clause, Moment, Season, When, YearSpan

PLACE_FACTS: Final = frozenset({"facility", "facility_group", "facility_category", "space", "space_kind"})
DAY_ANCHORS: Final = frozenset({"use_day", "use_month", "use_fiscal_year"})

C = TypeVar("C", bound=Clause)


@dataclass(frozen=True, kw_only=True)
class FacilityRules:
    """What a service lends, and how its time is cut. ``calendars`` are those of the rule set, by name."""

    zone: ZoneInfo
    inventory: Inventory
    timetables: Mapping[str, Timetable]
    timetable_use: Sequence[TimetableUse]
    calendars: Mapping[str, Calendar]
    seasons: Sequence[Season] = ()
    memo: Memo = field(default_factory=Memo, compare=False, repr=False)

    def sections(self) -> Mapping[str, object]:
        """The parts of the rules whose clauses can be cited, by the path they stand at."""
        return {
            "timetables": self.timetables,
            "timetable_use": self.timetable_use,
            "facilities": self.inventory.facilities,
        }

    @cached_property
    def paths(self) -> Mapping[int, str]:
        """The path of each clause, by its id."""
        return clause_paths(self.sections())

    def cite(self, clause: Clause, *, facts: Facts, outcome: Plain) -> ClauseUse:
        """That this clause, looking at these facts, gave this outcome."""
        when: When = getattr(clause, "when", {})
        return ClauseUse(
            path=self.paths.get(id(clause), ""),
            reference=clause.reference,
            inputs={name: facts.get(name) for name in when},
            outcome=outcome,
        )

    @cached_property
    def _calendars_by_facility(self) -> Mapping[str, Mapping[str, Calendar]]:
        return {
            code: {**self.calendars, "facility": Calendar(facility.calendar)}
            for code, facility in self.inventory.facilities.items()
        }

    def calendars_of(self, facility: str) -> Mapping[str, Calendar]:
        """All calendars as a clause of this facility sees them; ``facility`` is its own."""
        return self._calendars_by_facility[facility]

    def calendar_of(self, facility: str) -> Calendar:
        """The facility's own calendar."""
        return self._calendars_by_facility[facility]["facility"]

    def civil_date(self, instant: datetime) -> date:
        """The municipality's date at an instant."""
        return instant.astimezone(self.zone).date()

    def instant(self, day: date, minute: int) -> datetime:
        """The instant, in UTC, of a minute of a civil day (1440: the midnight that ends it)."""
        return self.memo.get((day, minute), lambda: _instant(day, minute, self.zone))

    def moment(self, moment: Moment, *, placed: PlacedSpace, use_on: date, anchors: Anchors) -> datetime:
        """The instant of a moment; what hangs on the use day alone is worked out once."""
        facility = placed.facility.code
        if not self.memo.get(("by day", id(moment)), lambda: hangs_on_day(moment)):
            return resolve(moment, anchors, self.calendars_of(facility), self.zone)
        return self.memo.get(
            (id(moment), facility, use_on),
            lambda: resolve(moment, {"use_day": use_on}, self.calendars_of(facility), self.zone),
        )

    def day_facts(self, day: date) -> Mapping[str, Value]:
        """``day_type``, ``season`` and ``use_month`` of a day."""
        return self.memo.get(("day", day), lambda: self._day_facts(day))

    def _day_facts(self, day: date) -> Mapping[str, Value]:
        seasons = frozenset(
            season.code for season in self.seasons if in_year_span(day, YearSpan(first=season.first, last=season.last))
        )
        return {"day_type": day_types(day), "season": seasons, "use_month": day.month}

    def at_place(self, name: str, clauses: Sequence[C], placed: PlacedSpace) -> tuple[C, ...]:
        """Those of a list of clauses (called ``name``) that can hold at this place at all."""
        return self.memo.get(
            (name, placed.space_id),
            lambda: tuple(clause for clause in clauses if may_hold(getattr(clause, "when", {}), placed.facts)),
        )


def may_hold(when: When, place: Facts) -> bool:
    """Whether the lines of a condition that speak of the place hold there."""
    return all(holds(allowed, place.get(name)) for name, allowed in when.items() if name in PLACE_FACTS)


def hangs_on_day(moment: Moment) -> bool:
    """Whether a moment follows from the use day and the facility alone."""
    bounds = (moment.not_before, moment.not_after)
    return moment.anchor in DAY_ANCHORS and all(bound is None or hangs_on_day(bound) for bound in bounds)


def _instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    days, rest = divmod(minute, 1440)
    civil = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), tzinfo=zone)
    return civil.astimezone(UTC)
