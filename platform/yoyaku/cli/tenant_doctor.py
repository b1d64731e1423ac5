"""``yoyaku tenant doctor``: contradictions across rule set, facilities, plugins and words, each with its mend."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yoyaku.cli.faults import Tongue, print_faults
from yoyaku.cli.tenant_folders import check_all

if TYPE_CHECKING:
    from yoyaku.admin.service.doctor_ward import Admitted
    from yoyaku.rules.fault import Fault


@click.command("doctor")
@click.argument("folders", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--database", "tenants", multiple=True, metavar="TENANT", help="As the database holds it; repeatable.")
@click.option("--rulesets", "rule_sets", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--base-domain", envvar="BASE_DOMAIN", default="localhost", show_default=True)
@click.option(
    "--profiles",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="PLUGIN_PROFILES",
    help="The installation's folder of plugins' settings files (default: PLUGIN_PROFILES; without, they are not asked for).",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--lang", "tongue", type=click.Choice(["ja", "en", "both"]), default="both", show_default=True)
def doctor_command(  # noqa: PLR0913  # the command's options
    folders: tuple[Path, ...],
    *,
    tenants: tuple[str, ...],
    rule_sets: Path | None,
    base_domain: str,
    profiles: Path | None,
    form: str,
    tongue: Tongue,
) -> None:
    """Find contradictions that each single check does not see, and how to mend them. Exit 1 on errors.

    Of FOLDERS (without: tenants/), or, with --database, of a tenant as it stands there now.
    """
    if tenants:
        faults = asyncio.run(_of_database(tenants, profiles))
    else:
        faults = _of_folders(folders or (Path("tenants"),), rule_sets, base_domain, profiles)
    errors = sum(fault.level == "error" for fault in faults)
    if form == "json":
        summary = {"errors": errors, "warnings": len(faults) - errors}
        click.echo(
            json.dumps({"faults": [one.to_json() for one in faults], "summary": summary}, ensure_ascii=False, indent=2)
        )
    else:
        print_faults(faults, tongue)
        click.echo(
            f"エラー {errors}件、警告 {len(faults) - errors}件 / {errors} errors, {len(faults) - errors} warnings"
        )
    sys.exit(1 if errors else 0)


def _of_folders(
    folders: tuple[Path, ...], rule_sets: Path | None, base_domain: str, profiles: Path | None
) -> list[Fault]:
    from yoyaku.admin.service.doctor import examine
    from yoyaku.admin.service.doctor_ward import of_folder

    found: list[Fault] = []
    for checked in check_all(folders, rule_sets=rule_sets, base_domain=base_domain):
        found += checked.faults
        for patient in of_folder(checked):
            found += examine(patient, profiles=profiles, asks_profiles=profiles is not None)
    return found


async def _of_database(tenants: tuple[str, ...], profiles: Path | None) -> list[Fault]:
    from yoyaku.admin.service.doctor import examine
    from yoyaku.admin.service.doctor_ward import of_database
    from yoyaku.cli.environment import read_settings
    from yoyaku.db.engine import make_engine, platform_transaction

    settings = read_settings()
    engine = make_engine(settings.database_url, pool_size=1)
    admitted: list[Admitted] = []
    try:
        async with platform_transaction(engine) as conn:
            for tenant in tenants:
                admitted += await of_database(conn, tenant_id=tenant)
    finally:
        await engine.dispose()
    at = profiles or settings.plugin_profiles
    asks = at is not None or os.environ.get("ENVIRONMENT", "production") == "production"
    found: list[Fault] = []
    for one in admitted:
        found += one.faults
        found += examine(one.patient, profiles=at, asks_profiles=asks)
    return found
