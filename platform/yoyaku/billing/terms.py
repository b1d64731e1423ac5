"""How and until when fees are paid, and what happens after."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from yoyaku.rules.values import Clause, Code, Moment, Text, When


class PaymentMethod(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A method of payment where ``when`` holds; ``due`` is the moment until which it is open.

    ``after_due``: ``kept`` (the booking stands, other methods remain), ``lapses`` (the tentative
    booking ends, by its life cycle).
    """

    code: Code
    name: Text
    when: When = {}
    due: Moment | None = None
    after_due: Literal["kept", "lapses"] = "kept"
    online: bool = False


class PaymentTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The section ``payment``; the first method that applies is the one shown first."""

    methods: list[PaymentMethod] = []
