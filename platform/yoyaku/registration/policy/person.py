"""One registration per person: who somebody is, as far as name and birth date tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from yoyaku.kernel.text import fold_for_search
from yoyaku.registration.policy.form import Answers, FieldFault
from yoyaku.registration.terms import OnePerPerson, RegistrantClass, RegistrationTerms
from yoyaku.rules.values import Text


@dataclass(frozen=True, kw_only=True)
class Person:
    """Name (folded: width, variants and kana do not tell people apart) and birth date."""

    name: str
    born: date
    name_field: str


def person_of(terms: RegistrationTerms, chosen: RegistrantClass, answers: Answers) -> Person | None:
    """Who applies: oneself, or the representative of a group; ``None`` where the rules do not ask, or it is not said."""
    one = terms.one_per_person
    if one is None:
        return None
    name_field, born_field = _fields(one, chosen)
    name, born = answers.text(name_field), answers.day(born_field)
    folded = fold_for_search(name or "")
    return None if born is None or not folded else Person(name=folded, born=born, name_field=name_field)


def _fields(one: OnePerPerson, chosen: RegistrantClass) -> tuple[str, str]:
    if chosen.account_kind == "group":
        return one.group_name_field, one.group_birth_date_field
    return one.name_field, one.birth_date_field


def registered_fault(person: Person, *, unfinished: bool, refusal: Text | None) -> FieldFault:
    """The fault at the name: the city's own sentence, or the platform's; whose own application waits is told so."""
    if unfinished:
        return FieldFault(field=person.name_field, code="person_unfinished")
    facts: Mapping[str, object] = {} if refusal is None else {"refusal": refusal}
    return FieldFault(
        field=person.name_field, code="person_registered" if refusal is None else "not_eligible", facts=facts
    )
