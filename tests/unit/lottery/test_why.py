"""Why somebody lost: who was before, and what was left, in the words of both languages."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from yoyaku.lottery.pages.why_words import why_lines
from yoyaku.lottery.policy.cells import Piece
from yoyaku.lottery.policy.wants import Wanted
from yoyaku.lottery.policy.why import Taker, Why, explain_lost, left_of, units_in
from yoyaku.ui.wording import Wording
from yoyaku.ui.words import Words

CELL = Piece("hall.floor", "2027-02-03", 780, 900)
ANNOUNCES = datetime(2027, 1, 11, 0, 0, tzinfo=UTC)


def want(starts, ends, units, resource="hall.floor", day="2027-02-03"):
    return Wanted(resource, day, starts, ends, units)


@pytest.mark.parametrize(
    ("wants", "units"),
    [
        ([want(780, 960, 4)], 4),
        ([want(780, 900, 1), want(780, 900, (2, 3))], 3),
        ([want(780, 900, (2, 3))], (2, 3)),
        ([want(900, 960, 4)], None),
        ([want(780, 960, 4, day="2027-02-04")], None),
        ([want(780, 960, 4, resource="hall.room")], None),
    ],
)
def test_an_entry_takes_of_a_cell_what_covers_it(wants, units):
    assert units_in(CELL, wants) == units


@pytest.mark.parametrize(
    ("free", "taken", "left"),
    [(8, [], 8), (8, [4, (1, 2)], 2), ((1, 2), [(1,)], (2,)), ((1, 2), [(1,), 1], 0), ((1, 2), [], (1, 2))],
)
def test_what_is_left_is_what_those_before_did_not_take(free, taken, left):
    assert left_of(free, taken) == left


def words(language):
    return Words(language, Wording(language, tenant_words={}))


def lost(before=2):
    takers = [Taker(receipt=f"ABCDE-FGH{at:02}", round=1, place=at, units=4) for at in range(1, before + 1)]
    found = explain_lost(("lost", 1, 13, "?"), cell=CELL, wants=[want(780, 900, 4)], free=4 * before, before=takers)
    return Why(
        outcome="lost",
        round=1,
        place=13,
        of_how_many=1200,
        cell=CELL,
        names=({"ja": "総合体育館", "en": "Gymnasium"}, {"ja": "大体育室", "en": "Large hall"}),
        wanted=found.wanted,
        free=found.free,
        taken_by=found.taken_by,
        left=found.left,
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "ja",
            "残りが6区画（床を分けた数。3面・室分）となっており、希望の4面・室（床の8区画にあたります）に足りません",
        ),
        ("en", "6 parts of the floor (enough for 3 courts or rooms) left; you wished for 4 courts or rooms (8 parts"),
    ],
)
def test_of_a_shared_floor_one_reads_in_the_courts_that_one_asked_for(language, said):
    told = replace(lost(), shared=True, asked=4, wanted=8, left=6)
    assert said in why_lines(told, words=words(language), announces_at=ANNOUNCES)[0]


@pytest.mark.fact("KC-033")
def test_a_loser_reads_the_place_the_time_and_who_came_before():
    lines = why_lines(lost(), words=words("ja"), announces_at=ANNOUNCES)
    assert lines == [
        (
            "落選しました。第1回の抽選で1,200人のうち13番目に順番が来たとき、総合体育館 大体育室 2027年2月3日（水） 13:00〜15:00は"
            "残りがなくなっており、希望の4面・室に足りませんでした。"
        ),
        "先に順番が来て当選した申込み：受付番号ABCDE-FGH01（第1回の1番目、4面・室）",
        "先に順番が来て当選した申込み：受付番号ABCDE-FGH02（第1回の2番目、4面・室）",
    ]


def test_a_loser_reads_it_in_english_too():
    lines = why_lines(lost(1), words=words("en"), announces_at=ANNOUNCES)
    assert lines == [
        (
            "You lost. In round 1, when your turn came (number 13 of 1,200 applicants), Gymnasium Large hall on "
            "Wed, 3 February 2027, 13:00–15:00 had nothing left; you wished for 4 courts or rooms."
        ),
        "Won before your turn: receipt ABCDE-FGH01 (round 1, number 1; 4 courts or rooms)",
    ]


def test_of_very_many_before_the_first_are_named_and_the_others_counted():
    lines = why_lines(lost(14), words=words("ja"), announces_at=ANNOUNCES)
    assert len(lines) == 12
    assert lines[-1] == "ほかに4件"


def test_what_one_won_oneself_is_named_as_ones_own():
    first, second = lost(2).taken_by
    told = why_lines(lost(2), words=words("ja"), announces_at=ANNOUNCES, own=second.receipt)
    assert first.receipt in told[1]
    assert "ご自分のほかの申込み" in told[2]


def test_what_was_never_free_says_so():
    assert why_lines(lost(0), words=words("ja"), announces_at=ANNOUNCES)[1] == (
        "先に当選した申込みはありません。抽選の前から、ほかの利用や休館のために空きがありませんでした。"
    )


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("outcome", ["waiting", "withdrawn", "won", "void", "lost"])
def test_every_outcome_has_its_sentence(outcome, language):
    why = Why(outcome=outcome, round=1, place=2, of_how_many=3, of="entries")
    [line] = why_lines(why, words=words(language), announces_at=ANNOUNCES)
    assert line
    assert "{" not in line


def test_a_night_has_no_times():
    night = Why(
        outcome="lost", round=2, place=1, of_how_many=5, cell=Piece("inn.twin", "2027-02-20", 0, 1440), wanted=1, left=0
    )
    assert "inn.twin 2027年2月20日（土）の夜は" in why_lines(night, words=words("ja"), announces_at=ANNOUNCES)[0]
