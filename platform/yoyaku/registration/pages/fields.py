"""The registration form as templates show it: one view for each field, with what was typed and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from yoyaku.registration.policy.form import AGAIN, Asked, FieldFault
from yoyaku.registration.service.details import typed_text
from yoyaku.registration.terms import RegistrationField
from yoyaku.ui.formats import birth_date
from yoyaku.ui.words import Words

_INPUT: Final[Mapping[str, Mapping[str, str]]] = {
    "email": {"inputmode": "email", "autocapitalize": "none", "spellcheck": "false", "maxlength": "254"},
    "phone": {"inputmode": "tel", "maxlength": "30"},
    "postcode": {"inputmode": "numeric", "maxlength": "12"},
    "birth_date": {"maxlength": "20"},
}
_AUTOCOMPLETE: Final[Mapping[str, str]] = {
    "name": "name",
    "email": "email",
    "phone": "tel",
    "postcode": "postal-code",
    "address": "street-address",
    "birth_date": "bday",
}
"""Of the person who fills in the form (WCAG 1.3.5): only fields that are about them."""
_CONTACT: Final = frozenset({"postcode", "address", "phone", "email"})
_PARTS: Final = ("representative", "contact_person", "contact", "work", "proxy", "members")


@dataclass(frozen=True, kw_only=True)
class FieldView:
    """One field: its name in the form, its words, what stands in it, and how a browser may help."""

    name: str
    kind: str
    label: str
    hint: str
    required: bool
    open: bool
    value: str
    error: str | None
    again: str | None
    again_value: str
    again_error: str | None
    choices: Sequence[tuple[str, str]]
    extra: Mapping[str, str]
    towns: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What was typed, what is wrong with it (sentences by field), and the towns that share a postcode (by its field)."""

    answers: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    towns: Mapping[str, Sequence[str]] = field(default_factory=dict)


def say_faults(faults: Iterable[FieldFault], words: Words) -> dict[str, str]:
    """The sentence of each fault at its field; of two at one field, the first."""
    said: dict[str, str] = {}
    for fault in faults:
        said.setdefault(fault.field, say_fault(fault, words))
    return said


def say_fault(fault: FieldFault, words: Words) -> str:
    """One fault in words."""
    if fault.error is not None:
        return words.sentence(fault.error)
    return words.say(f"fault.{fault.code}", **{name: words.fact(value) for name, value in fault.facts.items()})


def field_views(asked: Sequence[Asked], words: Words, *, typed: Typed) -> list[FieldView]:
    """The questions in their order."""
    return [_view(one, words, typed) for one in asked]


def in_parts(views: Sequence[FieldView], *, group: bool) -> list[tuple[str, list[FieldView]]]:
    """The fields in parts of the form with the wording key of each part's title.

    Each part comes once, where the rules name its first field; within a part their order is kept.
    """
    parts: dict[str, list[FieldView]] = {}
    for view in views:
        parts.setdefault(part_of(view.name, group=group), []).append(view)
    return [(f"register.part.{name}", fields) for name, fields in parts.items()]


def part_of(code: str, *, group: bool) -> str:
    """To which part of the form a field belongs, by its code; a group's date of birth is its representative's."""
    if code in _CONTACT:
        return "contact"
    if group and code == "birth_date":
        return "representative"
    found = next((part for part in _PARTS if code == part or code.startswith(f"{part}_")), None)
    if found is not None:
        return "contact_person" if found == "contact" else found
    return "group" if group else "person"


def typed_of(form: Mapping[str, object], asked: Sequence[Asked]) -> dict[str, str]:
    """What was typed into the fields that are asked, and nothing else."""
    names = [name for one in asked for name in (one.field.code, one.field.code + AGAIN)]
    return {name: str(form[name]) for name in names if name in form}


def shown_answers(
    fields: Iterable[RegistrationField], answers: Mapping[str, object], words: Words
) -> list[tuple[str, str]]:
    """Label and answer of each field that was answered, as people read them."""
    return [
        (words.text(one.label), shown_answer(one, answers[one.code], words))
        for one in fields
        if one.code in answers and answers[one.code] not in (None, "")
    ]


def shown_answer(one: RegistrationField, answer: object, words: Words) -> str:
    """One answer as people read it."""
    if isinstance(answer, bool):
        return words.say("answer.yes" if answer else "answer.no")
    if isinstance(answer, date):
        return birth_date(answer, words.language)
    if one.kind == "birth_date":  # of a representative: kept among the further answers, as text
        return birth_date(date.fromisoformat(str(answer)), words.language)
    if one.kind == "choice":
        return words.text(one.choices.get(str(answer), str(answer)))
    return typed_text(answer)


def _view(asked: Asked, words: Words, typed: Typed) -> FieldView:
    one = asked.field
    again = one.code + AGAIN if one.typed_twice else None
    return FieldView(
        name=one.code,
        kind=one.kind,
        label=words.text(one.label),
        hint=_hint(asked, words),
        required=asked.required,
        open=asked.open,
        value=typed.answers.get(one.code, ""),
        error=typed.errors.get(one.code),
        again=again,
        again_value=typed.answers.get(again, "") if again else "",
        again_error=typed.errors.get(again) if again else None,
        choices=_choices(one, words),
        extra=_extra(one),
        towns=typed.towns.get(one.code, ()),
    )


def _hint(asked: Asked, words: Words) -> str:
    one = asked.field
    said = [words.say("register.if_it_applies")] if asked.open and one.required else []
    said += [words.text(one.help)] if one.help else []
    example = words.text(one.example) if one.example else words.maybe(f"register.example.{one.kind}")
    said += [words.say("register.example", example=example)] if example else []
    return " ".join(said)


def _choices(one: RegistrationField, words: Words) -> list[tuple[str, str]]:
    if one.kind == "yes_no":
        return [("yes", words.say("answer.yes")), ("no", words.say("answer.no"))]
    return [(code, words.text(label)) for code, label in one.choices.items()]


def _extra(one: RegistrationField) -> dict[str, str]:
    told = dict(_INPUT.get(one.kind, {"maxlength": str(one.highest_letters * 2)}))
    if one.code == one.kind and one.kind in _AUTOCOMPLETE:
        told["autocomplete"] = _AUTOCOMPLETE[one.kind]
    return told
