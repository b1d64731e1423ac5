from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from yoyaku.registration.policy import (
    LoginIdMalformed,
    RoleMissing,
    SessionLimits,
    check_login_id,
    login_key,
    new_session_times,
    require_role,
    session_is_alive,
    touched,
)
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
