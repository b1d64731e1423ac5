from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from yoyaku.registration.policy import (
    LoginIdMalformed,
    PasswordTooWeak,
    RoleMissing,
    SessionLimits,
    TooManyAttempts,
    check_login_id,
    check_password,
    login_key,
    new_session_times,
    require_role,
    session_is_alive,
    touched,
)
from yoyaku.registration.service.attempts import REMEMBERED, Attempts
from yoyaku.registration.terms import LoginTerms

NINE = datetime(2027, 1, 16, 0, 0, tzinfo=UTC)
LIMITS = SessionLimits(idle_minutes=30, longest_hours=2)
EIGHT_DIGITS = LoginTerms(id_label="利用者登録番号", id_pattern="[0-9]{8}", leading_zeros_optional_to=8)
LETTERS = LoginTerms(id_label="利用者ID", id_pattern="[A-Za-z0-9]{6,16}")


@pytest.mark.fact("MG-067", "MG-T8")
@pytest.mark.parametrize("typed", ["40675", "00040675", "0040675", "００４０６７５", " 40675　"])
def test_leading_noughts_of_a_number_may_be_left_out(typed):
    assert login_key(typed, EIGHT_DIGITS) == "00040675"


@pytest.mark.parametrize(
    ("typed", "key"), [("ABCdef1", "ABCdef1"), ("ＡＢＣｄｅｆ１", "ABCdef1"), ("000123", "000123")]
)
def test_elsewhere_case_and_noughts_count_and_width_does_not(typed, key):
    assert login_key(typed, LETTERS) == key


def test_a_number_of_noughts_only_keeps_its_length():
    assert login_key("0", EIGHT_DIGITS) == "00000000"


@pytest.mark.parametrize(("login_id", "terms"), [("123456789", EIGHT_DIGITS), ("A-1", LETTERS), ("abc", LETTERS)])
def test_an_id_of_another_form_is_refused(login_id, terms):
    with pytest.raises(LoginIdMalformed):
        check_login_id(login_id, terms)


def test_an_id_of_the_right_form_passes():
    check_login_id("40675", EIGHT_DIGITS)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short7!", "short"),
        ("x" * 64 + "y" * 65, "long"),
        ("Midori2027", "same_as_id"),
        ("ｍｉｄｏｒｉ2027", "same_as_id"),
        ("19780616", "personal"),
        ("1978-06-16", "personal"),
        ("Passw0rd", "common"),
        ("aaaaaaaa", "one_character"),
        ("12345678", "sequence"),
        ("87654321", "sequence"),
    ],
)
def test_a_password_that_is_guessed_first_is_refused(password, reason):
    with pytest.raises(PasswordTooWeak) as refused:
        check_password(password, login_id="midori2027", personal=["1978/06/16", ""])
    assert refused.value.facts["reason"] == reason


@pytest.mark.parametrize("password", ["correct horse", "みどりのカーテンを編む", "a1b2c3d4" * 16])
def test_a_password_of_any_characters_passes(password):
    check_password(password, login_id="midori2027")


@pytest.mark.fact("KC-009")
def test_a_session_left_unused_ends():
    times = new_session_times(real_now=NINE, limits=LIMITS)
    assert session_is_alive(times, real_now=NINE + timedelta(minutes=30))
    assert not session_is_alive(times, real_now=NINE + timedelta(minutes=31))


def test_a_request_keeps_a_session_alive_but_not_past_its_longest():
    times = new_session_times(real_now=NINE, limits=LIMITS)
    later = touched(times, real_now=NINE + timedelta(minutes=20), limits=LIMITS)
    assert later is not None
    assert session_is_alive(later, real_now=NINE + timedelta(minutes=50))
    last = touched(later, real_now=NINE + timedelta(minutes=119), limits=LIMITS)
    assert last is not None
    assert not session_is_alive(last, real_now=NINE + timedelta(hours=2))


def test_requests_in_quick_succession_are_noted_once():
    times = new_session_times(real_now=NINE, limits=LIMITS)
    assert touched(times, real_now=NINE + timedelta(seconds=29), limits=LIMITS) is None


@pytest.mark.parametrize("roles", [[], ["tenant_admin"]])
def test_without_the_role_nothing_is_allowed(roles):
    with pytest.raises(RoleMissing):
        require_role(roles, "counter_clerk")


def test_with_the_role_it_is_allowed():
    require_role({"counter_clerk"}, "counter_clerk")


def fail(attempts, times, *, address="192.0.2.1", key="a", now=NINE):
    for _ in range(times):
        attempts.note_failure(address=address, login_key=key, real_now=now)


def test_ten_wrong_passwords_slow_their_sender_and_nobody_else():
    attempts = Attempts()
    fail(attempts, 10)
    with pytest.raises(TooManyAttempts) as refused:
        attempts.check(address="192.0.2.1", login_key="a", real_now=NINE + timedelta(minutes=1))
    assert refused.value.facts["retry_after_seconds"] == 14 * 60
    attempts.check(address="198.51.100.7", login_key="a", real_now=NINE)  # the person, from home
    attempts.check(address="192.0.2.1", login_key="b", real_now=NINE)


def test_after_a_quarter_of_an_hour_one_may_try_again():
    attempts = Attempts()
    fail(attempts, 10)
    attempts.check(address="192.0.2.1", login_key="a", real_now=NINE + timedelta(minutes=15))


def test_one_address_may_not_try_many_ids():
    attempts = Attempts()
    for number in range(100):
        fail(attempts, 1, key=str(number))
    with pytest.raises(TooManyAttempts):
        attempts.check(address="192.0.2.1", login_key="new", real_now=NINE)


def test_a_success_forgets_the_failures():
    attempts = Attempts()
    fail(attempts, 9)
    attempts.note_success(address="192.0.2.1", login_key="a")
    fail(attempts, 1)
    attempts.check(address="192.0.2.1", login_key="a", real_now=NINE)


def test_a_flood_of_addresses_does_not_fill_the_memory():
    attempts = Attempts()
    for number in range(REMEMBERED):
        fail(attempts, 1, address=str(number))
    assert len(attempts._failures) == REMEMBERED
