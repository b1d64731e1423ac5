"""The facts that conditions of the section ``registration`` may name: they are asked before anybody books anything.

The form knows class and way of applying and the answers above a question; a paper and a check know age and stage too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, get_args

from yoyaku.registration.terms import (
    IdentityStep,
    Paper,
    RegistrationField,
    RegistrationTerms,
    Residency,
    Validity,
    Way,
)
from yoyaku.rulebook.vocabulary import Fact
from yoyaku.rules.fault import KeyPath

ASKED_WHILE_APPLYING: Final = frozenset({"user_class", "account_kind", "residency", "way", "by_proxy"})
OF_PAPERS: Final = frozenset(
    {"user_class", "account_kind", "residency", "registration", "age", "by_proxy", "mail_verified"}
)
OF_APPLICANTS: Final = ASKED_WHILE_APPLYING | {"age"}
OF_CHECKS: Final = OF_PAPERS - {"by_proxy"}
OF_VALIDITY: Final = frozenset({"user_class", "account_kind", "residency"})


def registration_facts(terms: RegistrationTerms) -> Mapping[str, Fact]:
    """Every fact of the section by name, with what it can be."""
    return {
        "user_class": _among(each.code for each in terms.classes),
        "account_kind": _among(("individual", "group")),
        "residency": _among(get_args(Residency)),
        "registration": _among(stage.code for stage in terms.stages),
        "way": _among(get_args(Way)),
        "by_proxy": Fact("boolean"),
        "mail_verified": Fact("boolean"),
        "age": Fact("number"),
        **_answers(terms.fields),
    }


def facts_of_clause(path: KeyPath, clause: object, terms: RegistrationTerms) -> frozenset[str]:
    """The facts that a clause of the section can look at; a question knows those above it."""
    if isinstance(clause, RegistrationField):
        above = terms.fields[: int(path[-1])]
        return ASKED_WHILE_APPLYING | _answers(above).keys()
    if isinstance(clause, Validity):
        return OF_VALIDITY
    here = OF_PAPERS if isinstance(clause, Paper) else OF_CHECKS if isinstance(clause, IdentityStep) else OF_APPLICANTS
    return here | _answers(terms.fields).keys()


def _answers(fields: Sequence[RegistrationField]) -> Mapping[str, Fact]:
    found: dict[str, Fact] = {}
    for field in fields:
        name = f"form.{field.code}"
        if field.kind == "choice":
            earlier = found[name].values if name in found else None
            found[name] = Fact("text", frozenset(field.choices) | (earlier or frozenset()))
        else:
            found[name] = Fact("boolean") if field.kind == "yes_no" else Fact("text")
    return found


def _among(values: Iterable[str]) -> Fact:
    return Fact("text", frozenset(values))
