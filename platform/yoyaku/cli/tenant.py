"""``yoyaku tenant``: check, load and list tenant folders."""

from __future__ import annotations

import asyncio
import getpass
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from yoyaku.cli.faults import Tongue, print_faults
from yoyaku.cli.tenant_carry import export_command, import_command
from yoyaku.cli.tenant_doctor import doctor_command
from yoyaku.cli.tenant_folders import check_all
from yoyaku.cli.tenant_new import new_command

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yoyaku.admin.service.folder_check import CheckedFolder
    from yoyaku.admin.service.folder_load import Loaded
    from yoyaku.extension.profiles import Installation
    from yoyaku.kernel.settings import Settings

_folders = click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
_rule_sets = click.option(
    "--rulesets",
    "rule_sets",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the rule sets (default: rulesets/ beside the folder of the tenants).",
)
_tongue = click.option("--lang", "tongue", type=click.Choice(["ja", "en", "both"]), default="both", show_default=True)


@click.group()
def tenant() -> None:
    """Make, check, load and list tenant folders; carry a tenant to another installation."""


tenant.add_command(export_command)
tenant.add_command(import_command)
tenant.add_command(new_command)
tenant.add_command(doctor_command)


@tenant.command("check")
@_folders
@_rule_sets
@click.option("--base-domain", envvar="BASE_DOMAIN", default="localhost", show_default=True)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@_tongue
def check_command(
    folders: tuple[Path, ...], rule_sets: Path | None, base_domain: str, form: str, tongue: Tongue
) -> None:
    """Check tenant folders (or folders of them): files, hosts, looks, words, facilities, rule sets. Exit 1 on errors."""
    checked = check_all(folders, rule_sets=rule_sets, base_domain=base_domain)
    errors = sum(len(each.errors) for each in checked)
    faults = [fault for each in checked for fault in each.faults]
    if form == "json":
        summary = {"tenants": len(checked), "errors": errors, "warnings": len(faults) - errors}
        shown = {"faults": [fault.to_json() for fault in faults], "summary": summary}
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        print_faults(faults, tongue)
        ja = f"自治体 {len(checked)}件: エラー {errors}件、警告 {len(faults) - errors}件"
        en = f"{len(checked)} tenants: {errors} errors, {len(faults) - errors} warnings"
        click.echo({"ja": ja, "en": en, "both": f"{ja}\n{en}"}[tongue])
    sys.exit(1 if errors else 0)


@tenant.command("load")
@_folders
@_rule_sets
@_tongue
def load_command(folders: tuple[Path, ...], rule_sets: Path | None, tongue: Tongue) -> None:
    """Load tenant folders into the database: all of them or, where one has errors, none."""
    from yoyaku.cli.environment import read_settings

    settings = read_settings()
    installation = _installation(settings)
    checked = check_all(folders, rule_sets=rule_sets, base_domain=settings.base_domain, installation=installation)
    faults = [fault for each in checked for fault in each.faults]
    if any(each.errors for each in checked):
        print_faults(faults, tongue, to_errors=True)
        click.echo("何も読み込みませんでした。 / Nothing was loaded.", err=True)
        sys.exit(1)
    for loaded in asyncio.run(_load(settings, checked)):
        if not loaded.changes:
            click.echo(f"{loaded.tenant_id}: 変更はありません。 / nothing has changed.")
        elif loaded.is_new:
            click.echo(f"{loaded.tenant_id}: 読み込みました。 / loaded.")
        else:
            click.echo(f"{loaded.tenant_id}: 更新しました。 / updated: {', '.join(loaded.changes)}")
    print_faults(faults, tongue, to_errors=True)


@tenant.command("list")
@click.argument("folders", nargs=-1, type=click.Path(exists=True, path_type=Path))
def list_command(folders: tuple[Path, ...]) -> None:
    """List the tenants and services of these folders; without folders, those of the database."""
    rows = _in_folders(folders) if folders else asyncio.run(_in_database())
    for row in rows:
        hosts = " ".join(row["hosts"] or ())
        click.echo(
            f"{row['tenant_id']}/{row['service_id']}\t{_first(row['tenant_name'])} {_first(row['name'])}\t{hosts}"
        )
    if not rows:
        click.echo("自治体はまだ読み込まれていません。 / No tenant has been loaded yet.")


def _installation(settings: Settings) -> Installation | None:
    """The installation, where people depend on it: a demo has what its rules name."""
    from yoyaku.extension.profiles import Installation
    from yoyaku.kernel.settings import Environment

    if settings.environment is not Environment.PRODUCTION:
        return None
    return Installation(profiles=settings.plugin_profiles, is_production=True)


async def _load(settings: Settings, checked: Sequence[CheckedFolder]) -> list[Loaded]:
    from yoyaku.admin.service.folder_load import load_folder
    from yoyaku.db.engine import make_engine, platform_transaction
    from yoyaku.kernel.clock import read_clock

    engine = make_engine(settings.migration_database_url, pool_size=1)
    try:
        async with platform_transaction(engine) as conn:
            return [
                await load_folder(
                    conn,
                    checked=one,
                    base_domain=settings.base_domain,
                    loaded_by=_operator(),
                    real_now=read_clock(),
                )
                for one in checked
            ]
    finally:
        await engine.dispose()


async def _in_database() -> list[Mapping[str, Any]]:
    from yoyaku.cli.environment import read_settings
    from yoyaku.db.engine import make_engine, platform_transaction
    from yoyaku.tenancy.repository import list_services

    engine = make_engine(read_settings().database_url, pool_size=1)
    try:
        async with platform_transaction(engine) as conn:
            return await list_services(conn)
    finally:
        await engine.dispose()


def _in_folders(folders: Sequence[Path]) -> list[Mapping[str, Any]]:
    from yoyaku.admin.service.folder_check import find_folders
    from yoyaku.tenancy.service.folder import read_folder

    return [
        {
            "tenant_id": terms.slug,
            "service_id": service.code,
            "tenant_name": terms.name,
            "name": service.name,
            "hosts": service.hosts,
        }
        for terms in (read_folder(folder).terms for folder in find_folders(folders))
        for service in terms.services
    ]


def _operator() -> str:
    """Who loads, for the record of versions."""
    return os.environ.get("SUDO_USER") or getpass.getuser()


def _first(text: str | Mapping[str, str]) -> str:
    return text if isinstance(text, str) else text.get("ja") or next(iter(text.values()))
