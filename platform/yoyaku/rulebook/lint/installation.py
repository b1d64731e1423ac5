"""Whether an installation has what a rule set names: the settings files of its plugins, and in production not the demo's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from yoyaku.extension.profiles import Installation, profile_file
from yoyaku.rulebook.source import Source
from yoyaku.rules.fault import Fault, KeyPath

OF_THE_DEMO: Final = frozenset({"demo", "local"})
"""Profiles that the demo writes for the outside services that it plays itself; also those below ``demo-``."""
_WHOSE: Final = ("plugin", "beacon")


def check_installation(source: Source, installation: Installation) -> Iterator[Fault]:
    """Warnings of settings files that a rule set names and this installation lacks, or should not have."""
    for path, plugin, profile in _named(source.document.value, ()):
        if installation.is_production and is_of_the_demo(profile):
            code = "profile_of_demo"
        elif profile_file(installation.profiles, plugin=plugin, profile=profile) is None:
            code = "profile_missing"
        else:
            continue
        facts = {"found": profile, "plugin": plugin, "file": f"{plugin}.{profile}.yaml"}
        yield Fault(code=code, place=source.document.place(path), path=path, level="warning", facts=facts)


def is_of_the_demo(profile: str) -> bool:
    """Whether the demo writes that profile: it reaches nobody outside this machine."""
    return profile in OF_THE_DEMO or profile.startswith("demo-")


def _named(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str, str]]:  # noqa: ANN401  # a document
    """Every profile of a document: where it stands, whose it is, its name."""
    if isinstance(value, dict):
        plugin = next((value[key] for key in _WHOSE if isinstance(value.get(key), str)), None)
        if plugin is not None and isinstance(value.get("profile"), str):
            yield (*path, "profile"), plugin, value["profile"]
    for key, below in _items(value):
        yield from _named(below, (*path, key))


def _items(value: Any) -> Iterator[tuple[str | int, Any]]:  # noqa: ANN401  # a document
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)
