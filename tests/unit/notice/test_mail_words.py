"""The lines of a mail about what is booked."""

from types import SimpleNamespace

import pytest

from yoyaku.notice.words import details_of, next_of
from yoyaku.ui.wording import Wording
from yoyaku.ui.words import Words

FACTS = {"number": "S1", "facility": "Park", "space": "Court", "when": "9:00-13:00", "total": "2,250円"}


def test_hours_taken_out_of_the_middle_are_named_below_the_whole_time():
    booking = SimpleNamespace(surfaces=1, total_yen=2250, request=SimpleNamespace(unused=(("10:00", "11:00"),)))

    lines = details_of(booking, FACTS, Words("ja", Wording("ja"))).splitlines()

    assert "10:00〜11:00は利用できませんでした（使用料はかかりません）" in lines
    assert lines[-1].endswith("2,250円")


@pytest.mark.parametrize(
    ("paid_yen", "collect_on", "asks"), [(0, "", True), (2250, "", False), (0, "2027年4月5日（月）", False)]
)
def test_a_booking_that_stands_and_is_to_be_paid_says_until_when(paid_yen, collect_on, asks):
    booking = SimpleNamespace(state="confirmed", paid_yen=paid_yen, total_yen=2250)
    facts = {"deadline": "2027年2月14日（日） 24:00", "collect_on": collect_on}

    said = next_of(booking, facts, Words("ja", Wording("ja")))

    assert said.startswith("予約は確定しています。")
    assert ("2027年2月14日（日） 24:00までにお支払いください" in said) == asks
