"""What people type in any width: readings, telephone numbers, postcodes, dates, addresses of mail; and letters for old systems."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yoyaku.kernel.contact import phone_key, read_mail_address, read_phone, read_postcode
from yoyaku.kernel.dates import read_date
from yoyaku.kernel.jis import shrink_to_jis
from yoyaku.kernel.text import count_letters, fold_for_search, has_unreadable, tidy_kana, tidy_lines, tidy_name


@pytest.mark.parametrize("typed", ["ﾐﾅﾄ ﾀﾛｳ", "ミナト　タロウ", "みなと たろう", "  ミナト   タロウ "])
def test_t_m3_a_reading_in_any_kana_is_full_width(typed):
    assert tidy_kana(typed) == "ミナト　タロウ"


@pytest.mark.parametrize(
    ("typed", "kana"),
    [
        ("ﾊﾞﾝﾄﾞｳ", "バンドウ"),
        ("さとう−", "サトウー"),
        ("ヴィオラ", "ヴィオラ"),
        ("港", None),
        ("Taro", None),
        ("タロウ1", None),
    ],
)
def test_a_reading_is_kana_and_nothing_else(typed, kana):
    assert tidy_kana(typed) == kana


def test_the_reading_of_a_group_may_hold_letters_and_digits():
    assert tidy_kana("ﾃﾆｽA1", latin=True) == "テニスＡ１"
    assert tidy_kana("港クラブ", latin=True) is None


@pytest.mark.parametrize("typed", ["髙橋　﨑太", "𠮷野", "葛\U000e0100城", "塚本", "神田"])
def test_t_m1_t_j4_a_name_stays_byte_for_byte(typed):
    assert tidy_name(typed) == typed


@pytest.mark.parametrize(
    ("typed", "plain"), [("髙橋　﨑太", "高橋"), ("髙橋　﨑太", "崎太"), ("𠮷野", "吉野"), ("葛\U000e0100城", "葛城")]
)
def test_t_m1_t_j4_a_name_is_found_by_its_common_form(typed, plain):
    assert fold_for_search(plain) in fold_for_search(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("髙橋 﨑太", "髙橋　﨑太"), (" 港　 太郎 ", "港　太郎"), ("Ann  Lee", "Ann Lee"), ("港 Ann", "港　Ann")],
)
def test_only_the_spaces_of_a_name_are_changed(typed, kept):
    assert tidy_name(typed) == kept


@given(st.text())
def test_a_name_keeps_every_character_but_spaces(typed):
    assert "".join(tidy_name(typed).split()) == "".join(typed.split())
    assert tidy_name(tidy_name(typed)) == tidy_name(typed)


@given(st.text())
def test_no_text_breaks_a_reader(typed):
    for read in (tidy_kana, read_phone, read_postcode, read_date, read_mail_address, tidy_lines, count_letters):
        read(typed)
    kana = tidy_kana(typed)
    assert kana is None or tidy_kana(kana) == kana


@pytest.mark.parametrize(
    ("typed", "written", "key"),
    [
        ("03-1234-5678", "03-1234-5678", "+81312345678"),
        ("０３１２３４５６７８", "0312345678", "+81312345678"),
        ("（０３）１２３４−５６７８", "(03)1234-5678", "+81312345678"),
        ("090 1234 5678", "090-1234-5678", "+819012345678"),
        ("09012345678", "090-1234-5678", "+819012345678"),
        ("+81 (0)3-1234-5678", "+81 (0)3-1234-5678", "+81312345678"),
        ("+1 202 555 0100", "+1 202 555 0100", "+12025550100"),
    ],
)
def test_t_m4_a_telephone_number_is_readable_and_has_one_key(typed, written, key):
    phone = read_phone(typed)

    assert (phone.written, phone.key) == (written, key)


@pytest.mark.parametrize(
    "typed", ["", "110", "1234567890", "03-1234-567", "+81 123", "+1", "03-1234-5678 内線3", "電話なし"]
)
def test_what_is_no_telephone_number_has_no_key(typed):
    assert phone_key(typed) is None


@pytest.mark.parametrize("typed", ["１００－００１４", "1000014", "〒100-0014", "100−0014", "〒 100 0014"])
def test_t_m4_a_postcode_in_any_width_is_one(typed):
    assert read_postcode(typed) == "100-0014"


@pytest.mark.parametrize("typed", ["", "100-001", "10000145", "abc-defg"])
def test_what_is_no_postcode_is_none(typed):
    assert read_postcode(typed) is None


@pytest.mark.parametrize(
    "typed",
    [
        "1978-06-16",
        "19780616",
        "1978/6/16",
        "1978年6月16日",
        "昭和53年6月16日",
        "S53.6.16",
        "１９７８０６１６",
        "ｓ５３－６－１６",
    ],
)
def test_a_date_in_any_writing_is_one_day(typed):
    assert read_date(typed) == date(1978, 6, 16)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("平成元年1月8日", date(1989, 1, 8)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("昭和64年1月8日", None),
        ("令和0年5月1日", None),
        ("大正15年12月24日", date(1926, 12, 24)),
        ("1978-02-30", None),
        ("78-06-16", None),
        ("", None),
    ],
)
def test_an_era_has_only_its_own_days(typed, day):
    assert read_date(typed) == day


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ", "taro@example.jp"),
        (" Taro@Example.JP ", "Taro@example.jp"),
        ("a..b.@docomo.example", "a..b.@docomo.example"),
        ("taro+hall@example.jp", "taro+hall@example.jp"),
    ],
)
def test_an_address_of_mail_is_taken_in_plain_letters(typed, kept):
    assert read_mail_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "taro", "taro@", "@example.jp", "taro@example", "ta ro@example.jp", "tаro@example.jp", "taro@例え.jp", "a@b@", "t@1.2.3.4",
     "taro@-a.jp", "x" * 65 + "@example.jp", "taro@" + "a." * 130 + "jp", "taro@example.jp\nbcc: x@example.jp"],
)  # fmt: skip
def test_an_address_that_only_looks_like_one_is_none(typed):
    assert read_mail_address(typed) is None


@pytest.mark.parametrize(
    ("text", "seen"),
    [("葛\U000e0100城", 2), ("か\u3099", 1), ("ﾊﾞ", 1), ("👨\u200d👩\u200d👧", 1), ("", 0), ("𠮷野", 2)],
)
def test_letters_are_counted_as_a_reader_sees_them(text, seen):
    assert count_letters(text) == seen


@pytest.mark.parametrize("text", ["a\x00b", "a\x1b[0m", "\u202eabc", "\ue000", "a\nb"])
def test_what_nobody_can_read_is_noticed(text):
    assert has_unreadable(text)


def test_a_longer_text_may_have_lines():
    assert not has_unreadable("一\r\n二\n", lines=True)
    assert tidy_lines(" 一 \r\n二\r") == "一\n二"


@pytest.mark.parametrize(
    ("name", "shrunk", "changed"),
    [
        ("髙橋　﨑太", "高橋　崎太", True),
        ("𠮷野", "吉野", True),
        ("葛\U000e0100城", "葛城", True),
        ("高橋　崎太", "高橋　崎太", False),
        ("か\u3099", "が", True),
        ("ﾊﾞﾝﾄﾞｳ", "バンドウ", True),
        ("1－2～3", "1−2〜3", True),
        ("🙂가", "〓〓", True),
    ],
)
def test_t_m2_for_old_systems_letters_are_shrunk_and_flagged(name, shrunk, changed):
    assert shrink_to_jis(name) == (shrunk, changed)


@given(st.text())
def test_t_m2_what_is_shrunk_can_be_written_there(text):
    shrunk, _ = shrink_to_jis(text)
    assert shrunk.encode("iso2022_jp").decode("iso2022_jp") == shrunk
    assert shrink_to_jis(shrunk) == (shrunk, False)
