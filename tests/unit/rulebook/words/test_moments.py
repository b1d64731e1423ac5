"""A point in time as people say it, in three languages."""

import msgspec
import pytest

from yoyaku.rulebook.words.moments import moment_words
from yoyaku.rulebook.words.voice import Voice
from yoyaku.rules.values import Moment

SAID = [
    (
        {"from": "use_month", "months": -2, "day": 1, "at": "09:00"},
        "利用する月の2か月前の1日の9時",
        "使う月の2か月前の1日の午前9時",
        "9:00 on the 1st of the month 2 months before the month of use",
    ),
    (
        {"from": "use_month", "months": -1, "day": 16, "at": "09:00"},
        "利用する月の前の月の16日の9時",
        "使う月の前の月の16日の午前9時",
        "9:00 on the 16th of the month before the month of use",
    ),
    (
        {"from": "use_day", "days": -2, "at": "24:00"},
        "利用日の2日前の24時",
        "使う日の2日前の夜の12時",
        "24:00, 2 days before the day of use",
    ),
    (
        {"from": "use_day", "days": -1, "at": "00:00"},
        "利用日の前日の0時",
        "使う日の前日の午前0時",
        "0:00 on the day before the day of use",
    ),
    ({"from": "use_start"}, "利用の開始", "使い始める時", "the start of the use"),
    (
        {"from": "use_start", "hours": -2},
        "利用の開始の2時間前",
        "使い始める時の2時間前",
        "2 hours before the start of the use",
    ),
    (
        {"from": "use_day", "months": -1, "at": "00:00"},
        "利用日の1か月前の同じ日（同じ日のない月は、その月の末日）の0時",
        "使う日の1か月前の同じ日（同じ日がない月は、その月の最後の日）の午前0時",
        "0:00 on the same day 1 month before the day of use (where a month has no such day: its last day)",
    ),
    (
        {
            "from": "use_month",
            "months": -4,
            "day": 1,
            "days": -1,
            "open_days": 2,
            "calendar": "facility",
            "at": "08:30",
        },
        "利用する月の4か月前の2番目の開館日の8時30分",
        "使う月の4か月前の2番目の開館日の午前8時30分",
        "8:30 on the 2nd opening day of the month 4 months before the month of use",
    ),
    (
        {"from": "announced", "days": 7, "first_day": "counted", "at": "24:00"},
        "抽選の結果を発表する日を含めて7日目の24時",
        "抽選の結果がわかる日を含めて7日目の夜の12時",
        "24:00 on the 7th day counting the day on which the results are announced as the first",
    ),
    (
        {"from": "use_month", "months": 1, "day": "last", "roll": {"to": "next_open", "calendar": "bank"}},
        "利用する月の次の月の末日（金融機関の休業日に当たるときは、次の金融機関の営業日）の0時",
        "使う月の次の月の最後の日（銀行が休みの日のときは、次の銀行が開いている日）の午前0時",
        "0:00 on the last day of the month after the month of use (if that is a bank holiday: the next banking day)",
    ),
    (
        {"from": "tentative_since", "days": 14, "at": "24:00", "not_after": {"from": "use_day", "at": "24:00"}},
        "仮予約の日から14日後の24時（利用日の当日のほうが早いときは、利用日の当日）",
        "仮予約の日から14日後の夜の12時（使う日のほうが早いときは、使う日）",
        "24:00, 14 days after the day of the tentative booking (or the day of use, if that is earlier)",
    ),
]


@pytest.mark.parametrize(("written", "japanese", "easy", "english"), SAID)
def test_a_moment_is_said_as_people_say_it(written, japanese, easy, english):
    moment = msgspec.convert(written, Moment)

    assert moment_words(moment, Voice("ja")) == japanese
    assert moment_words(moment, Voice("ja-easy")) == easy
    voice = Voice("en")
    assert voice.finish(moment_words(moment, voice)) == english


def test_what_a_step_is_counted_from_can_be_called_otherwise():
    moment = msgspec.convert({"from": "step", "day": 20, "at": "24:00"}, Moment)

    assert moment_words(moment, Voice("ja")) == "前の段階の期限の月の20日の24時"
    assert moment_words(moment, Voice("ja"), called={"step": "sent"}) == "その月の20日の24時"


def test_the_day_of_a_debit_is_said_without_a_time():
    moment = msgspec.convert({"from": "use_month", "months": 1, "day": "last"}, Moment)

    assert moment_words(moment, Voice("ja"), day_only=True) == "利用する月の次の月の末日"
