"""Refunds, Stripe's own books and its webhooks."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from yoyaku.extension.payment import Found, NotSupported, PaymentRef, ProviderFailed, RefundOrder, WebhookRefused
from yoyaku_payment_stripe import plugin


def back(payment, amount_yen=2100, **other):
    usual = {"refund_id": str(uuid4()), "amount_yen": amount_yen, "payment": payment, "reason": "利用の取消し"}
    return RefundOrder(**{**usual, **other})


async def books_of(town):
    today = datetime.now(tz=ZoneInfo("Asia/Tokyo")).date()
    lines = [line for day in (-1, 0, 1) for line in await plugin.statement(town.context(), today + timedelta(days=day))]
    return [(line.kind, line.attempt_id, line.amount_yen) for line in lines]


@pytest.mark.fact("MG-063")
@pytest.mark.parametrize("amount_yen", [2100, 700])
async def test_a_card_gets_all_or_a_part_back_at_once_without_any_page(town, amount_yen):
    asked = back(await town.paid(), amount_yen)

    found = await plugin.refund(town.context(), asked)

    assert (found.state, found.amount_yen) == ("succeeded", amount_yen)
    assert await plugin.refund_status(town.context(), replace(asked, ref=found.ref)) == found


async def test_a_refund_is_made_once_even_when_it_is_asked_for_again_after_days(town):
    asked = back(await town.paid(), 700)
    first = await plugin.refund(town.context(), asked)
    town.stripe.forget_keys()

    again = await plugin.refund(town.context(later=timedelta(days=3)), asked)

    assert again == first
    assert len(town.stripe.books.every("refund")) == 1


@pytest.mark.parametrize("fault", ["broken", "broken_done", "lost"])
async def test_a_refund_is_made_once_whatever_goes_wrong_while_it_is_asked_for(town, fault):
    asked = back(await town.paid(), 700)
    before = len(town.stripe.asked)
    await plugin.refund_status(town.context(), asked)
    town.stripe.faults = [None] * (len(town.stripe.asked) - before) + [fault]
    with pytest.raises(ProviderFailed):
        await plugin.refund(town.context(), asked)

    found = await plugin.refund(town.context(), asked)

    assert found.state == "succeeded"
    assert len(town.stripe.books.every("refund")) == 1


async def test_what_went_back_already_does_not_go_back_again(town):
    payment = await town.paid()
    await plugin.refund(town.context(), back(payment))

    with pytest.raises(NotSupported) as refused:
        await plugin.refund(town.context(), back(payment, 1))

    assert refused.value.facts == {"what": "provider_refused", "code": "charge_already_refunded"}


async def test_nothing_goes_back_of_what_was_never_paid(town, ref):
    order = town.order()
    started = await plugin.start(town.context(), order)
    for payment in (ref(order, started.ref), PaymentRef(attempt_id="never", amount_yen=1, ref=None)):
        with pytest.raises(NotSupported):
            await plugin.refund(town.context(), back(payment))
        assert await plugin.refund_status(town.context(), back(payment)) == Found(state="unknown")


async def test_who_paid_at_a_store_gets_it_back_when_they_have_named_a_bank_account(town):
    asked = back(await town.paid("konbini"))

    first = await plugin.refund(town.context(), asked)
    (refund,) = town.stripe.books.every("refund")
    town.stripe.books.end_refund(refund)
    after = await plugin.refund_status(town.context(), replace(asked, ref=first.ref))

    assert (first.state, first.amount_yen) == ("pending", 0)
    assert (after.state, after.amount_yen) == ("succeeded", 2100)


async def test_a_refund_that_comes_back_days_later_is_told_as_failed_and_the_books_show_the_money_again(town):
    payment = await town.paid()
    asked = back(payment, 700)
    await plugin.refund(town.context(), asked)
    (refund,) = town.stripe.books.every("refund")
    town.stripe.books.end_refund(refund, failure="expired_or_canceled_card")

    found = await plugin.refund_status(town.context(), asked)

    assert (found.state, found.reason) == ("failed", "refund_rejected")
    assert found.detail == {"why": "expired_or_canceled_card"}
    assert await books_of(town) == [
        ("payment", payment.attempt_id, 2100), ("refund", asked.refund_id, 700), ("refund", asked.refund_id, -700),
    ]  # fmt: skip


async def test_a_disputed_payment_stands_in_the_books_as_money_that_nobody_here_gave_back(town):
    payment = await town.paid()
    (charge,) = town.stripe.books.every("charge")
    town.stripe.books.dispute(charge)

    assert await books_of(town) == [("payment", payment.attempt_id, 2100), ("refund", None, 2100)]
    assert (await plugin.status(town.context(), payment)).state == "succeeded"


async def test_the_books_of_a_day_are_whole_however_many_lines_they_have(town):
    for number in range(205):
        intent = town.stripe.books.intent(100 + number, {"attempt_id": f"a{number}"})
        town.stripe.books.succeed(intent, {"type": "card"})

    told = await books_of(town)

    assert sorted(amount for _, _, amount in told) == list(range(100, 305))


async def test_an_event_names_the_attempt_to_ask_about_and_a_refunds_event_the_refund(town):
    payment = await town.paid()
    asked = back(payment)
    await plugin.refund(town.context(), asked)
    events = town.stripe.events

    named = {
        kind: [notice.attempt_id for notice in plugin.read_webhook(town.context(), *events.signed(events.last(kind)))]
        for kind in ("checkout.session.completed", "payment_intent.succeeded", "charge.succeeded", "refund.created")
    }

    assert named == {
        "checkout.session.completed": [payment.attempt_id],
        "payment_intent.succeeded": [payment.attempt_id],
        "charge.succeeded": [payment.attempt_id],
        "refund.created": [asked.refund_id],
    }


async def test_an_event_that_comes_twice_bears_the_same_name(town):
    await town.paid()
    event = town.stripe.events.last("charge.succeeded")

    first, second = (plugin.read_webhook(town.context(), *town.stripe.events.signed(event)) for _ in "ab")

    assert first == second
    assert first[0].event_id == event["id"]


@pytest.mark.parametrize(
    "about", [{"id": "cus_1", "object": "customer"}, {"id": "pi_1", "metadata": {"shop": "other"}}]
)
def test_what_is_about_another_use_of_the_account_is_believed_and_passed_over(town, about):
    event = {"id": "evt_1", "object": "event", "type": "customer.created", "data": {"object": about}}

    assert plugin.read_webhook(town.context(), *town.stripe.events.signed(event)) == []


@pytest.mark.parametrize(
    ("signed", "reason"),
    [
        ({"secret": "whsec_other"}, "forged"),
        ({"seconds_ago": 301}, "stale"),
        ({"seconds_ago": -301}, "stale"),
        ({"seconds_ago": 290}, None),
    ],
)
def test_who_did_not_sign_in_time_is_not_believed(town, signed, reason):
    event = {"id": "evt_1", "object": "event", "type": "x", "data": {"object": {"metadata": {"attempt_id": "a"}}}}
    headers, body = town.stripe.events.signed(event, **signed)

    if reason is None:
        assert len(plugin.read_webhook(town.context(), headers, body)) == 1
        return
    with pytest.raises(WebhookRefused) as refused:
        plugin.read_webhook(town.context(), headers, body)
    assert refused.value.facts["reason"] == reason


@pytest.mark.parametrize("event", [[], {"id": 1}, {"object": "v2.core.event", "id": "evt_1"}, "[" * 50])
def test_a_signed_webhook_of_another_shape_is_malformed(town, event):
    with pytest.raises(WebhookRefused) as refused:
        plugin.read_webhook(town.context(), *town.stripe.events.signed(event))

    assert refused.value.facts["reason"] == "malformed"


@pytest.mark.parametrize("signature", ["", "t=1", "v1=00", "t=x,v1=00", "t=1,v1=é", f"t={'9' * 30},v1=00", "=,=,t"])
def test_no_signature_stops_the_reader(town, signature):
    with pytest.raises(WebhookRefused):
        plugin.read_webhook(town.context(), {"stripe-signature": signature}, b"{}")
