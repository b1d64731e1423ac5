"""Faults planted in the section of registration are each found on their line; and what only a whole section shows."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from yoyaku.rulebook.lint import check_rule_set

HERE = Path(__file__).parent
PLANTED = HERE / "planted" / "registration.yaml"
SMALL = (HERE / "small.yaml").read_text(encoding="utf-8")
SECTION = re.compile(r"^registration:\n(?:[ ].*\n|\n)*", re.MULTILINE)


def rule_set(folder: Path, section: str) -> Path:
    """The invented town's rules with another section of registration, as a folder."""
    town = folder / "town"
    town.mkdir()
    (town / "rules.yaml").write_text(SECTION.sub("", SMALL, count=1), encoding="utf-8")
    (town / "registration.yaml").write_text(section, encoding="utf-8")
    return town


def test_each_planted_fault_of_registration_is_found_on_its_line_and_nothing_else(tmp_path: Path):
    text = PLANTED.read_text(encoding="utf-8")
    marked = (
        (number, mark[1]) for number, line in enumerate(text.splitlines(), 1) if (mark := re.search("# ✗ (.*)$", line))
    )
    planted = Counter((number, code) for number, codes in marked for code in codes.split())
    found = check_rule_set(rule_set(tmp_path, text))
    assert {Path(fault.place.file).name for fault in found} == {"registration.yaml"}
    assert Counter((fault.place.line, fault.code) for fault in found) == planted
    assert all(fault.says(language) and fault.mend(language) for fault in found for language in ("ja", "en"))


WHOLE = """
registration:
  classes:
    - {code: citizen, name: {ja: 町民, en: Citizen}, residency: resident, apply_by: [web], first_stage: applied}
    - {code: guest, name: {ja: 町外, en: Guest}, residency: outsider}
  stages:
    - {code: applied, name: {ja: 申請中, en: Applied}, may_book: false}
    - {code: registered, name: {ja: 登録済, en: Registered}, may_book: true}
  login:
    id_label: {ja: 利用者ID, en: User ID}
    id_pattern: "^[0-9]{6}$"
    password:
      patterns: [{pattern: "[a-z0-9]{6,20}", refusal: {ja: 6〜20文字, en: 6 to 20}}]
  fields:
    - {code: name, kind: name, label: {ja: 氏名, en: Name}}
    - {code: kana, kind: kana, label: {ja: フリガナ, en: Kana}}
    - {code: email, kind: email, label: {ja: メール, en: E-mail}}
  identity:
    - {code: counter, plugin: identity-counter, name: {ja: 窓口, en: Counter}, at_stages: [applied], to_stage: registered}
"""


def test_a_section_in_order_has_no_fault(tmp_path: Path):
    assert check_rule_set(rule_set(tmp_path, WHOLE)) == []


@pytest.mark.parametrize(
    ("find", "put", "code"),
    [
        ("[a-z0-9]{6,20}", "[a-z0-9]{4,7}", "password_impossible"),
        ("[a-z0-9]{6,20}", "[0-9]{4}", "password_impossible"),
        ("[a-z0-9]{6,20}", "0+", "password_impossible"),
        ("    - {code: email, kind: email, label: {ja: メール, en: E-mail}}\n", "", "field_missing"),
        ("    password:\n", "    password:\n      initial: birth_date\n", "field_missing"),
        (
            "  fields:\n",
            "  eligibility: [{code: adult, age: {at_least: 18}, refusal: {ja: 否, en: No}}]\n  fields:\n",
            "field_missing",
        ),
        ("to_stage: registered", "to_stage: applied", "stage_unreachable"),
        ("plugin: identity-counter", "plugin: identity-counter, settings: {colour: red}", "unknown_key"),
    ],
)
def test_what_only_the_whole_section_shows_is_found(find: str, put: str, code: str, tmp_path: Path):
    assert WHOLE.count(find) == 1
    found = check_rule_set(rule_set(tmp_path, WHOLE.replace(find, put)))
    assert code in {fault.code for fault in found}
