"""Faults of prices, planted one at a time: each is found, on its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from yoyaku.rulebook.lint import check_rule_set

SMALL = (Path(__file__).parent / "small.yaml").read_text(encoding="utf-8")
YOUTH = "        - {when: {fee_class: youth}, yen: 300}\n"
PLACE = "    - step: relief\n"
HALF = "{code: half, name: {ja: 半額, en: Half}, percent: 50}"
LAST_STEP = "      prices: {projector: 500}\n"
FAULTS = [
    # A hole, an overlap, a price below nothing, a package for nothing.
    (YOUTH, "", "unpriced", "table:"),
    ("{fee_class: general}, yen: 600", "{fee_class: [general, youth]}, yen: 600", "priced_twice", "general, youth"),
    ("{fee_class: youth}, yen: 300", "{fee_class: youth}, yen: -300", "schema_minimum", "yen: -300"),
    ("      yen: 1200\n", "      yen: 0\n", "package_for_nothing", "yen: 0"),
    # Reliefs: no place in the order, no amount, two of them, of nothing, of a line that is not there.
    (LAST_STEP, f"{LAST_STEP}  relief:\n    - {HALF}\n", "relief_without_place", "relief:"),
    (
        LAST_STEP,
        f"{LAST_STEP}{PLACE}  relief:\n    - {HALF.replace(', percent: 50', '')}\n",
        "relief_amount",
        "code: half",
    ),
    (
        LAST_STEP,
        f"{LAST_STEP}{PLACE}  relief:\n    - {HALF.replace('50', '50, yen: 100')}\n",
        "relief_amount",
        "code: half",
    ),
    (LAST_STEP, f"{LAST_STEP}{PLACE}  relief:\n    - {HALF.replace('50', '0')}\n", "schema_minimum", "percent: 0"),
    (
        LAST_STEP,
        f"{LAST_STEP}{PLACE}  relief:\n    - {HALF.replace('50', '50, lines: [rooms]')}\n",
        "unknown_code_guess",
        "lines: [rooms]",
    ),
    # What is kept by the day, as if it were a fee for the handling.
    (
        "      tiers:\n        - {at_least: 8, percent: 100}\n",
        "      kept_tax: included\n      tiers:\n        - {at_least: 8, percent: 100}\n",
        "kept_tax_varies",
        "kept_tax: included",
    ),
    # An issuer's number with a digit exchanged.
    (
        "payment:\n",
        'payment:\n  payees:\n    - {code: city, name: {ja: 青葉町, en: Aoba}, registration_number: "T7000012050020"}\n',
        "registration_number_wrong",
        "T7000012050020",
    ),
    # What pays for another booking: a way of payment and grounds that there are.
    ("payment:\n", "payment:\n  credits: {grounds: [storm], methods: [card]}\n", "unknown_code", "credits:"),
    ("payment:\n", "payment:\n  credits: {grounds: [snow], methods: [cash]}\n", "unknown_code", "credits:"),
]


@pytest.mark.parametrize(("find", "put", "code", "line"), FAULTS)
def test_a_fault_of_a_price_is_found_on_its_line(find: str, put: str, code: str, line: str, tmp_path: Path):
    assert SMALL.count(find) == 1, find
    file = tmp_path / "town.yaml"
    text = SMALL.replace(find, put)
    file.write_text(text, encoding="utf-8")

    found = [(fault.code, text.splitlines()[fault.place.line - 1]) for fault in check_rule_set(file)]

    assert [one for one, _ in found] == [code]
    assert line in found[0][1]


def test_a_relief_with_its_place_is_without_fault(tmp_path: Path):
    file = tmp_path / "town.yaml"
    file.write_text(SMALL.replace(LAST_STEP, f"{LAST_STEP}{PLACE}  relief:\n    - {HALF}\n"), encoding="utf-8")

    assert check_rule_set(file) == []
