"""What accepting a win still asks: questions that entering left out, and terms that are new since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yoyaku.booking.pages.answers import PREFIX, asked_questions, form_errors, question_views, read_answers
from yoyaku.booking.pages.here import Here
from yoyaku.booking.pages.submission import missing_terms, term_views
from yoyaku.booking.policy import TermsNotAccepted
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.terms import FormField
from yoyaku.lottery.rules import scheme_of
from yoyaku.lottery.views import EntryView
from yoyaku.rules.refusal import Refusal

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, kw_only=True)
class WinForm:
    """What was sent to accept wins, or nothing yet."""

    here: Here
    rules: ServiceRules
    scheme: str
    entries: Sequence[EntryView]
    typed: Mapping[str, Any] | None = None

    @property
    def questions(self) -> list[FormField]:
        """All questions that the uses are asked."""
        person = self.here.visit.person.facts if self.here.visit.person else {}
        known = self.rules.inventory.spaces
        uses = [one for each in self.entries for one in each.requests if one.space_id in known]
        return asked_questions(self.rules, uses, person=person)

    @property
    def answers(self) -> dict[str, Any]:
        """What was typed; before that, what was answered on entering."""
        if self.typed is not None:
            return read_answers(self.questions, self.typed)
        return {code: answer for entry in self.entries for one in entry.requests for code, answer in one.form.items()}

    @property
    def accepted(self) -> list[str]:
        """The terms that were ticked now."""
        return [term.code for term in self.rules.booking.terms if (self.typed or NOTHING).get(f"terms.{term.code}")]

    def shown(self, errors: Mapping[str, str]) -> dict[str, Any]:
        """The fields and the terms of the page: what entering did not ask, and what is wrong now."""
        scheme = scheme_of(self.rules, self.scheme)
        late = scheme is not None and not scheme.entry.asks_form
        asked = [one for one in self.questions if late or PREFIX + one.code in errors]
        known = set.intersection(*[set(entry.accepted_terms) for entry in self.entries]) if self.entries else set()
        return {
            "fields": question_views(asked, self.answers, self.here.words, people=None),
            "terms": [one for one in term_views(self.here, self.rules) if one["code"] not in known],
            "ticked": self.accepted,
        }

    def errors(self, refusal: Refusal) -> dict[str, str]:
        """The sentences for the fields that a refusal is about, or one for the whole."""
        words = self.here.words
        if isinstance(refusal, TermsNotAccepted):
            known = [*self.accepted, *(code for entry in self.entries for code in entry.accepted_terms)]
            return missing_terms(self.here, self.rules, known)
        return form_errors(refusal, self.questions, words) or {"": words.sentence(refusal)}
