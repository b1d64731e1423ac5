"""The last step of applying: the id, the password and the consents, and what is wrong with them before anything is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from yoyaku.registration.policy import check_login_id
from yoyaku.registration.policy.eligibility import CONSENT
from yoyaku.registration.policy.form import FieldFault
from yoyaku.registration.policy.login import LoginIdMalformed
from yoyaku.registration.terms.login import LoginTerms
from yoyaku.ui.words import Words

LAST_STEP: Final = ("login_id", "password", "password_again")
"""Its fields in their order, before the consents: nothing of a password ever stands in a hidden field."""


def is_of_last_step(fault: FieldFault) -> bool:
    """Whether what is wrong stands on the last page of applying."""
    return fault.field in LAST_STEP or fault.field.startswith(CONSENT)


def in_order(faults: Sequence[FieldFault]) -> list[FieldFault]:
    """The faults as their fields stand on the last page."""
    return sorted(
        faults, key=lambda fault: LAST_STEP.index(fault.field) if fault.field in LAST_STEP else len(LAST_STEP)
    )


def faults_of_login(
    form: Mapping[str, str], login: LoginTerms, words: Words, *, asks_password: bool
) -> list[FieldFault]:
    """What an id and a password that were typed lack in themselves; the rest is checked where they are stored."""
    return [*_id_faults(form, login, words), *(_password_faults(form, words) if asks_password else [])]


def _id_faults(form: Mapping[str, str], login: LoginTerms, words: Words) -> list[FieldFault]:
    if login.issued is not None:
        return []
    login_id = form.get("login_id", "").strip()
    if not login_id:
        return [FieldFault(field="login_id", code="missing", facts={"label": words.text(login.id_label)})]
    try:
        check_login_id(login_id, login)
    except LoginIdMalformed as error:
        return [FieldFault(field="login_id", code=error.code, error=error)]
    return []


def _password_faults(form: Mapping[str, str], words: Words) -> list[FieldFault]:
    label = {"label": words.say("register.password")}
    if not form.get("password"):
        return [FieldFault(field="password", code="missing", facts=label)]
    if form.get("password") != form.get("password_again"):
        return [FieldFault(field="password_again", code="not_the_same", facts=label)]
    return []
