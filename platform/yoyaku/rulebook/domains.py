"""What the facts can be together at a place: the combinations that a fee table must have a price for.

Facts that go together are enumerated together: the kind of day with its season and month, a band with its times,
a class of registrants with its residence. Numbers are tried at the bounds that the conditions name.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from yoyaku.billing.terms import MANDATES
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.terms import FormField
from yoyaku.facility.policy import PlacedSpace, may_hold, minute_of_day
from yoyaku.facility.terms import BandTimetable, GridTimetable, NightTimetable, Timetable
from yoyaku.fee.terms import Per
from yoyaku.rules.condition import NONE, Value
from yoyaku.rules.values import Match, Range, When

Choice = dict[str, Value]

SAMPLED_FROM: Final = date(2027, 1, 1)
SAMPLED_DAYS: Final = 731
TIMES: Final = frozenset({"timetable", "band", "starts_minute", "ends_minute", "minutes"})
DAYS: Final = frozenset({"day_type", "season", "use_month"})
PERSON: Final = frozenset({"user_class", "account_kind", "residency"})
HOUR: Final = {"hour": 60, "half_hour": 30}


def combinations(
    rules: ServiceRules, placed: PlacedSpace, conditions: Sequence[When], per: Per, *, at_most: int
) -> Iterator[Choice]:
    """Every combination of the facts that the conditions name (those of the place are given), up to ``at_most``."""
    names = {name for when in conditions for name in when} - placed.facts.keys()
    groups: list[list[Choice]] = []
    if named := names & TIMES:
        groups.append(_distinct(_times(rules, placed, per), named))
    if named := names & DAYS:
        groups.append(_distinct(_days(rules), named))
    if named := names & PERSON:
        groups.append(_distinct(_people(rules), named))
    rest = sorted(names - TIMES - DAYS - PERSON)
    groups += [[{name: value} for value in _single(rules, placed, name, conditions)] for name in rest]
    for parts in itertools.islice(itertools.product(*groups), at_most):
        yield {name: value for part in parts for name, value in part.items()}


def _distinct(choices: Iterable[Choice], named: set[str] | frozenset[str]) -> list[Choice]:
    """The choices reduced to the facts that are asked for, each once."""
    kept = {tuple((name, choice.get(name)) for name in sorted(named)): None for choice in choices}
    return [dict(entries) for entries in kept]


def timetables_at(rules: ServiceRules, placed: PlacedSpace) -> Mapping[str, Timetable]:
    """The timetables by which a space can be cut."""
    found: dict[str, Timetable] = {}
    for use in rules.timetable_use:
        if not may_hold(use.when, placed.facts):
            continue
        if use.timetable in rules.timetables:
            found[use.timetable] = rules.timetables[use.timetable]
        if use.when.keys() <= placed.facts.keys() and use.since is None and use.from_days_before_use is None:
            break
    return found


def _times(rules: ServiceRules, placed: PlacedSpace, per: Per) -> Iterator[Choice]:
    for code, timetable in timetables_at(rules, placed).items():
        for choice in _times_of(timetable, per):
            yield {"timetable": code, **choice}


def _times_of(timetable: Timetable, per: Per) -> Iterator[Choice]:
    if isinstance(timetable, BandTimetable):
        for count in range(1, (timetable.joined_at_most if per == "booking" else 1) + 1):
            for first in range(len(timetable.bands) - count + 1):
                bands = timetable.bands[first : first + count]
                codes = frozenset(band.code for band in bands)
                yield {"band": codes, **_span(minute_of_day(bands[0].starts), minute_of_day(bands[-1].ends))}
    elif isinstance(timetable, GridTimetable):
        yield from _grid_times(timetable, per)
    else:
        yield {}


def _grid_times(timetable: GridTimetable, per: Per) -> Iterator[Choice]:
    opens, closes, step = minute_of_day(timetable.opens), minute_of_day(timetable.closes), timetable.step_minutes
    if per != "booking":
        length = HOUR.get(per, step)
        yield from (_span(start, start + length) for start in range(opens, closes - step + 1, min(step, length)))
        return
    shortest, longest = timetable.minimum_minutes or step, timetable.maximum_minutes or closes - opens
    for start in range(opens, closes, step):
        yield from (_span(start, start + length) for length in range(shortest, min(longest, closes - start) + 1, step))


def _span(starts: int, ends: int) -> Choice:
    return {"starts_minute": starts, "ends_minute": ends, "minutes": ends - starts}


def _days(rules: ServiceRules) -> Iterator[Choice]:
    yield from (dict(rules.day_facts(SAMPLED_FROM + timedelta(days=count))) for count in range(SAMPLED_DAYS))


def _people(rules: ServiceRules) -> Iterator[Choice]:
    for each in rules.registration.classes:
        yield {"user_class": each.code, "account_kind": each.account_kind, "residency": each.residency}
    if _unregistered_may_book(rules):
        yield {}


def _unregistered_may_book(rules: ServiceRules) -> bool:
    windows = [window for window in rules.booking.windows if window.action == "book"]
    return any("registration" not in window.when or _allows_none(window.when["registration"]) for window in windows)


def _allows_none(match: Match) -> bool:
    return match == NONE or (isinstance(match, list) and NONE in match)


def _single(rules: ServiceRules, placed: PlacedSpace, name: str, conditions: Sequence[When]) -> Sequence[Value]:
    """What one fact can be that goes with no other."""
    booking = rules.booking
    fields = {f"form.{field.code}": field for field in booking.form}
    if name in fields:
        return _answers(fields[name], placed, name, conditions)
    if name in booking.derived:
        majority = booking.derived[name]
        asked = fields.get(f"form.{majority.field}")
        if asked is None or not may_hold(asked.when, placed.facts):
            return [None]
        return [majority.more_than_half, majority.otherwise, *_unanswered(asked, placed)]
    lists: dict[str, Sequence[Value]] = {
        "registration": [stage.code for stage in rules.registration.stages if stage.may_book]
        + ([None] if _unregistered_may_book(rules) else []),
        "channel": [channel.code for channel in booking.channels],
        "actor": ["resident", "clerk"],
        "arose": ["first_come", "lottery"] if rules.lotteries else ["first_come"],
        "mandate": MANDATES,
        "paid": ["free", "unpaid"],
        "activity": [*placed.space.activities] or [None],
        "age_group": [code for table in timetables_at(rules, placed).values() for code in _age_groups(table)],
    }
    return lists[name] if name in lists else _numbers(placed, name, conditions)


def _age_groups(timetable: Timetable) -> Sequence[str]:
    return [group.code for group in timetable.age_groups] if isinstance(timetable, NightTimetable) else []


def _answers(field: FormField, placed: PlacedSpace, name: str, conditions: Sequence[When]) -> Sequence[Value]:
    """The answers to a question, and none where it may stay unanswered."""
    absent = _unanswered(field, placed)
    if not may_hold(field.when, placed.facts):
        return absent
    if field.kind == "choice":
        return [*field.choices, *absent]
    if field.kind == "yes_no":
        return [True, False, *absent]
    bounds = _bounds(name, conditions)
    numbers = [value for value in bounds if value >= (field.minimum or 0) and value <= (field.maximum or value)]
    return [*numbers, *absent]


def _unanswered(field: FormField, placed: PlacedSpace) -> list[Value]:
    """No answer, where a question is not asked of everybody here or may be left out."""
    always_asked = field.when.keys() <= placed.facts.keys() and may_hold(field.when, placed.facts)
    return [] if field.required and always_asked else [None]


def _numbers(placed: PlacedSpace, name: str, conditions: Sequence[When]) -> Sequence[Value]:
    most = {"surfaces": placed.space.capacity, "people": placed.space.people}.get(name)
    least = 0 if name in {"days_before_use", "elapsed_minutes"} else 1
    return [value for value in _bounds(name, conditions) if value >= least and (most is None or value <= most)]


def _bounds(name: str, conditions: Sequence[When]) -> Sequence[int]:
    """The numbers beside which a condition may change its mind."""
    edges = {0, 1}
    for when in conditions:
        match = when.get(name)
        if isinstance(match, Range):
            edges |= {edge for edge in (match.at_least, match.at_most) if edge is not None}
        else:
            options = match if isinstance(match, list) else [match]
            edges |= {option for option in options if isinstance(option, int)}
    return sorted({edge + offset for edge in edges for offset in (-1, 0, 1)})
