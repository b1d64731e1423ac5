"""Each bad entry by the cities' own rules: refused with the clause and where it is published, and with what is possible."""

from datetime import date

import pytest
from tests.city_books import city_rules
from tests.unit.booking.town import at
from tests.unit.lottery.raffle import standing
from tests.unit.lottery.test_city_entries import RESIDENT, enter, lodge, night, play, sport

from yoyaku.booking.policy import BookingRequest, Person
from yoyaku.lottery.policy.refusals import EntryNotOpen
from yoyaku.rules.refusal import Refusal
from yoyaku.ui.languages import LANGUAGES
from yoyaku.ui.wording import Wording
from yoyaku.ui.words import Words

HALLS = city_rules("kumamoto-halls")
CIRCLE = {"user_class": "group", "account_kind": "group", "registration": "registered", "has_mail": True}
WORKER = Person(facts={**RESIDENT.facts, "user_class": "worker", "residency": "worker"})
TENNIS = "castle-tennis.tennis"
GUIDE, LODGING_GUIDE = "利用ガイドブック 抽選", "マニュアル 抽選の申込み"


def gather(*, verified=True, people=20, held=()):
    """A group's entry for a hall."""
    hall = BookingRequest(
        facility="chuo-hall", space="hall", use_on=date(2027, 8, 10), bands=("am",), form={"people": people}
    )
    person = Person(facts={**CIRCLE, "mail_verified": verified})
    return enter(HALLS, hall, now="2027-02-12 10:00", person=person, held=held, check_form=people > 200)


def ten():
    return [standing(play(sport(TENNIS, day)), str(day), rank) for rank, day in enumerate(range(2, 12), 1)]


ENTRY = "lottery.schemes[0].entry"
BAD = {
    "before the window": (
        lambda: play(sport(TENNIS), now="2027-01-06 08:59"),
        ("lottery.schemes[0]", GUIDE),
        "受付は2027年1月6日（水） 9:00に始まります",
    ),
    "after the window": (
        lambda: play(sport(TENNIS), now="2027-01-11 00:00"),
        ("lottery.schemes[0]", GUIDE),
        "2027年1月16日（土） 9:00から先着順で予約できます",
    ),
    "over the cap": (
        lambda: play(sport(TENNIS, 20), held=ten()),
        (ENTRY, GUIDE),
        "10件までです。別の日時に申し込むときは、先に申込みを取り消してください",
    ),
    "at the time of an own entry": (
        lambda: gather(held=[standing(gather())]),
        (ENTRY, "default"),
        "別の日時を選ぶか、先にその申込みを取り消してください",
    ),
    "another facility": (
        lambda: lodge(night(4, facility="year_round"), held=[standing(lodge(night()))]),
        (ENTRY, LODGING_GUIDE),
        "「大平台みなと荘」に申し込んでいます。施設を変えるときは、先に",
    ),
    "a party too large": (
        lambda: gather(people=201),
        ("booking.form[2]", "default"),
        "定員は200人です。人数を減らすか、広い部屋をお選びください",
    ),
    "too many guests": (
        lambda: lodge(night(guests=({"adult": 6, "child": 0},)), check_form=True),
        ("facilities.ohiradai.spaces[0]", "区民保養施設条例施行規則 第2条"),
        "5人",
    ),
    "a set across facilities": (
        lambda: play(sport("city-gymnasium.large-basketball", 10), sport(TENNIS, 15)),
        (ENTRY, GUIDE),
        "施設ごとに分けてお申し込みください",
    ),
    "not a resident": (
        lambda: lodge(night(), person=WORKER),
        ("lottery.schemes[0].requires[0]", "マニュアル 9 新規利用者登録の申請"),
        "利用希望日の1か月前の同日から空き室を予約できます",
    ),
    "an address that is not verified": (
        lambda: gather(verified=False),
        ("registration.mail", "操作マニュアル19・21〜25頁"),
        "リンクを開くか、マイページから送り直してください",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_entry_is_refused_with_its_clause_and_what_is_possible(what):
    attempt, clause, possible = BAD[what]
    with pytest.raises(Refusal) as refused:
        attempt()
    last = refused.value.trace[-1]
    told = {language: Words(language, Wording(language)).sentence(refused.value) for language in LANGUAGES}

    assert (last.path, last.reference) == clause
    assert possible in told["ja"]
    assert told["en"] != refused.value.title


def test_what_is_told_to_be_possible_is_possible():
    with pytest.raises(EntryNotOpen) as refused:
        play(sport(TENNIS), now="2027-01-01 00:00")

    assert refused.value.facts["allowed_from"] == at("2027-01-06 09:00")
    assert play(sport(TENNIS), now="2027-01-06 09:00").rank == 1
    assert play(sport(TENNIS, 20), held=ten()[:9]).rank == 10
