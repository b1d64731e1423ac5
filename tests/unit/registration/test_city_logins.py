"""Ids and passwords as the four services' own rules have them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import yaml

from yoyaku.registration.policy import (
    LoginIdMalformed,
    PasswordPatternRefused,
    PasswordTooWeak,
    check_city_password,
    check_login_id,
    check_new_password,
    login_key,
)
from yoyaku.registration.terms import LoginTerms

ROOT = Path(__file__).parents[3]


def login_of(name):
    document = yaml.safe_load((ROOT / "rulesets" / name / "registration.yaml").read_text())
    return msgspec.convert(document["registration"]["login"], LoginTerms)


@pytest.mark.fact("KS-T16", "KS-038")
@pytest.mark.parametrize(
    ("password", "fits"),
    [("Abc123", False), ("abc123", True), ("abcdef", False), ("abc12", False), ("abcdefghij1234567890x", False)],
)
def test_the_sports_service_takes_six_to_twenty_small_letters_with_digits(password, fits):
    terms = login_of("kumamoto-sports").password
    if fits:
        check_city_password(password, terms)
        return
    with pytest.raises(PasswordPatternRefused):
        check_city_password(password, terms)


@pytest.mark.fact("KS-T16", "KS-037")
def test_the_sports_service_takes_ids_of_six_to_sixteen_with_capitals():
    login = login_of("kumamoto-sports")
    for good in ("Abc123", "a" * 16):
        check_login_id(good, login)
    for bad in ("Abc12", "a" * 17, "abc-123"):
        with pytest.raises(LoginIdMalformed):
            check_login_id(bad, login)


@pytest.mark.fact("KS-039")
def test_an_id_is_no_password_though_the_sports_service_would_take_it():
    login = login_of("kumamoto-sports")
    check_city_password("midori27x", login.password)
    with pytest.raises(PasswordTooWeak):
        check_new_password("midori27x", login=login, login_id="midori27x")


@pytest.mark.fact("ML-064", "ML-062")
@pytest.mark.parametrize(
    ("password", "fits"), [("7kQz93wM", True), ("7kQz93wMr5Ty", True), ("7kQz93w", False), ("7kQz93wMr5TyX", False)]
)
def test_the_lodging_service_takes_eight_to_twelve_letters_and_digits(password, fits):
    login = login_of("minato-lodging")
    if fits:
        check_new_password(password, login=login, login_id="400015", personal=["1978-06-16"])
        return
    with pytest.raises(PasswordPatternRefused):
        check_new_password(password, login=login, login_id="400015")


@pytest.mark.fact("ML-060", "ML-061")
def test_the_lodging_service_gives_numbers_of_six_digits_and_the_birth_date_to_begin_with():
    login = login_of("minato-lodging")
    assert login.issued is not None
    assert (login.issued.digits, login.password.initial) == (6, "birth_date")


@pytest.mark.fact("MG-067")
def test_the_rooms_service_lets_leading_noughts_be_left_out():
    assert login_key("40675", login_of("meguro-rooms")) == "00040675"


@pytest.mark.fact("KS-044", "ML-068")
@pytest.mark.parametrize("name", ["kumamoto-sports", "minato-lodging"])
def test_who_forgot_the_id_is_told_whom_to_ask(name):
    assert login_of(name).forgotten_id
