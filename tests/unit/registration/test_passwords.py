"""Passwords: the city's own pattern, and the platform's floor under it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from yoyaku.registration.policy import (
    NewPasswordRefused,
    PasswordPatternRefused,
    PasswordToBeSet,
    PasswordTooWeak,
    check_city_password,
    check_login_id,
    check_new_password,
    check_password,
    find_password_faults,
)
from yoyaku.registration.terms import LoginTerms, PasswordPattern, PasswordTerms

ROOT = Path(__file__).parents[3]
PERSONAL = ["1978/06/16", "港　太郎", "ミナト　タロウ", "090-1234-5678", "t.minato@example.jp", ""]
MIXED = PasswordTerms(
    patterns=[
        PasswordPattern(pattern="[a-z0-9]{6,20}", refusal="6文字から20文字の半角英数字（小文字）にしてください。"),
        PasswordPattern(pattern="(?=.*[a-z])(?=.*[0-9]).*", refusal="英字と数字を混ぜてください。"),
    ]
)
OWN = LoginTerms(id_label="利用者ID", id_pattern="[A-Za-z0-9]{6,16}", password=MIXED)


def reason_of(password, *, login_id="midori2027", personal=PERSONAL):
    with pytest.raises(PasswordTooWeak) as refused:
        check_password(password, login_id=login_id, personal=personal)
    return refused.value.facts["reason"]


@pytest.mark.fact("KS-T16", "KS-038")
@pytest.mark.parametrize(
    ("password", "fits"),
    [("Abc123", False), ("abc123", True), ("abcdef", False), ("abc12", False), ("abcdefghij1234567890x", False)],
)
def test_the_city_s_pattern_alone_takes_small_letters_mixed_with_digits(password, fits):
    if fits:
        check_city_password(password, MIXED)
        return
    with pytest.raises(PasswordPatternRefused) as refused:
        check_city_password(password, MIXED)
    assert refused.value.facts["sentence"]


@pytest.mark.fact("KS-T16", "KS-037")
def test_an_id_may_have_capitals_where_a_password_may_not():
    check_login_id("Abc123", OWN)


@pytest.mark.fact("KS-039")
def test_the_platform_refuses_an_id_as_password_though_the_city_would_not():
    check_city_password("midori27x", MIXED)
    with pytest.raises(PasswordTooWeak) as refused:
        check_new_password("midori27x", login=OWN, login_id="midori27x")
    assert refused.value.variant == "same_as_id"


def test_the_floor_of_eight_comes_on_top_of_a_city_s_six():
    with pytest.raises(PasswordTooWeak) as refused:
        check_new_password("xq7vw2", login=OWN, login_id="midori2027")
    assert refused.value.variant == "short"


def test_all_faults_are_told_at_once_the_city_s_first():
    faults = find_password_faults("Sakura", login=OWN, login_id="midori2027")
    assert [fault.variant or fault.code for fault in faults] == [
        "password_pattern_refused",
        "password_pattern_refused",
        "short",
        "common",
    ]


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short7!", "short"),
        ("x" * 64 + "y" * 65, "long"),
        ("Midori2027", "same_as_id"),
        ("ｍｉｄｏｒｉ2027", "same_as_id"),
        ("midori2027!", "same_as_id"),
        ("aaaaaaaa", "one_character"),
        ("abcabcabc", "one_character"),
    ],
)
def test_a_password_that_is_guessed_first_is_refused(password, reason):
    assert reason_of(password) == reason


@pytest.mark.parametrize(
    "password",
    [
        "19780616",
        "1978-06-16",
        "780616ab",
        "s530616x",
        "昭和53年6月16日",
        "06161978",
        "16061978",
        "１９７８０６１６ああ",
    ],
)
def test_t_s4_one_s_birth_date_is_refused_in_any_writing(password):
    assert reason_of(password) == "personal"


@pytest.mark.parametrize("password", ["09012345678", "minatotaro", "MinatoTarou1", "みなとたろうです", "t.minato123"])
def test_a_name_and_a_telephone_number_are_refused(password):
    assert reason_of(password) == "personal"


@pytest.mark.parametrize(
    "password",
    [
        "12345678",
        "87654321",
        "Passw0rd",
        "password2027",
        "qwertyuiop",
        "1qaz2wsx",
        "sakura1234",
        "iloveyou!",
        "tanaka1985",
        "abcd1234",
        "1q2w3e4r",
        "あいうえおかきく",
        "ぱすわーど123",
        "111222333",
    ],
)
def test_t_s4_what_a_guesser_s_list_holds_is_refused_though_a_city_would_take_it(password):
    assert reason_of(password) == "common"


def test_an_id_without_its_leading_noughts_is_the_id():
    assert reason_of("40675abc", login_id="00040675") == "same_as_id"


@pytest.mark.parametrize(
    "password",
    [
        "correct horse",
        "みどりのカーテンを編む",
        "a1b2c3d4" * 16,
        "midori-no-mado",
        "a long pass phrase",
        "tanuki5hoshi3kaze",
        "x" * 0 + "7k!Qz93w",
    ],
)
def test_a_password_of_any_characters_passes(password):
    check_password(password, login_id="00040675", personal=PERSONAL)


@pytest.mark.parametrize("day", ["2001-13-45", "1867-11-09", "2020/2/3"])
def test_a_day_that_is_none_or_of_no_era_breaks_nothing(day):
    check_password("kasumi no tozan", login_id="a", personal=[day])


@pytest.mark.parametrize("path", sorted((ROOT / "tenants").glob("*/demo.yaml")), ids=lambda path: path.parent.name)
def test_no_password_of_the_demo_s_people_is_guessed(path):
    demo = yaml.safe_load(path.read_text())
    for person in [*demo["residents"], *demo["clerks"]]:
        check_password(person["password"], login_id=person["login_id"], personal=[person["name"]])


def test_a_password_that_city_and_platform_take_passes():
    check_new_password("kasumi2tozan4", login=OWN, login_id="midori2027", personal=PERSONAL)


def test_a_refused_password_carries_all_its_reasons():
    faults = find_password_faults("Sakura", login=OWN, login_id="midori2027")
    assert NewPasswordRefused(faults).faults == tuple(faults)


@pytest.mark.parametrize(("mail", "variant"), [("t***@e***.jp", "mailed"), (None, None)])
def test_the_way_to_an_own_password_is_told_as_there_is_a_mail_or_not(mail, variant):
    assert PasswordToBeSet(mail=mail).variant == variant
