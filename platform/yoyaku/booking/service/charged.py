"""What charges are for: bookings say so to billing, and hear from it what was paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.act import MoneyAct, PinnedRules
from yoyaku.billing.policy import RefundTooLate
from yoyaku.billing.refusals import PaymentUnderWay
from yoyaku.billing.service.beginning import begin_settlement, look_at_account
from yoyaku.billing.ties import ChargeSubject, Occasion
from yoyaku.booking.policy import FeeOutstanding, NotConfirmable, decide_confirmation
from yoyaku.booking.policy.case import made_case
from yoyaku.booking.policy.values import LIVE_STATES
from yoyaku.booking.repository import acts, bookings
from yoyaku.booking.repository.rows import booked_facts
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.refusals import BookingNotFound
from yoyaku.booking.views import BookingView
from yoyaku.booking.visit import Visit
from yoyaku.extension.payment import Payer
from yoyaku.kernel.errors import NotFound
from yoyaku.rules.values import Anchor, Moment


class ChargedBookings:
    """Bookings, as far as money is concerned."""

    async def lock(self, conn: AsyncConnection, *, act: MoneyAct, charge_id: UUID) -> ChargeSubject:
        """What a charge is for, held still: the booking is always locked before its charge.

        Raises:
            BookingNotFound: there is none of that id.
        """
        found = await bookings.lock_booking(conn, visit=visit_of(act), booking_id=charge_id, owner=None)
        return await subject_of(act, found)

    async def read(self, conn: AsyncConnection, *, act: MoneyAct, charge_id: UUID) -> ChargeSubject:
        """What a charge is for.

        Raises:
            BookingNotFound: there is none of that id.
        """
        found = await bookings.read_booking(conn, visit=visit_of(act), booking_id=charge_id, owner=None)
        return await subject_of(act, found)

    async def paid(  # as ChargeKeeper.paid
        self,
        conn: AsyncConnection,
        *,
        act: MoneyAct,
        charge_id: UUID,
        paid_yen: int,
        paid_by: Sequence[str],
        begun_at: datetime,
    ) -> None:
        """Write what is paid; where a payment confirms the booking and all is paid, it is confirmed.

        Begun before the booking would have lapsed, a payment confirms it also when its result comes later: the lapse
        waited for it. A booking that cannot be confirmed any more keeps the money all the same.
        """
        visit = visit_of(act)
        booking = await bookings.lock_booking(conn, visit=visit, booking_id=charge_id, owner=None)
        if booking is None:
            raise BookingNotFound
        await acts.set_paid(conn, visit=visit, booking_id=charge_id, paid_yen=paid_yen, paid_by=paid_by)
        if booking.state == "tentative" and paid_yen > booking.paid_yen:
            with suppress(NotConfirmable, FeeOutstanding):
                await _confirm(conn, act=act, visit=visit, booking=booking, paid_yen=paid_yen, begun_at=begun_at)


CHARGED_BOOKINGS = ChargedBookings()


def visit_of(act: MoneyAct) -> Visit:
    """Who moves money, as bookings know them; whose booking it is was looked at before."""
    return Visit(
        tenant_id=act.tenant_id,
        service_id=act.service_id,
        now=act.now,
        real_now=act.real_now,
        channel="counter" if act.actor == "clerk" else "web",
        actor="clerk" if act.actor == "clerk" else "system",
        account_id=act.account_id,
        staff_id=act.staff_id,
        staff_name=act.staff_name,
    )


async def return_excess(conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, booking_id: UUID) -> None:
    """Begin to give back what is paid too much, where the rules let it go back by itself and nothing is charged anew.

    What is too old for that, or is being paid this moment, stays with the charge, where the counter sees it.
    """
    if rules.payment.refunds.by != "system":
        return
    act = money_act(visit, rules)
    with suppress(NotFound, PaymentUnderWay, RefundTooLate):
        plan = (await look_at_account(conn, act=act, charge_id=booking_id)).plan
        if plan.reversals and not plan.charge_yen:
            await begin_settlement(conn, act=act, charge_id=booking_id, method_code=None)


def money_act(visit: Visit, rules: ServiceRules, rules_of: PinnedRules | None = None) -> MoneyAct:
    """Who acts on a booking, as billing knows them. Without ``rules_of`` the rules given are those of the booking."""

    async def these(*, version: int, inventory_version: int) -> ServiceRules:  # noqa: ARG001  # of this booking alone
        return rules

    return MoneyAct(
        tenant_id=visit.tenant_id,
        service_id=visit.service_id,
        now=visit.now,
        real_now=visit.real_now,
        zone=rules.zone,
        rules_of=rules_of or these,
        actor=visit.actor,
        account_id=visit.account_id,
        staff_id=visit.staff_id,
        staff_name=visit.staff_name,
        channel=visit.own_channel,
    )


async def confirm_what_is_paid(conn: AsyncConnection, *, act: MoneyAct, booking: BookingView) -> None:
    """Confirm a tentative booking of which a change has left nothing to pay, where a payment confirms it."""
    if booking.state == "tentative" and 0 < booking.total_yen <= booking.paid_yen:
        with suppress(NotConfirmable, FeeOutstanding):
            await _confirm(
                conn, act=act, visit=visit_of(act), booking=booking, paid_yen=booking.paid_yen, begun_at=act.now
            )


async def _confirm(  # as ChargeKeeper.paid
    conn: AsyncConnection, *, act: MoneyAct, visit: Visit, booking: BookingView, paid_yen: int, begun_at: datetime
) -> None:
    rules = await _rules(act, booking)
    plan = decide_confirmation(
        rules,
        booking=booked_facts(booking),
        by="payment",
        now=begun_at,
        fee_taken_yen=paid_yen - booking.paid_yen,
    )
    changes = {"state": plan.state, "confirmed_at": act.now, "lapses_at": None}
    facts = {"number": booking.number, "state": plan.state, "paid_yen": paid_yen}
    told = acts.Act(booking_id=booking.booking_id, kind="booking_confirmed", facts=facts)
    await acts.update_booking(conn, visit=visit, booking_id=booking.booking_id, changes=changes, act=told)


async def subject_of(act: MoneyAct, booking: BookingView | None) -> ChargeSubject:
    """What a booking's charge is for, by the rules that it keeps.

    Raises:
        BookingNotFound: there is none.
    """
    if booking is None:
        raise BookingNotFound
    rules = await _rules(act, booking)
    contact = booking.contact
    placed = rules.inventory.space(booking.request.space_id)
    return ChargeSubject(
        number=booking.number,
        facility_id=booking.facility_id,
        facility_name=booking.facility_name,
        space_name=booking.space_name,
        use_on=booking.use_on,
        number_code=placed.facility.number_code,
        payer=Payer(
            customer=str(booking.payer_id or contact.registrant_id),
            name=booking.payer_name or contact.name,
            kana=contact.kana,
            email=contact.email,
            phone=contact.phone,
            language=contact.language,
        ),
        dues=booking.dues,
        terms=rules.payment,
        is_live=booking.state in LIVE_STATES,
        lapses=booking.state == "tentative" and booking.lapses_at is not None,
        occasion=partial(_occasion, rules, booking),
    )


def _occasion(rules: ServiceRules, booking: BookingView) -> Occasion:
    """The facts of the booking as it was made: that it was not paid changes none of them."""
    case = made_case(rules, booked_facts(booking))

    def moment(wanted: Moment, known: Mapping[Anchor, datetime]) -> datetime:
        return rules.moment(wanted, placed=case.placed, use_on=case.use_on, anchors={**case.anchors, **known})

    return Occasion(facts=case.facts, moment=moment)


async def _rules(act: MoneyAct, booking: BookingView) -> ServiceRules:
    rules: ServiceRules = await act.rules_of(
        version=booking.rule_set_version, inventory_version=booking.inventory_version
    )
    return rules
