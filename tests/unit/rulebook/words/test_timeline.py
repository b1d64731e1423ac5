"""What begins and ends in a month, as data and as a picture."""

from datetime import date
from xml.etree import ElementTree as ET

import msgspec
import pytest
from tests.city_books import city_book
from tests.unit.rulebook.words.cities import CITIES, facilities_of, wording_of

from yoyaku.rulebook.words import TONGUES, timeline, timeline_svg
from yoyaku.rulebook.words.render import timeline_text

FEBRUARY = date(2027, 2, 1)
SVG = "{http://www.w3.org/2000/svg}"


def month_of(name, tongue="ja", month=FEBRUARY):
    wording = wording_of(name, "en" if tongue == "en" else "ja")
    return timeline(city_book(name).rules, facilities_of(name), month=month, language=tongue, wording=wording)


def test_a_month_has_its_lottery_its_openings_and_its_debit():
    rows = month_of("kumamoto-sports").events.rows

    assert ("2月6日（土） 9:00", "抽選の申込み（2027年3月の利用）", "始まります") in rows
    assert ("2月10日（水） 24:00", "抽選の申込み（2027年3月の利用）", "終わります") in rows
    assert ("2月16日（火） 9:00", "空き施設の申込み（2027年3月の利用）", "始まります") in rows
    assert ("2月1日（月）", "口座振替（2026年12月の利用）の引落し", "この日時です") in rows
    assert [row[0] for row in rows] == [row[0] for row in sorted(rows, key=lambda row: date_of(row[0]))]


def date_of(text):
    return int(text.split("月")[1].split("日")[0])


def test_a_window_opens_on_the_first_day_that_the_halls_are_open():
    rows = month_of("kumamoto-halls").events.rows

    assert any(row[0] == "2月2日（火） 12:00" and "2027年6月の利用" in row[1] for row in rows)


def test_where_closed_days_differ_the_facilities_are_named():
    closed = dict(month_of("meguro-rooms").closed.rows)

    assert closed["区民センター社会教育館"] == "2月8日（月）"
    assert closed["心身障害者センター"].startswith("2月7日（日）、2月14日（日）")


def test_what_moves_with_the_day_of_use_is_told_in_words():
    points = [point.text for point in month_of("minato-lodging").rolling.points]

    assert "利用者登録証の到着以降：利用日の5日前の24時に終わります。" in points


def test_holidays_are_named():
    assert dict(month_of("kumamoto-sports").holidays)[11] == "建国記念の日"


@pytest.mark.parametrize("name", CITIES)
@pytest.mark.parametrize("tongue", TONGUES)
def test_the_picture_is_a_whole_svg_with_title_and_description_and_no_style(name, tongue):
    shown = month_of(name, tongue)
    picture = ET.fromstring(str(timeline_svg(shown)))  # noqa: S314  # written by ourselves

    assert picture.get("role") == "img"
    assert picture.find(f"{SVG}title").text == shown.title
    assert str(shown.last_day) in picture.find(f"{SVG}desc").text
    assert "style=" not in str(timeline_svg(shown))
    width, height = map(float, picture.get("viewBox").split()[2:])
    assert width == 360
    assert height > 60
    assert len(shown.lanes) == len(picture.findall(f"{SVG}rect[@class='plot-track']"))
    assert "{" not in timeline_text(shown)


def test_a_month_in_which_nothing_happens_says_so():
    rules = city_book("minato-lodging").rules
    bare = msgspec.structs.replace(rules, lottery=msgspec.structs.replace(rules.lottery, schemes=[]))
    shown = timeline(bare, facilities_of("minato-lodging"), month=FEBRUARY, language="ja")

    assert shown.events is None
    assert "始まること・終わることはありません" in timeline_text(shown)
