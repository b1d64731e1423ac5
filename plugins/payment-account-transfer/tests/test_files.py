"""Requests byte for byte, answers read whole or not at all."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yoyaku.extension.debit import DebitBatch, DebitRow, FileRefused
from yoyaku.extension.payment import PaymentContext
from yoyaku.testing.bank import BANK_ACCOUNT, POST_ACCOUNT, SETTINGS, answer_file
from yoyaku_payment_account_transfer import TransferSettings, plugin
from yoyaku_payment_account_transfer.records import DATA, END, HEADER, LENGTH, TRAILER
from yoyaku_payment_account_transfer.result import REASONS

# The sample of the format's description: two debits of tennis courts on 4 January 2027, and the bank's answer.
LINES = (
    "19100000123456ｱｵﾊﾞｼ                                   01040182ﾐﾎﾝ            101ﾎﾝﾃﾝ           11234567                 ",
    "29900ﾕｳﾁﾖ           738                   10000001ﾐﾎﾝ ﾀﾛｳ                       00000022501K20261100000000000170        ",
    "20182ﾐﾎﾝ            101ﾎﾝﾃﾝ               17654321ｱｵﾊﾞ ｼﾞﾛｳ                     00000007500K20261100000000000180        ",
    "8000002000000003000000000000000000000000000000000000000" + 65 * " ",
    "9" + 119 * " ",
)
ANSWERED = (
    LINES[0],
    LINES[1][:111] + "1" + LINES[1][112:],
    LINES[2],
    "8000002000000003000000001000000000750000001000000002250" + 65 * " ",
    LINES[4],
)
BATCH = DebitBatch(
    collect_on=date(2027, 1, 4),
    rows=(
        DebitRow(key="K2026110000000000017", amount_yen=2250, account=POST_ACCOUNT, is_first=True),
        DebitRow(key="K2026110000000000018", amount_yen=750, account=BANK_ACCOUNT),
    ),
)


def context(**told):
    """What the plugin is told, with the settings of the sample but for those given."""
    whole = TransferSettings(**{**SETTINGS, **told})
    return PaymentContext(settings=whole, now=datetime(2026, 12, 15, tzinfo=UTC), secret=str)


def as_file(lines=LINES, end="\r\n"):
    """Records as a file."""
    return "".join(line + end for line in lines).encode("cp932")


def refused(content, asked=BATCH, **told):
    with pytest.raises(FileRefused) as refusal:
        plugin.read_result(context(**told), content, asked)
    return refusal.value.facts


def changed(line, place, text, lines=ANSWERED):
    """The answer with ``text`` at a place (from 1) of a line (from 1)."""
    one = lines[line - 1]
    return as_file([*lines[: line - 1], one[: place - 1] + text + one[place - 1 + len(text) :], *lines[line:]])


@pytest.mark.parametrize("layout", [HEADER, DATA, TRAILER, END])
def test_every_record_has_120_bytes(layout):
    assert sum(field.length for field in layout) == LENGTH


def test_the_request_is_the_sample_byte_for_byte():
    assert plugin.write_request(context(), BATCH) == as_file()


def test_banks_that_want_no_line_ends_and_blank_results_get_them():
    blank = [line[:111] + " " + line[112:] if line[0] == "2" else line for line in LINES]
    told = context(line_end="none", result_on_request="blank")
    assert plugin.write_request(told, BATCH) == as_file(blank, end="")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"amount_yen": 0}, "amount_not_positive"),
        ({"amount_yen": -750}, "amount_not_positive"),
        ({"amount_yen": 10_000_000_000}, "amount_too_large"),
        ({"key": "K2026110000000000017"}, "key_twice"),
        ({"key": "K20261100000000000180"}, "key"),
        ({"key": "k1"}, "key"),
        ({"key": ""}, "key"),
        ({"account": replace(BANK_ACCOUNT, holder_kana="山田")}, "character"),
    ],
)
def test_a_row_that_must_not_go_out_stops_the_file_at_its_line(row, reason):
    rows = (BATCH.rows[0], replace(BATCH.rows[1], **row))
    with pytest.raises(FileRefused) as refusal:
        plugin.write_request(context(), replace(BATCH, rows=rows))
    assert (refusal.value.facts["reason"], refusal.value.facts["line"]) == (reason, 3)


def test_a_file_without_rows_and_one_that_no_trailer_can_sum_are_refused():
    most = DebitRow(key="K0", amount_yen=9_999_999_999, account=BANK_ACCOUNT)
    many = tuple(replace(most, key=f"K{number}") for number in range(101))
    for rows, reason in (((), "no_rows"), (many, "too_many")):
        with pytest.raises(FileRefused) as refusal:
            plugin.write_request(context(), replace(BATCH, rows=rows))
        assert refusal.value.facts["reason"] == reason


@pytest.mark.parametrize("end", ["\r\n", ""])
def test_an_answer_says_of_each_row_what_became_of_it(end):
    result = plugin.read_result(context(), as_file(ANSWERED, end=end), BATCH)
    assert result.collect_on == date(2027, 1, 4)
    assert [(one.key, one.amount_yen, one.succeeded, one.reason) for one in result.outcomes] == [
        ("K2026110000000000017", 2250, False, "no_funds"),
        ("K2026110000000000018", 750, True, None),
    ]


def test_records_in_another_order_and_a_last_line_without_its_end_are_taken():
    turned = [ANSWERED[0], ANSWERED[2], ANSWERED[1], *ANSWERED[3:]]
    result = plugin.read_result(context(), as_file(turned).removesuffix(b"\r\n"), BATCH)
    assert [one.succeeded for one in result.outcomes] == [False, True]


@pytest.mark.parametrize("code", sorted(REASONS))
def test_each_code_of_failure_is_told_apart(code):
    result = plugin.read_result(context(), changed(2, 112, code), BATCH)
    assert result.outcomes[0].reason == REASONS[code]


@pytest.mark.parametrize(
    ("content", "reason", "line", "place"),
    [
        (b"", "no_content", None, None),
        (as_file(ANSWERED).replace(b"\r\n", b"\n"), "lf_only", 1, 121),
        ("".join(ANSWERED).encode(), "encoding", 1, 15),
        (as_file(ANSWERED).replace("ﾐﾎﾝ ﾀ".encode("cp932"), "山ﾎﾝﾀ".encode("cp932")), "encoding", 2, 51),
        (as_file(ANSWERED)[:300], "cut", 3, 57),
        (as_file(ANSWERED[:4]), "cut", 5, None),
        (as_file(ANSWERED[:3]), "cut", 4, None),
        (as_file(ANSWERED, end="")[:-1], "cut", 5, 120),
        (changed(2, 120, " \r\n "), "record_length", 3, 2),
        (as_file([ANSWERED[1], ANSWERED[0], *ANSWERED[2:]]), "record_order", 1, 1),
        (as_file([*ANSWERED, ANSWERED[4]]), "record_order", 6, 1),
        (changed(3, 1, "7"), "record_order", 3, 1),
        (changed(1, 2, "21"), "other_kind", 1, 2),
        (changed(1, 4, "1"), "encoding", 1, 4),
        (changed(1, 5, "0000123457"), "other_consignor", 1, 5),
        (changed(1, 55, "0105"), "other_day", 1, 55),
        (changed(2, 92, "K9"), "unknown_customer", 2, 92),
        (as_file([*ANSWERED[:2], ANSWERED[1], *ANSWERED[3:]]), "customer_twice", 3, 92),
        (changed(2, 81, "0000002251"), "amount_differs", 2, 81),
        (changed(2, 81, "      2250"), "not_a_number", 2, 81),
        (changed(2, 112, "5"), "result_code", 2, 112),
        (changed(2, 112, " "), "not_a_result", 2, 112),
        (as_file(), "not_a_result", 4, 20),
        (changed(4, 2, "000003"), "wrong_total", 4, 2),
        (changed(4, 8, "000000003001"), "wrong_total", 4, 8),
        (changed(4, 20, "000002"), "wrong_total", 4, 20),
        (changed(4, 26, "000000000751"), "wrong_total", 4, 26),
        (changed(4, 38, "000002"), "wrong_total", 4, 38),
        (changed(4, 44, "000000002251"), "wrong_total", 4, 44),
    ],
)
def test_a_bad_file_is_refused_whole_with_its_place(content, reason, line, place):
    facts = refused(content)
    assert (facts["reason"], facts.get("line"), facts.get("place")) == (reason, line, place)


def test_an_answer_that_says_nothing_of_somebody_is_refused():
    only = [ANSWERED[0], ANSWERED[2], "8000001000000000750000001000000000750000000000000000000" + 65 * " ", ANSWERED[4]]
    assert refused(as_file(only))["expected"] == "K2026110000000000017"


ROWS = st.lists(st.tuples(st.integers(1, 9_999_999_999), st.sampled_from("0123489")), min_size=1, max_size=12)


def batch_of(rows):
    many = (DebitRow(key=f"K{place:019}", amount_yen=yen, account=BANK_ACCOUNT) for place, (yen, _) in enumerate(rows))
    return DebitBatch(collect_on=date(2027, 2, 1), rows=tuple(many))


@settings(deadline=None, max_examples=60)
@given(rows=ROWS)
def test_whatever_is_asked_can_be_answered_and_read_back(rows):
    batch = batch_of(rows)
    codes = {row.key: code for row, (_, code) in zip(batch.rows, rows, strict=True)}
    answer = answer_file(plugin.write_request(context(), batch), codes)
    result = plugin.read_result(context(), answer, batch)
    assert [(one.amount_yen, one.succeeded) for one in result.outcomes] == [(yen, code == "0") for yen, code in rows]


@settings(deadline=None, max_examples=60)
@given(at=st.integers(0, len(as_file(ANSWERED)) - 3))
def test_an_answer_that_is_cut_anywhere_is_refused(at):
    assert refused(as_file(ANSWERED)[:at])


@settings(deadline=None, max_examples=150)
@given(at=st.integers(0, len(as_file(ANSWERED)) - 1), byte=st.integers(0, 255))
def test_one_byte_that_is_another_never_turns_an_answer_around(at, byte):
    """Whatever byte is another: either the file is refused, or it says the same."""
    whole = as_file(ANSWERED)
    content = whole[:at] + bytes([byte]) + whole[at + 1 :]
    try:
        result = plugin.read_result(context(), content, BATCH)
    except FileRefused:
        return
    assert [one.succeeded for one in result.outcomes] == [False, True]
