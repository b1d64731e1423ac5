"""Registrations under two rule sets: whether they still let book, and until when they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yoyaku.booking.rules import ServiceRules
from yoyaku.registration.policy.life import expiries_at
from yoyaku.rulebook.dryrun.values import Finding, Head
from yoyaku.rules.condition import Facts
from yoyaku.rules.trace import ClauseUse
from yoyaku.rules.values import Clause
from yoyaku.ruleset.policy import Days


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationSubject:
    """A registration: its class, its stage, since which day it has that, and the facts by which validities decide."""

    head: Head
    user_class: str
    stage: str
    since: date
    facts: Facts

    def days(self, civil_date: object) -> Days:
        """By which a version would be chosen, if the stage were reached anew."""
        del civil_date
        return Days(made_on=self.since, used_on=self.since)


def compare_registration(
    old: ServiceRules, new: ServiceRules, subject: RegistrationSubject, *, today: date
) -> list[Finding]:
    """What the draft would decide otherwise: that it lets book no more (or again), until when it holds."""
    return list(_compare(old, new, subject, today))


def _compare(old: ServiceRules, new: ServiceRules, subject: RegistrationSubject, today: date) -> Iterator[Finding]:
    was, becomes = (_standing(rules, subject, today) for rules in (old, new))
    if was == becomes:
        return
    clause = _clause(new, subject, was, becomes)
    yield Finding(kind="registration", path=clause.path, reference=clause.reference, was=was, becomes=becomes)


def _standing(rules: ServiceRules, subject: RegistrationSubject, today: date) -> dict[str, Any]:
    """Plain values: ``class`` and ``stage`` are known, ``may_book`` today, and the last day by name of validity."""
    terms = rules.registration
    is_known = any(one.code == subject.user_class for one in terms.classes)
    stage = rules.stages.get(subject.stage)
    expiries = expiries_at(terms, stage=subject.stage, since=subject.since, facts=subject.facts)
    names = {one.code: one.name for one in terms.validity}
    ended = {one.code for one in terms.validity if one.then_stage is not None and expiries.get(one.code, today) < today}
    return {
        "class": is_known,
        "stage": stage is not None,
        "may_book": is_known and stage is not None and stage.may_book and not ended,
        "until": {code: {"name": names[code], "day": day.isoformat()} for code, day in sorted(expiries.items())},
    }


def _clause(
    new: ServiceRules, subject: RegistrationSubject, was: Mapping[str, Any], becomes: Mapping[str, Any]
) -> ClauseUse:
    """The draft's clause of the validity, or of the stage, that differs; none where the draft has it no more."""
    changed = [code for code, one in becomes["until"].items() if was["until"].get(code) != one]
    clauses: list[Clause] = [
        one for one in new.registration.validity if one.code in changed and one.from_stage == subject.stage
    ]
    stage = new.stages.get(subject.stage)
    if not clauses and stage is not None:
        clauses = [stage]
    return new.cite(clauses[0], facts={}, outcome="") if clauses else ClauseUse(path="")
