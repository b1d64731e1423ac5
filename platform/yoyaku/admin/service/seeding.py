"""The invented people of a local demo, from ``demo.yaml``: made once, never changed afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.errors import NotAllowed, NotFound
from yoyaku.kernel.settings import Environment, Settings
from yoyaku.registration.service import Credentials, NewRegistrant, account_exists, create_account, create_staff
from yoyaku.registration.terms import LoginTerms
from yoyaku.rulebook.terms import RuleSet
from yoyaku.ruleset import service as ruleset
from yoyaku.tenancy.terms import DemoClerk, DemoFile, DemoResident


class DemoPeopleInProduction(NotAllowed):
    """Accounts whose passwords stand in a file are for demos."""

    code = "demo_people_in_production"
    title = "Demo accounts are never made in production: their passwords stand in a file."


@dataclass(frozen=True, kw_only=True)
class Seeded:
    """How many accounts of a service were made now, and how many were there."""

    made: int
    there: int


async def seed_people(
    conn: AsyncConnection, *, settings: Settings, service: tuple[str, str], demo: DemoFile, real_now: datetime
) -> Seeded:
    """Make the accounts of one service that are not there yet, in the service's transaction.

    Raises:
        DemoPeopleInProduction: by the settings.
        NotFound: the service has no rules yet.
    """
    if settings.environment is Environment.PRODUCTION:
        raise DemoPeopleInProduction
    tenant_id, service_id = service
    terms = await login_terms(conn, tenant_id=tenant_id, service_id=service_id)
    people: list[DemoResident | DemoClerk] = [each for each in demo.residents if each.service == service_id]
    people += [each for each in demo.clerks if each.service in {service_id, "*"}]
    made = 0
    for person in people:
        if await account_exists(conn, terms=terms, login_id=person.login_id):
            continue
        made += 1
        if isinstance(person, DemoResident):
            await _make_resident(conn, terms=terms, person=person, real_now=real_now)
        else:
            await _make_clerk(conn, terms=terms, person=person, real_now=real_now)
    return Seeded(made=made, there=len(people) - made)


async def login_terms(conn: AsyncConnection, *, tenant_id: str, service_id: str) -> LoginTerms:
    """How people log in by the latest published rules.

    Raises:
        NotFound: none are published.
    """
    heads = await ruleset.versions(conn, tenant_id=tenant_id, service_id=service_id)
    if not heads:
        raise NotFound(f"{tenant_id}/{service_id} has no rules yet: load the tenant first.", what="rule_set_version")
    document = await ruleset.document_of(conn, tenant_id=tenant_id, service_id=service_id, version=heads[-1].version)
    return msgspec.json.decode(document, type=RuleSet).registration.login


async def _make_resident(conn: AsyncConnection, *, terms: LoginTerms, person: DemoResident, real_now: datetime) -> None:
    new = NewRegistrant(
        name=person.name,
        kana=person.kana,
        kind=person.kind,
        user_class=person.user_class,
        residency=person.residency,
        stage=person.registration,
        email=person.email,
        phone=person.phone,
        facts=person.facts,
    )
    credentials = Credentials(login_id=person.login_id, password=person.password)
    await create_account(conn, terms=terms, credentials=credentials, new=new, real_now=real_now)


async def _make_clerk(conn: AsyncConnection, *, terms: LoginTerms, person: DemoClerk, real_now: datetime) -> None:
    credentials = Credentials(login_id=person.login_id, password=person.password)
    await create_staff(
        conn, terms=terms, credentials=credentials, name=person.name, roles=person.roles, real_now=real_now
    )
