"""Who may register: the class and the way, what people agree to, their age and school, where they live; and their papers."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date
from typing import Final

from yoyaku.registration.policy.form import Answers, Application, FieldFault, find_class, form_facts, read_answers
from yoyaku.registration.terms import Consent, Eligibility, Paper, RegistrantClass, RegistrationTerms, Way
from yoyaku.rules.age import age_on, school_year
from yoyaku.rules.condition import Facts, Value, holds, matches

CONSENT: Final = "consent."
"""Before the code of a consent: the name of its field."""
GRADES: Final = range(1, 13)
"""Years of school, from the first of elementary to the last of high school."""
RESIDENCIES: Final = frozenset({"resident", "worker", "student", "outsider"})


def check_application(terms: RegistrationTerms, application: Application, *, today: date) -> Answers:
    """Everything that can be said of an application without looking at others: its answers, and all that is wrong."""
    way, by_proxy = application.way, application.by_proxy
    read = read_answers(
        terms,
        user_class=application.user_class,
        way=way,
        answers=application.answers,
        today=today,
        by_proxy=by_proxy,
    )
    chosen = find_class(terms, application.user_class)
    if chosen is None or way not in chosen.apply_by:
        return read
    facts = answered_facts(chosen, read, way=way, today=today, by_proxy=by_proxy)
    refused = check_eligibility(terms, facts=facts, born=born_on(terms, chosen, read), answers=read, today=today)
    missing = check_consents(terms, facts=facts, consents=application.consents)
    at_fault = {fault.field for fault in read.faults}
    more = [fault for fault in refused if fault.field not in at_fault]
    return Answers(values=read.values, faults=[*read.faults, *more, *missing])


def answered_facts(
    chosen: RegistrantClass, answers: Answers, *, way: Way, today: date, by_proxy: bool = False
) -> dict[str, Value]:
    """What conditions may look at once the form is read: its answers too, the age in years, and where somebody belongs."""
    facts = form_facts(chosen, way=way, by_proxy=by_proxy)
    for code, answer in answers.values.items():
        facts[f"form.{code}"] = answer.isoformat() if isinstance(answer, date) else answer
    facts["residency"] = residency_of(chosen, answers)
    born = answers.day("birth_date") or answers.day("representative_birth_date")
    facts["age"] = None if born is None else age_on(born, today)
    return facts


def residency_of(chosen: RegistrantClass, answers: Answers) -> str | None:
    """Where somebody belongs, as the class says or, where it leaves it open, as they answered."""
    answered = answers.text("residency")
    return chosen.residency or (answered if answered in RESIDENCIES else None)


def born_on(terms: RegistrationTerms, chosen: RegistrantClass, answers: Answers) -> tuple[str, date] | None:
    """In which field a person's birth date stands, and the date; of a group its representative's."""
    one = terms.one_per_person
    of_group = one.group_birth_date_field if one else "representative_birth_date"
    of_person = one.birth_date_field if one else "birth_date"
    field = of_group if chosen.account_kind == "group" else of_person
    field = field if answers.day(field) else "birth_date"
    born = answers.day(field)
    return None if born is None else (field, born)


def check_eligibility(
    terms: RegistrationTerms, *, facts: Facts, born: tuple[str, date] | None, answers: Answers, today: date
) -> list[FieldFault]:
    """Each clause that this person does not meet, at the field on which it rests; what was not answered refuses nobody."""
    faults = []
    for one in terms.eligibility:
        if not matches(one.when, facts):
            continue
        fact = {"refusal": one.refusal}
        if born is not None and not _has_age(one, born[1], today):
            faults.append(FieldFault(field=born[0], code="not_eligible", facts=fact))
        address = answers.text(one.address_field)
        if one.address_within and address is not None and not lies_within(address, one.address_within):
            faults.append(FieldFault(field=one.address_field, code="not_eligible", facts=fact))
    return faults


def _has_age(one: Eligibility, born: date, today: date) -> bool:
    if one.age is not None and not holds(one.age, age_on(born, today, one.attained)):
        return False
    year = school_year(born, today)
    return one.not_in_school_years is None or year not in GRADES or not holds(one.not_in_school_years, year)


def lies_within(address: str, begins_with: list[str]) -> bool:
    """Whether an address begins with one of the texts, whatever spaces stand in it."""
    plain = "".join(address.split())
    return any(plain.startswith("".join(start.split())) for start in begins_with)


def consents_asked(terms: RegistrationTerms, facts: Facts) -> tuple[Consent, ...]:
    """What is to be agreed to where these facts hold."""
    return tuple(one for one in terms.consents if matches(one.when, facts))


def check_consents(terms: RegistrationTerms, *, facts: Facts, consents: AbstractSet[str]) -> list[FieldFault]:
    """Each consent that is missing."""
    asked = consents_asked(terms, facts)
    missing = [one for one in asked if one.required and one.code not in consents]
    return [FieldFault(field=CONSENT + one.code, code="not_agreed", facts={"label": one.text}) for one in missing]


def papers_for(terms: RegistrationTerms, facts: Facts) -> tuple[Paper, ...]:
    """The documents to be shown or sent where these facts hold (``age`` in years, ``by_proxy``, and those of the form)."""
    return tuple(one for one in terms.papers if matches(one.when, facts))
