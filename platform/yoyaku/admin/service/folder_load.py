"""Loading a checked tenant folder: one transaction as the owner; twice changes nothing; nobody's work is overwritten.

What a folder says and what the database holds are brought into one form, the *state*: plain values with the digests of
inventory and rule sets. The digest of the state as loaded stays with the tenant; where the database's own state no
longer has it, somebody changed the database since, and the folder is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin.service.folder_check import CheckedFolder
from yoyaku.db.engine import enter_service
from yoyaku.facility import repository as facilities
from yoyaku.facility.service import load_facilities
from yoyaku.kernel.errors import YoyakuError
from yoyaku.lottery.repository.dues import set_off_planning
from yoyaku.rulebook.terms import RuleSet
from yoyaku.rules.fault import DocumentRefused
from yoyaku.ruleset import service as ruleset
from yoyaku.ruleset.policy import Texts
from yoyaku.tenancy import repository
from yoyaku.tenancy.policy import placed_hosts, theme_tokens

State = Mapping[str, Any]


class DatabaseChangedSince(YoyakuError):
    """The tenant was changed in the database after the folder was last loaded; ``changes`` says where they differ."""

    code = "database_changed_since"

    def __init__(self, tenant_id: str, changes: Sequence[str]) -> None:
        listed = ", ".join(changes)
        super().__init__(
            f"{tenant_id}: the database was changed since this folder was last loaded, so nothing is overwritten. "
            f"They differ in: {listed}. Bring the folder up to date first: `yoyaku rules export` writes the rules in force "
            "into it, and `yoyaku rules import` makes a draft of a folder's rules, which is reviewed and published on the "
            "pages. "
            f"前回の読み込みの後にデータベースが変更されています。違い: {listed}。先にフォルダを最新にしてください"
            "（`yoyaku rules export` で書き出し、`yoyaku rules import` で改正案として取り込めます）。",
            changes=listed,
        )


class HostTaken(YoyakuError):
    """Another tenant answers at a host of this folder."""

    code = "host_taken"


class ServiceLeftOut(YoyakuError):
    """A service that is loaded, perhaps with bookings, is no longer in the folder."""

    code = "service_left_out"


class FacilityMoved(YoyakuError):
    """A facility is to go from one service to another, which would leave its bookings behind."""

    code = "facility_moved"


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What loading did; ``changes`` is empty where the folder said nothing new."""

    tenant_id: str
    is_new: bool
    changes: tuple[str, ...]


async def load_folder(
    conn: AsyncConnection, *, checked: CheckedFolder, base_domain: str, loaded_by: str, real_now: datetime
) -> Loaded:
    """Make the database say what the folder says.

    Raises:
        DocumentRefused: the folder has errors.
        DatabaseChangedSince, HostTaken, ServiceLeftOut, FacilityMoved, UnitsStillBooked: the transaction must be
            rolled back; nothing of it may stay.
    """
    if checked.errors:
        raise DocumentRefused(checked.errors)
    await repository.lock_loading(conn)
    tenant_id = checked.terms.slug
    wanted = folder_state(checked, base_domain=base_domain)
    row = await repository.read_tenant(conn, tenant_id=tenant_id)
    present = await database_state(conn, tenant_id=tenant_id) if row else {}
    changes = tuple(differences(present, wanted))
    if row and digest_of(present) != row["folder_digest"] and changes:
        raise DatabaseChangedSince(tenant_id, changes)
    if changes:
        await _refuse_losses(conn, checked=checked, wanted=wanted, present=present)
        await _save_head(conn, tenant_id=tenant_id, wanted=wanted)
        await _save_stock_and_rules(conn, checked=checked, loaded_by=loaded_by, real_now=real_now)
    elif row and row["folder_digest"] != digest_of(wanted):
        await repository.save_folder_digest(conn, tenant_id=tenant_id, digest=digest_of(wanted))
    return Loaded(tenant_id=tenant_id, is_new=row is None, changes=changes)


def folder_state(checked: CheckedFolder, *, base_domain: str) -> State:
    """What the folder says, as the database would hold it."""
    terms = checked.terms
    tenant = {
        "municipality_code": terms.municipality_code,
        "name": terms.name,
        "time_zone": terms.time_zone,
        "languages": list(terms.languages),
    }
    hosts, terminals = placed_hosts(terms.services, base_domain=base_domain)
    return {
        "tenant": tenant,
        "services": {service.code: _service_state(checked, service.code) for service in terms.services},
        "hosts": hosts,
        **_terminals(terminals),
        "inventory": ruleset.digest_of(inventory_document(checked)),
        "rule_sets": {code: published(rules).digest for code, rules in sorted(checked.rule_sets.items())},
    }


def _terminals(channels: Mapping[str, str]) -> State:
    """The channels of hosts of terminals; nothing where there are none, as it was before there could be any."""
    return {"terminals": channels} if channels else {}


def _service_state(checked: CheckedFolder, code: str) -> State:
    folder = checked.folder
    entry = next(service for service in folder.terms.services if service.code == code)
    brand = folder.brands[code].value
    contact = entry.contact
    return {
        "name": entry.name,
        "brand": {
            "name": brand.name,
            "tagline": brand.tagline,
            "colours": theme_tokens(brand.colours),
            "logo_svg": folder.logos[code],
        },
        "wording": {language: part.value for (service, language), part in folder.wording.items() if service == code},
        "pages": {
            page: {"title": title, "text": _page_text(checked, code, page)} for page, title in entry.pages.items()
        },
        "contact": {
            "name": contact.name,
            "phone": contact.phone,
            "hours": contact.hours,
            "mail": contact.mail,
            "address": contact.address,
        },
    }


def _page_text(checked: CheckedFolder, service: str, page: str) -> dict[str, str]:
    return {
        language: text
        for (of_service, code, language), text in checked.folder.pages.items()
        if (of_service, code) == (service, page)
    }


def inventory_document(checked: CheckedFolder) -> str:
    """All the tenant's facilities as JSON, in the order of the folder: it is the city's own."""
    return msgspec.json.encode({"facilities": checked.facilities}).decode()


def published(rule_set: RuleSet, texts: Texts | None = None) -> ruleset.Checked:
    """A rule set as it is stored, with the texts it was read from, where they are known."""
    return ruleset.Checked(
        document=msgspec.json.encode(rule_set).decode(),
        applies_by=rule_set.applies.by,
        applies_from=date.fromisoformat(rule_set.applies.since),
        files=texts or {},
    )


async def database_state(conn: AsyncConnection, *, tenant_id: str) -> State:
    """What the database holds of a tenant; leaves the transaction in one of its services."""
    row = await repository.read_tenant(conn, tenant_id=tenant_id) or {}
    services = await repository.read_services(conn, tenant_id=tenant_id)
    rule_sets: dict[str, str] = {}
    inventory: str | None = None
    for service in services:
        service_id = service["service_id"]
        await enter_service(conn, tenant_id, service_id)
        heads = await ruleset.versions(conn, tenant_id=tenant_id, service_id=service_id)
        rule_sets |= {service_id: heads[-1].digest} if heads else {}
        inventory = await ruleset.latest_inventory_digest(conn, tenant_id=tenant_id)
    texts = ("name", "brand", "wording", "pages", "contact")
    hosts = await repository.read_hosts(conn)
    return {
        "tenant": {name: row[name] for name in ("municipality_code", "name", "time_zone", "languages")},
        "services": {service["service_id"]: {name: service[name] for name in texts} for service in services},
        "hosts": {host: service_id for host, (owner, service_id) in hosts.items() if owner == tenant_id},
        **_terminals(await repository.read_terminals(conn, tenant_id=tenant_id)),
        "inventory": inventory,
        "rule_sets": rule_sets,
    }


def digest_of(state: State) -> str:
    """SHA-256 of a state, whatever the order of its keys."""
    return hashlib.sha256(msgspec.json.encode(state, order="deterministic")).hexdigest()


def differences(present: State, wanted: State) -> Iterator[str]:
    """Where two states differ, as short paths: ``services.rooms.brand``."""
    for path in sorted(_leaves(present) | _leaves(wanted)):
        if _at(present, path) != _at(wanted, path):
            yield ".".join(path)


def _leaves(state: State) -> set[tuple[str, ...]]:
    """The paths at which a change is worth telling."""
    paths: set[tuple[str, ...]] = set()
    for name, part in state.items():
        if name == "services":
            paths |= {(name, code, key) for code, texts in part.items() for key in texts}
        elif name in {"tenant", "rule_sets"}:
            paths |= {(name, key) for key in part}
        else:
            paths.add((name,))
    return paths


def _at(state: State, path: Sequence[str]) -> object:
    found: Any = state
    for step in path:
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


async def _refuse_losses(conn: AsyncConnection, *, checked: CheckedFolder, wanted: State, present: State) -> None:
    tenant_id = checked.terms.slug
    for host, (owner, service_id) in (await repository.read_hosts(conn)).items():
        if owner != tenant_id and host in wanted["hosts"]:
            raise HostTaken(
                f"{host} is the address of {owner}/{service_id}. 別の自治体が使っているホストです。", host=host
            )
    for service_id in present.get("services", {}):
        if service_id not in wanted["services"]:
            raise ServiceLeftOut(
                f"{tenant_id}/{service_id} is loaded but no longer in the folder; a service with its bookings is not "
                "taken away by loading. 読み込み済みのサービスがフォルダにありません。",
                service=service_id,
            )
        await enter_service(conn, tenant_id, service_id)
        theirs = await facilities.read_facility_ids(conn)
        for facility in checked.facilities:
            if facility.code in theirs and facility.service != service_id:
                raise FacilityMoved(
                    f"{facility.code} belongs to service {service_id} and cannot move to {facility.service}: "
                    "its bookings stay behind. 施設を別のサービスへは移せません。",
                    facility=facility.code,
                )


async def _save_head(conn: AsyncConnection, *, tenant_id: str, wanted: State) -> None:
    digest = digest_of(wanted)
    await repository.save_tenant(conn, {"tenant_id": tenant_id, "folder_digest": digest, **wanted["tenant"]})
    for service_id, texts in wanted["services"].items():
        await repository.save_service(conn, {"tenant_id": tenant_id, "service_id": service_id, **texts})
    await repository.replace_hosts(
        conn, tenant_id=tenant_id, hosts=wanted["hosts"], terminals=wanted.get("terminals", {})
    )


async def _save_stock_and_rules(
    conn: AsyncConnection, *, checked: CheckedFolder, loaded_by: str, real_now: datetime
) -> None:
    tenant_id = checked.terms.slug
    today = real_now.astimezone(ZoneInfo(checked.terms.time_zone)).date()
    for service_id, rule_set in checked.rule_sets.items():
        await enter_service(conn, tenant_id, service_id)
        await ruleset.store_inventory(
            conn, tenant_id=tenant_id, document=inventory_document(checked), real_now=real_now
        )
        stock = checked.facilities_of(service_id)
        await load_facilities(conn, tenant_id=tenant_id, service_id=service_id, facilities=stock, today=today)
        await ruleset.publish(
            conn,
            tenant_id=tenant_id,
            service_id=service_id,
            checked=published(rule_set, checked.texts[service_id]),
            published_by=loaded_by,
            real_now=real_now,
        )
        if rule_set.lottery.schemes:
            await set_off_planning(conn)
