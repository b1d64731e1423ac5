"""Rule sets written from their documents."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cities import ROOT

from yoyaku.rulebook.draft import read_draft
from yoyaku.rulebook.source import find_rule_sets, read_source
from yoyaku.rulebook.writing import write_rules, write_yaml
from yoyaku.rules.document import read_document

KEYS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8).filter(lambda key: key != "<<")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    [
        "12:30",
        "2027-02-20",
        "012025",
        "on",
        "no",
        "~",
        "",
        "null",
        "1e5",
        "-3",
        "+7",
        ".5",
        "1_000",
        "0x1F",
        "- a",
        "a: b",
    ]
)
SCALARS = st.none() | st.booleans() | st.integers(-(10**17), 10**17) | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("path", find_rule_sets(ROOT / "rulesets"), ids=lambda path: path.name)
def test_what_is_written_of_a_rule_set_reads_back_as_the_same(path):
    rules = read_source(path).rule_set
    source = read_draft(write_rules(rules), [], name=path.name)
    assert source.faults == ()
    assert msgspec.json.encode(source.rule_set) == msgspec.json.encode(rules)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_whatever_is_written_reads_back_as_the_same(value):
    document = read_document(write_yaml(value), file="a.yaml")
    assert document.faults == ()
    assert document.value == value
