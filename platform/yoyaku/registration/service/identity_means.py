"""What a plugin is given: its settings, secrets, and what it may know of the person."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec

from yoyaku.extension.identity import Applicant, CheckContext, PaperAsked, SecretMissing
from yoyaku.extension.profiles import settings_from
from yoyaku.extension.registry import identity_plugin
from yoyaku.kernel.seal import Seal
from yoyaku.registration.act import Act
from yoyaku.registration.policy.identity import papers_for
from yoyaku.registration.repository.checks import CheckedPerson
from yoyaku.registration.terms import IdentityStep
from yoyaku.rules.age import age_on
from yoyaku.rules.check import check
from yoyaku.rules.document import Document
from yoyaku.rules.fault import Fault

PersonFacts = Mapping[str, str | int | bool]
_MISSING: Final = {"missing_key", "missing_tag"}


@dataclass(frozen=True, kw_only=True)
class IdentityMeans:
    """What an installation lends to checks: encryption, its settings files of plugins, and where providers return to."""

    seal: Seal
    plugin_profiles: Path | None
    return_url: str


def check_settings(plugin_name: str, settings: Mapping[str, Any], *, profile: str | None = None) -> list[Fault]:
    """What is wrong in a rule set's settings of a plugin; the paths begin at the settings.

    What a ``profile`` of the installation may bring is not missed here.

    Raises:
        PluginUnknown: it is not installed.
    """
    shape = identity_plugin(plugin_name).settings_type
    document = Document(value=dict(settings), places={}, key_places={}, file=plugin_name)
    faults = check(document, shape).faults
    return [fault for fault in faults if profile is None or fault.code not in _MISSING]


def settings_of(step: IdentityStep, means: IdentityMeans) -> msgspec.Struct:
    """The plugin's settings: the rule set's over those of the profile.

    Raises:
        PluginUnknown, ProfileMissing, PluginSettingsWrong, DocumentRefused: the installation is not set up for the rules.
    """
    shape = identity_plugin(step.plugin).settings_type
    return settings_from(
        means.plugin_profiles, plugin=step.plugin, profile=step.profile, own=step.settings, shape=shape
    )


def facts_of(person: CheckedPerson, *, today: date) -> PersonFacts:
    """What conditions of checks and papers look at: the user's facts, their age, and what they answered (``form.…``)."""
    usual = {
        "user_class": person.user_class,
        "account_kind": person.kind,
        "residency": person.residency,
        "registration": person.stage,
        "mail_verified": person.mail_verified,
        "age": None if person.birth_date is None else age_on(person.birth_date, today),
    }
    answers = {f"form.{code}": value for code, value in person.details.items() if isinstance(value, str | int | bool)}
    return {**answers, **person.facts, **{name: value for name, value in usual.items() if value is not None}}


def context_of(
    *, act: Act, means: IdentityMeans, step: IdentityStep, person: CheckedPerson, check_id: UUID, by_proxy: bool = False
) -> CheckContext:
    """What the plugin of a step is told about one check."""
    facts = {**facts_of(person, today=act.today), "by_proxy": by_proxy}
    papers = [
        PaperAsked(code=paper.code, name=paper.name, kinds=frozenset(paper.any_of), required=paper.required)
        for paper in papers_for(act.terms, step, facts)
    ]
    return CheckContext(
        applicant=_applicant(person),
        settings=settings_of(step, means),
        now=act.real_now,
        return_url=means.return_url,
        secret=_secret,
        new_secret=_new_secret,
        keyed_hash=lambda told: means.seal.keyed_hash(f"identity check {check_id}", told).hex(),
        papers=tuple(papers),
    )


def _applicant(person: CheckedPerson) -> Applicant:
    return Applicant(
        registrant_id=str(person.registrant_id),
        name=person.name,
        kana=person.kana,
        birth_date=person.birth_date,
        postcode=person.postcode,
        address=person.address,
        email=person.email,
        language=person.language,
        user_class=person.user_class,
    )


def _secret(variable: str) -> str:
    value = os.environ.get(variable, "").strip()
    if not value:
        raise SecretMissing(variable=variable)
    return value


def _new_secret(letters: int, alphabet: str) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(letters))
