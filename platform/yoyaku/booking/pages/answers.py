"""The application form of a rule set: its questions as fields, its answers as they were typed, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from yoyaku.booking.pages.here import read_number
from yoyaku.booking.pages.lending import LENT, lent_field, lent_times, typed_lent
from yoyaku.booking.pages.places import equipment_yen
from yoyaku.booking.pages.views import request_hours
from yoyaku.booking.policy import BookingRequest, FormInvalid, FormMissing, TooManyPeople
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.terms import FormField
from yoyaku.rules.condition import Facts, holds
from yoyaku.rules.refusal import Refusal
from yoyaku.ui.formats import short_date, yen
from yoyaku.ui.words import Words

PREFIX: Final = "form."
ITEM: Final = "item."
"""Before the id of each item of the cart for which the form was begun."""
Answers = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question as a field of the page: ``name`` in the form, and what was typed."""

    name: str
    kind: str
    label: str
    required: bool
    hint: str | None
    choices: Sequence[tuple[str, str]]
    value: Any
    unit: str | None


def asked_questions(rules: ServiceRules, requests: Sequence[BookingRequest], *, person: Facts) -> list[FormField]:
    """The questions that any of the requests asks; those that hang on another answer are asked, not required."""
    asked: dict[str, FormField] = {}
    for request in requests:
        placed = rules.inventory.space(request.space_id)
        facts = {**placed.facts, **rules.day_facts(request.use_on), **person, "nights": request.nights}
        for question in rules.form_at(placed):
            on_answers = {name for name in question.when if name.startswith(PREFIX)}
            known = {name: allowed for name, allowed in question.when.items() if name not in on_answers}
            if all(holds(allowed, facts.get(name)) for name, allowed in known.items()):
                asked[question.code] = question
    return list(asked.values())


def is_always_required(question: FormField) -> bool:
    """Whether a question must be answered whatever the other answers are."""
    return question.required and not any(name.startswith(PREFIX) for name in question.when)


def question_views(
    questions: Sequence[FormField], answers: Answers, words: Words, *, people: int | None
) -> list[Question]:
    """The questions as fields, with what was typed before."""
    return [
        Question(
            name=PREFIX + question.code,
            kind=question.kind,
            label=words.text(question.label),
            required=is_always_required(question),
            hint=_hint(question, words, people=people),
            choices=[(code, words.text(label)) for code, label in question.choices.items()],
            value=answers.get(question.code, {} if question.kind == "people_by_class" else ""),
            unit=words.say("unit.people") if question.code == "people" else None,
        )
        for question in questions
    ]


def _hint(question: FormField, words: Words, *, people: int | None) -> str | None:
    hint = words.text(question.hint)
    if question.at_most_capacity and people is not None:
        hint = f"{hint} {words.say('space.people', count=people)}".strip()
    return hint or None


def read_answers(questions: Sequence[FormField], form: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, by the code of the question, untouched; what is empty is left out."""
    answers: dict[str, Any] = {}
    for question in questions:
        name = PREFIX + question.code
        if question.kind == "people_by_class":
            counts = {code: str(form.get(f"{name}.{code}", "")).strip() for code in question.choices}
            if any(counts.values()):
                answers[question.code] = counts
        elif typed := str(form.get(name, "")).strip():
            answers[question.code] = typed
    return answers


def hidden_fields(form: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The answers as they were typed, and what they are for, to be carried to the next page."""
    carried = (PREFIX, ITEM, "equipment.", LENT, "payer", "relief")
    return [(name, str(value)) for name, value in form.items() if name.startswith(carried) and str(value)]


def form_errors(refusal: Refusal, questions: Sequence[FormField], words: Words) -> dict[str, str] | None:
    """The sentences for the fields that a refusal is about, or ``None`` where it is about none of them."""
    by_code = {question.code: question for question in questions}
    if isinstance(refusal, FormMissing):
        missing = [code for code in refusal.facts.get("fields", ()) if code in by_code]  # type: ignore[attr-defined]
        return {PREFIX + code: _missing(by_code[code], words) for code in missing} or None
    if isinstance(refusal, FormInvalid) and refusal.facts.get("field") in by_code:
        question = by_code[str(refusal.facts["field"])]
        return {PREFIX + question.code: words.sentence(refusal)}
    if isinstance(refusal, TooManyPeople):
        counted = next((one for one in questions if one.at_most_capacity), None)
        return None if counted is None else {PREFIX + counted.code: words.sentence(refusal)}
    return None


def _missing(question: FormField, words: Words) -> str:
    key = "form.choose_one" if question.kind in {"choice", "yes_no"} else "form.missing"
    return words.say(key, label=words.text(question.label))


def answer_rows(questions: Sequence[FormField], answers: Answers, words: Words) -> list[tuple[str, str]]:
    """Questions and answers in words."""
    return [
        (words.text(question.label), answer_words(question, answers[question.code], words))
        for question in questions
        if question.code in answers
    ]


def answer_words(question: FormField, answer: object, words: Words) -> str:
    """One answer in words."""
    if isinstance(answer, Mapping):
        return "・".join(
            words.say("people.of_kind", kind=words.text(question.choices.get(code, code)), count=count)
            for code, count in answer.items()
            if str(count) not in {"", "0"}
        )
    if question.kind == "yes_no":
        return words.say("answer.yes" if str(answer).lower() in {"true", "yes"} else "answer.no")
    return words.text(question.choices.get(str(answer), str(answer)))


def equipment_lots(
    rules: ServiceRules,
    items: Sequence[tuple[str, BookingRequest]],
    form: Mapping[str, Any],
    words: Words,
    *,
    now: datetime,
) -> list[dict[str, object]]:
    """What may be borrowed with each item (``items``: id and request), with what was typed."""
    lots = []
    for item_id, request in items:
        placed = rules.inventory.space(request.space_id)
        times, on = lent_times(rules, request, now=now), rules.civil_date(now)
        pieces = [
            {
                "name": f"equipment.{item_id}.{code}",
                "label": words.text(item.name),
                "value": form.get(f"equipment.{item_id}.{code}", ""),
                "hint": _piece_hint(equipment_yen(rules, code, on=on), item.stock, words),
                "unit": words.text(item.unit_name),
                "lent": lent_field(times, f"{item_id}.{code}", form),
            }
            for code, item in rules.inventory.equipment(request.space_id).items()
        ]
        if pieces:
            label = f"{words.text(placed.facility.name)} {words.text(placed.space.name)}"
            if len(items) > 1:  # the same room at two times would have two headings that are one
                label = f"{label}　{short_date(request.use_on, words.language)} {request_hours(rules, request, words)}"
            lots.append({"label": label, "pieces": pieces, "opened": any(piece["value"] for piece in pieces)})
    return lots


def _piece_hint(price: int | None, stock: int, words: Words) -> str:
    said = [] if price is None else [yen(price, words.language)]
    return "・".join([*said, words.say("apply.stock", count=stock)])


def equipment_errors(
    rules: ServiceRules, items: Sequence[tuple[str, BookingRequest]], form: Mapping[str, Any], words: Words
) -> dict[str, str]:
    """By field, the sentence for a number of pieces that cannot be read: it would be booked as none."""
    return {
        name: words.say("equipment.change.no_number", name=words.text(item.name))
        for item_id, request in items
        for code, item in rules.inventory.equipment(request.space_id).items()
        if (typed := str(form.get(name := f"equipment.{item_id}.{code}", "")).strip()) and read_number(typed) is None
    }


def with_equipment(item_id: str, request: BookingRequest, form: Mapping[str, Any]) -> BookingRequest:
    """The request with the pieces typed for it."""
    start = f"equipment.{item_id}."
    typed = {
        name.removeprefix(start): read_number(str(value)) for name, value in form.items() if name.startswith(start)
    }
    pieces = {code: count for code, count in typed.items() if count}
    lent = {code: typed_lent(f"{item_id}.{code}", form) for code in pieces}
    return (
        replace(request, equipment=pieces, lent={code: times for code, times in lent.items() if times})
        if pieces
        else request
    )
