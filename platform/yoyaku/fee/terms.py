"""Usage fees as an ordered pipeline: base tables, surcharges, multipliers, rounding, tax per line."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from yoyaku.kernel.yen import Rounding
from yoyaku.rules.values import Amount, Clause, Code, Factor, FactorByDate, Text, When

Tax = Literal["included", "exempt", "out_of_scope"]
Per = Literal["booking", "slot", "hour", "half_hour", "night", "guest_night", "day"]


class Price(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of a price table: the amount where ``when`` holds.

    ``together`` is a package price for exactly these bands joined, instead of their sum ◇.
    """

    when: When = {}
    yen: Amount


class Base(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="step", tag="base"):
    """The base fee: exactly one row of ``table`` applies to each unit (``per``); times the surfaces booked.

    For ``guest_night`` the fact ``age_group`` is set for each guest. Where the step's ``when`` does
    not hold it is passed over. A combination nobody priced is a fault that the lint finds.
    """

    code: Code
    name: Text
    when: When = {}
    per: Per
    times_surfaces: bool = True
    table: Annotated[list[Price], Meta(min_length=1)]
    tax: Tax = "included"


class Add(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="step", tag="add"):
    """A further line (lighting, air conditioning, bath tax) where ``when`` holds; first matching row counts."""

    code: Code
    name: Text
    when: When = {}
    per: Per
    times_surfaces: bool = True
    table: Annotated[list[Price], Meta(min_length=1)]
    tax: Tax = "included"


class Multiply(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="step", tag="multiply"):
    """The total of the lines in ``lines`` (all so far if absent) becomes ``percent`` of itself (200: double)."""

    code: Code
    name: Text
    when: When = {}
    percent: Factor | FactorByDate
    lines: list[Code] | None = None
    rounding: Rounding = Rounding.DOWN
    unit_yen: Annotated[int, Meta(ge=1)] = 1


class Package(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="step", tag="package"):
    """Bands booked together cost ``yen`` instead of the sum of line ``line`` (全日) where ``when`` holds."""

    code: Code
    name: Text
    when: When = {}
    bands: Annotated[list[Code], Meta(min_length=2)]
    line: Code
    yen: Amount


class EquipmentFee(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="step", tag="equipment"):
    """Price of each piece of equipment by code: per booking, per slot in which it is lent, or per hour of that begun."""

    code: Code
    name: Text
    per: Literal["booking", "slot", "hour"]
    prices: dict[str, Amount]
    tax: Tax = "included"


class Round(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="step", tag="round"):
    """Round the total so far to a multiple of ``unit_yen``; the difference is a line ``name``."""

    code: Code
    name: Text = field(default_factory=lambda: {"ja": "端数処理", "en": "Rounding"})
    rounding: Rounding
    unit_yen: Annotated[int, Meta(ge=1)]


class ReliefPlace(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="step", tag="relief"):
    """Where in the order of the steps a relief comes off; without one, no relief does."""

    code: Code = field(default="relief")


class Relief(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reduction or exemption (減免) where ``when`` holds: ``percent`` of the lines, or ``yen``, comes off.

    ``lines`` names them by code; absent, it is all before its place in the order that are not out of scope of
    consumption tax. What then remains is rounded to a multiple of ``unit_yen``. ``approval: required``: somebody asks for
    it, with grounds and the ``documents``, and a clerk decides; ``none``: it holds by itself. Of several, the one that
    takes most off counts, and only that.
    """

    code: Code
    name: Text
    hint: Text | None = None
    when: When = {}
    percent: Annotated[int, Meta(ge=1, le=100)] | None = None
    yen: Annotated[int, Meta(ge=1)] | None = None
    lines: list[Code] | None = None
    approval: Literal["required", "none"] = "required"
    documents: list[Text] = []
    rounding: Rounding = Rounding.DOWN
    unit_yen: Annotated[int, Meta(ge=1)] = 1


Step = Base | Add | Multiply | Package | EquipmentFee | Round | ReliefPlace


class FeeTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The section ``fees``; ``tax_rounding`` is what happens to a fraction of the tax, once per rate and invoice."""

    steps: list[Step]
    relief: list[Relief] = []
    tax_rate_percent: Annotated[int, Meta(ge=0, le=100)] = 10
    tax_rounding: Rounding = Rounding.DOWN
