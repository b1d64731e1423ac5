"""Payments through Stripe's own library, against a server of this machine that answers as Stripe documents it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from yoyaku.extension.payment import Found, GoTo, NotSupported, PayBy, Payer, PaymentRef, ProviderFailed
from yoyaku_payment_stripe import StripeSettings, plugin

OK, JCB, DECLINED, POOR, ASKED = (
    "4242424242424242", "3566002020360505", "4000000000000002", "4000000000009995", "4000002760003184",
)  # fmt: skip
QUARTER = timedelta(minutes=15)


@pytest.mark.fact("MG-021")
@pytest.mark.parametrize(("card", "brand"), [(OK, "visa"), (JCB, "jcb")])
async def test_a_card_is_paid_at_stripes_page_and_only_its_brand_comes_back(town, ref, card, brand):
    order = town.order()

    started = await plugin.start(town.context(), order)
    before = await plugin.status(town.context(), ref(order, started.ref))
    leaves = town.pay(started.url, card)
    after = await plugin.status(town.context(), ref(order, started.ref))

    assert isinstance(started, GoTo)
    assert before.state == "pending"
    assert leaves.headers["location"] == order.return_url
    assert (after.state, after.amount_yen, after.detail) == ("succeeded", 2100, {"method": "card", "brand": brand})
    assert abs(after.at - town.now) < timedelta(minutes=1)


async def test_stripe_is_told_yen_the_language_and_no_more_of_the_payer_than_it_needs(town):
    order = town.order(payer=replace(town.order().payer, language="en"))

    await plugin.start(town.context(), order)

    (told,) = town.stripe.posted
    (item,) = told["line_items"]
    assert item["price_data"] == {"currency": "jpy", "unit_amount": "2100", "product_data": {"name": order.description}}
    assert (told["locale"], told["allowed_payment_method_types"]) == ("en", ["card"])
    assert told["metadata"]["collection_number"] == order.collection_number
    assert "髙橋" not in str(told)
    assert "09012345678" not in str(told)


async def test_starting_again_leads_to_the_same_page(town):
    order = town.order()

    first = await plugin.start(town.context(), order)
    second = await plugin.start(town.context(later=timedelta(minutes=2)), order)
    otherwise = await plugin.start(town.context(), replace(order, description="別の書き方"))

    assert first.ref == second.ref == otherwise.ref
    assert len(town.stripe.books.every("checkout.session")) == 1


@pytest.mark.parametrize(
    ("card", "typed", "reason"),
    [
        (DECLINED, {}, "card_declined"),
        (POOR, {}, "insufficient_funds"),
        (ASKED, {"bank": "no"}, "three_d_secure_failed"),
    ],
)
async def test_a_refused_card_may_be_tried_again_and_is_the_reason_when_the_time_is_over(
    town, ref, card, typed, reason
):
    order = town.order()
    started = await plugin.start(town.context(), order)
    town.pay(started.url, card, **typed)

    meanwhile = await plugin.status(town.context(), ref(order, started.ref))
    over = await plugin.status(town.context(later=QUARTER), ref(order, started.ref))

    assert meanwhile.state == "pending"
    assert (over.state, over.reason) == ("failed", reason)


async def test_whom_the_bank_asks_has_paid_once_the_bank_says_so(town, ref):
    order = town.order()
    started = await plugin.start(town.context(), order)

    town.pay(started.url, ASKED)
    asked = await plugin.status(town.context(), ref(order, started.ref))
    town.pay(started.url, ASKED, bank="yes")
    after = await plugin.status(town.context(), ref(order, started.ref))

    assert (asked.state, after.state) == ("pending", "succeeded")


async def test_stripes_page_is_closed_after_the_platforms_minutes_not_after_stripes_own(town, ref):
    order = town.order()
    started = await plugin.start(town.context(), order)

    over = await plugin.status(town.context(later=QUARTER), ref(order, started.ref))
    too_late = town.pay(started.url)

    assert town.stripe.books.kept[started.ref]["expires_at"] >= (town.now + timedelta(minutes=30)).timestamp() - 1
    assert over.state == "expired"
    assert too_late.status_code == 410


async def test_what_was_paid_just_before_it_was_closed_is_paid(town, ref):
    order = town.order()
    started = await plugin.start(town.context(), order)
    town.pay(started.url)

    late = town.context(later=QUARTER)
    assert (await plugin.status(late, ref(order, started.ref))).state == "succeeded"
    assert (await plugin.cancel(late, ref(order, started.ref))).state == "succeeded"


async def test_a_page_that_is_paid_while_it_is_being_closed_is_paid(town, ref, monkeypatch):
    order = town.order()
    started = await plugin.start(town.context(), order)
    expire = town.stripe.books.expire_page

    def expire_too_late(ref):
        intent = town.stripe.books.intent(2100, {"attempt_id": order.attempt_id})
        town.stripe.books.kept[ref]["payment_intent"] = intent["id"]
        town.stripe.books.succeed(intent, {"type": "card", "card": {"brand": "visa"}})
        return expire(ref)

    monkeypatch.setattr(town.stripe.books, "expire_page", expire_too_late)

    found = await plugin.cancel(town.context(), ref(order, started.ref))

    assert (found.state, found.amount_yen) == ("succeeded", 2100)


async def test_a_cancelled_page_takes_no_money_any_more(town, ref):
    order = town.order()
    started = await plugin.start(town.context(), order)

    found = await plugin.cancel(town.context(), ref(order, started.ref))

    assert found.state == "cancelled"
    assert town.pay(started.url).status_code == 410
    assert (await plugin.cancel(town.context(), ref(order, started.ref))).state in {"cancelled", "expired"}


@pytest.mark.fact("KS-080")
async def test_a_store_is_paid_by_numbers_until_the_second_that_the_city_says(town, ref):
    until = town.now + timedelta(days=3, seconds=7)
    order = town.order(choice="konbini", numbers_until=until)

    started = await plugin.start(town.context(), order)
    before = await plugin.status(town.context(), ref(order, started.ref))
    town.pay_at_store(started.ref)
    after = await plugin.status(town.context(), ref(order, started.ref))

    assert isinstance(started, PayBy)
    assert set(started.numbers) >= {"familymart_payment_code", "lawson_confirmation_number"}
    assert started.pay_by == until.replace(microsecond=0)
    assert before.state == "pending"
    assert (after.state, after.detail) == ("succeeded", {"method": "konbini", "store": "lawson"})


async def test_numbers_that_nobody_paid_are_over_with_their_time(town, ref):
    order = town.order(choice="konbini", numbers_until=town.now + timedelta(days=1))
    started = await plugin.start(town.context(), order)
    town.stripe.books.ahead_seconds = timedelta(days=1).total_seconds()

    assert (await plugin.status(town.context(), ref(order, started.ref))).state == "expired"


async def test_numbers_are_cancelled_unless_they_were_paid(town, ref):
    order, paid = (town.order(choice="konbini", numbers_until=town.now + timedelta(days=1)) for _ in "ab")
    started, other = await plugin.start(town.context(), order), await plugin.start(town.context(), paid)
    town.pay_at_store(other.ref)

    assert (await plugin.cancel(town.context(), ref(order, started.ref))).state == "cancelled"
    assert (await plugin.status(town.context(), ref(order, started.ref))).state == "cancelled"
    assert (await plugin.cancel(town.context(), ref(paid, other.ref))).state == "succeeded"


async def test_numbers_paid_after_the_citys_time_but_within_stripes_are_told_as_paid(town, ref):
    order = town.order(choice="konbini", numbers_until=None)  # a quarter of an hour; Stripe's last for half an hour
    started = await plugin.start(town.context(), order)
    town.pay_at_store(started.ref)

    found = await plugin.status(town.context(later=timedelta(minutes=20)), ref(order, started.ref))

    assert (found.state, found.amount_yen) == ("succeeded", 2100)


@pytest.mark.parametrize(
    ("other", "what"),
    [
        ({"amount_yen": 49}, "amount"),
        ({"choice": "konbini", "amount_yen": 119}, "amount"),
        ({"choice": "konbini", "amount_yen": 300_001}, "amount"),
        ({"choice": "bank"}, "choice"),
        ({"choice": "konbini", "payer": Payer(customer="c", name="名")}, "email"),
        ({"payer": Payer(customer="c", name="名", email="no address")}, "provider_refused"),
    ],
)
async def test_what_stripe_would_never_take_is_not_asked_for_again_and_again(town, other, what):
    with pytest.raises(NotSupported) as refused:
        await plugin.start(town.context(), town.order(**other))

    assert refused.value.facts["what"] == what
    assert "no address" not in repr(refused.value)


@pytest.mark.parametrize("fault", ["busy", "broken", "lost", "garbage", "slow"])
async def test_a_fault_at_stripe_is_a_provider_that_failed_and_tells_nothing_of_the_payer(town, fault):
    town.stripe.faults.append(fault)

    with pytest.raises(ProviderFailed) as failed:
        await plugin.status(town.context(timeout_seconds=1), PaymentRef(attempt_id="a", amount_yen=1, ref="cs_test_1"))

    assert town.stripe.api_key not in repr(failed.value)
    assert failed.value.__cause__ is None


async def test_nobody_at_the_address_is_a_provider_that_failed(town):
    with pytest.raises(ProviderFailed):
        await plugin.status(
            town.context(api_base="http://127.0.0.1:9"), PaymentRef(attempt_id="a", amount_yen=1, ref="cs_test_1")
        )


@pytest.mark.parametrize("choice", ["card", "konbini"])
async def test_a_payment_whose_reference_was_lost_on_the_way_is_found_and_taken_up_again(town, choice):
    order = town.order(choice=choice, numbers_until=town.now + timedelta(days=3))
    town.stripe.faults.append("lost")
    with pytest.raises(ProviderFailed):
        await plugin.start(town.context(), order)
    lost = PaymentRef(attempt_id=order.attempt_id, amount_yen=order.amount_yen, ref=None)

    found = await plugin.status(town.context(), lost)
    again = await plugin.start(town.context(), order)

    assert found.state == "pending"
    assert again.ref == found.ref


@pytest.mark.parametrize("choice", ["card", "konbini"])
async def test_money_is_found_days_later_even_where_its_reference_was_lost(town, choice):
    order = town.order(choice=choice, numbers_until=town.now + timedelta(days=9))
    started = await plugin.start(town.context(), order)
    if choice == "card":
        town.pay(started.url)
    else:
        town.pay_at_store(started.ref)
    town.stripe.books.ahead_seconds = timedelta(days=5).total_seconds()

    lost = PaymentRef(attempt_id=order.attempt_id, amount_yen=order.amount_yen, ref=None)
    found = await plugin.status(town.context(later=timedelta(days=5)), lost)

    assert (found.state, found.ref) == ("succeeded", started.ref)


async def test_an_error_that_stripe_would_repeat_for_a_day_keeps_nobody_from_paying(town):
    order = town.order()
    town.stripe.faults.append("broken")
    with pytest.raises(ProviderFailed):
        await plugin.start(town.context(), order)

    started = await plugin.start(town.context(), order)

    assert isinstance(started, GoTo)
    assert len(town.stripe.books.every("checkout.session")) == 1


async def test_an_error_after_the_page_was_made_leads_to_that_page(town):
    order = town.order()
    town.stripe.faults.append("broken_done")
    with pytest.raises(ProviderFailed):
        await plugin.start(town.context(), order)

    started = await plugin.start(town.context(), order)

    (page,) = town.stripe.books.every("checkout.session")
    assert started.ref == page["id"]


async def test_nothing_is_known_of_what_never_began_and_nothing_told_of_what_is_anothers(town):
    order = town.order()
    started = await plugin.start(town.context(), order)

    for absent in (None, "cs_test_absent", "pi_absent"):
        unknown = await plugin.status(town.context(), PaymentRef(attempt_id="never", amount_yen=1, ref=absent))
        assert unknown == Found(state="unknown")
    with pytest.raises(ProviderFailed) as failed:
        await plugin.status(town.context(), PaymentRef(attempt_id="another", amount_yen=2100, ref=started.ref))
    assert failed.value.facts["reason"] == "foreign"


def test_settings_would_send_no_secret_in_clear():
    with pytest.raises(ValueError, match="https"):
        StripeSettings(api_base="http://api.example.jp")
