"""Files to the bank: who is in one, what its answer does, and that nothing is taken in twice or by halves."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import msgspec
import pytest

from yoyaku.billing.policy.debits import (
    FileDiffers,
    FileMadeBefore,
    FileNotInState,
    MandateInFile,
    MandateNotInState,
    MandateThere,
    NothingToDebit,
)
from yoyaku.billing.refusals import AlreadySettled, TransferDayWrong
from yoyaku.billing.repository.debits import rows_of
from yoyaku.billing.repository.mandates import mandate_of
from yoyaku.billing.repository.transfers import open_transfers
from yoyaku.billing.service.agreeing import check_own_books
from yoyaku.billing.service.counter import give_back_cash, take_cash
from yoyaku.billing.service.debit_days import runs_to_prepare
from yoyaku.billing.service.debit_files import Wanted, make_file, preview_file
from yoyaku.billing.service.debit_handing import mark_sent, withdraw_file, write_content
from yoyaku.billing.service.debit_means import DebitMeans
from yoyaku.billing.service.debit_results import apply_result, read_result
from yoyaku.billing.service.held import HELD_MANDATES
from yoyaku.billing.service.mandates import add_mandate, decide_mandate, end_mandate
from yoyaku.billing.service.outcomes import TRANSFER
from yoyaku.billing.service.transfer_files import make_transfer_file
from yoyaku.billing.service.transfers import mark_not_transferred, mark_transferred
from yoyaku.billing.terms import PaymentTerms
from yoyaku.booking.service import cancel_booking
from yoyaku.booking.service.charged import money_act
from yoyaku.booking.service.payers import with_mandate
from yoyaku.extension.debit import FileRefused
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.seal import Seal
from yoyaku.registration.ties import Ties
from yoyaku.rules.moment import resolve
from yoyaku.testing.bank import BANK_ACCOUNT, SETTINGS, answer_file
from yoyaku.testing.town import NOW, hours, visit_of

ZONE = ZoneInfo("Asia/Tokyo")
LAST = {"from": "use_month", "months": 1, "day": "last"}
DEBIT = {
    "code": "debit",
    "name": "口座振替",
    "when": {"mandate": "active"},
    "due": {**LAST, "at": "24:00"},
    "automatic": True,
    "plugin": "payment-account-transfer",
    "settings": dict(SETTINGS),
    "collection": {"on": LAST, "prepared": {"from": "use_month", "months": 1, "day": 10, "at": "09:00"}},
}
CASH = {"code": "counter", "name": "窓口払い", "open_after_due": True}
COLLECT_ON = date(2027, 3, 31)
WANTED = Wanted(method="debit", payee="city", collect_on=COLLECT_ON)
LATER = datetime(2027, 3, 10, 9, 0, tzinfo=ZONE)
BALANCES = """
    SELECT p.account, sum(p.yen)::bigint FROM ledger_posting p GROUP BY p.account HAVING sum(p.yen) <> 0 ORDER BY 1
"""


class Bank:
    """The town where people have mandates, and a clerk who works with the bank."""

    def __init__(self, town):
        self.town = town
        terms = msgspec.convert({"methods": [DEBIT, CASH]}, PaymentTerms)
        self.town.rules = replace(town.rules, payment=terms, memo=type(town.rules.memo)())
        self.seal = Seal(["a key of thirty-two letters or more"])

    def means(self, now=LATER, settings=None):
        visit = visit_of(self.town.residents[0], now=now, actor="clerk", staff_id=self.town.clerk)
        terms = self.town.rules.payment
        if settings is not None:
            terms = msgspec.convert({"methods": [{**DEBIT, "settings": {**SETTINGS, **settings}}, CASH]}, PaymentTerms)
        return DebitMeans(
            act=money_act(visit, self.town.rules),
            terms=terms,
            seal=self.seal,
            plugin_profiles=None,
            instant=lambda moment, use_on: resolve(moment, {"use_day": use_on}, {}, ZONE),
        )

    async def do(self, act, **more):
        means = self.means(**{name: more.pop(name) for name in ("now", "settings") if name in more})
        async with self.town.act() as conn:
            return await act(conn, means=means, **more)

    async def agree(self, place, *, is_active=True, **account):
        person = self.town.residents[place].registrant_id
        account = replace(BANK_ACCOUNT, **account)
        return await self.do(
            add_mandate, now=NOW, method="debit", registrant_id=person, account=account, is_active=is_active
        )

    async def book(self, place, first=9):
        made = await self.town.book(place, hours("court", f"{first:02}:00", f"{first + 2:02}:00"))
        return made.bookings[0]

    async def sent(self):
        """A file that the bank has, and its bytes."""
        file_id = await self.do(make_file, wanted=WANTED)
        content = await self.do(write_content, file_id=file_id)
        await self.do(mark_sent, file_id=file_id)
        return file_id, content

    async def keys(self, file_id):
        async with self.town.act() as conn:
            return [row.key for row in await rows_of(conn, file_id=file_id)]


@pytest.fixture
async def bank(town):
    return Bank(town)


@pytest.mark.fact("KS-082", "KS-083", "KS-042")
async def test_whoever_has_a_mandate_pays_by_transfer_without_doing_anything(bank):
    await bank.agree(0)
    with_mandate, without = await bank.book(0), await bank.book(1, first=11)
    assert [(due.method, due.collect_on) for due in with_mandate.dues] == [("debit", COLLECT_ON), ("counter", None)]
    assert [due.method for due in without.dues] == ["counter"]
    preview = await bank.do(preview_file, wanted=WANTED)
    assert [(line.number, line.amount_yen) for line in preview.lines] == [(with_mandate.number, with_mandate.total_yen)]
    assert preview.total_yen == with_mandate.total_yen
    assert not preview.left_out


async def test_a_file_is_made_handed_over_and_answered_once(bank):
    await bank.agree(0)
    await bank.agree(1, number="1111111")
    first, second = await bank.book(0), await bank.book(1, first=11)
    file_id, content = await bank.sent()
    with pytest.raises(FileMadeBefore):
        await bank.do(make_file, wanted=WANTED)
    failed_key = (await bank.keys(file_id))[1]
    answer = answer_file(content, {failed_key: "1"})

    looked = await bank.do(read_result, file_id=file_id, content=answer)
    assert (looked.done_yen, [outcome.reason for _, outcome in looked.failed]) == (first.total_yen, ["no_funds"])
    assert await bank.town.see("SELECT DISTINCT state FROM payment_attempt") == [("pending",)]
    await bank.do(apply_result, file_id=file_id, content=answer)

    states = dict(await bank.town.see("SELECT number, state FROM charge"))
    assert states == {first.number: "settled", second.number: "open"}
    assert await bank.town.see("SELECT state, failure FROM payment_attempt WHERE failure IS NOT NULL") == [
        ("failed", "no_funds")
    ]
    expected = [("bank", first.total_yen), ("receivable", second.total_yen)]
    assert (await bank.town.see(BALANCES))[:2] == expected
    with pytest.raises(FileRefused) as refusal:
        await bank.do(apply_result, file_id=file_id, content=answer)
    assert refusal.value.facts["reason"] == "read_before"
    with pytest.raises(FileNotInState):
        await bank.do(apply_result, file_id=file_id, content=content)


@pytest.mark.fact("KS-084", "KS-088", "KS-112")
async def test_what_the_bank_could_not_debit_is_never_debited_again_and_paid_at_the_counter(bank):
    await bank.agree(0)
    booking = await bank.book(0)
    file_id, content = await bank.sent()
    answer = answer_file(content, dict.fromkeys(await bank.keys(file_id), "2"))
    await bank.do(apply_result, file_id=file_id, content=answer)
    preview = await bank.do(preview_file, wanted=WANTED)
    assert [line.left_out for line in preview.left_out] == ["debited_before"]
    told = await bank.town.see(
        "SELECT kind, subject_id, facts->>'reason' FROM outbox WHERE kind LIKE 'debit_%' ORDER BY 1"
    )
    person = bank.town.residents[0].registrant_id
    assert told == [("debit_announced", person, None), ("debit_failed", person, "no_account")]
    act = bank.means(now=LATER + timedelta(days=40)).act
    async with bank.town.act() as conn:
        await take_cash(conn, act=act, charge_id=booking.booking_id, amount_yen=booking.total_yen)
    assert await bank.town.see("SELECT state FROM charge") == [("settled",)]


@pytest.mark.fact("KS-085", "KS-102", "KS-097")
async def test_what_was_paid_otherwise_or_ended_is_not_in_the_file(bank):
    await bank.agree(0)
    paid, revoked, stands = [await bank.book(0, first=first) for first in (9, 11, 13)]
    async with bank.town.act() as conn:
        await bank.town.pay(conn, paid.booking_id)
        visit = visit_of(bank.town.residents[0], actor="clerk", staff_id=bank.town.clerk)
        await cancel_booking(
            conn, visit=visit, rules=bank.town.rules, booking_id=revoked.booking_id, reason="雨天", grounds="rain"
        )
    preview = await bank.do(preview_file, wanted=WANTED)
    assert [line.number for line in preview.lines] == [stands.number]


@pytest.mark.parametrize("first", ["file", "mandate"])
async def test_a_mandate_that_is_ended_while_a_file_is_made_is_in_the_file_or_ended_never_both(bank, first):
    mandate_id = await bank.agree(0)
    await bank.book(0)
    make, end = partial(make_file, wanted=WANTED), partial(end_mandate, mandate_id=mandate_id)
    ahead, behind = (make, end) if first == "file" else (end, make)
    async with bank.town.act() as conn:
        await ahead(conn, means=bank.means())
        later = asyncio.create_task(bank.do(behind))
        await asyncio.sleep(0.3)
        assert not later.done()
    with pytest.raises(MandateInFile if first == "file" else NothingToDebit):
        await later
    seen = await bank.town.see("SELECT m.state, (SELECT count(*) FROM debit_row) FROM debit_mandate m")
    assert seen == [("active", 1) if first == "file" else ("ended", 0)]


async def test_a_file_that_the_bank_will_not_carry_out_is_withdrawn_and_made_again(bank):
    await bank.agree(0)
    await bank.book(0)
    file_id = await bank.do(make_file, wanted=WANTED)
    with pytest.raises(MandateInFile):
        await bank.do(end_mandate, mandate_id=(await mandate(bank, 0)).mandate_id)
    await bank.do(withdraw_file, file_id=file_id, why="委託者コードの誤り")
    with pytest.raises(FileNotInState):
        await bank.do(mark_sent, file_id=file_id)
    again = await bank.do(make_file, wanted=WANTED)
    assert again != file_id
    assert (await bank.keys(again)) != (await bank.keys(file_id))
    with pytest.raises(FileDiffers):
        await bank.do(write_content, file_id=again, settings={"consignor_code": "9999999999"})


async def put_in_file(bank, to_send):
    """The bank's file of transfers: of one payee, for a day to come, each row once unless a clerk says so."""
    settings, day = {"transfer_code": "0000765432"}, LATER.date() + timedelta(days=5)
    asks = [bank.do(make_transfer_file, settings=settings, rows=to_send, pay_on=day, again=False) for _ in range(2)]
    ends = await asyncio.gather(*asks, return_exceptions=True)
    assert [end.facts["reason"] for end in ends if isinstance(end, FileRefused)] == ["changed_meanwhile"]
    content = next(end for end in ends if isinstance(end, bytes))
    assert content.startswith(b"1210" + b"0000765432")
    assert content[244:366].decode("cp932")[:57] == "20182ﾐﾎﾝ            101ﾎﾝﾃﾝ           000017654321ｱｵﾊﾞ ｼﾞ"
    async with bank.town.act() as conn:
        filed = await open_transfers(conn, plugin=TRANSFER)
    for rows, pay_on, reason in (
        (filed, day, "in_file_before"),
        (to_send, NOW.date(), "not_bank_day"),
        ([replace(to_send[0], account=None)], day, "no_account"),
        ([to_send[0], replace(to_send[1], payee="club")], day, "payees_mixed"),
    ):
        with pytest.raises(FileRefused) as refused:
            await bank.do(make_transfer_file, settings=settings, rows=rows, pay_on=pay_on, again=False)
        assert refused.value.facts["reason"] == reason
    assert await bank.do(make_transfer_file, settings=settings, rows=filed, pay_on=day, again=True) == content


async def test_what_was_debited_goes_back_by_a_transfer_that_a_clerk_marks(bank):
    await bank.agree(0)
    rained, dry = await bank.book(0), await bank.book(0, first=11)
    file_id, content = await bank.sent()
    await bank.do(apply_result, file_id=file_id, content=answer_file(content, {}))
    visit = visit_of(bank.town.residents[0], actor="clerk", staff_id=bank.town.clerk)
    act, asked = bank.means().act, []
    async with bank.town.act() as conn:
        for one in (rained, dry):
            await cancel_booking(
                conn, visit=visit, rules=bank.town.rules, booking_id=one.booking_id, reason="雨天", grounds="rain"
            )
            asked += await give_back_cash(conn, act=act, charge_id=one.booking_id, why="雨天")
        to_send = await open_transfers(conn, plugin=TRANSFER)
    assert [(one.number, one.amount_yen, one.account is None) for one in to_send] == [
        (rained.number, rained.total_yen, False),
        (dry.number, dry.total_yen, False),
    ]
    await put_in_file(bank, to_send)
    both = rained.total_yen + dry.total_yen
    assert await bank.town.see(BALANCES) == [("bank", both), ("receivable", -both)]

    async with bank.town.act() as conn:
        with pytest.raises(TransferDayWrong):
            await mark_transferred(conn, act=act, attempt_id=asked[0].attempt_id, on=LATER.date() + timedelta(days=1))
        done = await mark_transferred(conn, act=act, attempt_id=asked[0].attempt_id, on=LATER.date())
        with pytest.raises(AlreadySettled):
            await mark_transferred(conn, act=act, attempt_id=asked[0].attempt_id, on=LATER.date())
        await mark_not_transferred(conn, act=act, attempt_id=asked[1].attempt_id, why="口座の相違")
        assert list(await check_own_books(conn)) == []
    assert (done.state, done.detail) == (
        "succeeded",
        {"file_for": "2027-03-15", "transferred_on": "2027-03-10"},
    )
    assert await bank.town.see(BALANCES) == [("bank", dry.total_yen), ("receivable", -dry.total_yen)]
    assert await bank.town.see("SELECT kind, amount_yen FROM unmatched_money") == [("refund_failed", dry.total_yen)]
    assert await bank.town.see("SELECT DISTINCT refunded_from FROM ledger_transaction WHERE kind = 'refund'") == [
        ("income",)
    ]


SPOILT = {
    "cut": lambda answer: answer[:-200],
    "lf_only": lambda answer: answer.replace(b"\r\n", b"\n"),
    "other_consignor": lambda answer: answer.replace(b"0000123456", b"0000123457"),
    "other_day": lambda answer: answer.replace(b"0331", b"0430"),
    "unknown_customer": lambda answer: answer.replace(b"K202703", b"K202702"),
    "encoding": lambda answer: answer.decode("cp932").encode(),
}


async def test_an_answer_that_does_not_agree_changes_nothing(bank):
    await bank.agree(0)
    await bank.book(0)
    file_id, content = await bank.sent()
    for reason, spoil in SPOILT.items():
        with pytest.raises(FileRefused) as refusal:
            await bank.do(apply_result, file_id=file_id, content=spoil(answer_file(content)))
        assert refusal.value.facts["reason"] == reason
    assert await bank.town.see("SELECT state FROM debit_file") == [("sent",)]
    assert await bank.town.see("SELECT state FROM payment_attempt") == [("pending",)]


async def test_a_day_without_debits_has_no_file(bank):
    with pytest.raises(NothingToDebit):
        await bank.do(make_file, wanted=WANTED)
    with pytest.raises(NotFound):
        await bank.do(make_file, wanted=replace(WANTED, method="cash"))


async def mandate(bank, place):
    async with bank.town.act() as conn:
        return await mandate_of(conn, registrant_id=bank.town.residents[place].registrant_id)


@pytest.mark.fact("KS-081")
async def test_a_mandate_is_asked_for_and_decided_and_its_account_is_kept_sealed_until_it_ends(bank):
    asked = await bank.agree(0, is_active=False)
    assert [due.method for due in (await bank.book(0)).dues] == ["counter"]
    with pytest.raises(MandateThere):
        await bank.agree(0)
    ((shown, sealed),) = await bank.town.see("SELECT account_shown, account FROM debit_mandate")
    assert shown == "ミホン ホンテン ****321"
    assert b"7654321" not in sealed
    await bank.do(decide_mandate, mandate_id=asked, accepted=True)
    assert [due.method for due in (await bank.book(0, first=11)).dues] == ["debit", "counter"]
    with pytest.raises(MandateNotInState):
        await bank.do(decide_mandate, mandate_id=asked, accepted=False)
    with pytest.raises(NotFound):
        await bank.do(end_mandate, mandate_id=asked, registrant_id=bank.town.residents[1].registrant_id)
    await bank.do(end_mandate, mandate_id=asked, registrant_id=bank.town.residents[0].registrant_id)
    assert await bank.town.see("SELECT state, account FROM debit_mandate") == [("ended", None)]
    preview = await bank.do(preview_file, wanted=WANTED)
    assert [line.left_out for line in preview.left_out] == ["no_mandate"]


async def test_whoever_leaves_takes_the_account_along(bank):
    await bank.agree(0)
    person = bank.town.residents[0].registrant_id
    async with bank.town.act() as conn:
        told = await HELD_MANDATES.export(conn, registrant_id=person)
        assert [one["account_shown"] for one in told["debit_mandates"]] == ["ミホン ホンテン ****321"]
        assert await HELD_MANDATES.find_ties(conn, registrant_id=person, now=NOW) == Ties()
        await HELD_MANDATES.forget(conn, registrant_id=person)
    assert await bank.town.see("SELECT state, account, account_shown FROM debit_mandate") == [("ended", None, "")]


@pytest.mark.fact("KS-042")
async def test_for_a_group_it_is_the_payer_whose_mandate_counts(bank):
    await bank.agree(1)
    group, payer = bank.town.residents[0], bank.town.residents[1].registrant_id
    async with bank.town.act() as conn:
        for payer_id, mandate_of_payer in ((None, "none"), (payer, "active")):
            visit = await with_mandate(conn, visit=visit_of(group), rules=bank.town.rules, payer_id=payer_id)
            assert visit.person.facts["mandate"] == mandate_of_payer


async def test_an_account_that_no_bank_has_is_refused_at_its_field(bank):
    with pytest.raises(FileRefused) as refusal:
        await bank.agree(0, holder_kana="見本太郎")
    assert refusal.value.facts["place"] == "holder_kana"
    assert await bank.town.see("SELECT count(*) FROM debit_mandate") == [(0,)]


async def test_the_first_mandate_plans_the_files_and_each_is_due_on_its_day(bank):
    await bank.agree(0)
    ((due_at,),) = await bank.town.see("SELECT due_at FROM deadline WHERE kind = 'debit_prepare' AND done_at IS NULL")
    assert due_at == datetime(2027, 2, 10, 9, 0, tzinfo=ZONE)
    runs = runs_to_prepare(bank.means(now=LATER), now=LATER)
    assert [(run.day.collect_on, run.day.first_use, run.day.last_use) for run in runs] == [
        (COLLECT_ON, date(2027, 2, 1), date(2027, 2, 28))
    ]
