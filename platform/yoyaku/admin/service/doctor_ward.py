"""Whom the doctor sees: the services of folders, or those of a tenant in the database as it is now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin.repository import list_staff
from yoyaku.admin.service.doctor import Patient
from yoyaku.admin.service.folder_check import CheckedFolder
from yoyaku.admin.service.team import ADMIN
from yoyaku.db.engine import enter_service
from yoyaku.kernel.errors import NotFound
from yoyaku.rulebook.draft import check_draft
from yoyaku.rulebook.stored import files_of, rules_of_version, stored_facilities
from yoyaku.rules.fault import Fault
from yoyaku.ruleset import service as ruleset
from yoyaku.tenancy import repository


@dataclass(frozen=True, kw_only=True)
class Admitted:
    """A service, and what its own checks found."""

    patient: Patient
    faults: Sequence[Fault]


def of_folder(checked: CheckedFolder) -> Iterator[Patient]:
    """The services of a folder; what its own check found stands with the folder."""
    for entry in checked.terms.services:
        if entry.code in checked.rule_sets:
            wording = {
                language: part.value
                for (service, language), part in checked.folder.wording.items()
                if service == entry.code
            }
            yield Patient(
                where=f"{checked.folder.path}/{entry.code}",
                service=entry.code,
                languages=checked.terms.languages,
                rules=checked.rule_sets[entry.code],
                facilities=checked.facilities_of(entry.code),
                wording=wording,
                has_contact=bool(entry.contact.phone or entry.contact.mail),
            )


async def of_database(conn: AsyncConnection, *, tenant_id: str) -> list[Admitted]:
    """The services of a tenant as the database holds them now, the newest rules on the facilities of today.

    Raises:
        NotFound: there is no such tenant.
    """
    row = await repository.read_tenant(conn, tenant_id=tenant_id)
    if row is None:
        raise NotFound(
            f'There is no tenant "{tenant_id}"; `yoyaku tenant list` shows them. その自治体はありません。',
            what="tenant",
        )
    services = await repository.read_services(conn, tenant_id=tenant_id)
    return [await _admit(conn, tenant_id, row["languages"], dict(service)) for service in services]


async def _admit(conn: AsyncConnection, tenant_id: str, languages: Sequence[str], service: dict[str, Any]) -> Admitted:
    service_id = service["service_id"]
    await enter_service(conn, tenant_id, service_id)
    heads = await ruleset.versions(conn, tenant_id=tenant_id, service_id=service_id)
    if not heads:
        raise NotFound(f"{tenant_id}/{service_id}: no rules were published.", what="rule_set")
    of = {"tenant_id": tenant_id, "service_id": service_id, "version": heads[-1].version}
    rules = await rules_of_version(conn, **of)
    facilities = [one for one in await stored_facilities(conn, tenant_id=tenant_id) if one.service == service_id]
    where = f"{tenant_id}/{service_id}"
    checked = check_draft(await files_of(conn, **of), facilities, name=where)
    admins = [one for one in await list_staff(conn) if one.ended_at is None and ADMIN in one.roles]
    patient = Patient(
        where=where,
        service=service_id,
        languages=languages,
        rules=rules,
        facilities=[*facilities, *rules.inventory],
        wording=service["wording"],
        has_contact=bool(service["contact"].get("phone") or service["contact"].get("mail")),
        admins=len(admins),
    )
    return Admitted(patient=patient, faults=checked.faults)
