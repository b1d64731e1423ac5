"""A draft goes through what a folder goes through."""

import msgspec
import pytest
from tests.cities import ROOT

from yoyaku.rulebook.draft import check_draft
from yoyaku.rulebook.source import find_rule_sets, read_source

RULE_SETS = find_rule_sets(ROOT / "rulesets")


def texts_of(path):
    return {file.name: file.read_text() for file in sorted(path.glob("*.yaml"))}


def facilities_of(path):
    return [at.facility for at in read_source(path).facilities if at.path[0] != "inventory"]


@pytest.mark.parametrize("path", RULE_SETS, ids=lambda path: path.name)
def test_the_texts_of_a_city_pass_as_its_folder_does(path):
    checked = check_draft(texts_of(path), facilities_of(path), name=path.name)
    assert checked.errors == ()
    assert checked.rules is not None
    assert all(outcome.passed for outcome in checked.outcomes)
    assert msgspec.json.encode(checked.book.rules) == msgspec.json.encode(read_source(path).rule_set)


def test_a_fault_stands_at_its_file_and_line():
    path = RULE_SETS[0]
    texts = texts_of(path)
    texts["rules.yaml"] += "nonsense: true\n"
    (fault,) = check_draft(texts, facilities_of(path), name=path.name).errors
    assert (fault.place.file, fault.place.line) == ("rules.yaml", texts["rules.yaml"].count("\n"))


def test_what_cannot_be_read_is_a_fault_and_nothing_is_raised():
    checked = check_draft({"rules.yaml": "a: [1"}, [], name="draft")
    assert [fault.code for fault in checked.errors] == ["syntax"]
    assert checked.rules is None
