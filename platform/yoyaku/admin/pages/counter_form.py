"""An application as a clerk enters it: the form of the class, the papers on the counter, and what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from yoyaku.extension.identity import ClerkSaw, VisitCounter
from yoyaku.extension.registry import identity_plugin
from yoyaku.kernel.ids import new_id
from yoyaku.registration.pages.applicant import FORM_LASTS, open_mark, seal_mark
from yoyaku.registration.pages.door import Door
from yoyaku.registration.pages.fields import typed_of
from yoyaku.registration.policy.eligibility import CONSENT, answered_facts, check_application
from yoyaku.registration.policy.form import FORM, Application, Asked, FieldFault, fields_asked, form_facts
from yoyaku.registration.policy.identity import papers_for, steps_for
from yoyaku.registration.terms import IdentityStep, Paper, RegistrantClass, Way
from yoyaku.rules.condition import Value

FORM_KEY: Final = "counter_form"
PAPER: Final = "paper."
AGES: Final = (17, 30)
"""Under age and grown up: of both the papers are shown while nobody has typed a birth date."""


@dataclass(frozen=True, kw_only=True)
class CounterForm:
    """One form at the counter: for which class, by which way, whether a proxy came, and what was typed."""

    door: Door
    chosen: RegistrantClass
    way: Way
    by_proxy: bool = False
    form: Mapping[str, str] = field(default_factory=dict)
    form_key: str = ""

    @property
    def facts(self) -> dict[str, Value]:
        """What conditions may look at before anything is answered."""
        return form_facts(self.chosen, way=self.way, by_proxy=self.by_proxy)

    @property
    def asked(self) -> tuple[Asked, ...]:
        """The fields, by what is answered so far."""
        typed = {f"{FORM}{one.code}": self.form.get(one.code) or None for one in self.door.terms.fields}
        return fields_asked(self.door.terms, {**typed, **self.facts})

    @property
    def answers(self) -> dict[str, str]:
        """What was typed into the fields that are asked."""
        return typed_of(self.form, self.asked)

    @property
    def application(self) -> Application:
        """What is applied for by this form; nobody chooses a password at the counter."""
        key = open_mark(self.door.means.seal, self.form_key, purpose=FORM_KEY, real_now=self.door.real_now)
        return Application(
            user_class=self.chosen.code,
            way=self.way,
            answers=self.answers,
            consents=frozenset(name.removeprefix(CONSENT) for name in self.form if name.startswith(CONSENT)),
            login_id=self.form.get("login_id", "") if self.door.terms.login.issued is None else None,
            by_proxy=self.by_proxy,
            form_key=None if key is None else str(key),
        )

    @property
    def step(self) -> IdentityStep | None:
        """The check that papers on the counter pass, where the rules have one for this class."""
        terms = self.door.terms
        stage = self.chosen.first_stage or terms.stages[0].code
        steps = steps_for(terms, {**self.facts, "registration": stage})
        return next((one for one in steps if identity_plugin(one.plugin).begins_with is VisitCounter), None)

    @property
    def papers(self) -> list[Paper]:
        """The papers to be seen: of this person, or of anybody while their age is not known."""
        if self.step is None:
            return []
        read = check_application(self.door.terms, self.application, today=self.door.today)
        known = answered_facts(self.chosen, read, way=self.way, today=self.door.today, by_proxy=self.by_proxy)
        ages = AGES if known["age"] is None else (known["age"],)
        found = [one for age in ages for one in papers_for(self.door.terms, self.step, {**known, "age": age})]
        return list({one.code: one for one in found}.values())

    @property
    def approves(self) -> bool:
        """Whether the clerk has seen the papers and approves."""
        return self.step is not None and bool(self.form.get("approve"))

    @property
    def saw(self) -> ClerkSaw | None:
        """What the clerk saw, where they approve."""
        if not self.approves:
            return None
        seen = {one.code: self.form.get(PAPER + one.code, "") for one in self.papers}
        papers = {code: kind for code, kind in seen.items() if kind}
        return ClerkSaw(approved=True, papers=papers, by_proxy=self.by_proxy, note=self.form.get("note", ""))

    def missing_papers(self) -> list[FieldFault]:
        """Each paper that is needed to approve and was not seen."""
        if not self.approves:
            return []
        missing = [one for one in self.papers if one.required and not self.form.get(PAPER + one.code)]
        return [FieldFault(field=PAPER + one.code, code="paper_not_seen", facts={"label": one.name}) for one in missing]


def fresh_key(door: Door) -> str:
    """The mark that makes a form sent twice one registration."""
    return seal_mark(door.means.seal, purpose=FORM_KEY, registrant_id=new_id(), until=door.real_now + FORM_LASTS)


def known_key(door: Door, key: str) -> str:
    """The key that was sent, or a new one where it is over or not ours."""
    known = open_mark(door.means.seal, key, purpose=FORM_KEY, real_now=door.real_now)
    return fresh_key(door) if known is None else key
