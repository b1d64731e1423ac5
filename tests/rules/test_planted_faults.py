"""A rule set with faults planted on purpose is refused with a message for each, on the right line."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests.rule_faults import catalogue

from yoyaku.rulebook.lint import check_rule_set
from yoyaku.rules.fault import known_codes

PLANTED = Path(__file__).parent / "planted" / "faulty.yaml"


def planted() -> Counter[tuple[int, str]]:
    """Line and code of each fault that the file itself announces."""
    lines = PLANTED.read_text(encoding="utf-8").splitlines()
    marked = ((number, mark[1]) for number, line in enumerate(lines, 1) if (mark := re.search(r"# ✗ (.*)$", line)))
    return Counter((number, code) for number, codes in marked for code in codes.split())


def test_each_planted_fault_is_found_on_its_line_and_nothing_else():
    found = check_rule_set(PLANTED)
    assert Counter((fault.place.line, fault.code) for fault in found) == planted()
    assert sum(fault.level == "error" for fault in found) >= 20


def test_each_message_says_what_was_found_and_how_to_mend_it_in_both_languages():
    for fault in check_rule_set(PLANTED):
        told = fault.to_json()
        assert told["file"].endswith("faulty.yaml")
        assert all(told["message"].values())
        assert all(told["mend"].values())
        assert told["message"]["ja"] != told["message"]["en"]


def test_the_command_refuses_it_with_exit_1():
    command = [sys.executable, "-m", "yoyaku.cli.main", "rules", "check", str(PLANTED), "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    assert told["summary"]["rule_sets"] == 1
    assert told["summary"]["errors"] == sum(fault["level"] == "error" for fault in told["faults"]) >= 20
    assert all(fault["line"] > 0 and fault["column"] > 0 and fault["path"] for fault in told["faults"])


def test_both_languages_have_a_sentence_and_a_mend_for_every_code():
    assert known_codes("ja") == known_codes("en")
    codes = {code for code in known_codes("en") if not code.startswith("term.")}
    assert {f"{code}.mend" for code in codes if not code.endswith(".mend")} <= codes


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """What the check finds in a rule set of these files, looked at once."""
    found = {}

    def check(files):
        if files not in found:
            town = tmp_path_factory.mktemp("planted") / "town"
            town.mkdir()
            for name, text in files:
                (town / name).write_text(text, encoding="utf-8")
            found[files] = check_rule_set(town)
        return found[files]

    return check


def test_the_catalogue_has_forty_kinds_and_more():
    assert len(catalogue()) >= 70


@pytest.mark.parametrize("planted", catalogue(), ids=lambda planted: planted.name)
def test_each_kind_of_the_catalogue_is_caught_at_its_line_in_both_languages(checked, planted):
    place = (planted.code, planted.file, planted.line)
    found = [
        fault
        for fault in checked(planted.files)
        if (fault.code, Path(fault.place.file).name, fault.place.line) == place
    ]
    assert found
    for fault in found:
        assert fault.says("ja") != fault.says("en")
        assert fault.mend("ja") != fault.mend("en")
