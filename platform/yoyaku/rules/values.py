"""The shapes that every section of the rule language shares.

A *clause* is any mapping that a reader may cite: it can carry ``reference`` (the ordinance article,
or ``default`` where the city is silent) and ``note``. A *text* is one string, or one per language.
A *condition* (``when``) is a table over declared facts, never an expression. A *dated* value is a
list of (from, value) with the basis by which the date is chosen. A *moment* is a point in time by
anchor and offsets. All structs are frozen; unknown keys are refused.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

Code = Annotated[
    str, Meta(pattern="^[a-z0-9][a-z0-9_-]*$", description="A code: lower case, digits, hyphen, underscore.")
]
TimeOfDay = Annotated[
    str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", description='Time of day, quoted: "09:00" to "24:00".')
]
DateText = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description='A date, quoted: "2027-02-20".')]
MonthDay = Annotated[str, Meta(pattern="^[0-9]{2}-[0-9]{2}$", description='A day of the year, quoted: "12-29".')]
InstantText = Annotated[
    str,
    Meta(
        pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}T(([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?|24:00)$",
        description='Date and time in the municipality\'s zone, quoted: "2027-01-16T08:59:59"; "2027-01-15T24:00" ends a day.',
    ),
]
Yen = Annotated[int, Meta(ge=0, description="Whole yen.")]
Percent = Annotated[int, Meta(ge=0, le=100, description="Whole percent.")]
Text = str | dict[str, str]

Anchor = Literal[
    "use_day", "use_start", "use_end", "use_month", "use_fiscal_year", "made", "applied", "drawn", "announced",
    "won", "accepted", "paid", "registered", "tentative_since", "now", "due", "step",
]  # fmt: skip
Basis = Literal["used", "made", "applied", "drawn"]


class Clause(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Anything that can be cited: a source, or ``default`` where the city is silent."""

    reference: str | None = None
    note: Text | None = None


class Range(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whole numbers ``at_least <= x <= at_most`` (both ends counted; either may be absent)."""

    at_least: int | None = None
    at_most: int | None = None


Match = str | int | bool | list[str | int] | Range
When = dict[str, Match]


class DatedYen(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One amount from a date on."""

    since: DateText = field(name="from")
    yen: Yen
    reference: str | None = None


class YenByDate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Amounts with the date each begins; the latest not after the basis date is in force."""

    by: Basis
    values: Annotated[list[DatedYen], Meta(min_length=1)]


Amount = Yen | YenByDate

Factor = Annotated[int, Meta(ge=0, le=1000, description="Whole percent of what it is applied to; 200 doubles.")]


class DatedFactor(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One factor from a date on."""

    since: DateText = field(name="from")
    percent: Factor
    reference: str | None = None


class FactorByDate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Factors with the date each begins; the latest not after the basis date is in force."""

    by: Basis
    values: Annotated[list[DatedFactor], Meta(min_length=1)]


class Roll(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Move a date that falls on a closed day to the next or previous open day of a calendar."""

    to: Literal["next_open", "previous_open"]
    calendar: str


class Moment(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A point in time: anchor, then months, day of month, days, open days, roll, time, hours, minutes.

    ``first_day: counted`` makes "7 days including the day of the win" end one day sooner.
    ``calendar`` names the calendar by which ``open_days`` count (``facility`` is the facility's own).
    ``not_before``/``not_after`` bound the result.
    """

    anchor: Anchor = field(name="from")
    months: int = 0
    month_end: Literal["clamp", "overflow"] = "clamp"
    day: Annotated[int, Meta(ge=1, le=31)] | Literal["last"] | None = None
    days: int = 0
    first_day: Literal["counted", "not_counted"] = "not_counted"
    open_days: int = 0
    calendar: str | None = None
    roll: Roll | None = None
    at: TimeOfDay | None = None
    hours: int = 0
    minutes: int = 0
    not_before: Moment | None = None
    not_after: Moment | None = None


class YearSpan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days of every year, both ends counted; may run over the new year ("12-29" to "01-03")."""

    first: MonthDay = field(name="from")
    last: MonthDay = field(name="to")


Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class ClosedDays(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule of closed days: a weekday, the national holidays, a span of every year, or single dates.

    ``on_holiday`` says what a weekly closed day does on a national holiday: stay ``closed``; ``open``;
    or be open and close the next day (``next_day``) or the next day that is no holiday
    (``next_weekday``). ``nth`` picks the nth such weekday of the month (-1 the last).
    """

    weekly: list[Weekday] | None = None
    nth: list[int] | None = None
    on_holiday: Literal["closed", "open", "next_day", "next_weekday"] = "closed"
    holidays: Literal["national"] | None = None
    yearly: YearSpan | None = None
    monthly: list[Annotated[int, Meta(ge=1, le=31)]] | None = None
    dates: list[DateText] | None = None
    since: DateText | None = field(name="from", default=None)
    until: DateText | None = None


class CalendarTerms(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A calendar: the days that are closed, and dates open all the same."""

    closed: list[ClosedDays] = []
    open: list[DateText] = []


class Season(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A named part of every year: what the fact ``season`` may be."""

    code: Code
    first: MonthDay = field(name="from")
    last: MonthDay = field(name="to")
