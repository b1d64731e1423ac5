"""``yoyaku tenant export|import``: everything of a tenant in one file, into another installation, and the proof of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import click

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from yoyaku.admin.service.carrying.manifest import Manifest
    from yoyaku.kernel.seal import Seal

_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.command("export")
@click.argument("tenant_id", metavar="TENANT")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def export_command(tenant_id: str, file: Path, *, force: bool) -> None:
    """Write everything of a tenant into FILE (a zip): data, documents, rules with their texts, the record of acts.

    What is sealed stays sealed: whoever takes it in needs the DATA_KEYS of this installation. Keep the two apart.
    """
    if file.exists() and not force:
        raise click.UsageError(f"{file} is there already (--force writes over it). ファイルがすでにあります。")
    manifest = asyncio.run(_export(tenant_id, file))
    rows = sum(part.rows for part in manifest.parts)
    click.echo(f"{manifest.tenant}: {rows:,} 行を書き出しました。 / rows written to {file} (schema {manifest.schema}).")


@click.command("import")
@_file
@click.option("--compare", is_flag=True, help="Take nothing in: compare the tenant that is here with FILE.")
@click.option("--other-hashes", is_flag=True, help="Although the last of DATA_KEYS is another here (see docs).")
def import_command(file: Path, *, compare: bool, other_hashes: bool) -> None:
    """Take a tenant in from FILE into an installation that has it not, all or nothing, and prove it table by table.

    While it runs, other tenants of the installation cannot write.
    """
    manifest = asyncio.run(_compare(file) if compare else _import(file, other_hashes=other_hashes))
    rows = sum(part.rows for part in manifest.parts)
    done = (
        "一致しました。 / the same, row by row"
        if compare
        else "取り込み、一致を確かめました。 / taken in, and the same row by row"
    )
    tables = len({part.table for part in manifest.parts})
    click.echo(f"{manifest.tenant}: {done}: {tables} tables, {rows:,} rows.")


async def _export(tenant_id: str, file: Path) -> Manifest:
    from yoyaku.admin.service.carrying.outward import export_tenant
    from yoyaku.kernel.clock import read_clock

    unfinished = file.with_name(f"{file.name}.unfinished")
    try:
        async with _as_owner() as (conn, seal):
            with ZipFile(unfinished, "w", ZIP_DEFLATED) as archive:
                manifest = await export_tenant(
                    conn, tenant_id=tenant_id, archive=archive, seal=seal, real_now=read_clock()
                )
        unfinished.rename(file)
        return manifest
    finally:
        unfinished.unlink(missing_ok=True)


async def _import(file: Path, *, other_hashes: bool) -> Manifest:
    from yoyaku.admin.service.carrying.inward import import_tenant

    async with _as_owner() as (conn, seal):
        with _opened(file) as archive:
            return await import_tenant(conn, archive=archive, seal=seal, other_hashes=other_hashes)


async def _compare(file: Path) -> Manifest:
    from yoyaku.admin.service.carrying.inward import compare_tenant
    from yoyaku.admin.service.carrying.manifest import read_manifest

    async with _as_owner() as (conn, _):
        with _opened(file) as archive:
            manifest = read_manifest(archive)
        await compare_tenant(conn, manifest=manifest)
        return manifest


def _opened(file: Path) -> ZipFile:
    from yoyaku.admin.service.carrying.manifest import NotACarriedTenant

    try:
        return ZipFile(file)
    except BadZipFile as error:
        raise NotACarriedTenant(str(error)) from error


@asynccontextmanager
async def _as_owner() -> AsyncIterator[tuple[AsyncConnection, Seal]]:
    """One transaction of the owner's that sees one instant."""
    from yoyaku.cli.environment import read_settings
    from yoyaku.db.engine import make_engine, platform_transaction

    settings = read_settings()
    engine = make_engine(settings.migration_database_url, pool_size=1).execution_options(
        isolation_level="REPEATABLE READ"
    )
    try:
        async with platform_transaction(engine) as conn:
            yield conn, settings.seal
    finally:
        await engine.dispose()
