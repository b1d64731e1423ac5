"""What is said in a sentence is plain text: marked up, its angle brackets would be read aloud and seen."""

import re

import pytest
from tests.unit.guards.source import ROOT

MARKED_UP = "day|short_day|moment|deadline|lines"
TEMPLATES = sorted(ROOT.glob("platform/**/templates/**/*.html"))
IN_A_SENTENCE = re.compile(rf"\bt\('[^']*'[^{{}}()]*=[^{{}}()]*\|({MARKED_UP})\b")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_sentence_is_filled_with_what_is_marked_up(template):
    assert IN_A_SENTENCE.search(template.read_text()) is None


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_attribute_holds_what_is_marked_up(template):
    assert re.search(rf'="[^"<>]*\|({MARKED_UP}) *}}}}', template.read_text()) is None
