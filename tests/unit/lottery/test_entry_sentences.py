"""Who is refused reads in both languages what the matter is and what is possible instead."""

from datetime import date

import pytest
from tests.unit.booking.town import PROVISIONAL, REGISTERED, at
from tests.unit.lottery.raffle import SCHEME, TOWN, court, cover, enter, raffle_rules, room, standing, stay

from yoyaku.booking.policy import Person
from yoyaku.booking.policy.case import Act
from yoyaku.kernel.errors import YoyakuError
from yoyaku.lottery.policy.entrant import not_open
from yoyaku.lottery.policy.receipt import read_receipt
from yoyaku.lottery.policy.refusals import (
    EntriesChanged,
    EntryNotCovered,
    EntryNotFound,
    LotteryNotFound,
    NothingToDraw,
)
from yoyaku.ui.languages import LANGUAGES
from yoyaku.ui.wording import Wording
from yoyaku.ui.words import Words

DAY = "2027-02-20"
WORKER = Person(facts={"user_class": "individual", "residency": "worker", "registration": "registered"})
MAIL = raffle_rules(
    sections={"registration": {"mail": {"needed_for_lottery": True, "unverified_may_enter_lottery": False}}}
)
NEXT = raffle_rules(
    sections={
        "registration": {
            "stages": [
                {"code": "provisional", "name": "仮登録", "may_book": False, "next_step": "登録証をお待ちください。"},
                {"code": "registered", "name": "本登録", "may_book": True},
            ]
        }
    }
)
APPLICANT = raffle_rules(one_facility="applicant")
ONE = raffle_rules(parts_at_most=1)


def with_facts(**facts):
    return Person(facts={**REGISTERED.facts, **facts})


def held(*plans):
    return [standing(plan, str(rank), rank) for rank, plan in enumerate(plans, start=1)]


def starting():
    act = Act(person=REGISTERED, channel="web", actor="resident", now=at("2027-01-06 09:00"))
    raise not_open(TOWN, cover=cover(court(DAY)), act=act, starting=True)


def throw(error):
    raise error


REFUSED = {
    "申込みの受付は2027年1月6日（水） 9:00に始まります": lambda: enter(court(DAY), now="2027-01-06 08:59"),
    "2027年1月10日（日） 24:00に終わりました。抽選で空いた分は2027年1月16日（土） 9:00から先着順": lambda: enter(
        court(DAY), now="2027-01-11 00:00"
    ),
    "1分ほど待ってから": starting,
    "先着順でそのまま予約できます": lambda: throw(EntryNotCovered()),
    "対象は2027年2月1日（月）から2027年2月28日（日）までの利用": lambda: enter(court("2027-03-20")),
    "申し込めるのは3件まで": lambda: enter(
        court(DAY), held=held(*[enter(court(f"2027-02-0{day}")) for day in (2, 3, 4)])
    ),
    "まとめられる利用は3つまで": lambda: enter(*[court(f"2027-02-0{day}") for day in (2, 3, 4, 5)]),
    "枠ごとに分けて": lambda: enter(court(DAY), court("2027-02-21"), rules=ONE),
    "日時を選んでから": enter,
    "第1希望の申込みがあります": lambda: enter(court(DAY), held=held(enter(court(DAY)))),
    "1番目と2番目は同時に使えない": lambda: enter(room(DAY, space="east"), room(DAY, space="whole")),
    "すでに「中央公園」に申し込んでいます": lambda: enter(
        room(DAY), rules=APPLICANT, held=held(enter(court(DAY), rules=APPLICANT))
    ),
    "施設ごとに分けて": lambda: enter(court(DAY), room(DAY)),
    "町民の方だけが申し込めます。 空きは16日から予約できます。": lambda: enter(court(DAY), person=WORKER),
    "抽選にはまだ申し込めません。登録の手続きを": lambda: enter(court(DAY), person=PROVISIONAL),
    "（仮登録）では、抽選にはまだ申し込めません。登録証をお待ちください。": lambda: enter(
        court(DAY), person=PROVISIONAL, rules=NEXT
    ),
    "メールアドレスの確認が必要です": lambda: enter(court(DAY), person=with_facts(mail_verified=False), rules=MAIL),
    "メールアドレスを登録してから": lambda: enter(court(DAY), person=with_facts(has_mail=False), rules=MAIL),
    "第1希望の申込みでだけ選べます": lambda: enter(
        stay(DAY, preferences={"mixed": True}), scheme="nights", held=held(enter(stay(DAY), scheme="nights"))
    ),
    "（2027年2月20日（土））は、休止や市の利用など": lambda: throw(NothingToDraw(use_on=date(2027, 2, 20))),
    "今の申込みをご確認": lambda: throw(EntriesChanged()),
    "抽選の申込みが見つかりません": lambda: throw(EntryNotFound()),
    "抽選が見つかりません": lambda: throw(LotteryNotFound()),
    "受付番号を読み取れません": lambda: read_receipt("X"),
}


@pytest.mark.parametrize(("sentence", "attempt"), REFUSED.items(), ids=list(REFUSED))
def test_a_refusal_says_what_to_do(sentence, attempt):
    with pytest.raises(YoyakuError) as refused:
        attempt()
    told = {language: Words(language, Wording(language)).sentence(refused.value) for language in LANGUAGES}
    assert sentence in told["ja"]
    assert told["en"] != refused.value.title
    assert len(set(told.values())) == len(LANGUAGES)
    assert not any("{" in text or "None" in text for text in told.values())


def test_where_entries_have_no_order_they_are_numbered():
    rules = raffle_rules({**SCHEME, "draw": {"algorithm": "per_slot"}})
    with pytest.raises(YoyakuError) as refused:
        enter(court(DAY), rules=rules, held=held(enter(court(DAY), rules=rules)))
    told = {language: Words(language, Wording(language)).sentence(refused.value) for language in LANGUAGES}
    assert "ほかの申込み（申込み1）があります" in told["ja"]
    assert "Your entry no. 1" in told["en"]
