"""Tenant folders as several commands take them: checked one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yoyaku.admin.service.folder_check import CheckedFolder
    from yoyaku.extension.profiles import Installation


def check_all(
    folders: Sequence[Path], *, rule_sets: Path | None, base_domain: str, installation: Installation | None = None
) -> list[CheckedFolder]:
    """Check folders, each knowing the hosts of those before it; for an installation, where one is given."""
    from yoyaku.admin.service.folder_check import check_folder, find_folders
    from yoyaku.tenancy.policy import host_of, hosts_of

    checked: list[CheckedFolder] = []
    taken: dict[str, str] = {}
    for folder in find_folders(folders):
        root = rule_sets or folder.resolve().parent.parent / "rulesets"
        one = check_folder(
            folder, rule_sets=root, base_domain=base_domain, taken_hosts=taken, installation=installation
        )
        for service in one.terms.services:
            owner = f"{one.terms.slug}/{service.code}"
            taken |= {host_of(host, base_domain=base_domain): owner for _, host, _ in hosts_of(service)}
        checked.append(one)
    return checked
