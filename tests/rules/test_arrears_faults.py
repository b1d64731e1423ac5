"""Faults of a ladder of arrears, planted one at a time: each is found, on its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from yoyaku.rulebook.lint import check_rule_set

SMALL = (Path(__file__).parent / "small.yaml").read_text(encoding="utf-8")
HEAD = "\nnotices:\n"
DEMAND = """
        - code: demand
          name: {ja: 督促状, en: Demand}
          at: {from: due, months: 1, day: 1}
          pay_by: {from: step, day: 20, at: "24:00"}
"""
SUSPENSION = """
        - {code: suspension, name: {ja: 停止, en: Suspension}, at: {from: step}, suspends: true}
"""
LADDER = f"  arrears:\n    - reference: default\n      steps:{DEMAND}{SUSPENSION}"
FAULTS = [
    ("code: suspension", "code: demand", "arrears_step_twice", "code: demand, name: {ja: 停止"),
    ("at: {from: step}", "at: {from: due}", "arrears_step_before", "at: {from: due}"),
    ("{from: step, day: 20", "{from: due, day: 20", "arrears_pay_by_before", "pay_by:"),
    ("{from: step, day: 20", "{from: paid, day: 20", "anchor_not_here", "from: paid"),
    (DEMAND, f"{SUSPENSION.replace('suspension', 'first')}{DEMAND}", "arrears_after_suspension", "code: demand"),
]


def faults(tmp_path: Path, ladder: str):
    file = tmp_path / "town.yaml"
    content = SMALL.replace(HEAD, f"\n{ladder}{HEAD}", 1)
    file.write_text(content, encoding="utf-8")
    lines = content.splitlines()
    return {(one.code, lines[one.place.line - 1].strip()) for one in check_rule_set(file)}


def test_a_ladder_in_order_has_no_fault(tmp_path: Path):
    assert not {code for code, _ in faults(tmp_path, LADDER)} & {"anchor_not_here", *(one[2] for one in FAULTS)}


@pytest.mark.parametrize(("find", "put", "code", "line"), FAULTS)
def test_a_fault_of_a_ladder_is_found_on_its_line(find: str, put: str, code: str, line: str, tmp_path: Path):
    assert LADDER.count(find) == 1, find
    found = faults(tmp_path, LADDER.replace(find, put))
    assert any(one == code and line in where for one, where in found), found
