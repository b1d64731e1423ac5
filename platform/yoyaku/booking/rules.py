"""All rules of one service in one version, ready for decisions; ``rulebook`` makes them from the files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final

from yoyaku.billing.terms import PaymentMethod, PaymentTerms
from yoyaku.booking.terms import (
    BookingTerms,
    Cancellation,
    Change,
    FormField,
    Lifecycle,
    Limit,
    SameSlotBan,
    StaffTerms,
    Window,
)
from yoyaku.facility.policy import FacilityRules, PlacedSpace
from yoyaku.fee.policy import FeeRules
from yoyaku.fee.terms import FeeTerms
from yoyaku.registration.terms import RegistrationTerms, Stage
from yoyaku.rules.values import Clause

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100


def is_within_reach(day: date) -> bool:
    """Whether bookings can have that day: from ``FIRST_YEAR`` on and before ``LAST_YEAR``."""
    return FIRST_YEAR <= day.year < LAST_YEAR


@dataclass(frozen=True, kw_only=True)
class ServiceRules(FacilityRules):
    """The sections of a rule set with the facilities they speak of.

    ``notices`` and ``lotteries`` are clauses of sections that higher folders read. ``version`` and
    ``inventory_version`` are what a booking decided by these rules keeps.
    """

    service: str
    registration: RegistrationTerms
    booking: BookingTerms
    fees: FeeTerms
    payment: PaymentTerms
    notices: Sequence[Clause] = ()
    lotteries: Sequence[Clause] = ()
    staff: StaffTerms = field(default_factory=StaffTerms)
    version: int = 0
    inventory_version: int = 0

    def sections(self) -> Mapping[str, object]:
        """The parts whose clauses can be cited."""
        own = {"registration": self.registration, "booking": self.booking, "payment": self.payment}
        higher = {"notices": self.notices, "lottery": {"schemes": self.lotteries}}
        return {**super().sections(), **own, **higher}

    @cached_property
    def fee_rules(self) -> FeeRules:
        """The fees, with what follows from them kept at hand."""
        return FeeRules(terms=self.fees)

    @cached_property
    def stages(self) -> Mapping[str, Stage]:
        """The stages of a registration by code."""
        return {stage.code: stage for stage in self.registration.stages}

    def windows_at(self, placed: PlacedSpace) -> tuple[Window, ...]:
        """Windows that can hold at a place."""
        return self.at_place("windows", self.booking.windows, placed)

    def limits_at(self, placed: PlacedSpace) -> tuple[Limit, ...]:
        """Limits that can hold at a place."""
        return self.at_place("limits", self.booking.limits, placed)

    def bans_at(self, placed: PlacedSpace) -> tuple[SameSlotBan, ...]:
        """Bans on booking the same time again that can hold at a place."""
        return self.at_place("same_slot_ban", self.booking.same_slot_ban, placed)

    def lifecycles_at(self, placed: PlacedSpace) -> tuple[Lifecycle, ...]:
        """Lives of a booking that can hold at a place."""
        return self.at_place("lifecycle", self.booking.lifecycle, placed)

    def form_at(self, placed: PlacedSpace) -> tuple[FormField, ...]:
        """Questions that can be asked for a place."""
        return self.at_place("form", self.booking.form, placed)

    def cancellations_at(self, placed: PlacedSpace) -> tuple[Cancellation, ...]:
        """Ways to end a booking that can hold at a place."""
        return self.at_place("cancellation", self.booking.cancellation, placed)

    def changes_at(self, placed: PlacedSpace) -> tuple[Change, ...]:
        """Changes that can hold at a place."""
        return self.at_place("change", self.booking.change, placed)

    def methods_at(self, placed: PlacedSpace) -> tuple[PaymentMethod, ...]:
        """Methods of payment that can hold at a place."""
        return self.at_place("payment", self.payment.methods, placed)
