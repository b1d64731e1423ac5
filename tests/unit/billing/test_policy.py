"""How a fee can be paid, and until when."""

import pytest
from tests.unit.booking.town import GROUP, at, court, decide, make_rules, stay

TOWN = make_rules()


def dues(request, now):
    return {due.method: due.due_at for due in decide(TOWN, request, now, channel="counter", actor="clerk").payment}


@pytest.mark.fact("KS-T5", "KS-086", "KS-087")
def test_payment_is_due_three_days_after_the_day_of_booking():
    assert dues(court(), "2027-02-10 15:30") == {"online": at("2027-02-13 24:00"), "cash": None}


@pytest.mark.fact("KS-T6", "KS-090")
def test_payment_is_due_before_use_where_that_is_sooner():
    assert dues(court(), "2027-02-19 15:30")["online"] == at("2027-02-20 09:00")


def test_only_methods_that_apply_are_named():
    assert set(dues(stay(), "2027-02-10 15:30")) == {"cash"}


def test_what_costs_nothing_is_not_paid():
    free = make_rules(fees={"steps": []})
    assert decide(free, court()).payment == ()


def test_the_first_method_says_whether_it_is_online_and_what_follows():
    due = decide(TOWN, court()).payment[0]
    assert (due.name, due.online, due.after_due) == ("オンライン", True, "kept")


def test_a_method_can_be_for_some_people_only():
    group = {"code": "invoice", "name": "請求書", "when": {"user_class": "group"}}
    rules = make_rules(payment={"methods": [group, {"code": "cash", "name": "現金"}]})
    assert [due.method for due in decide(rules, court()).payment] == ["cash"]
    assert [due.method for due in decide(rules, court(), person=GROUP).payment] == ["invoice", "cash"]
