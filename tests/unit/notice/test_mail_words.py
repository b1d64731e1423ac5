"""The lines of a mail about what is booked."""

from types import SimpleNamespace

from yoyaku.notice.words import details_of
from yoyaku.ui.wording import Wording
from yoyaku.ui.words import Words

FACTS = {"number": "S1", "facility": "Park", "space": "Court", "when": "9:00-13:00", "total": "2,250円"}


def test_hours_taken_out_of_the_middle_are_named_below_the_whole_time():
    booking = SimpleNamespace(surfaces=1, total_yen=2250, request=SimpleNamespace(unused=(("10:00", "11:00"),)))

    lines = details_of(booking, FACTS, Words("ja", Wording("ja"))).splitlines()

    assert "10:00〜11:00は利用できませんでした（使用料はかかりません）" in lines
    assert lines[-1].endswith("2,250円")
