"""The life of a registration, and its log-in: stages one can reach and leave, ids and passwords that somebody can have."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Iterator, Sequence
from typing import Final

from yoyaku.registration.policy.passwords import find_password_faults
from yoyaku.registration.terms import LoginTerms, RegistrationTerms
from yoyaku.rulebook.book import Book
from yoyaku.rules.fault import Fault, KeyPath

STAGES: Final[KeyPath] = ("registration", "stages")
LOGIN: Final[KeyPath] = ("registration", "login")
LENGTHS: Final = (8, 9, 10, 11, 12, 14, 16, 20, 24, 32, 64)
ALPHABETS: Final[Sequence[str]] = (
    string.ascii_lowercase + string.digits,
    string.ascii_letters + string.digits,
    string.ascii_letters + string.digits + "!#$%&()*+,-./:;<=>?@[]^_",
    string.ascii_lowercase,
    string.ascii_uppercase + string.digits,
    string.digits,
)
TRIES: Final = 6


def check_registration_life(book: Book) -> Iterator[Fault]:
    """Stages that nobody reaches or leaves, checks that never come, and patterns that nothing matches."""
    terms = book.rules.registration
    if any(each.apply_by for each in terms.classes):
        yield from _stages(book, terms)
        yield from _with_application(book, terms)
    if terms.retention.unfinished_days is not None and not terms.retention.unfinished_stages:
        path: KeyPath = ("registration", "retention", "unfinished_days")
        yield book.key_fault("unfinished_nowhere", path, found=terms.retention.unfinished_days)
    yield from _issued(book, terms.login)
    yield from _domains(book, terms.login)
    yield from _passwords(book, terms.login)


def _stages(book: Book, terms: RegistrationTerms) -> Iterator[Fault]:
    reached, left = _reached(terms), _left(terms)
    for index, stage in enumerate(terms.stages):
        if stage.code not in reached:
            yield book.fault("stage_unreachable", (*STAGES, index), level="warning", found=stage.code)
        elif not stage.may_book and not stage.by_clerk and stage.code not in left:
            yield book.fault("stage_without_way_out", (*STAGES, index), level="warning", found=stage.code)


def _reached(terms: RegistrationTerms) -> set[str]:
    """The stages that somebody who applies, or whom a clerk moves, can come to."""
    reached = {each.first_stage for each in terms.classes if each.apply_by and each.first_stage}
    reached |= {stage.code for stage in terms.stages if stage.by_clerk}
    ways = [(set(step.at_stages), step.to_stage) for step in terms.identity]
    ways += [({each.from_stage}, each.then_stage) for each in terms.validity]
    more = True
    while more:
        found = {to for at, to in ways if to is not None and at & reached} - reached
        reached |= found
        more = bool(found)
    return reached


def _left(terms: RegistrationTerms) -> set[str]:
    """The stages from which a check leads on, or a renewal back."""
    checked = {stage for step in terms.identity if step.to_stage for stage in step.at_stages}
    renewed = {each.then_stage for each in terms.validity if each.then_stage and each.renewal_by}
    return checked | renewed


def _with_application(book: Book, terms: RegistrationTerms) -> Iterator[Fault]:
    """Checks that are part of applying, for those at a stage at which nobody applies."""
    first = {each.first_stage for each in terms.classes if each.apply_by}
    for index, step in enumerate(terms.identity):
        if step.with_application and not first & set(step.at_stages):
            path: KeyPath = ("registration", "identity", index, "at_stages")
            yield book.fault("not_a_first_stage", path, found=step.at_stages, allowed=sorted(filter(None, first)))


def _issued(book: Book, login: LoginTerms) -> Iterator[Fault]:
    """Ids that the system would give, and that do not fit the pattern of ids."""
    if login.issued is None or not _is_pattern(login.id_pattern):
        return
    rest = login.issued.digits - len(login.issued.first_digits)
    sample = login.issued.first_digits + "123456789012"[: max(rest, 0)]
    if rest < 1 or re.fullmatch(login.id_pattern, sample) is None:
        yield book.fault("issued_misfit", (*LOGIN, "issued"), found=sample, allowed=login.id_pattern)


def _domains(book: Book, login: LoginTerms) -> Iterator[Fault]:
    here = [domain.code for domain in login.domains if domain.here]
    if login.domains and len(here) != 1:
        yield book.key_fault("domain_here", (*LOGIN, "domains"), found=here)


def _passwords(book: Book, login: LoginTerms) -> Iterator[Fault]:
    """Patterns that cannot be read, or that together with the platform's floor let no password pass."""
    path: KeyPath = (*LOGIN, "password", "patterns")
    broken = False
    for index, each in enumerate(login.password.patterns):
        try:
            re.compile(each.pattern)
        except re.error as error:
            broken = True
            yield book.fault("bad_pattern", (*path, index, "pattern"), found=each.pattern, why=str(error))
    if not broken and not any(not find_password_faults(each, login=login, login_id="") for each in _samples()):
        yield book.key_fault("password_impossible", path, found=[each.pattern for each in login.password.patterns])


def _samples() -> Iterator[str]:
    """Passwords of many lengths and kinds, always the same ones; some that begin with a letter."""
    dice = random.Random(1)  # noqa: S311  # samples for a check, no secrets
    for length in LENGTHS:
        for alphabet in ALPHABETS:
            for _ in range(TRIES):
                yield "".join(dice.choices(alphabet, k=length))
    for length in LENGTHS:
        yield "Kq7" + "".join(dice.choices(ALPHABETS[1], k=length - 4)) + "!"


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True
