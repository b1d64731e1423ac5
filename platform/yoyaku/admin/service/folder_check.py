"""A tenant folder as a whole: its own files, its facilities, the rule sets it names, and how they fit together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yoyaku.admin.service.folder_people import people_faults
from yoyaku.extension.profiles import Installation
from yoyaku.facility.policy import Inventory, InventoryWrong
from yoyaku.facility.terms import Facility
from yoyaku.kernel.errors import NotFound
from yoyaku.rulebook.compile import compile_rules
from yoyaku.rulebook.draft import example_faults
from yoyaku.rulebook.examples import try_examples
from yoyaku.rulebook.lint import lint
from yoyaku.rulebook.lint.installation import check_installation
from yoyaku.rulebook.source import FacilitySource, Source, read_facilities, read_source, read_texts
from yoyaku.rulebook.terms import RuleSet
from yoyaku.rules.fault import DocumentRefused, Fault, KeyPath, Place, in_reading_order
from yoyaku.ruleset.policy import Texts
from yoyaku.tenancy.policy import Surroundings, TenantFolder, folder_faults, lack_level
from yoyaku.tenancy.service.folder import read_folder
from yoyaku.tenancy.terms import ServiceEntry, TenantFile
from yoyaku.ui.languages import LANGUAGES
from yoyaku.ui.wording import default_wording

MAIL: Final = ("subject", "body")


@dataclass(frozen=True, kw_only=True)
class CheckedFolder:
    """A folder with all that was made of it. It may be loaded where ``errors`` is empty.

    ``facilities`` are all the tenant's, ``rule_sets`` by service, ``texts`` the files these were read from.
    """

    folder: TenantFolder
    facilities: tuple[Facility, ...]
    rule_sets: Mapping[str, RuleSet]
    texts: Mapping[str, Texts]
    faults: tuple[Fault, ...]

    @property
    def terms(self) -> TenantFile:
        """What tenant.yaml says."""
        return self.folder.terms

    @property
    def errors(self) -> tuple[Fault, ...]:
        """The faults that keep it from being loaded."""
        return tuple(fault for fault in self.faults if fault.level == "error")

    def facilities_of(self, service_id: str) -> list[Facility]:
        """A service's facilities, with those that its rule set brings along."""
        own = [facility for facility in self.facilities if facility.service == service_id]
        return [*own, *self.rule_sets[service_id].inventory]


def find_folders(paths: Sequence[Path]) -> list[Path]:
    """The tenant folders at these paths: themselves, or those that stand in them.

    Raises:
        NotFound: there is none.
    """
    found: list[Path] = []
    for path in paths:
        inside = [path] if (path / "tenant.yaml").is_file() else [file.parent for file in path.glob("*/tenant.yaml")]
        if not inside:
            raise NotFound(f"{path}: no tenant folder here (none has a tenant.yaml). 自治体のフォルダがありません。")
        found += sorted(inside)
    return list(dict.fromkeys(found))


def check_folder(
    path: Path,
    *,
    rule_sets: Path,
    base_domain: str,
    taken_hosts: Mapping[str, str] | None = None,
    installation: Installation | None = None,
) -> CheckedFolder:
    """Check one tenant folder.

    Args:
        path: the folder.
        rule_sets: where the rule sets stand.
        base_domain: what ``{base_domain}`` in hosts means.
        taken_hosts: hosts that others answer at, with who they are.
        installation: where its rules are to run, if that is to be checked, too.

    Raises:
        DocumentRefused: tenant.yaml cannot be read at all.
    """
    folder = read_folder(path)
    around = Surroundings(
        wording={language: default_wording(language) for language in LANGUAGES},
        base_domain=base_domain,
        taken_hosts=taken_hosts or {},
    )
    faults = folder_faults(folder, around)
    facilities, facility_faults = read_facilities(folder.path)
    rules, rule_faults = _read_rule_sets(folder, rule_sets, installation)
    faults += [*facility_faults, *rule_faults, *_fit(folder, facilities, rules), *people_faults(folder, rules)]
    return CheckedFolder(
        folder=folder,
        facilities=tuple(placed.facility for placed in facilities),
        rule_sets=rules,
        texts=_read_texts(folder, rule_sets, rules),
        faults=tuple(in_reading_order(faults)),
    )


def _read_rule_sets(
    folder: TenantFolder, root: Path, installation: Installation | None
) -> tuple[dict[str, RuleSet], list[Fault]]:
    rules: dict[str, RuleSet] = {}
    faults: list[Fault] = []
    for index, service in enumerate(folder.terms.services):
        at: KeyPath = ("services", index, "rule_set")
        path = rule_set_path(root, service.rule_set)
        if path is None:
            faults.append(_tenant_fault("rule_set_missing", folder, at, found=service.rule_set, allowed=str(root)))
            continue
        try:
            source = read_source(path, tenants=folder.path.parent)
        except DocumentRefused as refused:
            faults += refused.faults
            continue
        faults += (found := [*source.faults, *lint(source)])
        faults += [] if installation is None else check_installation(source, installation)
        rule_set = source.rule_set
        if rule_set is None:
            continue
        if not any(fault.level == "error" for fault in found):
            faults += _failing_examples(source, rule_set)
        rules[service.code] = rule_set
        if rule_set.service != service.code:
            facts = {"found": service.rule_set, "other": rule_set.service, "allowed": service.code}
            faults.append(_tenant_fault("rule_set_other_service", folder, at, **facts))
    return rules, faults


def _read_texts(folder: TenantFolder, root: Path, rules: Mapping[str, RuleSet]) -> dict[str, Texts]:
    """The texts of the rule sets that could be read."""
    paths = {service.code: rule_set_path(root, service.rule_set) for service in folder.terms.services}
    return {code: read_texts(path) for code, path in paths.items() if code in rules and path is not None}


def _failing_examples(source: Source, rule_set: RuleSet) -> Iterator[Fault]:
    placed = [at.facility for at in source.facilities if at.path[0] != "inventory"]
    return example_faults(source, try_examples(compile_rules(rule_set, placed), rule_set.examples))


def rule_set_path(root: Path, name: str) -> Path | None:
    """The file or folder of a rule set, ``None`` where there is neither."""
    return next((path for path in (root / f"{name}.yaml", root / name) if path.exists()), None)


def _fit(folder: TenantFolder, facilities: Sequence[FacilitySource], rules: Mapping[str, RuleSet]) -> Iterator[Fault]:
    services = [service.code for service in folder.terms.services]
    seen: dict[str, FacilitySource] = {}
    for placed in facilities:
        code, service = placed.facility.code, placed.facility.service
        if service not in services:
            facts = {"facility": code, "found": service, "allowed": services}
            yield _facility_fault("facility_service_unknown", placed, "service", **facts)
        if code in seen:
            first = seen[code].document.place((*seen[code].path, "code"))
            yield _facility_fault("facility_twice", placed, "code", found=code, first=str(first))
        seen.setdefault(code, placed)
    for index, entry in enumerate(folder.terms.services):
        at: KeyPath = ("services", index)
        own = [placed for placed in facilities if placed.facility.service == entry.code]
        inline = rules[entry.code].inventory if entry.code in rules else []
        if entry.code in rules:
            yield from _terms_pages(folder, entry, rules[entry.code], at)
            yield from _terminals(folder, entry, rules[entry.code], at)
            yield from _words(folder, entry, [*(each.facility for each in own), *inline], rules[entry.code])
        if not own and not inline:
            yield _tenant_fault("service_without_facilities", folder, (*at, "code"), found=entry.code)
        yield from _inventory(own, inline)


def _inventory(placed: Sequence[FacilitySource], inline: Sequence[Facility]) -> Iterator[Fault]:
    try:
        Inventory.build([*(each.facility for each in placed), *inline])
    except InventoryWrong as wrong:
        where = ", ".join(f"{name} {value}" for name, value in wrong.facts.items())
        for at, path in _spaces_named(placed, wrong):
            yield _facility_fault("inventory_contradicts", at, *path, why=f"{wrong} ({where})")


def _spaces_named(placed: Sequence[FacilitySource], wrong: InventoryWrong) -> Iterator[tuple[FacilitySource, KeyPath]]:
    """The space that a contradiction names, by its code or as ``<facility>.<space>``, or else its facility."""
    whole = str(wrong.facts.get("space") or wrong.facts.get("resource") or "")
    facility = str(wrong.facts.get("facility") or whole.partition(".")[0])
    for at in placed:
        if at.facility.code == facility:
            codes = [space.code for space in at.facility.spaces]
            code = whole.rpartition(".")[2]
            yield at, ("spaces", codes.index(code), "code") if code in codes else ("code",)
            return


def _terms_pages(folder: TenantFolder, entry: ServiceEntry, rule_set: RuleSet, at: KeyPath) -> Iterator[Fault]:
    for terms in rule_set.booking.terms:
        if terms.page not in entry.pages:
            facts = {"found": terms.page, "rule_set": entry.rule_set, "service": entry.code}
            yield _tenant_fault("terms_page_missing", folder, (*at, "pages"), **facts)


def _terminals(folder: TenantFolder, entry: ServiceEntry, rule_set: RuleSet, at: KeyPath) -> Iterator[Fault]:
    """A terminal is a channel of the rules by which residents enter themselves."""
    known = [one.code for one in rule_set.booking.channels if one.entered_by == "resident"]
    for channel in entry.terminals:
        if channel not in known:
            path = (*at, "terminals", channel)
            yield _tenant_fault("terminal_channel_unknown", folder, path, found=channel, allowed=known)


def _words(
    folder: TenantFolder, entry: ServiceEntry, facilities: Sequence[Facility], rule_set: RuleSet
) -> Iterator[Fault]:
    """Words that only the city can know: for its own codes, and for the mails its rules name."""
    wanted = dict.fromkeys(_code_words(facilities), "words_missing")
    wanted |= {f"mail.{notice.template}.{part}": "mail_words_missing" for notice in rule_set.notices for part in MAIL}
    for language in folder.terms.languages:
        part = folder.wording.get((entry.code, language))
        known = {*default_wording(language), *(part.value if part else ())}
        file = folder.path / "wording" / f"{entry.code}.{language}.yaml"
        for key in sorted(wanted.keys() - known):
            facts = {"found": key, "allowed": language}
            yield Fault(code=wanted[key], place=Place(str(file), 1, 1), level=lack_level(language), facts=facts)


def _code_words(facilities: Sequence[Facility]) -> Iterator[str]:
    for facility in facilities:
        if facility.category is not None:
            yield f"category.{facility.category}"
        for space in facility.spaces:
            yield f"space_kind.{space.kind}"
            yield from (f"activity.{activity}" for activity in space.activities)


def _tenant_fault(code: str, folder: TenantFolder, path: KeyPath, **facts: object) -> Fault:
    return Fault(code=code, place=folder.tenant.document.place(path), path=path, facts=facts)


def _facility_fault(code: str, placed: FacilitySource, *below: str | int, **facts: object) -> Fault:
    path = (*placed.path, *below)
    return Fault(code=code, place=placed.document.place(path), path=path, facts=facts)
