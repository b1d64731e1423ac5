"""YAML, read strictly."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from yoyaku.rules import document as reading
from yoyaku.rules.document import DEEPEST, LARGEST_BYTES, Document, read_document, read_file
from yoyaku.rules.fault import DocumentRefused, Place


def faults_of(content: str | bytes) -> list[tuple[str, int, int]]:
    """Code, line and column of everything that is refused."""
    try:
        found = read_document(content, file="f.yaml").faults
    except DocumentRefused as refused:
        found = refused.faults
    return [(fault.code, fault.place.line, fault.place.column) for fault in found]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12:30", "12:30"),
        ("012025", "012025"),
        ("2026-04-01", "2026-04-01"),
        ("on", "on"),
        ("no", "no"),
        ("Yes", "Yes"),
        ("True", "True"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("+5", "+5"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("~", "~"),
        ("750", 750),
        ("-7", -7),
        ("0", 0),
        ('"750"', "750"),
        ("'true'", "true"),
        ('""', ""),
        ("|\n  多くの\n  行\n", "多くの\n行\n"),
    ],
)
def test_only_plain_numbers_and_constants_are_typed(text: str, value: object):
    document = read_document(f"key: {text}", file="f.yaml")
    assert document.value == {"key": value}
    assert type(document.value["key"]) is type(value)


def test_keys_are_always_text():
    assert read_document("on: 1\n12: 2\ntrue: 3\n", file="f").value == {"on": 1, "12": 2, "true": 3}


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("a: 1\nb: 2\na: 3\n", [("duplicate_key", 3, 1)]),
        ("a: {b: 1, b: [x]}\n", [("duplicate_key", 1, 11)]),
        ("a: &x 1\nb: *x\n", [("alias", 1, 4), ("alias", 2, 4)]),
        ("a: &x [1]\n", [("alias", 1, 4)]),
        ("a: !!str 5\n", [("tag", 1, 4)]),
        ("a: !python/object:os.system {}\n", [("tag", 1, 4)]),
        ("<<: {a: 1}\nb: 1\n", [("merge_key", 1, 1)]),
        ("a: 1.5\n", [("fraction", 1, 4)]),
        ("- 1e3\n", [("fraction", 1, 3)]),
        ("[a, b]: 1\n", [("key_not_text", 1, 1)]),
        ("{a: {b: 1}}: 1\n", [("key_not_text", 1, 1)]),
        ("a: 1\n---\nb: [2]\n", [("second_document", 2, 1)]),
        ("a:\tb\n", [("tab", 1, 3)]),
        ("a: b: c\n", [("syntax", 1, 5)]),
        ("a: [1\n", [("syntax", 2, 1)]),
        ("a: x\x00\n", [("forbidden_character", 1, 1)]),
        ("a: 予約システム\nb: 施設\x00", [("forbidden_character", 2, 1)]),
        ("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), [("too_deep", 1, DEEPEST + 1)]),
        (b"a: 1\nb: \xff\n", [("not_utf8", 2, 1)]),
        (b"#" * (LARGEST_BYTES + 1), [("too_large", 1, 1)]),
    ],
)
def test_what_could_surprise_is_refused_where_it_stands(text: str | bytes, faults: list[tuple[str, int, int]]):
    assert faults_of(text) == faults


def test_a_hundred_thousand_brackets_are_refused_like_forty_one():
    assert faults_of("[" * 100_000)[0][0] == "too_deep"


def test_the_first_of_two_equal_keys_stays_and_the_rest_is_read_on():
    document = read_document("a: {b: [1]}\na: {c: [2, 2.5]}\nd: 4\n", file="f")
    assert document.value == {"a": {"b": [1]}, "d": 4}
    assert document.place(("a", "b", 0)) == Place("f", 1, 9)
    assert [fault.code for fault in document.faults] == ["duplicate_key", "fraction"]


def test_every_value_and_key_has_its_place():
    document = read_document("施設:\n  - 名: 室場\n    料: 750\n", file="f.yaml")
    assert document.place(("施設", 0, "料")) == Place("f.yaml", 3, 8)
    assert document.key_place(("施設", 0, "料")) == Place("f.yaml", 3, 5)
    assert document.key_place(("施設", 0)) == Place("f.yaml", 2, 5)
    assert document.place(("施設", 0, "なし", 3)) == Place("f.yaml", 2, 5)
    assert str(document.place(())) == "f.yaml:1:1"


def test_an_empty_file_is_nothing():
    assert read_document("", file="f") == Document(None, {}, {}, "f")
    assert read_document("# 注のみ\n", file="f").value is None


def test_a_scalar_may_stand_alone():
    assert read_document("5", file="f").value == 5
    assert faults_of("&x 1.5") == [("alias", 1, 1), ("fraction", 1, 1)]


def test_a_byte_order_mark_is_passed_over():
    assert read_document(b"\xef\xbb\xbfa: 1\n", file="f").value == {"a": 1}


def test_a_file_that_is_not_there_is_said(tmp_path: Path):
    with pytest.raises(DocumentRefused) as refused:
        read_file(tmp_path / "no.yaml")
    assert [fault.code for fault in refused.value.faults] == ["unreadable"]


def test_a_file_is_shown_under_the_name_given(tmp_path: Path):
    (tmp_path / "a.yaml").write_text("a: 1.5", encoding="utf-8")
    assert read_file(tmp_path / "a.yaml", shown_as="rules/a.yaml").faults[0].place.file == "rules/a.yaml"


def test_a_syntax_error_is_told_with_what_was_found_before_it():
    assert [code for code, _, _ in faults_of("a: 1\na: 2\nb: [\n")] == ["duplicate_key", "syntax"]


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text("あ1:-# '\"a\n", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("aあ1: ", max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(PLAIN)
def test_what_a_writer_quotes_is_read_back(value: object):
    text = yaml.safe_dump({"value": value}, allow_unicode=True, default_style='"')
    read = read_document(text.replace("!!null ", "").replace("!!bool ", "").replace("!!int ", ""), file="f")
    assert not [fault for fault in read.faults if fault.code != "merge_key"]


@given(st.text("ab:-[]{}#&*!|>'\"%@`,\n 1.あ", max_size=60))
def test_both_parsers_see_the_same(text: str):
    def seen(parser: object) -> object:
        reading.PARSER, kept = parser, reading.PARSER
        try:
            document = read_document(text, file="f")
        except DocumentRefused as refused:
            return [fault.code for fault in refused.faults if fault.code == "syntax"]
        finally:
            reading.PARSER = kept
        return document

    fast, plain = seen(yaml.CSafeLoader), seen(yaml.SafeLoader)
    if isinstance(fast, Document) and isinstance(plain, Document):
        assert fast.value == plain.value
        assert [fault.code for fault in fast.faults] == [fault.code for fault in plain.faults]
