"""What one part of a rule set calls another by: codes, calendars, form fields, bands, languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from yoyaku.billing.terms import PaymentMethod
from yoyaku.booking.policy import format_number
from yoyaku.booking.policy.number import NumberFormatWrong
from yoyaku.booking.terms import FormField, NumberFormat, OfficeHours, Window
from yoyaku.fee.terms import EquipmentFee, Multiply, Package
from yoyaku.registration.terms import RegistrationField
from yoyaku.rulebook.book import Book, facility_fault, is_zone
from yoyaku.rulebook.vocabulary import band_codes, given_facts
from yoyaku.rulebook.walk import children, structs
from yoyaku.rules.fault import Fault, KeyPath
from yoyaku.rules.shapes import closest
from yoyaku.rules.values import Moment
from yoyaku.ui.languages import NAMES

LANGUAGES: Final = frozenset({"ja", "en"})
TEXT_KEYS: Final = ("name", "label", "title", "hint")
"""Keys whose text residents read; notes are for whoever keeps the rules."""

NUMBER_PARTS: Final = frozenset({"fiscal_year", "year", "sequence", "number_code"})


def check_references(book: Book) -> Iterator[Fault]:
    """Codes that stand twice, or that nothing carries."""
    yield from _twice(book)
    yield from _timetables(book)
    yield from _channels(book)
    yield from _calendars(book)
    yield from _fees(book)
    yield from _reliefs(book)
    yield from _credits(book)
    yield from _form(book)
    yield from _registration(book)
    yield from _number(book, book.rules.booking.number)
    yield from _languages(book)


def unknown_code(book: Book, path: KeyPath, found: str, known: Iterable[str]) -> Iterator[Fault]:
    """A code that is not among the known ones."""
    allowed = sorted(set(known))
    if found in allowed:
        return
    guess = closest(found, allowed)
    code = "unknown_code" if guess is None else "unknown_code_guess"
    yield book.fault(code, path, found=f'"{found}"', allowed=allowed, guess=guess)


def _twice(book: Book) -> Iterator[Fault]:
    """Two entries of one list with the same code."""
    for path, code in _repeated_below(book.rules):
        yield book.fault("duplicate_code", path, found=f'"{code}"')
    for at in book.facilities:
        for path, code in _repeated_below(at.facility):
            yield facility_fault(at, "duplicate_code", path, found=f'"{code}"')
    for index, code in _repeated([at.facility for at in book.facilities]):
        yield facility_fault(book.facilities[index], "duplicate_code", ("code",), found=f'"{code}"')


def _repeated_below(node: object) -> Iterator[tuple[KeyPath, str]]:
    for path, struct in structs(node):
        for name, entries in children(struct):
            for index, code in _repeated(entries) if isinstance(entries, list) else ():
                yield (*path, name, index, "code"), code


def _repeated(entries: Sequence[object]) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        # A method of payment or a question of registration may stand several times, for different cases.
        code = None if isinstance(entry, PaymentMethod | RegistrationField) else getattr(entry, "code", None)
        if isinstance(code, str) and code in seen:
            yield index, code
        elif isinstance(code, str):
            seen.add(code)


def _timetables(book: Book) -> Iterator[Fault]:
    for index, use in enumerate(book.rules.timetable_use):
        yield from unknown_code(book, ("timetable_use", index, "timetable"), use.timetable, book.rules.timetables)


def _channels(book: Book) -> Iterator[Fault]:
    known = [channel.code for channel in book.rules.booking.channels]
    for path, window in book.structs_of(Window):
        for index, channel in enumerate(window.channels):
            yield from unknown_code(book, (*path, "channels", index), channel, known)
    for path, method in book.structs_of(PaymentMethod):
        for index, channel in enumerate(method.channels):
            yield from unknown_code(book, (*path, "channels", index), channel, known)


def _calendars(book: Book) -> Iterator[Fault]:
    known = [*book.rules.calendars, "facility"]
    for path, hours in book.structs_of(OfficeHours):
        yield from unknown_code(book, (*path, "calendar"), hours.calendar, known)
    for path, moment in book.structs_of(Moment):
        if moment.calendar is not None:
            yield from unknown_code(book, (*path, "calendar"), moment.calendar, known)
        if moment.roll is not None:
            yield from unknown_code(book, (*path, "roll", "calendar"), moment.roll.calendar, known)


def _fees(book: Book) -> Iterator[Fault]:
    bands = list(band_codes(book))
    earlier: list[str] = []
    equipment = {item.code for at in book.facilities for item in at.facility.equipment}
    for index, step in enumerate(book.rules.fees.steps):
        path: KeyPath = ("fees", "steps", index)
        if isinstance(step, Multiply):
            for place, line in enumerate(step.lines or []):
                yield from unknown_code(book, (*path, "lines", place), line, earlier)
        elif isinstance(step, Package):
            yield from unknown_code(book, (*path, "line"), step.line, earlier)
            for place, band in enumerate(step.bands):
                yield from unknown_code(book, (*path, "bands", place), band, bands)
        elif isinstance(step, EquipmentFee) and book.facilities:
            for code in step.prices:
                yield from unknown_code(book, (*path, "prices", code), code, equipment)
        earlier.append(step.code)


def _reliefs(book: Book) -> Iterator[Fault]:
    """The lines that a relief takes something off are lines of the price."""
    steps = [step.code for step in book.rules.fees.steps]
    for index, relief in enumerate(book.rules.fees.relief):
        for place, line in enumerate(relief.lines or []):
            yield from unknown_code(book, ("fees", "relief", index, "lines", place), line, steps)


def _credits(book: Book) -> Iterator[Fault]:
    """What pays for another booking was paid by methods there are, on grounds on which bookings are ended."""
    credit = book.rules.payment.credits
    if credit is None:
        return
    methods = {one.code for one in book.rules.payment.methods}
    grounds = {code for entry in book.rules.booking.cancellation for code in entry.grounds}
    for index, code in enumerate(credit.methods):
        yield from unknown_code(book, ("payment", "credits", "methods", index), code, methods)
    for index, code in enumerate(credit.grounds):
        yield from unknown_code(book, ("payment", "credits", "grounds", index), code, grounds)


def _form(book: Book) -> Iterator[Fault]:
    fields = {field.code: field for field in book.rules.booking.form}
    for index, field in enumerate(book.rules.booking.form):
        yield from _field(book, ("booking", "form", index), field)
    names = given_facts(book)
    for name, majority in book.rules.booking.derived.items():
        path: KeyPath = ("booking", "derived", name)
        if name in names:
            yield book.key_fault("derived_taken", path, found=name)
        by_class = {code: field for code, field in fields.items() if field.kind == "people_by_class"}
        yield from unknown_code(book, (*path, "field"), majority.field, by_class)
        if majority.field in by_class:
            choices = by_class[majority.field].choices
            yield from unknown_code(book, (*path, "more_than_half"), majority.more_than_half, choices)
            yield from unknown_code(book, (*path, "otherwise"), majority.otherwise, choices)


def _field(book: Book, path: KeyPath, field: FormField) -> Iterator[Fault]:
    has_choices = field.kind in {"choice", "people_by_class"}
    if has_choices and not field.choices:
        yield book.fault("choices_missing", path, found=field.kind)
    if field.choices and not has_choices:
        yield book.key_fault("choices_unused", (*path, "choices"), level="warning", found=field.kind)
    if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
        yield book.fault("empty_range", (*path, "minimum"), found=f"{field.minimum}–{field.maximum}")


def _registration(book: Book) -> Iterator[Fault]:
    registration = book.rules.registration
    if not any(stage.may_book for stage in registration.stages):
        yield book.fault("nobody_may_book", ("registration", "stages"))
    try:
        re.compile(registration.login.id_pattern)
    except re.error as error:
        where: KeyPath = ("registration", "login", "id_pattern")
        yield book.fault("bad_pattern", where, found=registration.login.id_pattern, why=str(error))
    if not is_zone(book.rules.time_zone):
        yield book.fault("unknown_zone", ("time_zone",), found=book.rules.time_zone)


def _number(book: Book, number: NumberFormat) -> Iterator[Fault]:
    path: KeyPath = ("booking", "number", "format")
    parts = set(re.findall(r"\{(\w+)", number.format))
    try:
        format_number(number, made_on=date(2027, 1, 1), sequence=1)
    except NumberFormatWrong:
        yield book.fault("bad_number_format", path, found=f'"{number.format}"', allowed=sorted(NUMBER_PARTS))
        return
    restarts = None if number.restarts == "never" else number.restarts
    if "sequence" not in parts or (restarts is not None and restarts not in parts):
        yield book.fault(
            "numbers_repeat", path, found=f'"{number.format}"', allowed=["sequence", *filter(None, [restarts])]
        )
    if "number_code" in parts:
        for at in book.facilities:
            if at.facility.bookable and at.facility.number_code is None:
                yield facility_fault(at, "number_code_missing", found=at.facility.code)


def _languages(book: Book) -> Iterator[Fault]:
    for path, struct in book.structs:
        for name in TEXT_KEYS:
            for where, text in _texts(struct, name, path):
                if unknown := text.keys() - NAMES.keys():
                    yield book.fault("unknown_language", where, found=sorted(unknown), allowed=sorted(NAMES))
                if missing := LANGUAGES - text.keys():
                    yield book.fault("language_missing", where, level="warning", allowed=sorted(missing))


def _texts(struct: Struct, name: str, path: KeyPath) -> Iterator[tuple[KeyPath, Mapping[str, str]]]:
    text = getattr(struct, name, None)
    if isinstance(text, dict):
        yield (*path, name), text
