"""The application form: what is asked, and what answers are taken for."""

import pytest
from tests.unit.booking.town import RULES, at, court, decide, make_rules, room

from yoyaku.booking.policy import (
    Act,
    FormInvalid,
    FormMissing,
    TermsNotAccepted,
    TooManyPeople,
    check_terms,
    form_fields,
    quote_booking,
)
from yoyaku.booking.policy.form import whole_number

PURPOSE = {"code": "purpose", "label": "利用目的", "kind": "choice", "required": True, "choices": {"a": "A", "b": "B"}}
PEOPLE = {"code": "people", "label": "利用人数", "kind": "whole_number", "required": True, "minimum": 1}
PEOPLE |= {"at_most_capacity": True}
CLASSES = {"code": "users", "label": "利用者", "kind": "people_by_class", "choices": {"young": "子", "adult": "大人"}}
CLASSES |= {"required": True}
MAJORITY = {"class": {"field": "users", "more_than_half": "young", "otherwise": "general"}}


def with_form(*fields, **more):
    return make_rules(booking={"form": list(fields)} | more)


def answer(field, raw, request=None):
    plan = decide(with_form({"code": "x", "label": "問い"} | field), (request or room)(form={"x": raw}))
    return plan.request.form.get("x")


@pytest.mark.fact("KC-021", "MG-011")
def test_all_required_answers_that_are_missing_are_named_at_once():
    with pytest.raises(FormMissing) as refused:
        decide(with_form(PURPOSE, PEOPLE), room())
    assert refused.value.facts["fields"] == ["purpose", "people"]
    assert refused.value.facts["labels"] == ["利用目的", "利用人数"]
    assert (refused.value.trace[-1].path, refused.value.variant) == ("booking.form[0]", None)


def test_what_is_not_required_may_stay_empty():
    plan = decide(with_form({"code": "memo", "label": "備考", "kind": "long_text"}), room(form={"memo": ""}))
    assert plan.request.form == {}


@pytest.mark.parametrize(
    ("kind", "raw", "taken"),
    [
        ({"kind": "text"}, "  合唱 ", "合唱"),
        ({"kind": "long_text"}, "あ" * 2000, "あ" * 2000),
        ({"kind": "whole_number"}, "１２", 12),
        ({"kind": "whole_number"}, 0, 0),
        ({"kind": "choice", "choices": {"a": "A"}}, "a", "a"),
        ({"kind": "yes_no"}, "on", True),
        ({"kind": "yes_no"}, "no", False),
        ({"kind": "yes_no"}, True, True),
        ({"kind": "people_by_class", "choices": {"a": "A", "b": "B"}}, {"a": "3", "b": ""}, {"a": 3, "b": 0}),
        ({"kind": "people_by_class", "choices": {"a": "A"}, "maximum": 3}, {"a": 3}, {"a": 3}),
    ],
)
def test_answers_are_taken_as_people_write_them(kind, raw, taken):
    assert answer(kind, raw) == taken


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ({"kind": "text"}, "あ" * 201),
        ({"kind": "text", "maximum": 3}, "あああい"),
        ({"kind": "text"}, "   "),
        ({"kind": "text"}, 5),
        ({"kind": "whole_number"}, "-1"),
        ({"kind": "whole_number"}, "1.5"),
        ({"kind": "whole_number"}, True),
        ({"kind": "whole_number"}, -3),
        ({"kind": "whole_number", "minimum": 2}, "1"),
        ({"kind": "whole_number", "maximum": 2}, "3"),
        ({"kind": "whole_number"}, "9" * 30),
        ({"kind": "choice", "choices": {"a": "A"}}, "z"),
        ({"kind": "choice", "choices": {"a": "A"}}, ["a"]),
        ({"kind": "yes_no"}, "maybe"),
        ({"kind": "people_by_class", "choices": {"a": "A"}}, {"z": 1}),
        ({"kind": "people_by_class", "choices": {"a": "A"}}, {"a": "many"}),
        ({"kind": "people_by_class", "choices": {"a": "A"}}, {"a": 0}),
        ({"kind": "people_by_class", "choices": {"a": "A"}, "maximum": 3}, {"a": 4}),
        ({"kind": "people_by_class", "choices": {"a": "A"}}, "4"),
    ],
)
def test_answers_that_cannot_be_taken_are_named(kind, raw):
    with pytest.raises(FormInvalid) as refused:
        answer(kind, raw)
    assert (refused.value.facts["field"], refused.value.facts["label"]) == ("x", "問い")


def test_a_price_is_told_before_the_form_is_right():
    rules = with_form(PURPOSE, PEOPLE)
    plan = decide(rules, room(form={"purpose": "z", "people": "many"}), check_form=False)
    assert (plan.request.form, plan.quote.total_yen) == ({}, 700)


def test_people_are_counted_against_the_capacity():
    rules = with_form(PEOPLE)
    assert decide(rules, room(form={"people": 20})).facts["people"] == 20
    with pytest.raises(TooManyPeople) as refused:
        decide(rules, room(form={"people": 21}))
    assert refused.value.facts["maximum"] == 20
    assert decide(rules, room(form={"people": 21}), check_form=False).facts["people"] == 21
    assert decide(rules, room(space="east", form={"people": 500})).facts["people"] == 500


def test_people_may_be_told_without_being_bounded():
    assert decide(with_form({**PEOPLE, "at_most_capacity": False}), room(form={"people": 21})).facts["people"] == 21
    by_class = {**CLASSES, "at_most_capacity": True}
    assert decide(with_form(by_class), room(form={"users": {"young": 3, "adult": 4}})).facts["people"] == 7
    words = {"code": "people", "label": "人数", "kind": "text"}
    assert decide(with_form(words), room(form={"people": "10人くらい"})).facts["people"] == 0


@pytest.mark.fact("KS-106", "KS-T12")
@pytest.mark.parametrize(("young", "adult", "yen"), [(5, 5, 2250), (6, 4, 1110), (4, 6, 2250), (1, 0, 1110)])
def test_the_class_with_more_than_half_makes_the_price(young, adult, yen):
    table = [{"when": {"class": "young"}, "yen": 370}, {"when": {"class": "general"}, "yen": 750}]
    base = {"step": "base", "code": "court", "name": "使用料", "per": "hour", "table": table}
    rules = make_rules(booking={"form": [CLASSES], "derived": MAJORITY}, fees={"steps": [base]})
    plan = decide(rules, court(form={"users": {"young": young, "adult": adult}}))
    assert plan.quote.total_yen == yen
    assert plan.facts["form.users"] == young + adult


def test_a_class_is_not_derived_before_it_is_answered():
    rules = make_rules(booking={"form": [CLASSES], "derived": MAJORITY})
    assert "class" not in decide(rules, court(), check_form=False).facts


def test_a_question_follows_from_an_earlier_answer():
    follow = {"code": "which", "label": "どれ", "kind": "text", "required": True, "when": {"form.purpose": "b"}}
    rules = with_form(PURPOSE, follow)
    assert decide(rules, room(form={"purpose": "a", "which": "x"})).request.form == {"purpose": "a"}
    with pytest.raises(FormMissing):
        decide(rules, room(form={"purpose": "b"}))
    assert [field.code for field in form_fields(rules, {"form.purpose": "a"})] == ["purpose"]
    assert [field.code for field in form_fields(rules, {"form.purpose": "b"})] == ["purpose", "which"]


def test_a_price_can_be_asked_for_alone():
    act = Act(person=None, channel="web", actor="resident", now=at("2020-01-01 10:00"))
    assert quote_booking(with_form(PURPOSE), request=court(), act=act).total_yen == 2250


@pytest.mark.fact("KC-023")
def test_terms_are_accepted_first():
    terms = [{"code": "use", "label": "利用規約に同意する", "page": "terms"}]
    rules = make_rules(booking={**RULES["booking"], "terms": terms})
    check_terms(rules, ["use"])
    with pytest.raises(TermsNotAccepted) as refused:
        check_terms(rules, [])
    assert refused.value.facts == {"terms": ["use"], "labels": ["利用規約に同意する"]}


def test_digits_of_any_width_are_a_number():
    assert [whole_number(raw) for raw in ("７", " 8 ", "", "²", "x")] == [7, 8, None, 2, None]
