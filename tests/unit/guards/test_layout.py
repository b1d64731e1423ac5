"""Where things stand, and how long they may grow."""

import ast
import sys

import pytest
from tests.unit.guards.source import PACKAGE, ROOT, module_files, nodes

LONGEST_FILE = 300
LONGEST_FUNCTION = 30


def test_platform_holds_only_the_package():
    """A package or a conftest there would shadow the standard library's ``platform``."""
    assert [entry.name for entry in (ROOT / "platform").iterdir() if entry.name != "__pycache__"] == ["yoyaku"]
    assert not (ROOT / "platform.py").exists()


def test_no_test_stands_beside_the_code():
    assert [path for path in PACKAGE.rglob("*") if path.name == "conftest.py" or path.name.startswith("test_")] == []


def test_no_domain_folder_is_named_like_the_standard_library():
    assert {entry.stem for entry in PACKAGE.iterdir()} & (sys.stdlib_module_names - {"platform"}) == set()


def test_no_file_outgrows_its_reader():
    lengths = {path: len((PACKAGE / path).read_text(encoding="utf-8").splitlines()) for path in module_files()}

    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE} == {}


def code_lines(function, source):
    """The function's lines of code: no docstring, no comment, no blank."""
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    if not body:
        return 0
    lines = source[body[0].lineno - 1 : function.end_lineno]
    return sum(1 for line in lines if line.strip() and not line.strip().startswith("#"))


def test_no_function_outgrows_a_screen():
    long = {
        f"{path}:{node.lineno} {node.name}": length
        for path in module_files()
        for source in [(PACKAGE / path).read_text(encoding="utf-8").splitlines()]
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (length := code_lines(node, source)) > LONGEST_FUNCTION
    }

    assert long == {}


@pytest.mark.parametrize("word", ["Manager", "Helper", "Util", "Utils"])
def test_no_class_hides_behind_a_word_that_says_nothing(word):
    assert [
        f"{path}: {node.name}"
        for path in module_files()
        for node in nodes(path)
        if isinstance(node, ast.ClassDef) and node.name.endswith(word)
    ] == []
