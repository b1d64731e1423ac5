"""What a payer sees at the processor, and what the plugin finds afterwards."""

from datetime import timedelta

import pytest

from yoyaku.extension.payment import PayBy
from yoyaku.testing.payment_contract import order_with, ref_of, refund_with
from yoyaku.testing.processor.cards import PASSCODE
from yoyaku_payment_hosted import plugin

CARD = {"act": "pay", "brand": "visa", "number": "4111 1111 1111 1111", "month": "04", "year": "39", "code": "123"}
BRANDS = {
    "visa": ("VISA", "4111111111111111", "123"),
    "mastercard": ("Mastercard", "5555555555554444", "123"),
    "jcb": ("JCB", "3530111333300000", "123"),
    "diners": ("Diners Club", "36227206271667", "123"),
    "amex": ("American Express", "378282246310005", "1234"),
}


@pytest.fixture
async def page(context, browser):
    """A payment by card that was begun, and the browser in which its page is open."""
    order = order_with(choice="card", collection_number="0132025022511558")
    return Page(browser, order, await plugin.start(context, order), context)


class Page:
    def __init__(self, browser, order, started, context):
        self.browser, self.order, self.started, self.context = browser, order, started, context

    async def see(self, **query):
        return (await self.browser.get(self.started.url, params=query)).text

    async def type(self, *, path="", **fields):
        return await self.browser.post(f"{self.started.url}{path}", data={**CARD, **fields})

    async def found(self):
        return await plugin.status(self.context, ref_of(self.order, self.started))


@pytest.mark.fact("MG-021", "MG-022", "MG-024")
async def test_the_page_shows_amount_brands_the_time_that_is_left_and_two_buttons(page):
    text = await page.see()

    for told in ("400円", "0132025022511558", *(brand[0] for brand in BRANDS.values())):
        assert told in text
    for told in ("4桁", "までに処理を完了させてください", ">お支払い<", ">決済を中止する<", 'lang="ja"'):
        assert told in text
    assert "Stop this payment" in await page.see(lang="en")


@pytest.mark.fact("MG-021", "KS-080")
@pytest.mark.parametrize("brand", sorted(BRANDS))
async def test_each_of_the_five_brands_pays(page, brand):
    name, number, code = BRANDS[brand]
    answer = await page.type(brand=brand, number=number, code=code)

    assert (answer.status_code, answer.headers["location"]) == (303, page.order.return_url)
    found = await page.found()
    assert (found.state, found.amount_yen, found.detail["brand"]) == ("succeeded", 400, name)
    assert found.detail["last_digits"] == number[-4:]
    assert number not in repr(found)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"brand": ""}, "カードの種類を選んでください"),
        ({"number": "4111111111111112"}, "カード番号が正しくありません"),
        ({"brand": "jcb"}, "選んだカードの種類の番号ではありません"),
        ({"month": "13"}, "有効期限の月を1から12"),
        ({"year": "1x"}, "有効期限の年を数字で"),
        ({"year": "20"}, "過去の日付です"),
        ({"code": "12"}, "3桁で入力"),
        ({"brand": "amex", "number": "378282246310005", "code": "123"}, "4桁で入力"),
    ],
    ids=["brand", "number", "other-brand", "month", "year", "past", "code", "amex-code"],
)
async def test_a_slip_is_told_at_its_field_and_costs_nothing(page, typed, told):
    answer = await page.type(**typed)

    assert answer.status_code == 200
    assert answer.text.count(told) == 2  # on top and at the field
    assert 'value="4111' in answer.text or "number" in typed
    assert (await page.found()).state == "pending"


@pytest.mark.fact("MG-022")
async def test_who_stops_comes_back_and_has_paid_nothing(page):
    answer = await page.type(act="stop")

    assert (answer.status_code, answer.headers["location"]) == (303, page.order.cancel_url)
    assert ((await page.found()).state, (await page.found()).amount_yen) == ("cancelled", 0)
    assert "中止しました" in (await page.type()).text  # the tab that is still open takes no money


@pytest.mark.fact("MG-022")
async def test_after_fifteen_minutes_it_ends_in_an_error_and_takes_no_money(page, processor):
    processor.ahead_seconds = 14 * 60 + 50
    assert "お支払い（デモ" in await page.see()
    processor.ahead_seconds = 15 * 60 + 1
    answer = await page.type()

    assert "時間切れです" in answer.text
    assert ((await page.found()).state, (await page.found()).amount_yen) == ("expired", 0)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("4000000000000002", "card_declined"),
        ("4000000000009995", "insufficient_funds"),
        ("4000000000000069", "expired_card"),
        ("4000000000003097", "three_d_secure_unavailable"),
    ],
)
async def test_what_the_bank_refuses_is_told_with_its_reason(page, number, reason):
    """T-C4: a card that 3-D Secure cannot ask about, and three that the bank declines."""
    answer = await page.type(number=number)

    assert "お支払いできませんでした" in answer.text
    found = await page.found()
    assert (found.state, found.reason, found.amount_yen) == ("failed", reason, 0)


@pytest.mark.parametrize(
    ("number", "passcode", "state", "told"),
    [
        ("4000002500003155", PASSCODE, "succeeded", None),
        ("4000002500003155", "000000", "failed", "three_d_secure_failed"),
        ("4000000000003063", PASSCODE, "failed", "three_d_secure_failed"),
        ("4000008260003178", PASSCODE, "failed", "insufficient_funds"),
    ],
    ids=["confirmed", "wrong-code", "never", "confirmed-then-declined"],
)
async def test_where_the_bank_asks_who_it_is_the_answer_decides(page, number, passcode, state, told):
    """T-C4: the challenge of 3-D Secure."""
    asked = await page.type(number=number)
    assert "本人認証（3Dセキュア）" in asked.text
    assert (await page.found()).state == "pending"
    assert "本人認証" in (await page.type(number="4111111111111111")).text  # another card does not go around it
    await page.type(path="/challenge", passcode=passcode)

    found = await page.found()
    assert (found.state, found.reason) == (state, told)
    assert found.detail.get("three_d_secure") == ("challenge" if state == "succeeded" else None)


async def test_what_the_bank_has_not_answered_is_pending_beyond_the_fifteen_minutes(page, processor):
    """T-C2: nobody says failed before the bank does, and stopping it does not make it unpaid."""
    answer = await page.type(number="4000000000000119")
    assert answer.headers["location"] == page.order.return_url
    processor.ahead_seconds = 16 * 60

    assert (await page.found()).state == "pending"
    assert (await plugin.cancel(page.context, ref_of(page.order))).state == "pending"
    processor.pay(processor.find(page.order.attempt_id))
    assert ((await page.found()).state, (await page.found()).amount_yen) == ("succeeded", 400)


@pytest.mark.fact("KS-080")
@pytest.mark.parametrize(
    ("choice", "digits"),
    [
        ("convenience", {"receipt_number": 11, "confirmation_number": 6}),
        ("pay_easy", {"biller_number": 5, "payment_number": 16, "confirmation_number": 6, "payment_division": 3}),
    ],
)
async def test_numbers_are_given_out_and_paid_until_their_own_time(context, processor, browser, choice, digits):
    order = order_with(choice=choice)
    order = order_with(choice=choice, numbers_until=order.expires_at + timedelta(days=7))
    started = await plugin.start(context, order)

    assert isinstance(started, PayBy)
    assert {code: len(number) for code, number in started.numbers.items()} == digits
    assert abs(started.pay_by - order.numbers_until) < timedelta(milliseconds=1)
    text = (await browser.get(started.url)).text
    assert all(number in text for number in started.numbers.values())
    processor.pay(processor.find(order.attempt_id), detail={"store": "見本店"})
    found = await plugin.status(context, ref_of(order))
    assert (found.state, found.detail) == ("succeeded", {"store": "見本店"})


async def test_numbers_that_were_stopped_cannot_be_paid_and_those_over_their_time_neither(context, processor):
    stopped, late = order_with(choice="pay_easy"), order_with(choice="convenience")
    for order in (stopped, late):
        await plugin.start(context, order)
    await plugin.cancel(context, ref_of(stopped))
    processor.ahead_seconds = 16 * 60

    assert (await plugin.status(context, ref_of(stopped))).state == "cancelled"
    assert (await plugin.status(context, ref_of(late))).state == "expired"


@pytest.mark.fact("KS-079", "KS-080")
@pytest.mark.parametrize(("choice", "kind", "code"), [("e_money", "wallet", "shiharai"), ("net_bank", "bank", "mihon")])
async def test_e_money_and_a_net_bank_are_chosen_and_paid_at_the_page(context, browser, choice, kind, code):
    order = order_with(choice=choice)
    started = await plugin.start(context, order)
    assert "選んでください" in (await browser.post(started.url, data={"act": "pay"})).text
    await browser.post(started.url, data={"act": "pay", kind: code})

    assert (await plugin.status(context, ref_of(order))).state == "succeeded"


async def test_money_that_comes_late_or_in_another_amount_is_told_as_it_is(page, processor):
    processor.ahead_seconds = 16 * 60
    assert (await page.found()).state == "expired"
    processor.pay(processor.find(page.order.attempt_id), amount=300)

    found = await page.found()
    assert (found.state, found.amount_yen) == ("succeeded", 300)


async def test_a_refund_waits_or_fails_at_the_bank_and_can_be_asked_for_anew(page, processor):
    await page.type()
    payment = ref_of(page.order)
    processor.next_refund = "pending"
    waiting = refund_with(payment)
    assert (await plugin.refund(page.context, waiting)).state == "pending"
    processor.settle_refund(processor.find_refund(waiting.refund_id), "failed")
    failed = await plugin.refund_status(page.context, waiting)
    assert (failed.state, failed.reason, failed.amount_yen) == ("failed", "refund_rejected", 0)

    processor.next_refund = "succeeded"
    assert (await plugin.refund(page.context, refund_with(payment))).amount_yen == 400


async def test_an_unknown_page_says_so(running, browser):
    answer = await browser.get(f"{running.url}/pay/unknown")

    assert (answer.status_code, "見つかりません" in answer.text) == (404, True)
