"""Contradictions across rule set, facilities, plugins and words that none of their own checks sees."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from yoyaku.extension.profiles import profile_file
from yoyaku.extension.registry import beacon_plugins, identity_plugins, payment_plugins
from yoyaku.facility.terms import Facility, NightTimetable
from yoyaku.rulebook.terms import RuleSet
from yoyaku.rules.fault import Fault, Level, Place, add_words
from yoyaku.tenancy.policy import lack_level
from yoyaku.ui.languages import NAMES
from yoyaku.ui.wording import default_wording

Words = Mapping[str, Mapping[str, str]]

FEWEST_ADMINS: Final = 2
TONGUES: Final = frozenset(NAMES)
MAIL: Final = ("subject", "body")

add_words(Path(__file__).parents[1] / "wording")


@dataclass(frozen=True, kw_only=True)
class Patient:
    """One service as a whole, from its folder or from the database; ``where`` is how its place is told.

    ``wording`` is its own, by language; ``admins`` how many there are, ``None`` where nobody knows (a folder).
    """

    where: str
    service: str
    languages: Sequence[str]
    rules: RuleSet
    facilities: Sequence[Facility]
    wording: Words
    has_contact: bool
    admins: int | None = None


def examine(patient: Patient, *, profiles: Path | None, asks_profiles: bool) -> list[Fault]:
    """Every contradiction. ``asks_profiles``: also the settings files of plugins, which only an installation has."""
    examinations: tuple[Callable[[Patient], Iterator[Fault]], ...] = (_stock, _words, _texts, _mails, _lapses, _payees)
    faults = [fault for one in examinations for fault in one(patient)]
    faults += _plugins(patient, profiles=profiles, asks_profiles=asks_profiles)
    if not patient.has_contact:
        faults.append(_fault(patient, "no_contact", "warning", found=patient.service))
    if patient.admins is not None and patient.admins < FEWEST_ADMINS:
        faults.append(_fault(patient, "few_admins", "warning", found=patient.service, count=patient.admins))
    return faults


def _fault(patient: Patient, code: str, level: Level, **facts: object) -> Fault:
    return Fault(code=f"doctor_{code}", place=Place(patient.where, 1, 1), level=level, facts=facts)


def _stock(patient: Patient) -> Iterator[Fault]:
    only_nights = all(isinstance(one, NightTimetable) for one in patient.rules.timetables.values())
    for facility in patient.facilities:
        if not facility.bookable:
            continue
        if not facility.spaces:
            yield _fault(patient, "no_spaces", "warning", found=facility.code)
        elif not facility.hours and not only_nights:
            yield _fault(patient, "no_hours", "warning", found=facility.code)


def _words(patient: Patient) -> Iterator[Fault]:
    """Words for codes that nothing has, and words that one language has and another not."""
    spaces = [space for facility in patient.facilities for space in facility.spaces]
    known: dict[str, Collection[str]] = {
        "space_kind": {space.kind for space in spaces},
        "category": {one.category for one in patient.facilities if one.category},
        "activity": {activity for space in spaces for activity in space.activities},
    }
    own = {key for words in patient.wording.values() for key in words}
    for key in sorted(own):
        family, _, code = key.partition(".")
        if family in known and code not in known[family]:
            yield _fault(patient, "words_of_nothing", "warning", found=key)
        for language in patient.languages:
            if key not in patient.wording.get(language, {}) and key not in default_wording(language):
                yield _fault(patient, "words_in_one_language", lack_level(language), found=key, allowed=language)


def _texts(patient: Patient) -> Iterator[Fault]:
    """Texts of rules and facilities that lack a language of the site."""
    told = msgspec.to_builtins({"rules": patient.rules, "facilities": list(patient.facilities)})
    for language in patient.languages:
        missing = [path for path, text in _texts_in(told, "") if language not in text]
        if missing:
            facts = {"found": missing[0], "count": len(missing), "allowed": language}
            yield _fault(patient, "texts_untranslated", "warning", **facts)


def _texts_in(value: Any, path: str) -> Iterator[tuple[str, Mapping[str, str]]]:  # noqa: ANN401  # a document
    if isinstance(value, dict):
        if value and set(value) <= TONGUES and not path.endswith(".note"):
            yield path, value
            return
        for key, below in value.items():
            yield from _texts_in(below, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for place, below in enumerate(value):
            yield from _texts_in(below, f"{path}[{place}]")


def _mails(patient: Patient) -> Iterator[Fault]:
    wanted = dict.fromkeys(f"mail.{one.template}.{part}" for one in patient.rules.notices for part in MAIL)
    for language in patient.languages:
        known = {*default_wording(language), *patient.wording.get(language, {})}
        for key in wanted:
            if key not in known:
                yield _fault(patient, "mail_words", lack_level(language), found=key, allowed=language)


def _lapses(patient: Patient) -> Iterator[Fault]:
    lapse = any(one.lapses is not None for one in patient.rules.booking.lifecycle)
    if lapse and not any(one.event == "booking_lapsed" for one in patient.rules.notices):
        yield _fault(patient, "lapse_not_told", "warning")


def _payees(patient: Patient) -> Iterator[Fault]:
    for payee in patient.rules.payment.payees:
        if payee.registration_number is None:
            yield _fault(patient, "payee_without_number", "warning", found=payee.code)


def _plugins(patient: Patient, *, profiles: Path | None, asks_profiles: bool) -> Iterator[Fault]:
    rules = patient.rules
    named = [
        *((one.plugin, one.profile, payment_plugins()) for one in rules.payment.methods if one.plugin),
        *((one.plugin, one.profile, identity_plugins()) for one in rules.registration.identity),
        *((one.proof.beacon, one.proof.profile, beacon_plugins()) for one in rules.lottery.schemes),
    ]
    for plugin, profile, installed in dict.fromkeys(
        (plugin, profile, tuple(found)) for plugin, profile, found in named
    ):
        if plugin not in installed:
            yield _fault(patient, "plugin_missing", "error", found=plugin, allowed=", ".join(sorted(installed)))
        elif asks_profiles and profile and profile_file(profiles, plugin=str(plugin), profile=profile) is None:
            yield _fault(patient, "profile_missing", "error", found=profile, plugin=plugin)
