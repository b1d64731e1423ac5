"""A text edited at one place stays as it was everywhere else, and says what it should."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yoyaku.rulebook.editing import EditRefused, add_item, remove_item, set_value
from yoyaku.rulebook.editing.tree import node_at, tree_of
from yoyaku.rules.document import read_document

RULES = Path(__file__).parents[3] / "rulesets"
SAMPLE = """# 予約の規則
booking:   # 予約
  # 期間
  windows:
    - code: web   # 窓口でない
      when: {registration: registered, people: {at_least: 2}}  # 条件
      opens: {from: use_month, months: -2, day: 1, at: "09:00"}
      channels: [web, 'counter',   kiosk]

    # 二つ目
    - code: "窓口"
      note: 'it''s'
      long: >
        長い説明
        二行目
      closes: {from: use_start}
    - {code: third, empty: }
  by:
  - resident
  - clerk  # 職員
  cap: 5
  open: false
  none:
tiers: [{at_least: 0, percent: 100}, {at_least: 5}]
last: 末尾"""


def value_of(text):
    document = read_document(text, file="x")
    assert document.faults == ()
    return document.value


def paths_of(value, path=()):
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in parts:
        yield from paths_of(part, (*path, step))


def at(value, path):
    for step in path:
        value = value[step]
    return value


PATHS = [path for path in paths_of(value_of(SAMPLE)) if path]
LEAVES = st.one_of(st.text(max_size=12), st.integers(-(10**6), 10**6), st.booleans(), st.none())


def shared(before, after):
    """How many characters from the beginning and from the end both have."""
    least = min(len(before), len(after))
    start = next((place for place in range(least) if before[place] != after[place]), least)
    end = next((place for place in range(least - start) if before[-1 - place] != after[-1 - place]), least - start)
    return start, end


@given(path=st.sampled_from(PATHS), value=LEAVES)
def test_a_value_that_is_set_is_read_back_and_nothing_around_it_changes(path, value):
    try:
        edited = set_value(SAMPLE, path, value)
    except EditRefused:
        assert not isinstance(value, int | bool)
        return
    expected = value_of(SAMPLE)
    at(expected, path[:-1])[path[-1]] = value
    assert repr(value_of(edited)) == repr(expected)
    node = node_at(tree_of(SAMPLE), path)
    assert edited.startswith(SAMPLE[: node.start])
    assert edited.endswith(SAMPLE[node.end :])


@given(path=st.sampled_from(PATHS))
def test_what_is_removed_is_one_piece_and_the_rest_stays(path):
    edited = remove_item(SAMPLE, path)
    expected = value_of(SAMPLE)
    del at(expected, path[:-1])[path[-1]]
    assert repr(value_of(edited)) == repr(expected)
    start, end = shared(SAMPLE, edited)
    assert start + end >= len(edited) - 2  # the brackets of what is empty now
    inside = SAMPLE[start : len(SAMPLE) - end]
    comments = [line for line in SAMPLE.splitlines() if line.strip().startswith("#")]
    assert [line for line in comments if line not in edited and line not in inside] == []


@given(
    path=st.sampled_from([one for one in PATHS if isinstance(at(value_of(SAMPLE), one), list)]), like=st.integers(0, 3)
)
def test_an_item_that_is_added_has_the_shape_of_its_neighbour(path, like):
    edited = add_item(SAMPLE, path, like=like)
    expected = value_of(SAMPLE)
    items = at(expected, path)
    items.insert(like % len(items) + 1, items[like % len(items)])
    assert repr(value_of(edited)) == repr(expected)
    start, end = shared(SAMPLE, edited)
    assert start + end >= len(SAMPLE)


@pytest.mark.parametrize(
    "path", [("booking", "cart_at_most"), ("tiers", 1, "percent"), ("booking", "windows", 1, "name")]
)
def test_a_key_that_was_missing_comes_last_in_its_mapping(path):
    edited = set_value(SAMPLE, path, 7)
    assert list(at(value_of(edited), path[:-1]))[-1] == path[-1]
    start, end = shared(SAMPLE, edited)
    assert start + end >= len(SAMPLE) - 1


@pytest.mark.parametrize("path", [("nothing", "here"), ("tiers", 9), ("last", "part"), ()])
def test_a_place_that_is_not_there_is_refused(path):
    for edit in (lambda: set_value(SAMPLE, path, 1), lambda: remove_item(SAMPLE, path), lambda: add_item(SAMPLE, path)):
        with pytest.raises(EditRefused):
            edit()


@pytest.mark.parametrize("text", ["a: [", "a: 1\na: 2\n", "a: &x 1\n", "a: 1.5\n", "\tb: 1"])
def test_a_text_with_faults_is_not_touched(text):
    with pytest.raises(EditRefused):
        set_value(text, ("a",), 1)


@pytest.mark.parametrize("file", sorted(RULES.glob("*/fees.yaml")), ids=lambda file: file.parent.name)
def test_every_number_of_a_city_s_fees_can_be_changed(file):
    text = file.read_text(encoding="utf-8")
    value = value_of(text)
    numbers = [path for path in paths_of(value) if type(at(value, path)) is int]
    assert numbers
    for path in numbers[:12]:
        edited = set_value(text, path, 123_456)
        assert at(value_of(edited), path) == 123_456
        assert edited.count("\n") == text.count("\n")
        assert edited.count("#") == text.count("#")
