"""Every sentence exists in every language, with the same blanks; every field of the language has a name."""

import re
from typing import get_args

import msgspec
import pytest
from msgspec import inspect
from tests.cities import ROOT

from yoyaku.billing.terms import Arrears, Receipts, Refunds
from yoyaku.booking.terms import Change, Lifecycle, Limit, SameSlotBan
from yoyaku.facility.terms import Facility
from yoyaku.fee.terms import Base
from yoyaku.registration.terms import OpenHours, RegistrantClass
from yoyaku.rulebook.terms import Applies, Example, RuleSet
from yoyaku.rulebook.words.voice import SAID, readings, said
from yoyaku.rules.values import Anchor, ClosedDays, Roll
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


FAMILIES = [
    ("per", Base, "per"),
    ("limit_per", Limit, "per"),
    ("limit_scope", Limit, "scope"),
    ("limit_unit", Limit, "unit"),
    ("allows", Change, "allows"),
    ("by", Change, "by"),
    ("pay.by", Lifecycle, "confirmed_by"),
    ("cancel.refund", Refunds, "online"),
    ("cancel.refund_by", Refunds, "by"),
    ("pay.receipt", Receipts, "of_online"),
    ("arrears", Arrears, "reinstated"),
    ("fact.residency", RegistrantClass, "residency"),
    ("fact.state", SameSlotBan, "after"),
    ("way", RegistrantClass, "apply_by"),
    ("open_on", OpenHours, "days"),
    ("weekday", ClosedDays, "weekly"),
    ("guide.from_day", Applies, "by"),
    ("roll", Roll, "to"),
]


@pytest.mark.parametrize(("family", "struct", "name"), FAMILIES, ids=str)
def test_every_value_that_a_rule_set_may_write_has_its_sentence(family, struct, name):
    field = next(field for field in inspect.type_info(struct).fields if field.encode_name == name)
    values = set(literals(field.type))

    assert values
    assert [value for value in values if f"{family}.{value}" not in said("ja")] == []


def literals(kind):
    """The words that a field may have."""
    if isinstance(kind, inspect.LiteralType):
        yield from kind.values
    for part in ("types", "item_type", "type"):
        below = getattr(kind, part, None)
        for each in below if isinstance(below, tuple) else (below,):
            if isinstance(each, inspect.Type):
                yield from literals(each)


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
