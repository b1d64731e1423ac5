"""What import-linter cannot say: where SQL stands, and who may look at the clock."""

import ast
import re

import pytest
from tests.unit.guards.source import module_files, nodes

SQL_FILES = re.compile(r"^(db/|testing/)|(^|/)(repository|models)(\.py$|/)")
TYPES_OF_CONNECTIONS = {"AsyncConnection", "AsyncEngine", "Connection", "Engine"}
STATEMENT = re.compile(r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM)\b", re.DOTALL)
PURE = re.compile(r"^(kernel|rules)/|(^|/)(policy|terms)(\.py$|/)")
CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter"}
CLOCK_MODULES = {"datetime", "date", "time"}
DICE = {"random", "secrets", "uuid"}
THE_EDGE = {"kernel/clock.py", "kernel/ids.py"}


def sql_free():
    return [path for path in module_files() if not SQL_FILES.search(path)]


def imported(path):
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from ((alias.name, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)


def test_only_repositories_build_statements():
    found = [
        f"{path}: {module}.{name}"
        for path in sql_free()
        for module, name in imported(path)
        if module.split(".")[0] in {"sqlalchemy", "psycopg"} and name not in TYPES_OF_CONNECTIONS
    ]

    assert found == []


def test_only_repositories_write_sql():
    found = [
        f"{path}:{node.lineno}"
        for path in sql_free()
        for node in nodes(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and STATEMENT.search(node.value)
    ]

    assert found == []


def looks_at_clock(node):
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in CLOCK_MODULES
    )


@pytest.mark.parametrize("path", [path for path in module_files() if PURE.search(path) and path not in THE_EDGE])
def test_what_decides_neither_looks_at_the_clock_nor_throws_dice(path):
    assert [node.lineno for node in nodes(path) if looks_at_clock(node)] == []
    assert [module for module, _ in imported(path) if module.split(".")[0] in DICE] == []
