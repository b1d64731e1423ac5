from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from yoyaku.registration.policy.life import (
    NothingToRenew,
    RenewalByClerk,
    RenewalNotOpen,
    due_reminders,
    end_of,
    expiries_at,
    forget_on,
    last_day,
    next_expiry,
    next_reminder,
    reminders,
    renewed_until,
)
from yoyaku.registration.terms import RegistrationTerms, Retention, Validity

ZONE = ZoneInfo("Asia/Tokyo")


def validity(**more):
    values = {"code": "registration", "name": "登録", "from_stage": "registered", "months": 24, **more}
    return msgspec.convert(values, Validity)


def terms(**more):
    values = {
        "classes": [{"code": "individual", "name": "個人"}],
        "stages": [
            {"code": "provisional", "name": "仮登録", "may_book": False},
            {"code": "registered", "name": "登録済", "may_book": True},
        ],
        "login": {"id_label": "利用者番号", "id_pattern": "^[0-9]{8}$"},
        **more,
    }
    return msgspec.convert(values, RegistrationTerms)


@pytest.mark.parametrize(
    ("since", "months", "last"),
    [
        (date(2027, 3, 31), 1, date(2027, 4, 30)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2027, 3, 31), 24, date(2029, 3, 31)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
    ],
)
def test_t_g4_the_last_day_is_the_corresponding_day_or_the_last_of_its_month(since, months, last):
    assert last_day(validity(months=months), since) == last


@pytest.mark.parametrize(
    ("ends", "last"),
    [("same_day", date(2028, 2, 10)), ("month_end", date(2028, 2, 29)), ("fiscal_year_end", date(2028, 3, 31))],
)
def test_a_validity_ends_that_day_with_its_month_or_with_the_fiscal_year(ends, last):
    assert last_day(validity(months=12, ends=ends), date(2027, 2, 10)) == last


@pytest.mark.fact("ML-050")
def test_a_workers_registration_lasts_two_years_and_a_residents_does_not_end():
    rules = terms(validity=[msgspec.to_builtins(validity(when={"residency": "worker"}))])
    since = date(2027, 1, 20)
    worker = expiries_at(rules, stage="registered", since=since, facts={"residency": "worker"})
    assert worker == {"registration": date(2029, 1, 20)}
    assert expiries_at(rules, stage="registered", since=since, facts={"residency": "resident"}) == {}


@pytest.mark.fact("MG-026")
def test_a_registration_carries_two_expiries_under_names_of_their_own():
    both = [validity(code="adult", months=12, ends="fiscal_year_end"), validity(code="registration", months=36)]
    rules = terms(validity=[msgspec.to_builtins(one) for one in both])
    assert expiries_at(rules, stage="registered", since=date(2027, 1, 20), facts={}) == {
        "adult": date(2028, 3, 31),
        "registration": date(2030, 1, 20),
    }


def test_a_stage_that_begins_no_validity_gives_no_expiry():
    rules = terms(validity=[msgspec.to_builtins(validity())])
    assert expiries_at(rules, stage="provisional", since=date(2027, 1, 20), facts={}) == {}


def test_a_registration_ends_at_24_of_its_last_day_in_the_citys_zone():
    ends = end_of(date(2029, 1, 20), ZONE)
    assert ends == datetime(2029, 1, 20, 15, 0, tzinfo=UTC)
    expiries = {"a": date(2029, 1, 20), "b": date(2028, 1, 20)}
    assert next_expiry(expiries, after=datetime(2028, 6, 1, tzinfo=UTC), zone=ZONE) == ends
    assert next_expiry(expiries, after=ends, zone=ZONE) is None


def test_reminders_go_out_in_the_morning_and_of_those_missed_only_the_last():
    rules = terms(validity=[msgspec.to_builtins(validity(remind_days_before=[60, 30, 7]))])
    every = reminders(rules, {"registration": date(2029, 1, 20)}, ZONE)
    assert [one.at for one in every] == [
        datetime(2028, 11, 21, 0, 0, tzinfo=UTC),
        datetime(2028, 12, 21, 0, 0, tzinfo=UTC),
        datetime(2029, 1, 13, 0, 0, tzinfo=UTC),
    ]
    now = datetime(2028, 12, 25, tzinfo=UTC)
    assert next_reminder(every, after=now) == every[2].at
    assert due_reminders(every, since=every[0].at, now=now, today=date(2028, 12, 25)) == [every[1]]
    late = datetime(2029, 2, 1, tzinfo=UTC)
    assert due_reminders(every, since=every[0].at, now=late, today=date(2029, 2, 1)) == []


def test_renewal_counts_from_the_old_end_and_from_today_once_that_is_over():
    clause = validity(renewal_months_before=2, renewal_by=["resident", "clerk"])
    current = date(2029, 1, 20)
    assert renewed_until(clause, current=current, today=date(2028, 12, 1), by="resident") == date(2031, 1, 20)
    assert renewed_until(clause, current=current, today=date(2029, 3, 1), by="resident") == date(2031, 3, 1)


def test_renewal_is_refused_too_early_by_the_wrong_hand_and_of_what_is_not_there():
    clause = validity(renewal_months_before=2)
    current = date(2029, 1, 20)
    with pytest.raises(RenewalNotOpen) as early:
        renewed_until(clause, current=current, today=date(2028, 11, 19), by="clerk")
    assert early.value.facts["opens_on"] == date(2028, 11, 20)
    with pytest.raises(RenewalByClerk):
        renewed_until(clause, current=current, today=date(2028, 12, 1), by="resident")
    with pytest.raises(NothingToRenew):
        renewed_until(clause, current=None, today=date(2028, 12, 1), by="clerk")
    with pytest.raises(NothingToRenew):
        renewed_until(None, current=current, today=date(2028, 12, 1), by="clerk")


def test_data_go_after_the_time_that_the_rules_keep_them_and_stay_without_such_a_rule():
    retention = Retention(inactive_months=60, unfinished_days=90, unfinished_stages=["provisional"])
    registered = date(2027, 1, 20)
    assert forget_on(retention, stage="provisional", registered_on=registered, active_on=None) == date(2027, 4, 21)
    active = date(2028, 2, 29)
    assert forget_on(retention, stage="registered", registered_on=registered, active_on=active) == date(2033, 3, 1)
    assert forget_on(Retention(), stage="registered", registered_on=registered, active_on=active) is None


def test_a_reminder_of_a_day_that_is_over_is_not_told():
    rules = terms(validity=[msgspec.to_builtins(validity(remind_days_before=[7]))])
    every = reminders(rules, {"registration": date(2027, 1, 20)}, ZONE)
    at = every[0].at
    assert due_reminders(every, since=at, now=at + timedelta(days=8), today=date(2027, 1, 21)) == []
