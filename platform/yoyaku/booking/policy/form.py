"""The application form: which questions are asked, and what the answers are taken for."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from yoyaku.booking.policy.case import Case, derived_facts, form_answers
from yoyaku.booking.policy.refusals import FormInvalid, FormMissing, TermsNotAccepted, TooManyPeople
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.terms import FormField
from yoyaku.rules.condition import Facts, matches

YES: Final = frozenset({"true", "yes", "on", "1"})
NO: Final = frozenset({"false", "no", "off", "0"})
LONGEST_TEXT: Final = 200
LONGEST_LONG_TEXT: Final = 2000


def form_fields(rules: ServiceRules, facts: Facts) -> tuple[FormField, ...]:
    """The questions asked where these facts hold; ``facts`` may hold answers already given."""
    return tuple(field for field in rules.booking.form if matches(field.when, facts))


def check_terms(rules: ServiceRules, accepted: Sequence[str]) -> None:
    """Let pass who has accepted all terms.

    Raises:
        TermsNotAccepted: naming those that are missing.
    """
    missing = [terms for terms in rules.booking.terms if terms.code not in accepted]
    if missing:
        raise TermsNotAccepted(terms=[terms.code for terms in missing], labels=[terms.label for terms in missing])


def take_form(case: Case, answers: Mapping[str, object], *, required: bool) -> dict[str, object]:
    """The answers as they are understood; their facts are added to the case.

    Without ``required`` (a price is asked before the form is filled in) what is missing or wrong is left out.

    Raises:
        FormMissing: required answers, all at once.
        FormInvalid, TooManyPeople: the first answer that cannot be taken.
    """
    taken: dict[str, object] = {}
    missing: list[FormField] = []
    for field in case.rules.form_at(case.placed):
        if field.when and not matches(field.when, case.facts):
            continue
        answer = _take(case, field, answers.get(field.code), required=required)
        if answer is None:
            missing += [field] * field.required
            continue
        taken[field.code] = answer
        case.facts |= form_answers({field.code: answer})
    if missing and required:
        raise FormMissing(
            fields=[field.code for field in missing],
            labels=[field.label for field in missing],
            trace=case.ended_by(missing[0], "missing"),
        )
    case.facts |= derived_facts(case.rules, taken)
    return taken


def _take(case: Case, field: FormField, raw: object, *, required: bool) -> object | None:
    """One answer; ``None`` where there is none."""
    if raw is None or raw == "":
        return None
    answer = _READERS[field.kind](field, raw)
    if answer is None:
        if not required:
            return None
        raise FormInvalid(
            field=field.code, label=field.label, found=str(raw)[:LONGEST_TEXT], trace=case.ended_by(field, "invalid")
        )
    admitted = case.placed.space.people
    if field.at_most_capacity or field.code == "people":
        people = _count(answer)
        case.facts["people"] = people
        if required and admitted is not None and field.at_most_capacity and people > admitted:
            raise TooManyPeople(maximum=admitted, people=people, trace=case.ended_by(field, "too many"))
    return answer


def _count(answer: object) -> int:
    if isinstance(answer, Mapping):
        return sum(answer.values())
    return answer if isinstance(answer, int) else 0


def _read_text(field: FormField, raw: object) -> str | None:
    longest = field.maximum or (LONGEST_TEXT if field.kind == "text" else LONGEST_LONG_TEXT)
    text = raw.strip() if isinstance(raw, str) else ""
    return text if 0 < len(text) <= longest else None


def _read_number(field: FormField, raw: object) -> int | None:
    number = whole_number(raw)
    if number is None or number < (field.minimum or 0):
        return None
    return None if field.maximum is not None and number > field.maximum else number


def _read_choice(field: FormField, raw: object) -> str | None:
    return raw if isinstance(raw, str) and raw in field.choices else None


def _read_yes_no(_field: FormField, raw: object) -> bool | None:
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().lower()
    return True if word in YES else False if word in NO else None


def _read_by_class(field: FormField, raw: object) -> dict[str, int] | None:
    """Numbers by class; a class left empty counts none, and nobody at all is no answer."""
    if not isinstance(raw, Mapping) or not set(raw) <= set(field.choices):
        return None
    counts = {code: 0 if number in ("", None) else whole_number(number) for code, number in raw.items()}
    known = {code: count for code, count in counts.items() if count is not None}
    total = sum(known.values())
    if len(known) < len(counts) or total < max(field.minimum or 1, 1):
        return None
    return None if field.maximum is not None and total > field.maximum else known


def whole_number(raw: object) -> int | None:
    """A number from 0, from digits of any width; ``None`` where it is none."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int):
        return raw if raw >= 0 else None
    digits = unicodedata.normalize("NFKC", str(raw)).strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= len("1000000000") else None


_READERS: Final[Mapping[str, Callable[[FormField, object], object | None]]] = {
    "text": _read_text,
    "long_text": _read_text,
    "whole_number": _read_number,
    "choice": _read_choice,
    "yes_no": _read_yes_no,
    "people_by_class": _read_by_class,
}

__all__ = ["check_terms", "form_fields", "take_form", "whole_number"]
