"""Rule sets and the facilities they speak of, read from files, with the place of everything that stands in them.

A rule set is one file, or a folder with a ``rules.yaml`` whose files are put together by their top-level keys. Its
facilities are those of the tenant folders that name it, or its own ``inventory``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from yoyaku.facility.terms import Facility, FacilityFile
from yoyaku.kernel.errors import NotFound
from yoyaku.rulebook.terms import RuleSet
from yoyaku.rules.check import Checked, check
from yoyaku.rules.document import Document, read_file
from yoyaku.rules.fault import DocumentRefused, Fault, KeyPath, Place, in_reading_order
from yoyaku.tenancy.terms import TenantFile

SIDE_FOLDERS: Final = frozenset({"base", "schema"})
"""Folders beside the rule sets that hold none."""


@dataclass(frozen=True, slots=True)
class FacilitySource:
    """A facility and where it stands."""

    facility: Facility
    document: Document
    path: KeyPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What was read for one rule set; ``facilities`` are only those of its service.

    ``faults`` are those of reading and shape, of the rule set and of the facilities.
    """

    name: str
    path: Path
    document: Document
    checked: Checked[RuleSet]
    facilities: Sequence[FacilitySource]
    faults: tuple[Fault, ...]
    has_tenant: bool

    @property
    def rule_set(self) -> RuleSet | None:
        """The rule set, repaired where it had faults."""
        return self.checked.value


def find_rule_sets(path: Path) -> list[Path]:
    """The rule sets at a path: itself where it is one, else all that stand in the folder.

    Raises:
        NotFound: there is nothing at the path, or no rule set in the folder.
    """
    if path.is_file() or is_rule_set_folder(path):
        return [path]
    found = sorted(_within(path)) if path.is_dir() else []
    if not found:
        raise NotFound(f"{path}: no rule set here. ルールセットがありません。", path=str(path))
    return found


def is_rule_set_folder(path: Path) -> bool:
    """Whether a folder is one rule set: it holds a ``rules.yaml``."""
    return (path / "rules.yaml").is_file()


def read_source(path: Path, *, tenants: Path | None = None) -> Source:
    """Read a rule set and its facilities.

    Args:
        path: the file or folder of the rule set.
        tenants: the folder of the tenant folders; by default ``tenants`` beside the rule set's folder.

    Raises:
        DocumentRefused: a file cannot be read at all.
    """
    name = path.stem if path.is_file() else path.name
    document = _read_folder(path) if path.is_dir() else read_file(path)
    checked = check(document, RuleSet)
    service = checked.value.service if checked.value is not None else ""
    inline = [] if checked.value is None else checked.value.inventory
    found = [FacilitySource(facility, document, ("inventory", index)) for index, facility in enumerate(inline)]
    faults = list(checked.faults)
    root = tenants if tenants is not None else path.resolve().parent.parent / "tenants"
    folders = list(tenants_of(name, root))
    for folder in folders:
        more, wrong = read_facilities(folder)
        found += more
        faults += wrong
    return Source(
        name=name,
        path=path,
        document=document,
        checked=checked,
        facilities=tuple(each for each in found if each.facility.service == service),
        faults=tuple(in_reading_order(faults)),
        has_tenant=bool(folders),
    )


def _within(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if (entry.suffix == ".yaml" and entry.is_file()) or (
            entry.name not in SIDE_FOLDERS and is_rule_set_folder(entry)
        ):
            yield entry


def _read_folder(folder: Path) -> Document:
    return put_together((read_file(file) for file in sorted(folder.glob("*.yaml"))), file=str(folder))


def read_texts(path: Path) -> dict[str, str]:
    """The texts of a rule set's file or folder by file name, as they stand there; it has been read as UTF-8 before."""
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    return {file.name: file.read_text("utf-8-sig") for file in files}


def put_together(documents: Iterable[Document], *, file: str) -> Document:
    """The files of a rule set as one document called ``file``, each top-level key from the file that has it."""
    value: dict[str, Any] = {}
    places: dict[KeyPath, Place] = {}
    key_places: dict[KeyPath, Place] = {}
    faults: list[Fault] = []
    for document in documents:
        faults += document.faults
        if not isinstance(document.value, dict):
            faults.append(Fault(code="no_mapping", place=document.place(())))
            continue
        faults += _twice(document, key_places)
        value = {**document.value, **value}
        places = {**document.places, **places}
        key_places = {**document.key_places, **key_places}
    return Document(
        value=value, places=places, key_places=key_places, file=file, faults=tuple(in_reading_order(faults))
    )


def _twice(document: Document, earlier: Mapping[KeyPath, Place]) -> Iterator[Fault]:
    for key in document.value:
        if (key,) in earlier:
            facts = {"found": key, "first_file": earlier[key,].file}
            yield Fault(code="two_files", place=document.key_place((key,)), path=(key,), facts=facts)


def tenants_of(rule_set: str, root: Path) -> Iterator[Path]:
    """The tenant folders of which a service names the rule set."""
    for file in sorted(root.glob("*/tenant.yaml")):
        tenant = check(read_file(file), TenantFile).value
        if tenant is not None and any(service.rule_set == rule_set for service in tenant.services):
            yield file.parent


def read_facilities(folder: Path) -> tuple[list[FacilitySource], list[Fault]]:
    """The facilities of a tenant's folder, and what is wrong with its files; one that cannot be read holds up no other."""
    placed: list[FacilitySource] = []
    faults: list[Fault] = []
    for file in sorted(folder.glob("facilities/*.yaml")):
        try:
            document = read_file(file)
        except DocumentRefused as refused:
            faults += refused.faults
            continue
        checked = check(document, FacilityFile)
        faults += checked.faults
        facilities = checked.value.facilities if checked.value is not None else []
        placed += [FacilitySource(each, document, ("facilities", index)) for index, each in enumerate(facilities)]
    return placed, faults
