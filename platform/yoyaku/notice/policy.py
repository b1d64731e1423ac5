"""Which event tells whom: the clauses of the section ``notices`` that hold, and the address of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yoyaku.notice.terms import Notice
from yoyaku.rules.condition import Facts, matches
from yoyaku.rules.values import Clause


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """An address, and the language its reader chose."""

    address: str
    language: str


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A mail to be written: the template's words, to somebody."""

    template: str
    to: Addressee


def choose_letters(
    notices: Sequence[Clause],
    *,
    event: str,
    facts: Facts,
    registrant: Addressee | None,
    facility_staff: Addressee | None,
) -> tuple[Letter, ...]:
    """The mails that an event calls for; who has no address gets none."""
    addressees = {"registrant": registrant, "facility_staff": facility_staff}
    letters = []
    for notice in notices:
        if isinstance(notice, Notice) and notice.event == event and matches(notice.when, facts):
            to = addressees[notice.to]
            if to is not None:
                letters.append(Letter(template=notice.template, to=to))
    return tuple(letters)
