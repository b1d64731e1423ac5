"""A refusal says in both languages what happened and what to do next."""

import pytest
from tests.unit.booking.town import PROVISIONAL, RULES, at, booked, court, decide, held, make_rules, room, stay

from yoyaku.booking.policy import decide_cancellation, decide_change, decide_confirmation
from yoyaku.rules.refusal import Refusal
from yoyaku.ui.languages import LANGUAGES
from yoyaku.ui.wording import Wording
from yoyaku.ui.words import Words

TOWN = make_rules()
ASKING = make_rules(booking={"form": [{"code": "a", "label": "利用目的", "kind": "choice", "required": True}]})
FEW = make_rules(
    booking={"limits": [{"code": "few", "name": "1日1件まで", "cap": 0, "unit": "bookings", "per": "day"}]}
)
SHORT_STAY = make_rules(timetables={"nights": {**RULES["timetables"]["nights"], "minimum_nights": 2}})
BY_TELEPHONE = {"channel": "telephone", "actor": "clerk"}


def cancel(booking, now, **more):
    values = {"actor": "resident", "channel": "web"} | more
    return decide_cancellation(TOWN, booking=booking, now=at(now), **values)


def change(booking, changes, now="2027-02-10 10:00"):
    return decide_change(TOWN, booking=booking, changes=changes, actor="resident", channel="web", now=at(now))


REFUSED = {
    "受付は2027年1月16日（土） 9:00に始まります": lambda: decide(TOWN, court(), "2027-01-01"),
    "受付は2027年2月18日（木） 24:00で終わりました": lambda: decide(TOWN, court(), "2027-02-19"),
    "利用者登録が必要です": lambda: decide(TOWN, court(), person=None),
    "登録の手続きをお済ませください": lambda: decide(TOWN, court(), person=PROVISIONAL),
    "窓口または電話で": lambda: decide(TOWN, room(), **BY_TELEPHONE),
    "次の開館日は2027年2月23日": lambda: decide(TOWN, court("2027-02-22")),
    "9:00から17:00まで": lambda: decide(TOWN, court(starts="08:00")),
    "空き状況から選び直して": lambda: decide(TOWN, court(starts="09:30")),
    "その日程では宿泊できません": lambda: decide(TOWN, stay(nights=0)),
    "4時間まで": lambda: decide(TOWN, court(ends="14:00")),
    "2区分まで": lambda: decide(TOWN, room(bands=("am", "pm", "night"))),
    "2泊まで": lambda: decide(TOWN, stay(nights=3)),
    "2泊から": lambda: decide(SHORT_STAY, stay()),
    "ほかの方の予約が先に入りました": lambda: decide(
        TOWN, court(), held=[held(TOWN, court(surfaces=4), by_self=False)]
    ),
    "もう一度予約できません": lambda: decide(TOWN, room(), held=[held(TOWN, room(), state="lapsed")]),
    "1日1件まで": lambda: decide(FEW, court()),
    "1から4まで": lambda: decide(TOWN, court(surfaces=5)),
    "定員は3人": lambda: decide(TOWN, stay(guests=({"adult": 4},))),
    "プロジェクターは残り9個です（ご希望は10個）": lambda: decide(TOWN, room(equipment={"projector": 10})),
    "入力していない項目があります：利用目的": lambda: decide(ASKING, court()),
    "人数を、泊ごとに": lambda: decide(TOWN, stay(guests=())),
    "希望の有無": lambda: decide(TOWN, stay(preferences={})),
    "入力を確かめてください": lambda: decide(ASKING, court(form={"a": "z"})),
    "施設または部屋は見つかりません": lambda: decide(TOWN, court(space="golf")),
    "この予約サービスでは予約できません": lambda: decide(TOWN, court(space="office")),
    "利用時間が始まっている": lambda: cancel(booked(TOWN, court()), "2027-02-20 09:00"),
    "ここでは取り消せません": lambda: cancel(booked(TOWN, court(), state="lapsed"), "2027-02-10"),
    "理由を入力してください": lambda: cancel(
        booked(TOWN, court()), "2027-02-10", actor="clerk", channel="counter", grounds="rain"
    ),
    "この変更は、ここではできません": lambda: change(booked(TOWN, stay()), {"nights": 2}),
    "変更の受付は2027年2月15日（月） 24:00で終わりました": lambda: change(
        booked(TOWN, stay()), {"guests": [{"adult": 1}]}, "2027-02-16"
    ),
    "本予約にできる状態ではありません": lambda: decide_confirmation(
        TOWN, booking=booked(TOWN, court()), by="counter", now=at("2027-02-10")
    ),
    "あと700円": lambda: decide_confirmation(
        TOWN, booking=booked(TOWN, room(), state="tentative"), by="payment", now=at("2027-02-10")
    ),
}


@pytest.mark.parametrize(("words", "ask"), REFUSED.items(), ids=REFUSED)
def test_the_sentence_fits_the_facts(words, ask):
    with pytest.raises(Refusal) as refused:
        ask()
    said = {language: Words(language, Wording(language)).sentence(refused.value) for language in LANGUAGES}
    assert words in said["ja"]
    assert all("{" not in sentence for sentence in said.values())
