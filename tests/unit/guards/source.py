"""The project's files, as the guards read them."""

import ast
from collections.abc import Iterator
from functools import cache
from os.path import relpath
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "platform" / "yoyaku"
ENGINE = ("platform", "plugins", "migrations")
MADE = {"__pycache__", "node_modules", "vendor"}
TEXT = {
    *(".py", ".pyi", ".toml", ".yaml", ".yml", ".json", ".md", ".txt", ".html", ".css", ".js", ".svg", ".sql"),
    *(".po", ".mako", ".ini", ".lock", ".sh", ".csv", ".editorconfig", ".gitignore", ".npmrc", ""),
}


@cache
def text_files(*folders: str) -> tuple[Path, ...]:
    """Every file of text below the folders, what set-up made left out."""
    return tuple(path for folder in folders for path in _below(ROOT / folder))


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in TEXT and not MADE & set(path.relative_to(ROOT).parts):
            yield path


@cache
def module_files() -> dict[str, Path]:
    """Every module of the engine and its plugins by its path from ``platform/yoyaku``."""
    return {
        relpath(path, PACKAGE): path
        for path in text_files("platform", "plugins")
        if path.suffix == ".py" and "tests" not in path.parts
    }


@cache
def modules() -> dict[str, ast.Module]:
    """The same, read: not while tests are collected, which every process of a run does."""
    return {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in module_files().items()}


@cache
def nodes(path: str) -> tuple[ast.AST, ...]:
    """Every node of a module; walked once, for all guards."""
    return tuple(ast.walk(modules()[path]))
