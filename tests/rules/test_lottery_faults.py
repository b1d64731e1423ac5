"""Faults planted in the lotteries of a rule set are each found on their line; and what shows only beside other parts."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from msgspec import Struct

from yoyaku.rulebook.lint import check_rule_set

HERE = Path(__file__).parent
PLANTED = HERE / "planted" / "lottery.yaml"
SMALL = (HERE / "small.yaml").read_text(encoding="utf-8")

COURTS = """lottery:
  schemes:
    - code: courts
      name: {ja: 庭球場の抽選, en: Courts}
      when: {space_kind: court}
      channels: [web, counter]
      opens: {from: use_month, months: -4, day: 1, at: 09:00}
      closes: {from: use_month, months: -4, day: 10, at: "24:00"}
      remind: {from: use_month, months: -4, day: 10, at: 09:00}
      draws: {from: use_month, months: -4, day: 11}
      announces: {from: use_month, months: -4, day: 15, at: 09:00}
      releases: {from: use_month, months: -4, day: 23, at: 09:00}
      requires: [{code: citizens, need: {residency: resident}, words: {ja: 町民だけです, en: Citizens only}}]
      entry: {at_most: 3, parts_at_most: 2, most: [{when: {minutes: {at_least: 1}}, minutes: 120}]}
      draw: {algorithm: rounds, wins_at_most: 2, tiers: [{when: {user_class: guest}, tier: 1}]}
      win:
        accept: required
        until: {from: announced, days: 7, at: "24:00"}
        remind: {from: announced, days: 6, at: 09:00}
      proof: {beacon: beacon-drand, profile: town, value_after: {from: use_month, months: -4, day: 11}}
"""


def rule_set(folder: Path, lottery: str, *, rules: str = SMALL) -> Path:
    """The invented town's rules with lotteries, as a folder."""
    town = folder / "town"
    town.mkdir()
    (town / "rules.yaml").write_text(rules, encoding="utf-8")
    (town / "lottery.yaml").write_text(lottery, encoding="utf-8")
    return town


def found_in(path: Path) -> list[tuple[str, str]]:
    """The code of each fault and the line it stands on."""
    faults = check_rule_set(path)
    lines = {file.name: file.read_text(encoding="utf-8").splitlines() for file in path.iterdir()}
    return [
        (fault.code, lines[Path(fault.place.file).name][fault.place.line - 1].strip().removeprefix("- "))
        for fault in faults
    ]


def test_each_planted_fault_of_lotteries_is_found_on_its_line_and_nothing_else(tmp_path: Path):
    text = PLANTED.read_text(encoding="utf-8")
    marked = (
        (number, mark[1]) for number, line in enumerate(text.splitlines(), 1) if (mark := re.search("# ✗ (.*)$", line))
    )
    planted = Counter((number, code) for number, codes in marked for code in codes.split())
    found = [fault for fault in check_rule_set(rule_set(tmp_path, text)) if fault.place.file.endswith("lottery.yaml")]
    assert Counter((fault.place.line, fault.code) for fault in found) == planted
    assert all(fault.says(language) and fault.mend(language) for fault in found for language in ("ja", "en"))


def test_a_lottery_beside_other_rules_is_without_fault(tmp_path: Path):
    assert found_in(rule_set(tmp_path, COURTS)) == []


BROKEN = [
    ("months: -4, day: 23, at: 09:00", "months: -4, day: 22, at: 09:00", "lottery_releases_early", "releases:"),
    ("at: 09:00}\n      requires", "at: 09:00}\n      odds: seen\n      requires", "not_among", "odds:"),
    ("{from: announced, days: 7,", "{from: announced, days: 120,", "lottery_releases_early lottery_after_use", ""),
    ("{from: announced, days: 7,", "{from: use_month, months: -4, day: 1,", "lottery_accept_closes_first lottery_remind_misplaced", ""),
    ("{from: announced, days: 6,", "{from: announced, days: 9,", "lottery_remind_misplaced", "remind:"),
    ("profile: town, value_after: {from: use_month, months: -4, day: 11}",
     "profile: town, value_after: {from: use_month, months: -4, day: 12}", "lottery_value_late", "proof:"),
    ("at_most: 3,", "at_most: 0,", "schema_minimum wins_at_most_idle", ""),
    ("{algorithm: rounds,", "{algorithm: rounds, settings: {stages: 2},", "draw_settings_unused", "draw:"),
    ("{residency: resident}", "{residency: neighbour}", "unknown_value", "requires:"),
    ("{user_class: guest}", "{space_kind: court}", "fact_not_here", "draw:"),
    ("{minutes: {at_least: 1}}", "{age_group: adult}", "fact_not_here", "entry:"),
    ("when: {space_kind: court}", "when: {residency: resident}", "fact_not_here", "when:"),
    ("from: announced, days: 6", "from: accepted, days: 6", "anchor_not_here", "remind:"),
]  # fmt: skip


@pytest.mark.parametrize(("find", "put", "codes", "line"), BROKEN)
def test_a_lottery_broken_in_one_place_is_refused_for_that(find: str, put: str, codes: str, line: str, tmp_path: Path):
    assert COURTS.count(find) == 1, find
    found = found_in(rule_set(tmp_path, COURTS.replace(find, put)))
    assert sorted(code for code, _ in found) == sorted(codes.split())
    assert all(text.startswith(line) for _, text in found)


class Staged(Struct, forbid_unknown_fields=True):
    """The settings of a plugin that draws."""

    stages: int


@pytest.mark.parametrize(
    ("settings", "codes"),
    [("settings: {stages: 2},", []), ("settings: {steps: 2},", ["draw_settings_unfit"]), ("", ["draw_settings_unfit"])],
)
def test_what_a_plugin_is_set_to_has_the_shape_that_it_says(
    settings: str, codes: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    plugins = {"staged": SimpleNamespace(settings_type=Staged)}
    monkeypatch.setattr("yoyaku.rulebook.lint.lotteries.draw_plugins", lambda: plugins)
    found = found_in(rule_set(tmp_path, COURTS.replace("{algorithm: rounds,", f"{{algorithm: staged, {settings}")))
    assert [code for code, _ in found] == codes


def test_first_come_that_begins_before_the_release_is_a_fault_of_the_window(tmp_path: Path):
    late = COURTS.replace("months: -4, day: 23, at: 09:00", "months: -1, day: 23, at: 09:00")
    assert found_in(rule_set(tmp_path, late)) == [
        ("first_come_before_release", "opens: {from: use_month, months: -2, day: 1, at: 09:00}"),
        ("first_come_before_release", "opens: {from: use_month, months: -2, day: 1, at: 09:00}"),
    ]


def test_first_come_of_other_places_may_begin_before_the_release(tmp_path: Path):
    late = COURTS.replace("months: -4, day: 23, at: 09:00", "months: -1, day: 23, at: 09:00")
    others = SMALL.replace(
        "when: {registration: registered}", "when: {registration: registered, space_kind: [room, cabin]}"
    )
    assert {code for code, _ in found_in(rule_set(tmp_path, late, rules=others))} <= {"no_window"}


DUE = 'due: {from: made, days: 14, at: "24:00", not_after: {from: use_start}}'


@pytest.mark.parametrize(
    ("put", "codes"),
    [
        ('when: {arose: lottery}\n      due: {from: accepted, day: 18, at: "24:00"}', []),
        ("when: {arose: lottery}\n      due: {from: use_month, months: -4, day: 12}", ["due_before_result"]),
        ("due: {from: accepted, days: 3}", ["anchor_not_here"]),
        ("when: {arose: first_come}\n      due: {from: announced, days: 3}", ["won_not_payable", "anchor_not_here"]),
        ("when: {arose: first_come}\n      due: {from: made, days: 3}", ["won_not_payable"]),
    ],
)  # fmt: skip
def test_the_due_date_of_what_was_won_is_after_the_result(put: str, codes: list[str], tmp_path: Path):
    assert SMALL.count(DUE) == 1
    found = found_in(rule_set(tmp_path, COURTS, rules=SMALL.replace(DUE, put)))
    assert [code for code, _ in found] == codes
