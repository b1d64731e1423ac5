from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from yoyaku.registration.policy.mail import (
    MailJustSent,
    MailMalformed,
    check_resend,
    may_book_by,
    may_enter_lottery,
    read_address,
    tells_old_address,
)
from yoyaku.registration.terms import MailTerms, RegistrationTerms

NOW = datetime(2027, 3, 1, 1, 0, tzinfo=UTC)


def terms(**mail):
    stages = [
        {"code": "provisional", "name": "仮登録", "may_book": False},
        {"code": "half", "name": "登録", "may_book": True, "may_enter_lottery": False},
        {"code": "registered", "name": "登録済", "may_book": True},
    ]
    values = {
        "classes": [{"code": "individual", "name": "個人"}],
        "stages": stages,
        "login": {"id_label": "ID", "id_pattern": "^[0-9]{8}$"},
        "mail": mail,
    }
    return msgspec.convert(values, RegistrationTerms)


@pytest.mark.fact("KC-042")
def test_a_lottery_asks_for_an_address_where_the_rules_say_so():
    person = {"registration": "registered", "has_mail": False}
    assert not may_enter_lottery(terms(needed_for_lottery=True), person)
    assert may_enter_lottery(terms(needed_for_lottery=True), person | {"has_mail": True})
    assert may_enter_lottery(terms(), person)


@pytest.mark.fact("KC-053", "KC-T3")
def test_who_has_not_verified_the_address_enters_no_lottery_where_the_rules_say_so():
    rules = terms(unverified_may_enter_lottery=False)
    assert not may_enter_lottery(rules, {"registration": "registered", "mail_verified": False})
    assert may_enter_lottery(rules, {"registration": "registered", "mail_verified": True})
    assert may_enter_lottery(rules, {"registration": "registered"})


@pytest.mark.parametrize("lacks", [{"has_mail": False}, {"mail_verified": False}])
def test_who_enters_by_a_way_that_asks_for_no_address_needs_none(lacks):
    rules = terms(needed_for_lottery=True, unverified_may_enter_lottery=False, asked_for_lottery_by=["web"])
    person = {"registration": "registered", **lacks}
    assert may_enter_lottery(rules, {**person, "channel": "counter"})
    assert not may_enter_lottery(rules, {**person, "channel": "web"})
    assert not may_enter_lottery(rules, person)
    assert not may_enter_lottery(rules, {**person, "channel": "counter", "registration": "half"})


def test_the_stage_says_whether_one_may_enter_and_where_it_is_silent_whether_one_may_book():
    assert not may_enter_lottery(terms(), {"registration": "provisional"})
    assert not may_enter_lottery(terms(), {"registration": "half"})
    assert may_enter_lottery(terms(), {"registration": "registered"})


@pytest.mark.fact("KC-053")
def test_without_a_verified_address_one_books_by_the_channels_that_the_rules_name():
    assert may_book_by(MailTerms(), "web")
    only = MailTerms(unverified_may_book_by=["phone", "counter"])
    assert [may_book_by(only, channel) for channel in ("web", "phone", "counter")] == [False, True, True]


def test_an_address_is_read_in_any_width_and_nothing_else_is_taken_for_one():
    assert read_address("ｔａｒｏ＠Example.JP") == "taro@example.jp"
    with pytest.raises(MailMalformed):
        read_address("taro@example")


def test_a_link_is_sent_again_after_a_minute_and_ten_times_a_day():
    check_resend([], real_now=NOW)
    check_resend([NOW - timedelta(minutes=1)], real_now=NOW)
    with pytest.raises(MailJustSent) as soon:
        check_resend([NOW - timedelta(seconds=20)], real_now=NOW)
    assert soon.value.facts["retry_after_seconds"] == 40
    with pytest.raises(MailJustSent) as often:
        check_resend([NOW - timedelta(hours=hour) for hour in range(10, 0, -1)], real_now=NOW)
    assert often.value.facts["retry_after_seconds"] == 14 * 3600


def test_only_an_address_that_was_known_to_be_theirs_is_told_of_a_change():
    assert tells_old_address(old="taro@example.jp", was_verified=True)
    assert not tells_old_address(old="taro@example.jp", was_verified=False)
    assert not tells_old_address(old=None, was_verified=False)
