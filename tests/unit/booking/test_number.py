"""Booking numbers."""

from datetime import date

import pytest

from yoyaku.booking.policy import format_number, number_scope
from yoyaku.booking.policy.number import NumberFormatWrong
from yoyaku.booking.terms import NumberFormat


@pytest.mark.parametrize(
    ("form", "made", "sequence", "number"),
    [
        pytest.param(
            "{fiscal_year}-{sequence:06d}", date(2025, 3, 31), 719, "2024-000719", marks=pytest.mark.fact("MG-009")
        ),
        ("{fiscal_year}-{sequence:06d}", date(2025, 4, 1), 1, "2025-000001"),
        pytest.param("{sequence:010d}", date(2019, 4, 1), 2000000074, "2000000074", marks=pytest.mark.fact("ML-033")),
        ("{number_code}{year}{sequence}", date(2027, 2, 1), 5, "01320275"),
    ],
)
def test_a_number_follows_the_citys_format(form, made, sequence, number):
    terms = NumberFormat(format=form)
    assert format_number(terms, made_on=made, sequence=sequence, number_code="013") == number


def test_a_facility_without_a_code_leaves_none():
    assert format_number(NumberFormat(format="A{number_code}{sequence}"), made_on=date(2027, 1, 1), sequence=1) == "A1"


@pytest.mark.parametrize("form", ["{place}", "{sequence:x}", "{sequence", "{sequence.__class__}"])
def test_a_format_with_unknown_parts_is_a_fault(form):
    with pytest.raises(NumberFormatWrong):
        format_number(NumberFormat(format=form), made_on=date(2027, 1, 1), sequence=1)


@pytest.mark.parametrize(
    ("restarts", "scope"), [("fiscal_year", "fiscal_year 2026"), ("year", "year 2027"), ("never", "all")]
)
def test_a_sequence_begins_again_when_the_city_says(restarts, scope):
    assert number_scope(NumberFormat(format="{sequence}", restarts=restarts), date(2027, 3, 31)) == scope
