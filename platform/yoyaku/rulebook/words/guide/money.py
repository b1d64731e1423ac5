"""What it costs: tables of prices by place and band, what is added, equipment, reliefs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from yoyaku.facility.terms import BandTimetable
from yoyaku.fee.terms import Add, Base, EquipmentFee, Multiply, Package, Price, Relief, Round
from yoyaku.rulebook.words.guide.telling import Telling
from yoyaku.rulebook.words.names import day_words
from yoyaku.rulebook.words.pieces import Block, Paragraph, Table
from yoyaku.rules.condition import NONE
from yoyaku.rules.dated import entry_in_force
from yoyaku.rules.values import Amount, FactorByDate, Match, Range

COLUMNS: Final = ("band", "day_type", "age_group", "user_class", "residency")
"""Facts whose values make columns of a price table, the first that tells rows apart."""
DOUBLE: Final = 100
MOST_NAMED: Final = 5
"""More facilities that have as many of a piece are counted, not named."""


def amount_words(tell: Telling, amount: Amount) -> str:
    """An amount, or all that are dated, with the day from which each holds."""
    if isinstance(amount, int):
        return tell.voice.yen(amount) if amount else tell.say("fees.free")
    values = sorted(amount.values, key=lambda each: each.since)
    if tell.on is not None:
        current = entry_in_force(values, tell.on)
        values = [each for each in values if each is current or each.since > tell.on.isoformat()]
        if values == [current]:
            return amount_words(tell, values[0].yen)
    key = f"fees.dated.{amount.by}"
    return tell.voice.both(
        tell.say(key, day=day_words(each.since, tell.voice), yen=tell.voice.yen(each.yen)) for each in values
    )


def fees(tell: Telling) -> Iterator[Block]:
    """The section on prices."""
    for step in tell.rules.fees.steps:
        if isinstance(step, Base | Add):
            yield from _prices(tell, step)
            if isinstance(step, Add) and step.when:
                when = tell.names.condition(step.when)
                yield tell.paragraph(tell.say("fees.only_when", name=tell.text(step.name), when=when))
    points = list(_further(tell))
    taxes = {step.tax for step in tell.rules.fees.steps if isinstance(step, Base)}
    if taxes == {"included"}:
        points.append(tell.paragraph(tell.say("fees.tax_included")))
    if points:
        yield tell.bullets(points)


def _prices(tell: Telling, step: Base | Add) -> Iterator[Table]:
    """The prices of a step: those by band (or day, age, class) with columns, the others with one amount."""
    pivot = _pivot(tell, step.table)
    with_columns = [row for row in step.table if pivot in row.when]
    if with_columns:
        yield _table(tell, step, with_columns, pivot)
    plain = [row for row in step.table if pivot not in row.when]
    if plain:
        yield _table(tell, step, plain, "")


def _table(tell: Telling, step: Base | Add, prices: Sequence[Price], pivot: str) -> Table:
    values = _in_order(tell, pivot, _values(prices, pivot))
    heads = [tell.say("fees.what"), *([tell.names.value(pivot, v) for v in values] or [tell.say("fees.amount")])]
    rows: dict[str, dict[str, str]] = {}
    sources: dict[str, list[Price]] = {}
    for row in prices:
        name = tell.names.condition({fact: match for fact, match in row.when.items() if fact != pivot})
        name = name or tell.text(step.name)
        for value in _options(row.when[pivot]) if pivot else ("",):
            rows.setdefault(name, {}).setdefault(value, amount_words(tell, row.yen))
        sources.setdefault(name, []).append(row)
    listed = [
        ([name, *(amounts.get(value, "") for value in values or ("",))], tell.source(*sources[name]))
        for name, amounts in rows.items()
    ]
    caption = tell.say("fees.caption", name=tell.text(step.name), per=tell.say(f"per.{step.per}"))
    return tell.table(caption, heads, listed, amounts=range(1, len(heads)))


def _in_order(tell: Telling, fact: str, values: Sequence[str]) -> Sequence[str]:
    """Bands as the day goes; everything else as it stands."""
    if fact != "band":
        return values
    tables = (table for table in tell.rules.timetables.values() if isinstance(table, BandTimetable))
    starts = {band.code: band.starts for table in tables for band in table.bands}
    return sorted(values, key=lambda code: starts.get(code, ""))


def _pivot(tell: Telling, table: Sequence[Price]) -> str:
    """The fact whose values become columns; none where no fact tells several rows apart."""
    seen = Counter(fact for row in table for fact in row.when)
    for fact in (*COLUMNS, *tell.rules.booking.derived):
        if seen[fact] > 1 and len(_values(table, fact)) > 1:
            return fact
    return ""


def _values(table: Sequence[Price], fact: str) -> tuple[str, ...]:
    """Every value of a fact in a table, in the order in which it stands there."""
    if not fact:
        return ()
    found = (value for row in table for value in _options(row.when.get(fact)))
    return tuple(dict.fromkeys(found))


def _options(match: Match | None) -> list[str]:
    if match is None or isinstance(match, Range):
        return []
    options = match if isinstance(match, list) else [match]
    return [str(option) for option in options if option != NONE]


def _further(tell: Telling) -> Iterator[Paragraph]:
    """What becomes of the sum: factors, packages, rounding."""
    for step in tell.rules.fees.steps:
        if isinstance(step, Multiply):
            yield tell.paragraph(_factor(tell, step), step)
        elif isinstance(step, Package):
            yield tell.paragraph(_package(tell, step), step)
        elif isinstance(step, Round) and step.unit_yen > 1:
            yield tell.paragraph(tell.say(f"fees.round.{step.rounding.value}", unit=step.unit_yen), step)


def _factor(tell: Telling, step: Multiply) -> str:
    names = _lines(tell)
    lines = tell.voice.either(names[code] for code in step.lines or () if code in names) or tell.say("fees.all_lines")
    percent = _factors(tell, step.percent)
    when = tell.names.condition(step.when)
    key = "fees.multiply" if when else "fees.multiply_any"
    return tell.say(key, name=tell.text(step.name), when=when, lines=lines, percent=percent)


def _factors(tell: Telling, factor: int | FactorByDate) -> str:
    """One factor, or that in force and those to come, with their days."""
    if isinstance(factor, int):
        return _times(tell, factor)
    values = sorted(factor.values, key=lambda each: each.since)
    if tell.on is not None:
        current = entry_in_force(values, tell.on)
        values = [each for each in values if each is current or each.since > tell.on.isoformat()]
    if len(values) == 1 and tell.on is not None and values[0].since <= tell.on.isoformat():
        return _times(tell, values[0].percent)
    key = f"fees.from_percent.{factor.by}"
    return tell.voice.both(
        tell.say(key, day=day_words(each.since, tell.voice), percent=_times(tell, each.percent)) for each in values
    )


def _times(tell: Telling, percent: int) -> str:
    whole, rest = divmod(percent, DOUBLE)
    return tell.say("fees.times", n=whole) if whole > 1 and not rest else tell.voice.percent(percent)


def _lines(tell: Telling) -> Mapping[str, str]:
    return {s.code: tell.text(s.name) for s in tell.rules.fees.steps if isinstance(s, Base | Add | EquipmentFee)}


def _package(tell: Telling, step: Package) -> str:
    said = tell.names.condition(step.when)
    key = "fees.package" if said else "fees.package_any"
    bands = tell.voice.both(tell.names.bands(step.bands))
    return tell.say(key, name=tell.text(step.name), when=said, bands=bands, yen=amount_words(tell, step.yen))


def equipment(tell: Telling) -> Iterator[Block]:
    """The section on what can be borrowed, with prices and how many there are."""
    for step in tell.rules.fees.steps:
        if not isinstance(step, EquipmentFee):
            continue
        heads = [tell.say("equipment.name"), tell.say("fees.amount"), tell.say("equipment.places")]
        rows = [
            ([name, amount_words(tell, step.prices[code]), places], tell.source(step))
            for code, (name, places) in _pieces(tell).items()
            if code in step.prices
        ]
        if rows:
            caption = tell.say("fees.caption", name=tell.text(step.name), per=tell.say(f"per.{step.per}"))
            yield tell.table(caption, heads, rows, amounts=[1])
            if (minutes := tell.rules.booking.lending_minutes) is not None:
                yield tell.bullets([tell.paragraph(tell.say("equipment.lending", n=minutes))])


def _pieces(tell: Telling) -> Mapping[str, tuple[str, str]]:
    """Equipment by code: its name, and where how many of it are."""
    names: dict[str, str] = {}
    places: dict[str, dict[int, list[str]]] = {}
    for facility in tell.facilities:
        for piece in facility.equipment:
            names.setdefault(piece.code, tell.text(piece.name))
            places.setdefault(piece.code, {}).setdefault(piece.stock, []).append(tell.text(facility.name))
    return {code: (name, tell.voice.both(_stocks(tell, places[code]))) for code, name in names.items()}


def _stocks(tell: Telling, places: Mapping[int, list[str]]) -> Iterator[str]:
    """Which facilities have how many; where many have as many, how many facilities."""
    for stock, facilities in places.items():
        if len(facilities) > MOST_NAMED:
            yield tell.say("equipment.many", n=len(facilities), stock=stock)
        else:
            yield from (tell.say("bracket", name=name, text=stock) for name in facilities)


def reliefs(tell: Telling) -> Iterator[Block]:
    """The section on reductions and exemptions."""
    points = [_relief(tell, relief) for relief in tell.rules.fees.relief]
    if points:
        yield tell.bullets(points)


def _relief(tell: Telling, relief: Relief) -> Paragraph:
    if relief.yen is not None:
        off = tell.say("relief.yen", yen=tell.voice.yen(relief.yen))
    elif relief.percent == DOUBLE:
        off = tell.say("relief.full")
    else:
        off = tell.say("relief.percent", percent=tell.voice.percent(relief.percent or 0))
    asked = tell.say("relief.approval" if relief.approval == "required" else "relief.automatic")
    papers = tell.voice.both(map(tell.text, relief.documents))
    needed = tell.say("relief.documents", documents=papers) if papers else ""
    text = tell.voice.sentences([tell.text(relief.hint), off, asked, needed])
    when = tell.names.condition(relief.when)
    name = tell.say("bracket", name=tell.text(relief.name), text=when) if when else tell.text(relief.name)
    return tell.paragraph(tell.say("colon", name=name, text=text), relief)
