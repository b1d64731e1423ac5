"""A refund that comes back after it had been made stands in the books twice, the second time below zero."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from yoyaku.testing.payment_contract import order_with, ref_of, refund_with
from yoyaku_payment_hosted import plugin


async def test_a_refund_that_comes_back_is_failed_and_its_money_is_held_again(processor, context):
    order = order_with(choice="card")
    payment = ref_of(order, await plugin.start(context, order))
    before = processor.held()["aoba"]["held_yen"]
    processor.pay(processor.find(order.attempt_id))
    asked = refund_with(payment, 100)
    await plugin.refund(context, asked)

    processor.settle_refund(processor.find_refund(asked.refund_id), "failed")

    assert (await plugin.refund_status(context, asked)).state == "failed"
    today = datetime.now(tz=ZoneInfo("Asia/Tokyo")).date()
    lines = [line for day in (-1, 0, 1) for line in await plugin.statement(context, today + timedelta(days=day))]
    assert [one.amount_yen for one in lines if one.attempt_id == asked.refund_id] == [100, -100]
    assert processor.held()["aoba"]["held_yen"] == before + order.amount_yen
