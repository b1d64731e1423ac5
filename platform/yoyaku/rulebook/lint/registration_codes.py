"""Registration: every stage, paper, field, counter, channel and plugin that it names is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from yoyaku.extension.registry import identity_plugins
from yoyaku.registration.service.identity_means import check_settings
from yoyaku.registration.terms import IdentityStep, RegistrationTerms
from yoyaku.rulebook.book import Book
from yoyaku.rulebook.lint.references import unknown_code
from yoyaku.rules.fault import Fault, KeyPath

Named = Iterator[tuple[KeyPath, str | None]]


def check_registration_codes(book: Book) -> Iterator[Fault]:
    """Codes that nothing carries, and plugins that are not installed or not set up as they ask."""
    terms = book.rules.registration
    lists: Iterable[tuple[Named, Iterable[str]]] = (
        (_stages(terms), [stage.code for stage in terms.stages]),
        (_papers(terms), [paper.code for paper in terms.papers]),
        (_fields(terms), [field.code for field in terms.fields]),
        (_patterns(terms), [pattern.code for pattern in terms.reception]),
        (_handlers(terms), [counter.code for counter in terms.counters if counter.handled_at is None]),
        (_channels(terms), [channel.code for channel in book.rules.booking.channels]),
    )
    for named, known in lists:
        yield from _unknown(book, named, known)
    if book.facilities:
        yield from _unknown(book, _facilities(terms), [at.facility.code for at in book.facilities])
    for index, step in enumerate(terms.identity):
        yield from _plugin(book, ("registration", "identity", index), step)


def _unknown(book: Book, named: Named, known: Iterable[str]) -> Iterator[Fault]:
    codes = list(known)
    for path, found in named:
        if found is not None:
            yield from unknown_code(book, ("registration", *path), found, codes)


def _stages(terms: RegistrationTerms) -> Named:
    for index, each in enumerate(terms.classes):
        yield ("classes", index, "first_stage"), each.first_stage
    for index, step in enumerate(terms.identity):
        yield from ((("identity", index, "at_stages", nth), code) for nth, code in enumerate(step.at_stages))
        yield ("identity", index, "to_stage"), step.to_stage
    for index, validity in enumerate(terms.validity):
        yield ("validity", index, "from_stage"), validity.from_stage
        yield ("validity", index, "then_stage"), validity.then_stage
    for nth, code in enumerate(terms.retention.unfinished_stages):
        yield ("retention", "unfinished_stages", nth), code


def _papers(terms: RegistrationTerms) -> Named:
    for index, step in enumerate(terms.identity):
        yield from ((("identity", index, "papers", nth), code) for nth, code in enumerate(step.papers))


def _fields(terms: RegistrationTerms) -> Named:
    for index, clause in enumerate(terms.eligibility):
        yield ("eligibility", index, "address_field"), clause.address_field if clause.address_within else None
    one, kinds = terms.one_per_person, {each.account_kind for each in terms.classes if each.apply_by}
    if one is not None and "individual" in kinds:
        yield ("one_per_person", "name_field"), one.name_field
        yield ("one_per_person", "birth_date_field"), one.birth_date_field
    if one is not None and "group" in kinds:
        yield ("one_per_person", "group_name_field"), one.group_name_field
        yield ("one_per_person", "group_birth_date_field"), one.group_birth_date_field


def _patterns(terms: RegistrationTerms) -> Named:
    yield from ((("counters", index, "pattern"), each.pattern) for index, each in enumerate(terms.counters))


def _handlers(terms: RegistrationTerms) -> Named:
    yield from ((("counters", index, "handled_at"), each.handled_at) for index, each in enumerate(terms.counters))


def _facilities(terms: RegistrationTerms) -> Named:
    yield from ((("counters", index, "facility"), each.facility) for index, each in enumerate(terms.counters))


def _channels(terms: RegistrationTerms) -> Named:
    for name in ("unverified_may_book_by", "asked_for_lottery_by"):
        by = getattr(terms.mail, name)
        if by != "all":
            yield from ((("mail", name, nth), code) for nth, code in enumerate(by))


def _plugin(book: Book, path: KeyPath, step: IdentityStep) -> Iterator[Fault]:
    """A plugin that is not installed, or settings that are not of its shape."""
    installed = sorted(identity_plugins())
    if step.plugin not in installed:
        yield book.fault("plugin_not_installed", (*path, "plugin"), found=step.plugin, allowed=installed)
        return
    for fault in check_settings(step.plugin, step.settings, profile=step.profile):
        where = (*path, "settings", *fault.path)
        yield replace(fault, place=book.source.document.place(where), path=where)
