"""Facilities in words: hours, closed days, prices, and the choices of forms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import PlacedSpace
from yoyaku.facility.policy.rules import PLACE_FACTS
from yoyaku.facility.terms import BandTimetable, Facility, NightTimetable
from yoyaku.fee.terms import Add, Base, EquipmentFee, Price
from yoyaku.rules.dated import amount_yen
from yoyaku.rules.values import ClosedDays, Match, Range
from yoyaku.ui.formats import long_date
from yoyaku.ui.words import Words

WHOLE_YEAR: Final = ("01-01", "12-31")
"""A closure of every day between two dates, which alone need saying."""


@dataclass(frozen=True, kw_only=True)
class FeeRow:
    """One price in words."""

    label: str
    yen: int
    per: str | None


def code_words(words: Words, kind: str, code: str) -> str:
    """Say a code (``space_kind``, ``activity``, ``category``, ``group``) in words; the code itself where nobody did."""
    return words.maybe(f"{kind}.{code}") or code.replace("_", " ")


def facility_choices(rules: ServiceRules, words: Words) -> list[tuple[str, str]]:
    """List the bookable facilities for a select."""
    return [
        (facility.code, words.text(facility.name))
        for facility in rules.inventory.facilities.values()
        if facility.bookable and facility.spaces
    ]


def kind_choices(rules: ServiceRules, words: Words) -> list[tuple[str, str]]:
    """List the kinds of spaces for a select."""
    kinds = {
        space.kind: code_words(words, "space_kind", space.kind)
        for facility in rules.inventory.facilities.values()
        if facility.bookable
        for space in facility.spaces
        if space.online
    }
    return sorted(kinds.items(), key=lambda pair: pair[1])


def hours_lines(facility: Facility, words: Words) -> list[str]:
    """Say the opening hours, one line for each condition."""
    lines = []
    for hours in facility.hours:
        when = "、".join(filter(None, (match_words(words, name, match) for name, match in hours.when.items())))
        lines.append(f"{when} {_bare(hours.opens)}〜{_bare(hours.closes)}".strip())
    return lines


def _bare(time_of_day: str) -> str:
    return time_of_day.removeprefix("0")


def closed_lines(rules: Iterable[ClosedDays], words: Words, *, on: date | None = None) -> list[str]:
    """Say the closed days, one line for each rule; a rule that ended before ``on`` is left out."""
    in_force = (rule for rule in rules if on is None or rule.until is None or rule.until >= on.isoformat())
    return [line for rule in in_force if (line := _closed_line(rule, words))]


def _closed_line(rule: ClosedDays, words: Words) -> str:
    parts = []
    if rule.weekly:
        days = "・".join(words.say(f"weekday.{day}") for day in rule.weekly)
        nth = "・".join(words.say(f"closed.nth.{n}" if n < 0 else "closed.nth", n=n) for n in rule.nth or ())
        parts.append(words.say("closed.weekly_nth" if nth else "closed.weekly", days=days, nth=nth))
        if rule.on_holiday != "closed":
            parts.append(words.say(f"closed.on_holiday.{rule.on_holiday}"))
    if rule.monthly:
        parts.append(words.say("closed.monthly", days="・".join(map(str, rule.monthly))))
    if rule.holidays:
        parts.append(words.say("closed.holidays"))
    if rule.yearly and (rule.yearly.first, rule.yearly.last) != WHOLE_YEAR:
        parts.append(f"{_month_day(rule.yearly.first, words)}〜{_month_day(rule.yearly.last, words)}")
    if rule.dates:
        parts.append("、".join(long_date(date.fromisoformat(day), words.language) for day in rule.dates))
    if rule.since or rule.until:
        parts.append(
            "〜".join(long_date(date.fromisoformat(d), words.language) if d else "" for d in (rule.since, rule.until))
        )
    return " ".join(parts)


def _month_day(text: str, words: Words) -> str:
    month, day = int(text[:2]), int(text[3:])
    return words.say("closed.month_day", month=month, day=day)


def fee_rows(rules: ServiceRules, placed: PlacedSpace, words: Words, *, on: date) -> list[FeeRow]:
    """List the prices of a space that its rules print, in the order of the rules."""
    rows: list[FeeRow] = []
    for step in rules.fee_rules.steps_at(placed):
        if isinstance(step, Base | Add):
            table, _ = rules.fee_rules.rows_at(step, placed)
            rows += [_fee_row(rules, step, row, words, on=on) for row in table]
    return rows


def _fee_row(rules: ServiceRules, step: Base | Add, row: Price, words: Words, *, on: date) -> FeeRow:
    conditions = {**step.when, **row.when}
    said = [
        _condition_words(rules, words, name, match) for name, match in conditions.items() if name not in PLACE_FACTS
    ]
    return FeeRow(
        label="　".join([words.text(step.name), *filter(None, said)]),
        yen=amount_yen(row.yen, {"used": on, "made": on, "applied": on, "drawn": on}),
        per=words.maybe(f"fee.per.{step.per}"),
    )


def _condition_words(rules: ServiceRules, words: Words, name: str, match: Match) -> str:
    if name == "band":
        names = {
            band.code: words.text(band.name)
            for table in rules.timetables.values()
            if isinstance(table, BandTimetable)
            for band in table.bands
        }
        return "・".join(names.get(str(code), str(code)) for code in _options(match))
    if name == "age_group":
        groups = {
            group.code: words.text(group.name)
            for table in rules.timetables.values()
            if isinstance(table, NightTimetable)
            for group in table.age_groups
        }
        return "・".join(groups.get(str(code), str(code)) for code in _options(match))
    if name == "user_class":
        classes = {kind.code: words.text(kind.name) for kind in rules.registration.classes}
        return "・".join(classes.get(str(code), str(code)) for code in _options(match))
    if name.startswith("form."):
        return _answer_words(rules, words, name.removeprefix("form."), match)
    if name in rules.booking.derived:
        return _answer_words(rules, words, rules.booking.derived[name].field, match, only_choices=True)
    return match_words(words, name, match)


def _answer_words(rules: ServiceRules, words: Words, code: str, match: Match, *, only_choices: bool = False) -> str:
    question = next((field for field in rules.booking.form if field.code == code), None)
    if question is None:
        return ""
    label = words.text(question.label)
    if isinstance(match, bool):
        return words.say("fee.when_wished" if match else "fee.when_not_wished", label=label)
    choices = "・".join(
        words.text(question.choices[str(one)]) for one in _options(match) if str(one) in question.choices
    )
    return choices if only_choices else f"{label}：{choices}"


def match_words(words: Words, name: str, match: Match) -> str:
    """Say one line of a condition: ``fact.<name>.<value>``, or the value's own word."""
    if isinstance(match, Range):
        low, high = match.at_least, match.at_most
        return (
            words.maybe(f"fact.{name}.range", low="" if low is None else low, high="" if high is None else high) or ""
        )
    said = [words.maybe(f"fact.{name}.{option}") or words.maybe(f"{name}.{option}") for option in _options(match)]
    return "・".join(text for text in said if text)


def _options(match: Match) -> Sequence[str | int | bool]:
    if isinstance(match, Range):
        return ()
    return match if isinstance(match, list) else [match]


def equipment_yen(rules: ServiceRules, code: str, *, on: date) -> int | None:
    """Return the price of one piece of equipment, or ``None`` where none is printed."""
    for step in rules.fees.steps:
        if isinstance(step, EquipmentFee) and code in step.prices:
            return amount_yen(step.prices[code], {"used": on, "made": on, "applied": on, "drawn": on})
    return None
