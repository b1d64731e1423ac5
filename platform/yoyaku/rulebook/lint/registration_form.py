"""The registration's form: whoever may apply is asked what the rules go on to use, and each question once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from yoyaku.registration.policy.form import FORM, form_facts
from yoyaku.registration.terms import RegistrantClass, RegistrationField, RegistrationTerms, Way
from yoyaku.rulebook.book import Book
from yoyaku.rules.condition import Facts, matches
from yoyaku.rules.fault import Fault, KeyPath
from yoyaku.rules.values import Range

FIELDS: Final[KeyPath] = ("registration", "fields")
OWN_KINDS: Final[Mapping[str, frozenset[str]]] = {
    "name": frozenset({"name", "text"}),
    **{code: frozenset({code}) for code in ("kana", "birth_date", "email", "phone", "postcode", "address")},
}
"""The kinds that a field may have whose code is a property of the registrant."""


def check_registration_form(book: Book) -> Iterator[Fault]:
    """Questions that cannot be answered, are asked twice, or are missing for whoever applies."""
    terms = book.rules.registration
    for index, field in enumerate(terms.fields):
        yield from _field(book, (*FIELDS, index), field)
    yield from _asked_twice(book, terms)
    for index, each in enumerate(terms.classes):
        if each.apply_by:
            yield from _of_class(book, ("registration", "classes", index), each)
    yield from _eligibility(book, terms)
    yield from _empty_beginnings(book, terms)


def _field(book: Book, path: KeyPath, field: RegistrationField) -> Iterator[Fault]:
    allowed = OWN_KINDS.get(field.code)
    if allowed is not None and field.kind not in allowed:
        yield book.fault("field_kind", (*path, "kind"), found=field.kind, of=field.code, allowed=sorted(allowed))
    if field.kind == "choice" and not field.choices:
        yield book.fault("choices_missing", path, found=field.kind)
    if field.choices and field.kind != "choice":
        yield book.key_fault("choices_unused", (*path, "choices"), level="warning", found=field.kind)
    if field.lowest_letters > field.highest_letters:
        bounds = f"{field.lowest_letters}–{field.highest_letters}"
        yield book.fault("empty_range", (*path, "lowest_letters"), found=bounds)


def _asked_twice(book: Book, terms: RegistrationTerms) -> Iterator[Fault]:
    """Two questions of one code that one person may be asked."""
    told: set[int] = set()
    for facts in _applicants(terms):
        seen: set[str] = set()
        for index, field in _asked(terms, facts):
            if field.code in seen and index not in told:
                told.add(index)
                yield book.fault("duplicate_code", (*FIELDS, index, "code"), found=f'"{field.code}"')
            seen.add(field.code)


def _applicants(terms: RegistrationTerms) -> Iterator[Facts]:
    """Everybody who can be asked: by class, by way, for themselves or for somebody."""
    for each in terms.classes:
        for way in ("web", "counter", "post"):
            for by_proxy in (False, True):
                yield form_facts(each, way=_way(way), by_proxy=by_proxy)


def _way(text: str) -> Way:
    ways: Mapping[str, Way] = {"web": "web", "counter": "counter", "post": "post"}
    return ways[text]


def _asked(terms: RegistrationTerms, facts: Facts) -> Iterator[tuple[int, RegistrationField]]:
    """The questions that do not hang on another answer, with their places."""
    for index, field in enumerate(terms.fields):
        hangs = any(name.startswith(FORM) for name in field.when)
        if not hangs and matches(field.when, facts):
            yield index, field


def _of_class(book: Book, path: KeyPath, each: RegistrantClass) -> Iterator[Fault]:
    """What the rules use of whoever applies as this, and nobody asks."""
    terms = book.rules.registration
    if each.first_stage is None:
        yield book.key_fault("first_stage_missing", path, found=each.code)
    told: set[str] = set()
    for way in each.apply_by:
        codes = {field.code for _, field in _asked(terms, form_facts(each, way=way))}
        for code, why in _needed(terms, each, way):
            if code not in codes | told:
                told.add(code)
                yield book.key_fault("field_missing", path, found=code, of=each.code, way=way, why=why)
        if "name" in codes and "kana" not in codes | told:
            told.add("kana")
            yield book.key_fault("kana_missing", path, level="warning", found=each.code)


def _needed(terms: RegistrationTerms, each: RegistrantClass, way: Way) -> Iterator[tuple[str, str]]:
    """Codes of fields that must be asked, with the line that needs them."""
    yield "name", "classes"
    if way in terms.mail.required_for:
        yield "email", "mail.required_for"
    if terms.login.password.initial == "birth_date":
        yield "birth_date", "login.password.initial"
    one, of_group = terms.one_per_person, each.account_kind == "group"
    if one is not None:
        yield (one.group_name_field if of_group else one.name_field), "one_per_person"
        yield (one.group_birth_date_field if of_group else one.birth_date_field), "one_per_person"
    facts = form_facts(each, way=way)
    for clause in terms.eligibility:
        if (clause.age or clause.not_in_school_years) and matches(clause.when, facts) and one is None:
            yield "birth_date", "eligibility"


def _eligibility(book: Book, terms: RegistrationTerms) -> Iterator[Fault]:
    for index, clause in enumerate(terms.eligibility):
        path: KeyPath = ("registration", "eligibility", index)
        if clause.age is None and clause.not_in_school_years is None and not clause.address_within:
            yield book.fault("clause_asks_nothing", path, found=clause.code)
        for name, bounds in (("age", clause.age), ("not_in_school_years", clause.not_in_school_years)):
            if bounds is not None and _is_empty(bounds):
                yield book.fault("empty_range", (*path, name), found=f"{bounds.at_least}–{bounds.at_most}")


def _is_empty(bounds: Range) -> bool:
    return bounds.at_least is not None and bounds.at_most is not None and bounds.at_least > bounds.at_most


def _empty_beginnings(book: Book, terms: RegistrationTerms) -> Iterator[Fault]:
    """An empty text, with which every address begins."""
    lists: dict[KeyPath, list[str]] = {
        ("registration", "eligibility", index, "address_within"): clause.address_within
        for index, clause in enumerate(terms.eligibility)
    }
    if terms.residency_by_address is not None:
        lists["registration", "residency_by_address", "begins_with"] = terms.residency_by_address.begins_with
    for path, texts in lists.items():
        for nth, text in enumerate(texts):
            if not text.strip():
                yield book.fault("every_address", (*path, nth), found=text)
