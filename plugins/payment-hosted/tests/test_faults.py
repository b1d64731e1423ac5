"""The way to the processor, when it breaks: nobody knows more than before, and asked again it is still one payment."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from yoyaku.extension.payment import NotSupported, ProviderFailed
from yoyaku.extension.returning import goes_back
from yoyaku.testing.payment_contract import order_with, ref_of, refund_with
from yoyaku_payment_hosted import HostedSettings, plugin


@pytest.mark.parametrize("fault", ["outage", "text", "endless", "redirect"])
async def test_an_answer_that_is_none_changes_nothing(context, processor, fault):
    order = order_with(choice="card")
    processor.faults.set(fault)
    with pytest.raises(ProviderFailed):
        await plugin.start(context, order)
    processor.faults.set("none")

    assert (await plugin.status(context, ref_of(order))).state == "unknown"


@pytest.mark.parametrize("fault", ["lost", "late", "other"])
async def test_a_payment_whose_answer_was_lost_is_found_again_and_begun_once(context, processor, fault):
    """T-C2: it was begun; whoever asks again finds that one."""
    processor.faults.slow_seconds = 1.5
    order = order_with(choice="card")
    processor.faults.set(fault, path="/v1/payments", times=1)
    with pytest.raises(ProviderFailed):
        await plugin.start(context, order)

    assert (await plugin.status(context, ref_of(order))).state == "pending"
    again = await plugin.start(context, order)
    assert len([one for one in processor.books.payments.values() if one.order_id == order.attempt_id]) == 1
    assert again.ref == processor.find(order.attempt_id).payment_id


async def test_a_refund_whose_answer_was_lost_is_made_once(context, processor, provider):
    order = order_with(choice="card")
    await provider.pay(order, await plugin.start(context, order))
    asked = refund_with(ref_of(order))
    processor.faults.set("lost", path="/v1/refunds", times=1)
    with pytest.raises(ProviderFailed):
        await plugin.refund(context, asked)

    assert (await plugin.refund_status(context, asked)).amount_yen == 400
    assert (await plugin.refund(context, asked)).amount_yen == 400
    assert [line.amount for line in processor.books.lines("aoba") if line.order_id == asked.refund_id] == [400]


@pytest.mark.parametrize(
    ("choice", "back"), [("card", True), ("e_money", True), ("convenience", False), ("net_bank", False)]
)
async def test_what_the_plugin_says_beforehand_of_giving_back_is_what_the_processor_does(
    context, processor, choice, back
):
    order = order_with(choice=choice)
    await plugin.start(context, order)
    processor.pay(processor.find(order.attempt_id))
    assert goes_back(plugin, choice) is back
    asked = refund_with(ref_of(order))
    if back:
        assert (await plugin.refund(context, asked)).state == "succeeded"
    else:
        with pytest.raises(NotSupported):
            await plugin.refund(context, asked)


async def test_the_same_id_for_another_amount_is_no_payment_at_all(context):
    order = order_with(choice="card")
    await plugin.start(context, order)
    with pytest.raises(ProviderFailed) as failed:
        await plugin.start(context, replace(order, amount_yen=500))

    assert failed.value.facts["reason"] == "order_conflict"


async def test_another_merchants_payment_is_unknown_and_a_wrong_secret_opens_nothing(context, settings):
    order = order_with(choice="card")
    await plugin.start(context, order)
    wrong = replace(context, secret=lambda _: "guessed")
    for stranger in (wrong, replace(context, settings=msgspec.structs.replace(settings, merchant="midori"))):
        with pytest.raises(ProviderFailed) as failed:
            await plugin.status(stranger, ref_of(order))
        assert failed.value.facts["reason"] == "not_signed"
    with pytest.raises(ProviderFailed):  # recorded and sent again ten minutes later
        await plugin.status(replace(context, now=context.now - timedelta(minutes=10)), ref_of(order))


async def test_a_page_elsewhere_is_never_gone_to(context, settings):
    elsewhere = msgspec.structs.replace(settings, page_url="https://pay.example.jp")
    with pytest.raises(ProviderFailed) as failed:
        await plugin.start(replace(context, settings=elsewhere), order_with(choice="card"))

    assert failed.value.facts["reason"] == "page_elsewhere"


async def test_a_method_that_is_not_offered_and_a_refund_that_cannot_be_are_refused_beforehand(context, settings):
    narrow = replace(context, settings=msgspec.structs.replace(settings, choices=("card",), partial_refund=False))
    with pytest.raises(NotSupported):
        await plugin.start(narrow, order_with(choice="convenience"))
    with pytest.raises(NotSupported):
        await plugin.refund(narrow, refund_with(ref_of(order_with(choice="card")), 100))


@pytest.mark.fact("MG-061", "MG-T7")
async def test_the_180th_day_is_the_last_on_which_the_processor_gives_back(context, processor, provider):
    order = order_with(choice="card")
    await provider.pay(order, await plugin.start(context, order))
    processor.ahead_seconds = 181 * 86400
    with pytest.raises(NotSupported) as refused:
        await plugin.refund(context, refund_with(ref_of(order)))
    assert refused.value.facts["why"] == "reversal_too_late"

    processor.ahead_seconds = 180 * 86400
    assert (await plugin.refund(context, refund_with(ref_of(order)))).state == "succeeded"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"base_url": "http://pay.example.jp"}, "http is for this machine alone"),
        ({"page_url": "http://pay.example.jp"}, "http is for this machine alone"),
        ({"choices": ["gold"]}, "Invalid enum"),
        ({"choices": []}, "length"),
        ({"api_secret": "plain text"}, "matching regex"),
        ({"webhook_secrets": []}, "length"),
    ],
)
def test_settings_that_could_not_work_are_refused(settings, wrong, told):
    with pytest.raises(msgspec.ValidationError, match=told):
        msgspec.convert({**msgspec.to_builtins(settings), **wrong}, HostedSettings)
