"""At the same instant: two browsers, the worker, the webhook, the way back, a cancellation, a lapse."""

import asyncio
from datetime import timedelta

import pytest

from yoyaku.billing.refusals import PaymentUnderWay
from yoyaku.extension.payment import WebhookRefused
from yoyaku.kernel.errors import YoyakuError

STATES = "SELECT kind, state, counted FROM payment_attempt ORDER BY created_at, attempt_id"
TOLD = "SELECT kind, count(*) FROM outbox WHERE kind LIKE 'payment%' GROUP BY kind"


def at_once(world, *acts):
    """What each of them came to; refusals count, anything else is a fault."""

    async def together():
        return await asyncio.gather(*acts, return_exceptions=True)

    came = world.run(together())
    assert [one for one in came if isinstance(one, Exception) and not isinstance(one, YoyakuError)] == []
    return came


@pytest.fixture
def booked(world):
    world.pause_seconds = 0.01
    return world.run(world.book())


@pytest.fixture
def begun(world, booked):
    """A payment that waits for its payer at the processor."""
    (attempt,) = world.run(world.settle(booked[0]))
    world.run(world.ask(attempt.attempt_id))
    return attempt


def paid_at_processor(world):
    (payment,) = world.processor.books.payments.values()
    world.processor.pay(payment)
    return payment


def at_rest(world):
    for body in world.processor.webhooks.waiting:
        world.run(world.deliver(body))
    for _ in range(3):
        world.run(world.work())
        world.elapsed += timedelta(minutes=16)
    world.agree()


def test_two_browsers_begin_one_payment(world, booked):
    came = at_once(world, *(world.settle(booked[0]) for _ in range(4)))

    assert sorted(type(one).__name__ for one in came) == ["PaymentUnderWay"] * 3 + ["list"]
    assert any(isinstance(one, PaymentUnderWay) for one in came)
    assert len(world.run(world.see(STATES))) == 1


def test_whoever_goes_to_the_processor_at_once_goes_to_one_page(world, booked):
    (attempt,) = world.run(world.settle(booked[0]))

    at_once(world, *(world.ask(attempt.attempt_id) for _ in range(4)), world.work())

    assert len(world.processor.books.payments) == 1
    at_rest(world)


def test_webhook_way_back_and_worker_count_a_payment_once_and_tell_it_once(world, begun):
    paid_at_processor(world)
    (body,) = world.processor.webhooks.waiting

    at_once(
        world,
        *(world.ask(begun.attempt_id) for _ in range(3)),
        *(world.deliver(body) for _ in range(3)),
        *(world.work() for _ in range(2)),
    )

    world.run(world.work())
    assert world.run(world.see(STATES)) == [("payment", "succeeded", True)]
    assert world.run(world.see(TOLD)) == [("payment_succeeded", 1)]
    world.agree()


@pytest.mark.parametrize("first", ["pay", "end"])
@pytest.mark.parametrize("how", ["cancel", "lapse", "stop"])
def test_a_booking_that_ends_while_its_payment_arrives_keeps_or_queues_the_money(world, booked, begun, how, first):
    paid_at_processor(world)
    world.elapsed = timedelta(days=2) if how == "lapse" else timedelta()
    end = {
        "cancel": lambda: world.cancel(*booked),
        "lapse": lambda: world.lapse(booked[0]),
        "stop": lambda: world.stop(begun.attempt_id),
    }[how]
    acts = [world.ask(begun.attempt_id), end()]

    at_once(world, *(acts if first == "pay" else reversed(acts)))

    at_rest(world)
    ((state, paid_yen),) = world.run(world.see("SELECT state, paid_yen FROM booking"))
    queued = world.run(world.see("SELECT kind FROM unmatched_money"))
    assert (state, paid_yen, queued) in [
        ("confirmed", 1000, []),
        ("cancelled", 1000, []),  # what goes back is the resident's to set off
        ("cancelled", 0, [("late_payment",)]),
    ]


@pytest.mark.fact("MG-013")
def test_a_payment_begun_in_time_confirms_although_its_result_comes_after_the_booking_would_have_lapsed(
    world, booked, begun
):
    world.elapsed = timedelta(days=2)
    world.run(world.lapse(booked[0]))
    paid_at_processor(world)

    world.run(world.ask(begun.attempt_id))
    world.run(world.lapse(booked[0]))

    assert world.run(world.see("SELECT state, paid_yen, lapses_at FROM booking")) == [("confirmed", 1000, None)]


def test_what_is_given_up_while_it_is_begun_takes_no_money_unseen(world, booked):
    (attempt,) = world.run(world.settle(booked[0]))

    at_once(world, world.ask(attempt.attempt_id), world.stop(attempt.attempt_id))
    for payment in list(world.processor.books.payments.values()):
        world.processor.pay(payment)

    at_rest(world)


def test_cash_and_card_at_once_are_one_payment(world, booked):
    came = at_once(world, world.settle(booked[0]), world.cash(booked[0]))

    assert len([one for one in came if isinstance(one, Exception)]) == 1
    at_rest(world)


def test_two_clerks_give_cash_back_once(world, booked):
    world.run(world.cash(booked[0]))
    world.run(world.cancel(*booked))

    at_once(world, *(world.cash_back(booked[0]) for _ in range(3)))

    assert world.run(world.see(STATES)) == [("payment", "succeeded", True), ("refund", "succeeded", True)]
    world.agree()


@pytest.mark.usefixtures("begun")
def test_a_flood_of_replays_and_forgeries_makes_nobody_ask_the_processor_more_than_once(world):
    paid_at_processor(world)
    (body,) = world.processor.webhooks.waiting

    came = at_once(
        world, *(world.deliver(body) for _ in range(5)), *(world.deliver(body, secret="x") for _ in range(5))
    )

    assert sorted(one for one in came if isinstance(one, str)) == ["accepted"] + ["replayed"] * 4
    assert len([one for one in came if isinstance(one, WebhookRefused)]) == 5
    world.run(world.work())
    assert world.run(world.see(STATES)) == [("payment", "succeeded", True)]


def test_a_flood_of_forgeries_fills_no_table(world):
    for number in range(205):
        with pytest.raises(WebhookRefused):
            world.run(world.deliver(f'{{"event_id": "{number}"}}'.encode(), secret="guessed"))

    assert world.run(world.see("SELECT count(*) FROM webhook_receipt")) == [(200,)]


def test_a_payer_who_looks_again_and_again_delays_no_worker(world, begun):
    for _ in range(12):
        world.run(world.ask(begun.attempt_id))

    ((asked, seconds),) = world.run(
        world.see("SELECT asked, extract(epoch FROM next_ask_at - clock_timestamp()) FROM payment_attempt")
    )
    assert (asked, seconds < 10) == (0, True)
