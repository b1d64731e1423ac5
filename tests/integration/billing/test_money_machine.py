"""Whatever happens in whatever order: the books balance, no yen is lost, and nobody pays twice."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.integration.billing.money_world import PROFILE

from yoyaku.extension.payment import ProviderFailed, WebhookRefused
from yoyaku.kernel.errors import YoyakuError

ONLINE = """
    SELECT attempt_id FROM payment_attempt WHERE charge_id = ANY(:charges) AND plugin = 'payment-hosted'
    ORDER BY attempt_id DESC
"""


class Money:
    """Residents, a clerk, the processor, the post and the clock; ``pick`` says which, ``way`` how."""

    def __init__(self, world):
        self.world, self.processor, self.post = world, world.processor, world.processor.webhooks
        world.elapsed = timedelta()
        self.processor.faults.set("none")
        self.processor.next_refund = "succeeded"
        self.before = len(self.processor.books.payments)
        self.bookings = [world.run(world.book())]

    def try_(self, awaited, refused=YoyakuError):
        """Refusals of the rules are part of life; anything else is not."""
        with suppress(refused):
            self.world.run(awaited)

    def booking(self, pick):
        return self.bookings[pick % len(self.bookings)]

    def attempt(self, pick):
        charges = [booking for booking, _ in self.bookings]
        known = self.world.run(self.world.see(ONLINE, charges=charges))
        return known[pick % len(known)][0] if known else None

    def book(self, _pick, _way):
        if len(self.bookings) < 2:
            with suppress(YoyakuError):  # its time may be over
                self.bookings.append(self.world.run(self.world.book()))

    def settle(self, pick, way):
        """Begin what is to be paid and given back online, and mostly go on to the processor at once."""
        booking, _ = self.booking(pick)
        with suppress(YoyakuError):
            for begun in self.world.run(self.world.settle(booking)):
                if way:
                    self.world.run(self.world.ask(begun.attempt_id))

    def pay_through(self, pick, _way):
        """What mostly happens: begun, paid, and back; what is to go back goes back."""
        self.settle(pick, 1)
        self.pay(0, 0)
        self.come_back(0, 0)

    def change(self, pick, way):
        self.try_(self.world.change(*self.booking(pick), {"equipment": {"projector": way % 3}}))

    def cancel(self, pick, _way):
        self.try_(self.world.cancel(*self.booking(pick)))

    def pay_cash(self, pick, _way):
        self.try_(self.world.cash(self.booking(pick)[0]))

    def get_cash_back(self, pick, _way):
        self.try_(self.world.cash_back(self.booking(pick)[0]))

    def come_back(self, pick, _way):
        attempt_id = self.attempt(pick)
        if attempt_id is not None:
            self.world.run(self.world.ask(attempt_id))

    def give_up(self, pick, _way):
        attempt_id = self.attempt(pick)
        if attempt_id is not None:
            self.try_(self.world.stop(attempt_id), ProviderFailed)

    def pay(self, pick, way):
        """At the processor's page; a bank may say yes even after that has closed, and to another amount."""
        payments = [one for one in list(self.processor.books.payments.values())[self.before :] if one.state != "paid"]
        if not payments:
            return
        payment = payments[-1 - pick % len(payments)]
        if way == 1:
            self.processor.end(payment, "failed", reason="card_declined")
        elif way == 3 and payment.state == "open":
            self.processor.wait(payment, {})
        else:
            self.processor.pay(payment, amount=payment.amount + 10 if (pick, way) == (0, 2) else None)

    def let_refunds(self, _pick, way):
        self.processor.next_refund = ("succeeded", "pending", "failed", "pending")[way]

    def answer_refunds(self, _pick, way):
        for refund in self.processor.books.refunds.values():
            if refund.state == "pending":
                self.processor.settle_refund(refund, "failed" if way == 1 else "succeeded")

    def send_refunds_back(self, pick, _way):
        """Days later, from a card that is no more."""
        made = [one for one in self.processor.books.refunds.values() if one.state == "succeeded"]
        if made:
            self.processor.settle_refund(made[-1 - pick % len(made)], "failed")

    def bring_post(self, pick, way):
        """In any order, late, and sometimes again."""
        if self.post.waiting:
            place = pick % len(self.post.waiting)
            body = self.post.waiting[place] if way == 1 else self.post.waiting.pop(place)
            if way != 2 or body in self.post.waiting:
                self.try_(self.world.deliver(body), WebhookRefused)
            else:
                self.post.waiting.append(body)  # lost on the way; it is sent again

    def decide(self, pick, way):
        self.try_(self.world.decide(pick, ("refund", "cash", "apply", "explain")[way]))

    def forge_post(self, pick, _way):
        told = f'{{"event_id":"evt_forged","merchant":"{PROFILE}","order_id":"{self.attempt(pick)}"}}'
        with pytest.raises(WebhookRefused):
            self.world.run(self.world.deliver(told.encode(), secret="guessed"))

    def work(self, _pick, _way):
        self.world.run(self.world.work())

    def fail_once(self, _pick, way):
        self.processor.faults.set(("outage", "lost", "text", "other")[way], times=1)

    def wait(self, _pick, way):
        self.world.elapsed += timedelta(minutes=(5, 16, 24 * 60, 38 * 24 * 60)[way])
        for booking, _ in self.bookings:
            self.world.run(self.world.lapse(booking))

    def come_to_rest(self):
        """Nothing goes wrong any more, what was told is told until it is taken, and every time is over."""
        self.processor.faults.set("none")
        self.processor.next_refund = "succeeded"
        self.answer_refunds(0, 0)
        for payment in self.processor.books.payments.values():
            if payment.state == "pending":
                self.processor.end(payment, "failed", reason="bank_refused")
        for _ in range(3):
            for body in self.post.waiting:
                self.try_(self.world.deliver(body), WebhookRefused)
            self.world.run(self.world.work())
            self.world.elapsed += timedelta(minutes=16)
        self.post.waiting.clear()


ACTS = (
    *(Money.pay_through, Money.pay_through, Money.pay_through, Money.change, Money.change, Money.settle, Money.settle),
    *(Money.pay, Money.come_back, Money.work, Money.cancel, Money.bring_post, Money.give_up, Money.fail_once),
    *(Money.let_refunds, Money.answer_refunds, Money.wait, Money.book, Money.pay_cash, Money.get_cash_back),
    *(Money.send_refunds_back, Money.forge_post, Money.decide),
)
STEP = st.tuples(st.sampled_from(ACTS), st.integers(min_value=0, max_value=5), st.integers(min_value=0, max_value=3))
GO, HALF_AN_HOUR, A_DAY, MONTHS = 1, 1, 2, 3
LATE = [
    (Money.settle, 0, GO), (Money.wait, 0, HALF_AN_HOUR), (Money.work, 0, 0), (Money.wait, 0, A_DAY), (Money.wait, 0, A_DAY),
    (Money.pay, 0, 0),
]  # fmt: skip
"""The bank says yes when page, payment and booking are over."""
TWICE = [(Money.settle, 0, GO), (Money.give_up, 0, 0), (Money.settle, 0, GO), (Money.pay, 1, 0), (Money.pay, 0, 0)]
"""A payment that was given up is paid all the same, and so is the next."""
OTHER = [(Money.settle, 0, GO), (Money.pay, 0, 2), (Money.work, 0, 0), (Money.decide, 0, 0)]
SETTLED = [*LATE, (Money.bring_post, 0, 0), (Money.work, 0, 0), (Money.decide, 0, 1), (Money.decide, 0, 0)]
"""A clerk gives it back through its provider, since in cash it cannot be."""
LOST = [(Money.fail_once, 0, 1), (Money.settle, 0, GO), (Money.work, 0, 0), (Money.pay, 0, 0), (Money.work, 0, 0)]
PART = [
    (Money.settle, 0, GO), (Money.change, 0, 1), (Money.pay, 0, 0), (Money.come_back, 0, 0), (Money.change, 0, 0),
]  # fmt: skip
"""A projector is added while the payment is under way, and taken away again."""
NOT_BACK = [
    (Money.pay_through, 0, 0), (Money.change, 0, 1), (Money.let_refunds, 0, 2), (Money.pay_through, 0, 0),
]  # fmt: skip
"""Charged anew for a projector, but what was paid before does not go back."""
BACK_AGAIN = [
    (Money.pay_through, 0, 0), (Money.cancel, 0, 0), (Money.settle, 0, GO), (Money.work, 0, 0), (Money.send_refunds_back, 0, 0),
]  # fmt: skip
"""What went back comes back."""
KEPT = [
    (Money.pay_through, 0, 0), (Money.wait, 0, MONTHS), (Money.cancel, 0, 0), (Money.let_refunds, 0, 1), (Money.settle, 0, GO),
    (Money.answer_refunds, 0, 0),
]  # fmt: skip
"""Cancelled when nothing goes back any more, or, on other days, when all of it does, and the bank takes its time."""


@pytest.mark.slow
@pytest.mark.parametrize("world", ["reverse_and_recharge", "partial"], indirect=True)
def test_any_order_of_events_leaves_books_that_balance_no_lost_yen_and_one_net_charge(world):
    @settings(max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(steps=st.lists(STEP, min_size=20, max_size=30))
    @example(steps=LATE)
    @example(steps=TWICE)
    @example(steps=OTHER)
    @example(steps=SETTLED)
    @example(steps=LOST)
    @example(steps=PART)
    @example(steps=NOT_BACK)
    @example(steps=BACK_AGAIN)
    @example(steps=KEPT)
    def in_any_order(steps):
        money = Money(world)
        for act, pick, way in steps:
            act(money, pick, way)
        money.come_to_rest()
        world.agree()

    in_any_order()
    world.elapsed = timedelta(days=400)
    world.ledger_agrees()
    seen = {kind for (kind,) in world.run(world.see("SELECT DISTINCT kind FROM unmatched_money"))}
    assert seen >= {"late_payment", "double_payment", "other_amount"}
