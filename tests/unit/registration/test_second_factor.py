"""Codes that change every half minute, and how they are typed."""

from datetime import UTC, datetime, timedelta

import pytest

from yoyaku.kernel.ids import new_id
from yoyaku.registration.policy.second_factor import (
    TRIES_FROM_UNKNOWN_DEVICES,
    TypedCode,
    code_at,
    matching_step,
    read_code,
    sources_of_code,
    step_of,
)

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOW = datetime(2027, 1, 10, 1, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "is_taken"), [(-50, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_code_of_the_step_before_or_after_is_taken_and_none_further_off(seconds, is_taken):
    shown = code_at(SECRET, step_of(NOW + timedelta(seconds=seconds)))
    found = matching_step(SECRET, shown, real_now=NOW, last_step=0)
    assert (found is not None) == is_taken


def test_a_step_is_taken_only_after_the_last_one_used():
    step = step_of(NOW)
    assert matching_step(SECRET, code_at(SECRET, step), real_now=NOW, last_step=step - 1) == step
    assert matching_step(SECRET, code_at(SECRET, step), real_now=NOW, last_step=step) is None
    assert matching_step(SECRET, code_at(SECRET, step - 1), real_now=NOW, last_step=step) is None


@pytest.mark.parametrize(
    ("vector", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")]
)
def test_codes_are_those_of_rfc_6238(vector, code):
    assert code_at("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", vector // 30) == code


@pytest.mark.parametrize("typed", ["123456", "123 456", "１２３４５６", " 123-456 ", "１２３　４５６"])
def test_six_digits_are_read_in_any_writing(typed):
    assert read_code(typed) == TypedCode(digits="123456")


@pytest.mark.parametrize("typed", ["abcd efgh 2345", "ABCDEFGH2345", "ａｂｃｄ－ｅｆｇｈ－２３４５"])
def test_a_recovery_code_is_read_in_any_writing(typed):
    assert read_code(typed) == TypedCode(recovery="abcdefgh2345")


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdefgh234", "''; --", "x" * 5000])
def test_anything_else_is_no_code(typed):
    assert read_code(typed) == TypedCode()


def sources(typed, device=None):
    found = sources_of_code(address="192.0.2.1", account_id=new_id(), session_id=new_id(), typed=typed, device=device)
    return {source.parts[1]: source.at_most for source in [found.aimed, *found.every]}


def test_digits_from_unknown_devices_have_one_small_budget_for_the_account():
    assert sources(TypedCode(digits="123456"))["account"] == TRIES_FROM_UNKNOWN_DEVICES
    assert sources(TypedCode())["account"] == TRIES_FROM_UNKNOWN_DEVICES


def test_that_budget_stops_neither_a_known_device_nor_a_recovery_code():
    assert set(sources(TypedCode(digits="123456"), device="known")) == {"session", "device"}
    assert set(sources(TypedCode(recovery="abcdefgh2345"))) == {"session", "address", "prefix"}
