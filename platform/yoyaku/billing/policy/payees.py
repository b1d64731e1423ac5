"""Whose money a fee is."""

from __future__ import annotations

from collections.abc import Sequence

from yoyaku.billing.terms import CITY, Payee
from yoyaku.rules.condition import Facts, matches


def payee_of(payees: Sequence[Payee], facts: Facts) -> str:
    """The code of the first payee whose condition holds; ``CITY`` where none does."""
    return next((one.code for one in payees if matches(one.when, facts)), CITY)
