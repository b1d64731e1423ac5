"""The registration form: which questions are asked of whom, and what the answers are taken for.

Codes with a meaning of their own, besides the kinds (``name``, ``kana``, ``birth_date``, ``email``, ``phone``,
``postcode``, ``address``): ``residency`` (where the class leaves it open), and of a group those of ``ROLE_FIELDS`` and
``members`` (one name a line).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from yoyaku.kernel.contact import read_mail_address, read_phone, read_postcode
from yoyaku.kernel.dates import read_date
from yoyaku.kernel.text import count_letters, fold_width, has_unreadable, tidy_kana, tidy_lines, tidy_name
from yoyaku.registration.policy.application import Answer, Answers, Application, ApplicationRefused, FieldFault
from yoyaku.registration.terms import RegistrantClass, RegistrationField, RegistrationTerms, Way
from yoyaku.rules.condition import Facts, Value, matches

__all__ = [
    "AGAIN",
    "Answer",
    "Answers",
    "Application",
    "ApplicationRefused",
    "Asked",
    "FieldFault",
    "fields_asked",
    "find_class",
    "form_facts",
    "names_listed",
    "read_answers",
    "read_fields",
]

AGAIN: Final = "_again"
"""After the name of a field: where it is typed a second time."""
FORM: Final = "form."
ROLE_FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "representative": ("representative", "representative_kana"),
    "contact_person": ("contact_person", "contact_person_kana"),
}
"""By role in a group: in which fields the name and its reading stand."""
MEMBERS: Final = "members"
MEMBERS_MOST: Final = 200
EARLIEST_BIRTH: Final = date(1868, 10, 23)
YES: Final = frozenset({"true", "yes", "on", "1"})
NO: Final = frozenset({"false", "no", "off", "0"})


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question, and whether it is to be answered: ``open`` where an earlier answer may still decide."""

    field: RegistrationField
    required: bool
    open: bool = False


def find_class(terms: RegistrationTerms, code: str) -> RegistrantClass | None:
    """The class of that code."""
    return next((one for one in terms.classes if one.code == code), None)


def form_facts(registrant_class: RegistrantClass, *, way: Way, by_proxy: bool = False) -> dict[str, Value]:
    """What the conditions of fields, consents and papers may look at before anything is answered."""
    return {
        "user_class": registrant_class.code,
        "account_kind": registrant_class.account_kind,
        "residency": registrant_class.residency,
        "way": way,
        "by_proxy": by_proxy,
    }


def names_listed(text: str) -> list[str]:
    """The names of a list of members, one a line."""
    return [name for line in text.split("\n") if (name := tidy_name(line))]


def fields_asked(terms: RegistrationTerms, facts: Facts) -> tuple[Asked, ...]:
    """The questions where these facts hold. One that hangs on an answer not yet given is asked too, and stays open."""
    return tuple(_asked(terms, facts))


def _asked(terms: RegistrationTerms, facts: Facts) -> Iterator[Asked]:
    for one in terms.fields:
        unknown = {name for name in one.when if name.startswith(FORM) and facts.get(name) is None}
        if not matches({name: allowed for name, allowed in one.when.items() if name not in unknown}, facts):
            continue
        if not unknown or matches(one.when, facts):
            yield Asked(field=one, required=one.required or _mail_is_required(terms, one, facts))
        else:
            yield Asked(field=one, required=False, open=True)


def _mail_is_required(terms: RegistrationTerms, one: RegistrationField, facts: Facts) -> bool:
    return one.code == "email" and facts.get("way") in terms.mail.required_for


def read_answers(
    terms: RegistrationTerms,
    *,
    user_class: str,
    way: Way,
    answers: Mapping[str, str],
    today: date,
    by_proxy: bool = False,
) -> Answers:
    """Understand a form that was sent: every answer in its one writing, and every fault at once.

    Answers to questions that are not asked of this class and way are left out.
    """
    chosen = find_class(terms, user_class)
    if chosen is None or way not in chosen.apply_by:
        return Answers(values={}, faults=[FieldFault(field="", code="class_not_offered")])
    return read_fields(terms, facts=form_facts(chosen, way=way, by_proxy=by_proxy), answers=answers, today=today)


def read_fields(
    terms: RegistrationTerms, *, facts: Mapping[str, Value], answers: Mapping[str, str], today: date
) -> Answers:
    """Understand answers where these facts hold; what is answered becomes a fact for the fields that follow."""
    known: dict[str, Value] = dict(facts)
    values: dict[str, Answer] = {}
    faults: list[FieldFault] = []
    for one in terms.fields:
        if not matches(one.when, known):
            continue
        required = one.required or _mail_is_required(terms, one, known)
        taken = _take(_Question(field=one, required=required, facts=known, today=today), answers)
        if isinstance(taken, FieldFault):
            faults.append(taken)
        elif one.code == MEMBERS and isinstance(taken, str) and (fault := _count_members(terms, taken)):
            faults.append(fault)
        elif taken is not None:
            values[one.code] = taken
            known[FORM + one.code] = taken.isoformat() if isinstance(taken, date) else taken
    return Answers(values=values, faults=faults)


def _count_members(terms: RegistrationTerms, text: str) -> FieldFault | None:
    names, fewest = len(names_listed(text)), terms.groups.fewest_members
    if names < fewest:
        return FieldFault(field=MEMBERS, code="too_few_members", facts={"at_least": fewest})
    if names > MEMBERS_MOST:
        return FieldFault(field=MEMBERS, code="too_many_members", facts={"at_most": MEMBERS_MOST})
    return None


@dataclass(frozen=True, kw_only=True)
class _Question:
    field: RegistrationField
    required: bool
    facts: Mapping[str, Value]
    today: date

    def fault(self, code: str, **facts: object) -> FieldFault:
        return FieldFault(field=self.field.code, code=code, facts={"label": self.field.label, **facts})


def _take(question: _Question, answers: Mapping[str, str]) -> Answer | FieldFault | None:
    """One answer, what is wrong with it, or nothing."""
    asked = question.field
    typed = answers.get(asked.code, "")
    if has_unreadable(typed, lines=asked.kind == "long_text"):
        return question.fault("unreadable")
    if not typed.strip():
        return question.fault("missing") if question.required else None
    read = _READERS[asked.kind](question, typed)
    if isinstance(read, FieldFault):
        return read
    if isinstance(read, str) and asked.kind not in {"choice", "yes_no"}:
        letters = count_letters(read)
        if letters > asked.highest_letters:
            return question.fault("too_long", at_most=asked.highest_letters, found=letters)
        if letters < asked.lowest_letters:
            return question.fault("too_short", at_least=asked.lowest_letters)
    return _compare(question, read, answers.get(asked.code + AGAIN, "")) if asked.typed_twice else read


def _compare(question: _Question, read: Answer, again: str) -> Answer | FieldFault:
    """What was typed twice must be the same both times."""
    if not again.strip():
        return FieldFault(
            field=question.field.code + AGAIN, code="missing_again", facts={"label": question.field.label}
        )
    second = _READERS[question.field.kind](question, again)
    same = second.casefold() == read.casefold() if isinstance(second, str) and isinstance(read, str) else second == read
    if same:
        return read
    return FieldFault(field=question.field.code + AGAIN, code="not_the_same", facts={"label": question.field.label})


def _name(_question: _Question, typed: str) -> str:
    return tidy_name(typed)


def _kana(question: _Question, typed: str) -> str | FieldFault:
    of_group = question.facts.get("account_kind") == "group" and question.field.code == "kana"
    kana = tidy_kana(typed, latin=of_group)
    return question.fault("not_kana") if kana is None else kana


def _birth_date(question: _Question, typed: str) -> date | FieldFault:
    day = read_date(typed)
    if day is None:
        return question.fault("no_such_day")
    if day > question.today:
        return question.fault("day_to_come")
    return question.fault("day_too_early") if day < EARLIEST_BIRTH else day


def _email(question: _Question, typed: str) -> str | FieldFault:
    return read_mail_address(typed) or question.fault("no_mail_address")


def _phone(question: _Question, typed: str) -> str | FieldFault:
    phone = read_phone(typed)
    return question.fault("no_phone_number") if phone is None else phone.written


def _postcode(question: _Question, typed: str) -> str | FieldFault:
    return read_postcode(typed) or question.fault("no_postcode")


def _text(_question: _Question, typed: str) -> str:
    return " ".join(typed.strip().split("\t"))


def _long_text(_question: _Question, typed: str) -> str:
    return tidy_lines(typed)


def _choice(question: _Question, typed: str) -> str | FieldFault:
    return typed if typed in question.field.choices else question.fault("no_such_choice")


def _yes_no(question: _Question, typed: str) -> bool | FieldFault:
    word = fold_width(typed).lower()
    if word in YES:
        return True
    return False if word in NO else question.fault("no_such_choice")


_READERS: Final[Mapping[str, Callable[[_Question, str], Answer | FieldFault]]] = {
    "name": _name,
    "kana": _kana,
    "birth_date": _birth_date,
    "email": _email,
    "phone": _phone,
    "postcode": _postcode,
    "address": _text,
    "text": _text,
    "long_text": _long_text,
    "choice": _choice,
    "yes_no": _yes_no,
}
