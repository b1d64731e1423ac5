"""Every sentence exists in every language, with the same blanks; every field of the language has a name."""

import re
from typing import get_args

import msgspec
import pytest
from msgspec import inspect
from tests.cities import ROOT

from yoyaku.facility.terms import Facility
from yoyaku.rulebook.terms import Example, RuleSet
from yoyaku.rulebook.words.voice import SAID, readings, said
from yoyaku.rules.values import Anchor
from yoyaku.ui.wording import read_wording

BLANK = re.compile(r"\{([a-z_]+)\}")
PACKAGE = ROOT / "platform/yoyaku"
FILES = [*(PACKAGE / "rulebook/words").rglob("*.py"), PACKAGE / "cli/rules_words.py"]
SOURCES = "\n".join(path.read_text() for path in FILES)
LEFT_TO_NAMES = ("month_name.", "field.", "value.", "fact.", "label.", "range_unit.", "when.", "hours.", "minutes.")


def test_japanese_and_english_say_the_same_things():
    assert set(said("ja")) ^ set(said("en")) == set()


@pytest.mark.parametrize("name", ["ja-easy.yaml", "timeline.ja-easy.yaml"])
def test_easy_japanese_says_nothing_that_japanese_does_not(name):
    assert set(read_wording(SAID / name)) - set(said("ja")) == set()


def test_no_language_asks_for_a_fact_that_japanese_is_not_given():
    given = {key: set(BLANK.findall(text)) for key, text in said("ja").items()}
    spare = {"n", "nth", "name", "year", "month"}
    for tongue in ("ja-easy", "en"):
        asked = {key: set(BLANK.findall(text)) - given[key] - spare for key, text in said(tongue).items()}
        assert {key: names for key, names in asked.items() if names} == {}


def test_every_anchor_of_a_moment_has_its_words():
    for anchor in get_args(Anchor):
        assert f"day.{anchor}" in said("ja")
        assert f"month.{anchor}" in said("ja")


def structs_of(kind, seen):
    """Every struct of the rule language but examples and facilities, which no difference goes into."""
    if isinstance(kind, inspect.StructType) and kind.cls not in {*seen, Example, Facility}:
        seen.add(kind.cls)
        for field in kind.fields:
            structs_of(field.type, seen)
    for part in ("types", "item_type", "value_type", "type"):
        below = getattr(kind, part, None)
        for each in below if isinstance(below, tuple) else (below,):
            if isinstance(each, inspect.Type):
                structs_of(each, seen)
    return seen


def test_every_field_of_the_rule_language_has_a_name_in_both_languages():
    structs = structs_of(inspect.type_info(RuleSet), set())
    fields = {field.encode_name for struct in structs for field in msgspec.structs.fields(struct)}

    assert len(fields) > 200
    assert sorted(name for name in fields if f"field.{name}" not in said("ja")) == []


def test_hard_words_are_read_in_hiragana():
    assert [word for word, reading in readings().items() if not re.fullmatch("[ぁ-ん]+", reading)] == []


def test_no_sentence_is_there_that_nobody_says():
    """A key is written in the code, or begins as one that the code puts together."""
    put_together = {found.rstrip("{") for found in re.findall(r'f"([a-z_.]+\{)', SOURCES)}
    idle = [
        key
        for key in said("ja")
        if f'"{key}"' not in SOURCES
        and not key.startswith(LEFT_TO_NAMES)
        and not key.endswith(".title")
        and not any(key.startswith(beginning) for beginning in put_together)
    ]

    assert idle == []
