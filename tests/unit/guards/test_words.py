"""Every word that a person may read exists in both languages, with the same blanks to fill."""

import ast
import string

import pytest
from tests.unit.guards.source import module_files, nodes

from yoyaku.ui import catalogue
from yoyaku.ui.wording import default_wording

LANGUAGES = ("ja", "en")
WORDING = {language: default_wording(language) for language in LANGUAGES}


def blanks(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_no_page_text_lacks_its_japanese():
    assert catalogue.missing_translations() == []


def test_both_languages_word_the_same_keys():
    assert set(WORDING["ja"]) ^ set(WORDING["en"]) == set()


def test_both_languages_fill_in_the_same_facts():
    filled = {key: [blanks(WORDING[language][key]) for language in LANGUAGES] for key in WORDING["ja"]}

    assert {key: both for key, both in filled.items() if both[0] != both[1]} == {}


def error_codes():
    """The ``code`` of every error class that a visitor may meet: neither a command's own, nor a fault (status 500)."""
    for path in module_files():
        if path.startswith(("cli/", "testing/", "kernel/settings")):
            continue
        for node in nodes(path):
            if isinstance(node, ast.ClassDef):
                values = constants(node)
                if isinstance(values.get("code"), str) and values.get("status") != 500:
                    yield values["code"]


def constants(node):
    """The class's plain attributes by name."""
    return {
        target.id: line.value.value
        for line in node.body
        if isinstance(line, ast.Assign | ast.AnnAssign) and isinstance(line.value, ast.Constant)
        for target in (line.targets if isinstance(line, ast.Assign) else [line.target])
        if isinstance(target, ast.Name)
    }


@pytest.mark.parametrize("code", sorted(set(error_codes())))
def test_every_refusal_has_its_sentence(code):
    assert [language for language in LANGUAGES if f"error.{code}" not in WORDING[language]] == []
