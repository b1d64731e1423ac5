"""Methods of payment that share a code: they may differ in when they hold and until when, and in nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from yoyaku.rulebook.lint import check_rule_set

SMALL = (Path(__file__).parent / "small.yaml").read_text(encoding="utf-8")
HEAD = "\nnotices:\n"
LATER = """
    - code: cash
      name: {ja: 窓口払い, en: Cash}
      when: {arose: lottery}
      due: {from: use_day, at: "24:00"}
"""


def differing(tmp_path: Path, more: str) -> list[tuple[str, str]]:
    """What differs, and the line on which it is said."""
    file = tmp_path / "town.yaml"
    content = SMALL.replace(HEAD, f"{LATER}{more}{HEAD}", 1)
    file.write_text(content, encoding="utf-8")
    lines = content.splitlines()
    return [
        (str(one.facts["key"]), lines[one.place.line - 1].strip())
        for one in check_rule_set(file)
        if one.code == "method_differs"
    ]


def test_a_method_may_have_another_due_date_in_another_case(tmp_path: Path):
    assert differing(tmp_path, "") == []


@pytest.mark.parametrize("more", ["plugin: payment-null", "open_after_due: true", "profile: other"])
def test_a_code_that_stands_for_two_ways_of_paying_is_found_on_the_second(more: str, tmp_path: Path):
    assert differing(tmp_path, f"      {more}\n") == [(more.partition(":")[0], "- code: cash")]
