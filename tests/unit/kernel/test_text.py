"""Names stay as written; what finds them is a folded key."""

from __future__ import annotations

import unicodedata

import pytest

from yoyaku.kernel.text import fold_for_search, fold_width, search_key


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("髙橋", "高橋"),
        ("﨑太", "崎太"),
        ("𠮷野", "吉野"),
        ("葛\U000e0100城", "葛城"),
        ("渡邊", "渡辺"),
        ("渡邉", "渡辺"),
        ("濵田", "浜田"),
        ("齋藤", "斉藤"),
        ("\ufa10本", "塚本"),
        ("\ufa19田", "神田"),
        ("タカハシ ショウタ", "たかはししょうた"),
        ("タカハシ", "ﾀｶﾊｼ"),
        ("サークル・みどり", "さーくるミドリ"),
        ("ＹＯＹＡＫＵ会", "yoyaku會"),
        ("茅ヶ崎クラブ", "茅ケ﨑クラブ"),
    ],
)
def test_a_name_is_found_by_whoever_types_its_common_form(written, typed):
    assert fold_for_search(written) == fold_for_search(typed)


@pytest.mark.parametrize(("one", "other"), [("高橋", "高梨"), ("埼玉", "崎玉"), ("ハシ", "バシ"), ("一", "ー")])
def test_what_differs_stays_different(one, other):
    assert fold_for_search(one) != fold_for_search(other)


def test_normalising_would_have_destroyed_the_name_so_it_is_never_stored_so():
    assert unicodedata.normalize("NFC", "\ufa10本") != "\ufa10本"


def test_the_width_of_a_code_does_not_matter():
    assert fold_width("　４０６７５ ") == "40675"


def test_a_search_key_holds_every_text_that_is_there():
    assert search_key("髙橋 花子", None, "タカハシ ハナコ", "") == "高橋花子\nタカハシハナコ"


def test_folding_twice_changes_nothing():
    once = fold_for_search("ｻｰｸﾙ 髙﨑ゔぁ葛\U000e0100")
    assert fold_for_search(once) == once
