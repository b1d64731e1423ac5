"""An application under way, and the rows that it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from yoyaku.kernel.contact import phone_key
from yoyaku.kernel.ids import new_id
from yoyaku.kernel.text import search_key
from yoyaku.registration.act import Act
from yoyaku.registration.policy.eligibility import residency_of
from yoyaku.registration.policy.form import MEMBERS, ROLE_FIELDS, Answers, Application, names_listed
from yoyaku.registration.service.details import COLUMNS, details_of
from yoyaku.registration.terms import RegistrantClass


class Case:
    """One application under way, read and found without fault."""

    def __init__(self, *, act: Act, application: Application, chosen: RegistrantClass, answers: Answers) -> None:
        self.act = act
        self.application = application
        self.chosen = chosen
        self.answers = answers
        self.registrant_id = UUID(application.form_key) if application.form_key else new_id()
        self.stage = chosen.first_stage or act.terms.stages[0].code


def registrant_row(case: Case) -> dict[str, Any]:
    """The columns of a new registration."""
    answers, act = case.answers, case.act
    columns: Mapping[str, Any] = {code: answers.values.get(code) for code in COLUMNS}
    name, kana = answers.text("name") or answers.text("representative") or "", answers.text("kana") or ""
    return {
        **columns,
        "registrant_id": case.registrant_id,
        "kind": case.chosen.account_kind,
        "name": name,
        "kana": kana,
        "search_key": search_key(name, kana),
        "phone_key": phone_key(answers.text("phone") or ""),
        "user_class": case.chosen.code,
        "residency": residency_of(case.chosen, answers),
        "stage": case.stage,
        "stage_since": act.now,
        "facts": {},
        "details": details_of(answers),
        "consents": {code: act.now.isoformat() for code in sorted(case.application.consents)},
        "language": case.application.language,
        "registered_at": act.now,
        "active_on": act.today,
    }


def member_rows(case: Case) -> list[dict[str, Any]]:
    """Whom a group names: listing gives nobody a registration of their own."""
    if case.chosen.account_kind != "group":
        return []
    answers = case.answers
    rows = [
        _member(case, name, answers.text(kana_field), role)
        for role, (name_field, kana_field) in ROLE_FIELDS.items()
        if (name := answers.text(name_field))
    ]
    return [*rows, *(_member(case, name, None, "member") for name in names_listed(answers.text(MEMBERS) or ""))]


def _member(case: Case, name: str, kana: str | None, role: str) -> dict[str, Any]:
    return {
        "member_id": new_id(),
        "group_id": case.registrant_id,
        "name": name,
        "kana": kana or "",
        "role": role,
        "state": "listed",
        "may_act": False,
        "may_pay": False,
        "added_at": case.act.now,
    }
