"""Names and accounts as the bank has them; and what a file cannot do."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yoyaku.extension.debit import FileRefused
from yoyaku.extension.payment import (
    InNextFile,
    NotSupported,
    Order,
    Payer,
    PaymentContext,
    PaymentRef,
    RefundOrder,
    WebhookRefused,
)
from yoyaku.testing.bank import BANK_ACCOUNT, POST_ACCOUNT, SETTINGS
from yoyaku.testing.payment_contract import PaymentPluginContract
from yoyaku_payment_account_transfer import TransferSettings, plugin
from yoyaku_payment_account_transfer.kana import ALLOWED, NotForBanks, bank_kana


class TestAccountTransfer(PaymentPluginContract):
    plugin = plugin
    settings = SETTINGS


CONTEXT = PaymentContext(settings=TransferSettings(**SETTINGS), now=datetime(2026, 12, 15, tzinfo=UTC), secret=str)


@pytest.mark.parametrize(
    ("name", "kana"),
    [
        ("キョウト シュウヘイ", "ｷﾖｳﾄ ｼﾕｳﾍｲ"),
        ("ガッキ", "ｶﾞﾂｷ"),
        ("ノーベル", "ﾉ-ﾍﾞﾙ"),
        ("みほん　たろう", "ﾐﾎﾝ ﾀﾛｳ"),
        ("ｷｮｳﾄ", "ｷﾖｳﾄ"),
        ("ヴィオラ（カ", "ｳﾞｲｵﾗ(ｶ"),
        ("パンダ", "ﾊﾟﾝﾀﾞ"),
        ("ﾊﾟﾝﾀﾞ", "ﾊﾟﾝﾀﾞ"),
        ("ヲガワ", "ｦｶﾞﾜ"),
        ("ａｂｃ１２／３．，－「」￥", "ABC12/3.,-｢｣\\"),
        ("  ", ""),
    ],
)
def test_a_name_is_written_as_banks_write_it(name, kana):
    assert bank_kana(name) == kana


def test_some_banks_have_another_letter_for_wo():
    assert bank_kana("ヲガワ", o_for_wo=True) == "ｵｶﾞﾜ"


@pytest.mark.parametrize(
    ("name", "letter", "place"), [("ア山", "山", 2), ("ヰ", "ヰ", 1), ("ア・イ", "・", 2), ("ア\n", "", 0)]
)
def test_a_letter_that_banks_have_not_is_told_with_its_place(name, letter, place):
    if not letter:
        assert bank_kana(name) == "ｱ"
        return
    with pytest.raises(NotForBanks) as refusal:
        bank_kana(name)
    assert (refusal.value.letter, refusal.value.place) == (letter, place)


@given(text=st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFFEF, exclude_categories=["Cs"])))
def test_whatever_is_typed_becomes_bytes_of_the_format_or_is_refused(text):
    try:
        kana = bank_kana(text)
    except NotForBanks:
        return
    assert ALLOWED.issuperset(kana)
    assert len(kana.encode("cp932")) == len(kana)
    assert bank_kana(kana) == kana.strip()


def test_the_post_banks_symbol_and_number_become_branch_and_account():
    account = plugin.check_account(CONTEXT, POST_ACCOUNT)
    assert (account.bank_code, account.branch_code, account.number) == ("9900", "738", "0000001")
    assert plugin.check_account(CONTEXT, account) == account


def test_digits_are_taken_in_any_width_and_filled_up():
    account = plugin.check_account(CONTEXT, replace(BANK_ACCOUNT, bank_code="０１８２", number="123"))
    assert (account.bank_code, account.number, account.holder_kana) == ("0182", "0000123", "ｱｵﾊﾞ ｼﾞﾛｳ")


@pytest.mark.parametrize(
    ("wrong", "reason", "place"),
    [
        ({"bank_code": "182"}, "digits", "bank_code"),
        ({"branch_code": "10"}, "digits", "branch_code"),
        ({"number": "12345678"}, "digits", "number"),
        ({"number": ""}, "digits", "number"),
        ({"number": "12a"}, "digits", "number"),
        ({"bank_code": "9900", "branch_code": "07370"}, "digits", "branch_code"),
        ({"bank_code": "9900", "branch_code": "17370", "number": "12"}, "digits", "number"),
        ({"bank_code": "9900", "branch_code": "17370", "number": "123456781"}, "digits", "number"),
        ({"holder_kana": "見本太郎"}, "character", "holder_kana"),
        ({"holder_kana": " "}, "empty_field", "holder_kana"),
        ({"holder_kana": "ガ" * 16}, "too_long", "holder_kana"),
        ({"bank_name": "アイウエオカキクケコサシスセソタ"}, "too_long", "bank_name"),
    ],
)
def test_an_account_that_no_file_can_hold_is_refused_at_its_field(wrong, reason, place):
    with pytest.raises(FileRefused) as refusal:
        plugin.check_account(CONTEXT, replace(BANK_ACCOUNT, **wrong))
    assert (refusal.value.facts["reason"], refusal.value.facts["place"]) == (reason, place)
    assert refusal.value.variant == reason


@pytest.mark.parametrize("wrong", [{"consignor_name": "青葉市"}, {"bank_name": "ア" * 16}])
def test_settings_that_no_file_can_hold_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        TransferSettings(**{**SETTINGS, **wrong})


async def test_nothing_is_to_be_done_until_the_file_and_a_file_gives_nothing_back():
    now = datetime(2026, 12, 1, tzinfo=UTC)
    order = Order(
        attempt_id="a",
        amount_yen=750,
        description="x",
        payer=Payer(customer="c", name="n"),
        return_url="https://example.jp/",
        cancel_url="https://example.jp/",
        notify_url="https://example.jp/",
        expires_at=now,
    )
    payment = PaymentRef(attempt_id="a", amount_yen=750, ref=None)
    assert await plugin.start(CONTEXT, order) == InNextFile()
    assert plugin.capabilities(CONTEXT.settings).way == "file"
    assert {(await plugin.status(CONTEXT, payment)).state, (await plugin.cancel(CONTEXT, payment)).state} == {"unknown"}
    back = RefundOrder(refund_id="r", amount_yen=750, payment=payment, reason="x")
    assert (await plugin.refund_status(CONTEXT, back)).state == "unknown"
    assert await plugin.statement(CONTEXT, date(2027, 1, 4)) == ()
    with pytest.raises(NotSupported):
        await plugin.refund(CONTEXT, back)
    with pytest.raises(WebhookRefused):
        plugin.read_webhook(CONTEXT, {}, b"{}")


def test_all_that_no_bank_could_take_is_said_at_once():
    typed = replace(BANK_ACCOUNT, bank_code="18", number="x", holder_kana="山")
    with pytest.raises(FileRefused) as refused:
        plugin.check_account(CONTEXT, typed)
    places = [one.facts["place"] for one in (refused.value, *refused.value.also)]
    assert places == ["bank_code", "number", "holder_kana"]
