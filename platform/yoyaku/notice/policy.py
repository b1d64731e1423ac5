"""Which event tells whom: the clauses of the section ``notices`` that hold, and the address of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yoyaku.notice.terms import ALWAYS_TOLD, TOLD_BY_DEFAULT, Notice
from yoyaku.rules.condition import Facts, matches
from yoyaku.rules.values import Clause


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """An address, and the language its reader chose; without an address, only their inbox is told."""

    address: str | None
    language: str


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A mail to be written: the template's words, to somebody; ``for_registrant`` has an inbox too."""

    template: str
    to: Addressee
    for_registrant: bool


def choose_letters(
    notices: Sequence[Clause],
    *,
    event: str,
    facts: Facts,
    registrant: Addressee | None,
    facility_staff: Addressee | None,
) -> tuple[Letter, ...]:
    """The mails that an event calls for; whom nobody knows gets none."""
    addressees = {"registrant": registrant, "facility_staff": facility_staff}
    entries = [one for one in notices if isinstance(one, Notice) and one.event == event]
    if not entries and event in TOLD_BY_DEFAULT and registrant is not None:
        return (Letter(template=event, to=registrant, for_registrant=True),)
    letters = []
    for notice in entries:
        if matches(notice.when, facts):
            to = addressees[notice.to]
            if to is not None:
                letters.append(Letter(template=notice.template, to=to, for_registrant=notice.to == "registrant"))
    return tuple(letters)


def choose_templates(notices: Sequence[Clause], *, event: str, facts: Facts) -> tuple[str, ...]:
    """The templates in which an event of a registration is told to its person; see :class:`Notice`."""
    entries = [one for one in notices if isinstance(one, Notice) and one.event == event and one.to == "registrant"]
    chosen = tuple(one.template for one in entries if matches(one.when, facts))
    by_default = not entries or event in ALWAYS_TOLD
    return chosen or ((event,) if by_default else ())
