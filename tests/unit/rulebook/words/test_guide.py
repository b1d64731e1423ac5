"""The guide says what the rules decide: a number that changes there changes here."""

from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.city_books import city_book
from tests.unit.rulebook.words.cities import CITIES, facilities_of, wording_of

from yoyaku.booking.terms import Limit, RefundTier, Weight
from yoyaku.rulebook.words import TONGUES, guide
from yoyaku.rulebook.words.render import guide_html, guide_markdown, guide_text
from yoyaku.rules.values import Range


def guide_of(name, tongue="ja", *, rules=None, **more):
    language = "en" if tongue == "en" else "ja"
    wording = wording_of(name, language)
    return guide(rules or city_book(name).rules, facilities_of(name), language=tongue, wording=wording, **more)


def said(name, tongue="ja", **more):
    return guide_text(guide_of(name, tongue, **more))


def changed(name, **sections):
    return msgspec.structs.replace(city_book(name).rules, **sections)


@pytest.mark.parametrize("name", CITIES)
@pytest.mark.parametrize("tongue", TONGUES)
def test_every_city_has_a_guide_in_every_language(name, tongue):
    shown = guide_of(name, tongue)
    codes = [section.code for section in shown.sections]

    assert {"register", "windows", "lottery", "fees", "pay", "cancel"} <= set(codes)
    assert all(section.blocks for section in shown.sections)
    assert "{" not in guide_text(shown)
    assert guide_markdown(shown).startswith(f"# {shown.title}")
    assert "<table>" in guide_html(shown)


@pytest.mark.fact("KS-068")
def test_the_sports_guide_says_from_when_to_when_what_is_free_can_be_booked():
    text = said("kumamoto-sports")

    assert "利用する月の前の月の16日の9時から" in text
    assert "利用日の2日前の24時まで" in text
    assert "1時間単位" in text
    assert "続けて3時間まで" in text
    assert "750円" in text
    assert "22,620円" in text


@pytest.mark.fact("MG-035")
def test_the_guide_of_rooms_has_the_tiers_of_a_refund_as_a_table():
    shown = guide_of("meguro-rooms")
    cancel = next(section for section in shown.sections if section.code == "cancel")
    tables = [block for block in cancel.blocks if hasattr(block, "rows")]

    assert tables[0].rows == (
        ("利用日の21日前まで", "全額（100%）"),
        ("利用日の20日前から11日前まで", "75%"),
        ("利用日の10日前から6日前まで", "50%"),
        ("利用日の5日前から当日まで", "お返しできません（0%）"),
    )


def test_the_guide_of_lodges_says_nights_guests_and_days_before():
    text = said("minato-lodging")

    assert "1泊から2泊まで" in text
    assert "利用日の5日前の24時まで" in text
    assert "利用日の14日前の24時まで" in text
    assert "9,000円" in text
    assert "方の方" not in text


@pytest.mark.fact("KC-037")
def test_the_guide_of_halls_says_the_seven_days_in_which_a_win_is_accepted():
    assert "抽選の結果を発表する日を含めて7日目の24時" in said("kumamoto-halls")


def test_residents_do_not_read_of_defaults_and_admins_do():
    assert "既定の値" not in said("meguro-rooms")
    assert "default" not in said("meguro-rooms")
    assert "市の定めがないため、既定の値" in said("meguro-rooms", for_admins=True)


def test_what_was_over_before_the_day_is_left_out():
    assert "2026年3月31日" in said("meguro-rooms")
    assert "2026年3月31日" not in said("meguro-rooms", on=date(2027, 2, 1))
    assert "施設使用料が2倍になります" in said("meguro-rooms", on=date(2027, 2, 1))


@settings(max_examples=15)
@given(days=st.integers(2, 90), percent=st.integers(1, 99))
def test_another_tier_gives_another_table(days, percent):
    way = city_book("meguro-rooms").rules.booking.cancellation[2]
    tiers = [RefundTier(at_least=days, percent=percent), RefundTier(at_least=0, at_most=days - 1, percent=0)]
    booking = msgspec.structs.replace(
        city_book("meguro-rooms").rules.booking, cancellation=[msgspec.structs.replace(way, tiers=tiers)]
    )
    text = said("meguro-rooms", rules=changed("meguro-rooms", booking=booking))

    assert f"利用日の{days}日前まで" in text
    assert f"{percent}%" in text


@settings(max_examples=15)
@given(cap=st.integers(1, 99), times=st.integers(2, 9), months=st.integers(2, 11))
def test_another_limit_and_another_window_are_said(cap, times, months):
    booking = city_book("kumamoto-sports").rules.booking
    weights = [Weight(when={"day_type": ["saturday", "sunday"]}, times=times), Weight(when={"nights": 1}, times=0)]
    limit = Limit(code="x", unit="slots", per="month", cap=cap, weights=weights, when={"people": Range(at_most=5)})
    opens = msgspec.structs.replace(booking.windows[0].opens, months=-months)
    window = msgspec.structs.replace(booking.windows[0], opens=opens)
    rules = changed("kumamoto-sports", booking=msgspec.structs.replace(booking, limits=[limit], windows=[window]))
    text = said("kumamoto-sports", rules=rules)

    assert f"人数：5人以下：1か月に、おひとり（1団体）{cap}コマまでです。" in text
    assert f"土曜日・日曜日は、{times}倍に数えます。" in text
    assert f"利用する月の{months}か月前の16日の9時から" in text


@settings(max_examples=15)
@given(yen=st.integers(1, 99_999))
def test_another_price_is_in_the_table(yen):
    fees = city_book("kumamoto-sports").rules.fees
    step = fees.steps[0]
    row = msgspec.structs.replace(step.table[0], yen=yen)
    steps = [msgspec.structs.replace(step, table=[row, *step.table[1:]]), *fees.steps[1:]]
    rules = changed("kumamoto-sports", fees=msgspec.structs.replace(fees, steps=steps))
    tables = [block for section in guide_of("kumamoto-sports", rules=rules).sections for block in section.blocks]

    assert ("テニスコート", f"{yen:,}円", "370円") in [row for t in tables if hasattr(t, "rows") for row in t.rows]


def test_a_hard_word_is_read_where_it_first_stands_in_a_section_and_there_only():
    cancel = next(section for section in guide_of("meguro-rooms", "ja-easy").sections if section.code == "cancel")
    read = [cancel.title, *(part for block in cancel.blocks for part in parts_of(block))]
    first = next(text for text in read if "仮予約" in text)

    assert "仮予約（かりよやく）" in first
    assert sum(text.count("かりよやく") for text in read) == 1


def parts_of(block):
    """The texts of a block from its top."""
    if hasattr(block, "points"):
        return [block.heading, *(point.text for point in block.points)]
    return [block.caption, *(cell for row in block.rows for cell in row)] if hasattr(block, "rows") else [block.text]
