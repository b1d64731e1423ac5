"""The life of a registration: stages, checks of identity, validity, and what is kept for how long."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from yoyaku.registration.terms.people import Residency
from yoyaku.rules.values import Clause, Code, Text, When


class Stage(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stage of the registration (仮登録, 本登録, 登録証到着): what the fact ``registration`` may be.

    ``next_step`` tells whoever is at this stage what to do next. ``by_clerk``: a clerk may put somebody here by hand,
    saying why (a registration that turned out wrong).
    """

    code: Code
    name: Text
    may_book: bool
    may_enter_lottery: bool | None = None
    """Absent: who may book may enter."""
    may_log_in: bool = True
    by_clerk: bool = False
    next_step: Text | None = None


class IdentityStep(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A check of who somebody is, by a plugin, for those at ``at_stages`` to whom ``when`` applies.

    When it succeeds the registration goes to ``to_stage`` (absent: stays). ``with_application`` makes it part of
    applying: the application is not finished before the plugin has what it needs. ``papers`` names what is to be shown
    or sent. ``settings`` are the plugin's own, in its own schema; ``profile`` names a settings file of the
    installation, which ``settings`` add to. ``deletes_after_days`` counts from the decision.
    """

    code: Code
    plugin: Annotated[str, Meta(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", examples=["identity-counter"])]
    name: Text
    help: Text | None = None
    when: When = {}
    at_stages: Annotated[list[Code], Meta(min_length=1)]
    to_stage: Code | None = None
    with_application: bool = False
    papers: list[Code] = []
    profile: Code | None = None
    settings: dict[str, Any] = {}
    deletes_after_days: Annotated[int, Meta(ge=0)] = 0


class AddressResidency(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A verified address that begins with ``begins_with`` gives the residency (東京都…区: resident)."""

    begins_with: Annotated[list[str], Meta(min_length=1)]
    residency: Residency = "resident"
    otherwise: Residency | None = "outsider"


class Validity(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An expiry date that a registration carries, under a name of its own (a user may have two).

    It ends ``months`` after the day on which ``to_stage`` was reached (the first day is not counted, so the last day is
    the corresponding day of the last month), or later, at the end of that month or fiscal year. ``remind_days_before``
    are the days of the reminders; renewal opens ``renewal_months_before`` the end. When it has passed the registration
    goes to ``then_stage`` (absent: nothing but the date).
    """

    code: Code
    name: Text
    when: When = {}
    from_stage: Code
    months: Annotated[int, Meta(ge=1)]
    ends: Literal["same_day", "month_end", "fiscal_year_end"] = "same_day"
    remind_days_before: list[Annotated[int, Meta(ge=1)]] = []
    renewal_months_before: Annotated[int, Meta(ge=0)] = 0
    renewal_by: list[Literal["resident", "clerk"]] = field(default_factory=lambda: ["clerk"])
    then_stage: Code | None = None


class Retention(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """After how long personal data go; bookings and sums stay, without names.

    ``inactive_months`` count from the last log-in, booking or use; ``unfinished_days`` from applying, for whoever never
    got beyond ``unfinished_stages``. ``deletion_by`` says who may ask for it at once, and ``message_days`` how long messages stay.
    """

    inactive_months: Annotated[int, Meta(ge=1)] | None = None
    unfinished_days: Annotated[int, Meta(ge=1)] | None = None
    unfinished_stages: list[Code] = []
    message_days: Annotated[int, Meta(ge=1)] | None = None
    deletion_by: list[Literal["resident", "clerk"]] = field(default_factory=lambda: ["resident", "clerk"])


class Contacts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words that the pages of the registration show beside the form."""

    before_applying: Text | None = None
    after_applying: Text | None = None
    lost_card: Text | None = None
