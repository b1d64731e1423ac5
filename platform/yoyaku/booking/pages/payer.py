"""Who pays for what a group books: chosen where there is more than one who may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from yoyaku.booking.pages.here import Here
from yoyaku.booking.rules import ServiceRules
from yoyaku.registration.service.groups import Payer, payers_of

PAYER: Final = "payer"


@dataclass(frozen=True, kw_only=True)
class PayerField:
    """The question who pays, with what was chosen or is usual."""

    choices: Sequence[tuple[str, str]]
    value: str


async def payers_here(here: Here, rules: ServiceRules) -> list[Payer]:
    """Who may pay for what is booked here; nobody to choose from for a person."""
    visit = here.visit
    if visit.registrant_id is None or visit.person is None or visit.person.facts.get("account_kind") != "group":
        return []
    return await payers_of(here.conn, terms=rules.registration.groups, registrant_id=visit.registrant_id)


def chosen_payer(payers: Sequence[Payer], typed: Mapping[str, Any]) -> UUID | None:
    """Who was chosen, or ``None``: the usual one."""
    wanted = str(typed.get(PAYER, ""))
    return next((one.registrant_id for one in payers if str(one.registrant_id) == wanted), None)


def payer_field(payers: Sequence[Payer], typed: Mapping[str, Any]) -> PayerField | None:
    """The question, where there is a choice."""
    if len(payers) < 2:  # noqa: PLR2004 (no choice)
        return None
    usual = next((one.registrant_id for one in payers if one.is_usual), None)
    return PayerField(
        choices=[(str(one.registrant_id), one.name) for one in payers],
        value=str(chosen_payer(payers, typed) or usual or ""),
    )


def payer_name(payers: Sequence[Payer], typed: Mapping[str, Any]) -> str | None:
    """Who will pay, for reading it over; nobody is named where nobody else could."""
    if len(payers) < 2 and all(one.is_group for one in payers):  # noqa: PLR2004 (no choice)
        return None
    chosen = chosen_payer(payers, typed)
    return next((one.name for one in payers if (one.registrant_id == chosen if chosen else one.is_usual)), None)
