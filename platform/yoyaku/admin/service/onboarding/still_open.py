"""What a new city has still to decide: values that no ordinance was named for, contacts, pages that say they are provisional."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yoyaku.admin.service.folder_check import CheckedFolder
from yoyaku.admin.service.onboarding.folder import COLOURS, Places
from yoyaku.admin.service.onboarding.texts import REFERENCE

MARKS: Final = {"default": (f"{REFERENCE}default",), "addresses": ("address_within:", "begins_with:")}
"""What stands in lines that somebody has to look at."""


@dataclass(frozen=True, kw_only=True)
class StillOpen:
    """Something to be decided: in which file, at which lines, and what (wording ``onboard.open.<what>``)."""

    what: str
    file: str
    lines: tuple[int, ...] = ()


def still_open(checked: CheckedFolder, *, places: Places) -> list[StillOpen]:
    """Everything that is still as it was written for any city."""
    folder = checked.folder.path
    return [*_contacts(checked, folder), *_looks(checked), *_pages(checked, places), *_defaults(checked, places)]


def _contacts(checked: CheckedFolder, folder: Path) -> Iterator[StillOpen]:
    for service in checked.terms.services:
        contact = service.contact
        missing = [name for name in ("phone", "hours", "mail", "address") if getattr(contact, name) is None]
        for name in missing:
            yield StillOpen(what=f"contact_{name}", file=str(folder / "tenant.yaml"))


def _looks(checked: CheckedFolder) -> Iterator[StillOpen]:
    for part in checked.folder.brands.values():
        if part.value.colours.primary == COLOURS["primary"]:
            yield StillOpen(what="looks", file=str(part.document.file))


def _pages(checked: CheckedFolder, places: Places) -> Iterator[StillOpen]:
    for (service, code, language), text in sorted(checked.folder.pages.items()):
        skeleton = places.bases / "city" / f"{code}.{language}.md"
        if skeleton.is_file() and skeleton.read_text(encoding="utf-8") == text:
            yield StillOpen(what="page", file=str(checked.folder.path / "pages" / service / f"{code}.{language}.md"))


def _defaults(checked: CheckedFolder, places: Places) -> Iterator[StillOpen]:
    rules = [places.rule_sets / service.rule_set for service in checked.terms.services]
    for folder in (checked.folder.path / "facilities", *rules):
        for file in sorted(folder.glob("*.yaml")):
            lines = file.read_text(encoding="utf-8").splitlines()
            for what, marks in MARKS.items():
                found = tuple(number for number, line in enumerate(lines, 1) if any(mark in line for mark in marks))
                if found:
                    yield StillOpen(what=what, file=str(file), lines=found)
