"""What a use costs, line by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.booking.town import REGISTERED, at, court, make_rules, room, stay

from yoyaku.booking.policy import Act, quote_booking
from yoyaku.fee.policy import NotPriced
from yoyaku.rules.dated import NotYetPriced

TOWN = make_rules()
FLAT = {"step": "base", "code": "flat", "name": "使用料", "per": "booking", "table": [{"yen": 450}]}


def quote(request, rules=TOWN, now="2027-02-01 10:00"):
    act = Act(person=REGISTERED, channel="web", actor="resident", now=at(now))
    return quote_booking(rules, request=request, act=act)


def with_steps(*steps):
    return make_rules(fees={"steps": list(steps)})


def lines(found):
    return {line.code: line.yen for line in found.lines}


@pytest.mark.fact("KS-104")
def test_three_hours_at_750_yen_are_2250_with_204_yen_tax_inside():
    found = quote(court())
    assert (lines(found), found.total_yen, found.tax_yen) == ({"court": 2250}, 2250, 204)


def test_the_price_names_its_row_and_article():
    (use,) = quote(court()).trace
    assert (use.path, use.reference, use.outcome) == ("fees.steps[0].table[1]", "別表1", "750 × 3")


def test_courts_are_charged_each():
    assert quote(court(surfaces=2)).total_yen == 4500


@pytest.mark.parametrize(("bands", "yen"), [(("am",), 700), (("pm",), 900), (("am", "pm"), 1600)])
def test_bands_have_prices_of_their_own(bands, yen):
    assert quote(room(bands=bands)).total_yen == yen


def test_guests_pay_by_age_for_each_night_and_the_bath_tax_is_no_fee():
    guests = ({"adult": 2, "child": 1}, {"adult": 1, "child": 0})
    found = quote(stay("2027-02-19", nights=2, guests=guests))
    assert lines(found) == {"stay": 9000 * 2 + 6500 + 10000, "bath_tax": 450}
    assert found.tax_yen == 34500 * 10 // 110


def test_a_line_that_no_row_adds_is_left_out():
    assert lines(quote(stay(guests=({"child": 1},)))) == {"stay": 6500}


def test_a_stay_without_guests_yet_costs_nothing_yet():
    assert quote(stay(guests=())).total_yen == 0


@pytest.mark.fact("MG-040")
def test_equipment_is_one_line():
    assert lines(quote(room(equipment={"projector": 2, "piano": 0}))) == {"room": 700, "equipment": 1000}


def test_equipment_can_be_charged_by_the_slot():
    step = {"step": "equipment", "code": "things", "name": "備品", "per": "slot", "prices": {"projector": 500}}
    assert lines(quote(room(bands=("am", "pm"), equipment={"projector": 1}), with_steps(step))) == {"things": 1000}


@pytest.mark.parametrize(("per", "yen"), [("booking", 500), ("slot", 500), ("hour", 1000)])
def test_equipment_lent_for_a_part_is_charged_for_the_slots_and_begun_hours_of_that_part(per, yen):
    step = {"step": "equipment", "code": "things", "name": "備品", "per": per, "prices": {"projector": 500}}
    lent = room(bands=("am", "pm"), equipment={"projector": 1}, lent={"projector": ("09:00", "10:30")})
    assert lines(quote(lent, with_steps(step))) == {"things": yen}


def test_a_combination_nobody_priced_is_a_fault():
    rules = with_steps({**FLAT, "table": [{"when": {"band": "dawn"}, "yen": 1}]})
    with pytest.raises(NotPriced) as fault:
        quote(room(), rules)
    assert fault.value.facts == {"step": "flat", "facility": "hall", "space": "room"}


def test_a_step_that_does_not_hold_is_passed_over():
    rules = with_steps({**FLAT, "when": {"form.lighting": True}}, {**FLAT, "code": "other"})
    assert lines(quote(court(), rules)) == {"other": 450}


@pytest.mark.parametrize(
    ("percent", "rounding", "unit_yen", "lines_of", "expected"),
    [
        (200, "down", 1, None, {"flat": 450, "more": 100, "factor": 550}),
        (200, "down", 1, ["flat"], {"flat": 450, "more": 100, "factor": 450}),
        (75, "down", 1, ["flat"], {"flat": 450, "more": 100, "factor": -113}),
        (75, "up", 10, ["flat"], {"flat": 450, "more": 100, "factor": -110}),
        (100, "down", 1, None, {"flat": 450, "more": 100}),
        (50, "down", 1, ["absent"], {"flat": 450, "more": 100}),
    ],
)
def test_a_factor_is_a_line_of_its_own(percent, rounding, unit_yen, lines_of, expected):
    factor = {"step": "multiply", "code": "factor", "name": "割増", "percent": percent, "rounding": rounding}
    factor |= {"unit_yen": unit_yen, "lines": lines_of}
    more = {**FLAT, "step": "add", "code": "more", "table": [{"yen": 100}]}
    found = quote(court(), with_steps(FLAT, more, factor))
    assert lines(found) == expected
    assert found.total_yen == sum(expected.values())


@pytest.mark.parametrize(
    ("rounding", "expected"), [("down", {"flat": 450, "even": -50}), ("up", {"flat": 450, "even": 50})]
)
def test_rounding_is_a_line_too(rounding, expected):
    step = {"step": "round", "code": "even", "rounding": rounding, "unit_yen": 100}
    assert lines(quote(court(), with_steps(FLAT, step))) == expected
    assert lines(quote(court(), with_steps(FLAT, {**step, "unit_yen": 10}))) == {"flat": 450}


def test_a_package_takes_the_place_of_the_sum():
    by_band = {**FLAT, "code": "room", "per": "slot"}
    package = {"step": "package", "code": "day", "name": "全日", "bands": ["pm", "am"], "line": "room", "yen": 1000}
    rules = with_steps(by_band, {**FLAT, "code": "key"}, package)
    found = quote(room(bands=("am", "pm"), surfaces=1), rules)
    assert lines(found) == {"room": 1000, "key": 450}
    assert found.lines[0].name == "全日"
    assert lines(quote(room(), rules)) == {"room": 450, "key": 450}


def test_an_amount_is_the_one_in_force_on_its_basis():
    dated = {"by": "made", "values": [{"from": "2027-01-01", "yen": 400}, {"from": "2027-02-01", "yen": 500}]}
    rules = with_steps({**FLAT, "table": [{"yen": dated}]})
    assert quote(court(), rules, now="2027-01-31 23:59").total_yen == 400
    assert quote(court(), rules, now="2027-02-01 00:00").total_yen == 500
    with pytest.raises(NotYetPriced):
        quote(court(), rules, now="2026-12-31 12:00")


@pytest.mark.parametrize(
    ("per", "request_", "yen"),
    [
        ("booking", court(), 450),
        ("slot", court(), 1350),
        ("hour", court(), 1350),
        ("half_hour", court(), 2700),
        ("hour", room(bands=("night",)), 1800),
        ("day", court(), 450),
        ("day", stay(nights=2), 900),
        ("night", stay(nights=2), 900),
        ("night", court(), 0),
    ],
)
def test_units_are_counted_and_a_begun_hour_is_whole(per, request_, yen):
    assert quote(request_, with_steps({**FLAT, "per": per})).total_yen == yen


def test_hours_can_cost_more_in_the_evening():
    table = [{"when": {"starts_minute": {"at_least": 960}}, "yen": 1000}, {"yen": 700}]
    rules = with_steps({**FLAT, "per": "hour", "table": table})
    assert quote(court(starts="14:00", ends="17:00"), rules).total_yen == 2400


def test_the_fee_can_ignore_how_many_courts_are_taken():
    rules = with_steps({**FLAT, "times_surfaces": False}, {**FLAT, "code": "each"})
    assert lines(quote(court(surfaces=3), rules)) == {"flat": 450, "each": 1350}


@given(
    hours=st.integers(1, 4),
    surfaces=st.integers(1, 4),
    percent=st.integers(0, 300),
    unit_yen=st.sampled_from([1, 10, 100]),
)
def test_the_total_is_the_sum_of_the_lines_and_never_below_nought(hours, surfaces, percent, unit_yen):
    factor = {"step": "multiply", "code": "factor", "name": "割増", "percent": percent, "unit_yen": unit_yen}
    rules = with_steps({**FLAT, "per": "hour", "table": [{"yen": 333}]}, factor)
    found = quote(court(ends=f"{9 + hours:02d}:00", surfaces=surfaces), rules)
    assert found.total_yen == sum(line.yen for line in found.lines)
    assert found.total_yen >= 0
    assert found.total_yen == 333 * hours * surfaces * percent // 100 // unit_yen * unit_yen or percent == 100
    assert 0 <= found.tax_yen * 11 <= found.total_yen


def test_the_day_of_a_price_is_the_night_itself():
    dated = {"by": "used", "values": [{"from": "2027-02-01", "yen": 100}, {"from": "2027-02-21", "yen": 200}]}
    rules = with_steps({**FLAT, "per": "night", "table": [{"yen": dated}]})
    assert quote(stay("2027-02-20", nights=2), rules).total_yen == 300
