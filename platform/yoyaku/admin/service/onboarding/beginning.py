"""A checked folder becomes a city: loaded, with two first admins who have one-time codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from yoyaku.admin.service.folder_check import CheckedFolder
from yoyaku.admin.service.folder_load import load_folder
from yoyaku.admin.service.team import ADMIN, NewStaff, add_member
from yoyaku.db.engine import platform_transaction, tenant_transaction
from yoyaku.kernel.settings import Settings
from yoyaku.rulebook.provider import RulesProvider
from yoyaku.rulebook.today import act_under, rules_of_today
from yoyaku.tenancy.service import Sites, UnknownService, address_of_site

FIRST_ROLES = (ADMIN, "counter_clerk")
"""What the first two may do: run the city, and serve people until there are clerks."""


@dataclass(frozen=True, kw_only=True)
class FirstAdmin:
    """Somebody who is to run the new city; ``one_time_code`` is there once they are added."""

    name: str
    login_id: str
    one_time_code: str = ""


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A city that answers at ``address``, with its first admins."""

    address: str
    admins: Sequence[FirstAdmin]


async def load_city(
    owner: AsyncEngine, *, checked: CheckedFolder, base_domain: str, loaded_by: str, real_now: datetime
) -> None:
    """Load a new city's folder, as the database's owner.

    Raises:
        HostTaken, DatabaseChangedSince: nothing was loaded.
    """
    async with platform_transaction(owner) as conn:
        await load_folder(conn, checked=checked, base_domain=base_domain, loaded_by=loaded_by, real_now=real_now)


async def add_admins(
    engine: AsyncEngine,
    *,
    settings: Settings,
    service: tuple[str, str],
    admins: Sequence[FirstAdmin],
    loaded_by: str,
    real_now: datetime,
) -> Begun:
    """Add the first admins of a city that is loaded, as the application; their codes are told this once.

    Raises:
        UnknownService, StaffFormWrong, LoginIdTaken: nobody was added.
    """
    tenant_id, service_id = service
    site = await Sites(engine).by_path(tenant_id, service_id, real_now=real_now)
    if site is None:
        raise UnknownService(f"{tenant_id}/{service_id}")
    now = site.business_now(real_now)
    async with tenant_transaction(engine, tenant_id, service_id) as conn:
        rules = await rules_of_today(RulesProvider(), conn, site=site, now=now)
        act = act_under(rules, site=site, now=now, real_now=real_now, staff_name=loaded_by)
        added = []
        for one in admins:
            new = NewStaff(name=one.name, login_id=one.login_id, roles=FIRST_ROLES)
            code = await add_member(conn, act=act, seal=settings.seal, new=new)
            added.append(FirstAdmin(name=one.name, login_id=one.login_id, one_time_code=f"{code[:5]} {code[5:]}"))
    return Begun(address=address_of_site(settings, site), admins=added)
