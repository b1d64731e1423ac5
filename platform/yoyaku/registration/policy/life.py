"""How long a registration holds, when one is reminded, when it can be renewed, and when personal data go.

Days are civil days of the municipality; a registration holds until the end of its last day.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from yoyaku.kernel.errors import NotAllowed, YoyakuError
from yoyaku.kernel.fiscal import APRIL, fiscal_year
from yoyaku.registration.terms import RegistrationTerms, Retention, Validity
from yoyaku.rules.condition import Facts, matches
from yoyaku.rules.moment import add_months

REMINDED_AT: Final = time(9, 0)
"""Civil time at which reminders go out: nobody is woken by them."""
TIED_DAYS: Final = 30
"""After so many days it is looked again whether somebody who could not be forgotten still has bookings or debts."""
Expiries = Mapping[str, date]


class NothingToRenew(YoyakuError):
    """No such expiry is on the registration (``validity``)."""

    status = 404
    code = "nothing_to_renew"
    title = "There is nothing to renew."


class RenewalNotOpen(YoyakuError):
    """Renewal has not begun (``opens_on``; ``last_day``)."""

    code = "renewal_not_open"
    title = "It is too early to renew."


class RenewalByClerk(NotAllowed):
    """Only a clerk renews this registration."""

    code = "renewal_by_clerk"
    title = "This registration is renewed at the counter."


class StillTied(YoyakuError):
    """Personal data are still needed: for ``bookings`` that are not over, ``entries`` not decided, or ``owed_yen``."""

    code = "still_tied"
    title = "There are bookings that are not over, or money that is owed."

    @property
    def variant(self) -> str | None:
        """Where it is entries to a lottery, or money, alone."""
        if self.facts.get("bookings"):
            return None
        return "entries" if self.facts.get("entries") else "owed"


class DeletionByClerk(NotAllowed):
    """Registrations are ended at the counter here."""

    code = "deletion_by_clerk"
    title = "Registrations are ended at the counter."


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """That a registration ends on ``last_day``: to be told at ``at``."""

    code: str
    last_day: date
    at: datetime


def last_day(validity: Validity, since: date) -> date:
    """The last day of a validity that began on ``since``: that day is not counted (Civil Code, articles 140 and 143)."""
    ends = add_months(since, validity.months)
    if validity.ends == "month_end":
        return ends.replace(day=calendar.monthrange(ends.year, ends.month)[1])
    if validity.ends == "fiscal_year_end":
        return date(fiscal_year(ends) + 1, APRIL, 1) - timedelta(days=1)
    return ends


def expiries_at(terms: RegistrationTerms, *, stage: str, since: date, facts: Facts) -> dict[str, date]:
    """The expiries that reaching a stage gives."""
    given: dict[str, date] = {}
    for validity in terms.validity:
        if validity.from_stage == stage and validity.code not in given and matches(validity.when, facts):
            given[validity.code] = last_day(validity, since)
    return given


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """24:00 of a day, as an instant."""
    return datetime.combine(day + timedelta(days=1), time(0, 0), tzinfo=zone).astimezone(UTC)


def next_expiry(expiries: Expiries, *, after: datetime, zone: ZoneInfo) -> datetime | None:
    """The first end of a validity that is still to come."""
    return min((end for day in expiries.values() if (end := end_of(day, zone)) > after), default=None)


def reminders(terms: RegistrationTerms, expiries: Expiries, zone: ZoneInfo) -> list[Reminder]:
    """Every reminder of these expiries, the earliest first."""
    made = []
    for code, day in expiries.items():
        for days in sorted(set(_validity_days(terms.validity, code))):
            at = datetime.combine(day - timedelta(days=days), REMINDED_AT, tzinfo=zone).astimezone(UTC)
            made.append(Reminder(code=code, last_day=day, at=at))
    return sorted(made, key=lambda reminder: (reminder.at, reminder.code))


def due_reminders(all_of_them: Iterable[Reminder], *, since: datetime, now: datetime, today: date) -> list[Reminder]:
    """Those to be told now: of each expiry the latest that fell due from ``since`` on, unless its day is over."""
    latest: dict[str, Reminder] = {}
    for reminder in all_of_them:
        if since <= reminder.at <= now and today <= reminder.last_day:
            latest[reminder.code] = reminder
    return list(latest.values())


def next_reminder(all_of_them: Iterable[Reminder], *, after: datetime) -> datetime | None:
    """When the next one is due."""
    return min((reminder.at for reminder in all_of_them if reminder.at > after), default=None)


def find_validity(terms: RegistrationTerms, code: str, facts: Facts) -> Validity | None:
    """The clause of an expiry: the first of that code that holds."""
    return next((one for one in terms.validity if one.code == code and matches(one.when, facts)), None)


def renewal_opens(validity: Validity, current: date) -> date:
    """The first day on which one can renew."""
    return add_months(current, -validity.renewal_months_before)


def renewed_until(validity: Validity | None, *, current: date | None, today: date, by: str) -> date:
    """The new last day: counted from the old one, or from today where that is over.

    Raises:
        NothingToRenew, RenewalByClerk, RenewalNotOpen: by the rules.
    """
    if validity is None or current is None:
        raise NothingToRenew
    if by not in validity.renewal_by:
        raise RenewalByClerk
    opens_on = renewal_opens(validity, current)
    if today < opens_on:
        raise RenewalNotOpen(opens_on=opens_on, last_day=current)
    return last_day(validity, max(current, today))


def forget_on(retention: Retention, *, stage: str, registered_on: date, active_on: date | None) -> date | None:
    """The first day on which personal data are no longer kept; ``None``: as long as somebody is registered."""
    days = []
    if retention.unfinished_days is not None and stage in retention.unfinished_stages:
        days.append(registered_on + timedelta(days=retention.unfinished_days + 1))
    if retention.inactive_months is not None:
        days.append(add_months(active_on or registered_on, retention.inactive_months) + timedelta(days=1))
    return min(days, default=None)


def _validity_days(validity: Iterable[Validity], code: str) -> list[int]:
    return [days for one in validity if one.code == code for days in one.remind_days_before]
