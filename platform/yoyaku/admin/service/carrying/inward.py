"""Taking a tenant in from a file: all of it in one transaction, proved row by row before it counts."""

from __future__ import annotations

from collections.abc import Sequence
from zipfile import ZipFile

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin.service.carrying.manifest import (
    Manifest,
    NotACarriedTenant,
    Part,
    check_seal,
    differing,
    read_manifest,
    read_part,
)
from yoyaku.admin.service.carrying.outward import measure_part, places, services_of
from yoyaku.billing.repository.checking import Difference
from yoyaku.billing.service.agreeing import check_own_books
from yoyaku.db import carry
from yoyaku.db.carry import RowsRefused, Table
from yoyaku.db.engine import enter_service
from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.seal import Seal
from yoyaku.tenancy import repository


class TenantThere(YoyakuError):
    """The tenant is in this installation already."""

    code = "carried_tenant_there"
    title = "This tenant is here already; nothing was changed. その自治体はすでにあります。何も変更していません。"


class SchemaOlder(YoyakuError):
    """The file comes from a newer release (``theirs``) than this installation (``ours``)."""

    code = "carried_schema_older"

    def __init__(self, *, theirs: str, ours: str) -> None:
        super().__init__(
            f"The file was written by a newer release (schema {theirs}) than this installation (schema {ours}): "
            "update it, run `yoyaku db upgrade`, and take the file in again. より新しい版で書き出されたファイルです。",
            theirs=theirs,
            ours=ours,
        )


class FileOlder(YoyakuError):
    """The file comes from an older release (``theirs``) than this installation (``ours``).

    What an upgrade does to rows that stand in a database cannot be done to rows of a file.
    """

    code = "carried_file_older"

    def __init__(self, *, theirs: str, ours: str) -> None:
        super().__init__(
            f"The file was written by an older release (schema {theirs}) than this installation (schema {ours}). Upgrade "
            "the installation it comes from (`yoyaku db upgrade`) and export again; if that one is gone, take the file in "
            "by its own release into an empty database, upgrade that, and export from there. Nothing was changed. "
            "古い版で書き出されたファイルです。書き出した側を先に更新し、もう一度書き出してください。何も変更していません。",
            theirs=theirs,
            ours=ours,
        )


class CarriedOtherwise(YoyakuError):
    """What stands in the database is not what the file says (``where``)."""

    code = "carried_otherwise"

    def __init__(self, where: Sequence[str]) -> None:
        super().__init__(
            f"The rows here are not those of the file: {'; '.join(where)}. ファイルの内容と一致しません。",
            where="; ".join(where),
        )


class HostsTaken(YoyakuError):
    """Another tenant of this installation answers at a host of the file's."""

    code = "carried_hosts_taken"
    title = (
        "Another tenant answers at a host of this one; nothing was changed. 同じホスト名を別の自治体が使っています。"
    )


async def import_tenant(conn: AsyncConnection, *, archive: ZipFile, seal: Seal, other_hashes: bool = False) -> Manifest:
    """Take a tenant in, as the owner; the transaction must be rolled back where this raises.

    Raises:
        NotACarriedTenant, KeysMissing, HashesDiffer, TenantThere, SchemaOlder, FileOlder, HostsTaken, CarriedOtherwise.
    """
    manifest = read_manifest(archive)
    await _check_schema(conn, manifest)
    check_seal(manifest, seal, other_hashes=other_hashes)
    await repository.lock_loading(conn)
    if await repository.read_tenant(conn, tenant_id=manifest.tenant) is not None:
        raise TenantThere
    await carry.speak_plainly(conn)
    resting = await carry.rest_triggers(conn)
    try:
        for table, part in _in_order(manifest):
            await carry.write_lines(
                conn,
                table,
                tenant_id=manifest.tenant,
                service_id=part.service,
                lines=read_part(archive, part),
                columns=part.columns,
            )
    except RowsRefused as refused:
        if refused.constraint == "host_pkey":
            raise HostsTaken from refused
        raise NotACarriedTenant(str(refused)) from refused
    await carry.wake_triggers(conn, resting)
    await compare_tenant(conn, manifest=manifest)
    return manifest


async def _check_schema(conn: AsyncConnection, manifest: Manifest) -> None:
    ours = await carry.read_schema(conn)
    if manifest.schema > ours:
        raise SchemaOlder(theirs=manifest.schema, ours=ours)
    if manifest.schema < ours:
        raise FileOlder(theirs=manifest.schema, ours=ours)


async def compare_tenant(conn: AsyncConnection, *, manifest: Manifest) -> None:
    """Let pass a tenant whose rows are those of the file, table by table, and whose books agree.

    Raises:
        NotFound: there is no such tenant.
        CarriedOtherwise: some are others.
    """
    await services_of(conn, tenant_id=manifest.tenant)
    await carry.speak_plainly(conn)
    found = {
        (part.table, part.service): await measure_part(
            conn, table, tenant_id=manifest.tenant, service=part.service, columns=part.columns
        )
        for table, part in _in_order(manifest)
    }
    where = [
        f"{part.table}{f' ({part.service})' if part.service else ''}: {part.rows} → {one.rows if one else 0}"
        for part, one in differing(manifest, found)
    ]
    for service in manifest.services:
        await enter_service(conn, manifest.tenant, service)
        where += [_told(service, one) for one in await check_own_books(conn)]
    if where:
        raise CarriedOtherwise(where)


def _told(service: str, one: Difference) -> str:
    return f"{service} {one.check} {one.reference}: {one.expected_yen} ≠ {one.found_yen}"


def _in_order(manifest: Manifest) -> list[tuple[Table, Part]]:
    """The file's parts with their tables, in the order in which they can be written.

    Raises:
        NotACarriedTenant: it names a table or a column that this release has not, or leaves out a service's rows.
    """
    parts = {(part.table, part.service): part for part in manifest.parts}
    ordered = [
        (table, parts.pop((table.name, service)))
        for table, service in places(manifest.services)
        if (table.name, service) in parts
    ]
    if parts:
        raise NotACarriedTenant(f"unknown: {', '.join(sorted(table for table, _ in parts))}")
    for table, part in ordered:
        if strange := set(part.columns) - set(carry.stored_columns(table)):
            raise NotACarriedTenant(f"{table.name}: unknown {', '.join(sorted(strange))}")
    return ordered
