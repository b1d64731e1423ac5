"""Who may use a service: classes of registrants and the stages a registration passes."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from yoyaku.rules.values import Clause, Code, Text


class RegistrantClass(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A class of registrants (個人ID, 団体ID, 在住, 在勤): what the fact ``user_class`` may be."""

    code: Code
    name: Text
    account_kind: Literal["individual", "group"] = "individual"
    residency: Literal["resident", "worker", "student", "outsider"] | None = None


class Stage(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stage of the registration (仮登録, 本登録, 登録証到着): what the fact ``registration`` may be."""

    code: Code
    name: Text
    may_book: bool


class LoginTerms(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How people log in: the pattern of the login id, and what makes two spellings one."""

    id_label: Text
    id_pattern: str
    leading_zeros_optional_to: int | None = None
    idle_minutes: Annotated[int, Meta(ge=5)] = 30


class RegistrationTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The section ``registration``."""

    classes: Annotated[list[RegistrantClass], Meta(min_length=1)]
    stages: Annotated[list[Stage], Meta(min_length=1)]
    login: LoginTerms
