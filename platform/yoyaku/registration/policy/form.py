"""The registration form: which questions are asked of whom, and what the answers are taken for.

Codes with a meaning of their own, besides the kinds (``name``, ``kana``, ``birth_date``, ``email``, ``phone``,
``postcode``, ``address``): ``residency`` (where the class leaves it open), and of a group ``representative``,
``contact_person`` and ``members`` (one name a line), each with ``<code>_kana`` beside it where it is asked.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal
from uuid import UUID

from yoyaku.kernel.contact import read_mail_address, read_phone, read_postcode
from yoyaku.kernel.dates import read_date
from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.text import count_letters, fold_width, has_unreadable, tidy_kana, tidy_lines, tidy_name
from yoyaku.registration.terms import RegistrantClass, RegistrationField, RegistrationTerms, Way
from yoyaku.rules.condition import Facts, Value, matches

Answer = str | bool | date
AGAIN: Final = "_again"
"""After the name of a field: where it is typed a second time."""
FORM: Final = "form."
EARLIEST_BIRTH: Final = date(1868, 10, 23)
YES: Final = frozenset({"true", "yes", "on", "1"})
NO: Final = frozenset({"false", "no", "off", "0"})


class ApplicationRefused(YoyakuError):
    """Something in an application is missing, wrong or against the rules: ``faults``, all of them."""

    status = 422
    code = "application_refused"
    title = "The application cannot be taken as it is."

    def __init__(self, faults: list[FieldFault]) -> None:
        super().__init__(count=len(faults))
        self.faults = faults


@dataclass(frozen=True, kw_only=True)
class FieldFault:
    """What is wrong with one field: ``code`` finds the words ``fault.<code>``, which ``facts`` fill in."""

    field: str
    code: str
    facts: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Application:
    """What somebody applies with: class, way, what they typed by field, and which consents they gave by code.

    ``login_id`` and ``password`` where people choose them. ``registrant_id`` is the id that the registration will have:
    a form sent twice carries one.
    """

    user_class: str
    way: Way
    answers: Mapping[str, str] = dataclasses.field(repr=False)
    consents: AbstractSet[str] = frozenset()
    login_id: str | None = None
    password: str | None = dataclasses.field(default=None, repr=False)
    by_proxy: bool = False
    language: Literal["ja", "en"] = "ja"
    registrant_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What the form was understood to say, by field, and everything that is wrong with it."""

    values: Mapping[str, Answer]
    faults: list[FieldFault]

    def text(self, code: str) -> str | None:
        """One answer that is text; ``None`` where there is none."""
        found = self.values.get(code)
        return found if isinstance(found, str) else None

    def day(self, code: str) -> date | None:
        """One answer that is a day; ``None`` where there is none."""
        found = self.values.get(code)
        return found if isinstance(found, date) else None


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
        elif taken is not None:
            values[one.code] = taken
            known[FORM + one.code] = taken.isoformat() if isinstance(taken, date) else taken
    return Answers(values=values, faults=faults)


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
