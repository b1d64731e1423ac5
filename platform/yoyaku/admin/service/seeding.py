"""The invented people of a local demo, from ``demo.yaml``: made once, never changed afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.errors import NotAllowed, NotFound
from yoyaku.kernel.seal import Seal
from yoyaku.kernel.settings import Environment, Settings
from yoyaku.registration.act import Act
from yoyaku.registration.policy.groups import Role
from yoyaku.registration.service import Credentials, NewRegistrant, account_exists, create_account, create_staff
from yoyaku.registration.service.codes import keep_known_generator
from yoyaku.registration.service.groups import NewMember
from yoyaku.registration.service.sample_people import add_sample_members, begin_sample, send_sample_picture
from yoyaku.registration.terms import LoginTerms, RegistrationTerms
from yoyaku.rulebook.terms import RuleSet
from yoyaku.ruleset import service as ruleset
from yoyaku.tenancy.service import show_clocks
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
    _, service_id = service
    act = await _act(conn, service=service, real_now=real_now)
    terms = act.terms.login
    people: list[DemoResident | DemoClerk] = [each for each in demo.residents if each.service == service_id]
    people += [each for each in demo.clerks if each.service in {service_id, "*"}]
    made = 0
    groups: list[DemoResident] = []
    for person in people:
        if await account_exists(conn, terms=terms, login_id=person.login_id):
            continue
        made += 1
        if isinstance(person, DemoResident):
            await _make_resident(conn, act=act, person=person, seal=settings.seal)
            groups.append(person)
        else:
            await _make_clerk(conn, act=act, person=person, seal=settings.seal)
    for person in groups:  # once everybody is there whom they name
        await add_sample_members(conn, act=act, group_login_id=person.login_id, members=_members(person))
    return Seeded(made=made, there=len(people) - made)


async def _act(conn: AsyncConnection, *, service: tuple[str, str], real_now: datetime) -> Act:
    """The system acts, by the latest rules, at the service's business time."""
    version, terms = await _registration_terms(conn, tenant_id=service[0], service_id=service[1])
    clocks = await show_clocks(conn, real_now=real_now)
    stands_at = next(each.stands_at for each in clocks if (each.tenant_id, each.service_id) == service)
    today = stands_at.date()
    return Act(terms=terms, rule_set_version=version, now=stands_at, real_now=real_now, today=today)


async def login_terms(conn: AsyncConnection, *, tenant_id: str, service_id: str) -> LoginTerms:
    """How people log in by the latest published rules.

    Raises:
        NotFound: none are published.
    """
    _, terms = await _registration_terms(conn, tenant_id=tenant_id, service_id=service_id)
    return terms.login


async def _registration_terms(
    conn: AsyncConnection, *, tenant_id: str, service_id: str
) -> tuple[int, RegistrationTerms]:
    heads = await ruleset.versions(conn, tenant_id=tenant_id, service_id=service_id)
    if not heads:
        raise NotFound(f"{tenant_id}/{service_id} has no rules yet: load the tenant first.", what="rule_set_version")
    version = heads[-1].version
    document = await ruleset.document_of(conn, tenant_id=tenant_id, service_id=service_id, version=version)
    return version, msgspec.json.decode(document, type=RuleSet).registration


async def _make_resident(conn: AsyncConnection, *, act: Act, person: DemoResident, seal: Seal) -> None:
    new = NewRegistrant(
        name=person.name,
        kana=person.kana,
        kind=person.kind,
        user_class=person.user_class,
        residency=person.residency,
        stage=person.registration,
        email=person.email,
        mail_verified=person.mail_verified,
        phone=person.phone,
        facts=person.facts,
        birth_date=None if person.birth_date is None else date.fromisoformat(person.birth_date),
        postcode=person.postcode,
        address=person.address,
        details=person.details,
    )
    credentials = Credentials(login_id=person.login_id, password=person.password, initial=person.initial_password)
    registrant_id = await create_account(
        conn, terms=act.terms.login, credentials=credentials, new=new, real_now=act.real_now
    )
    await begin_sample(conn, act=act, registrant_id=registrant_id, expires_in_days=person.expires_in_days)
    if person.sent_picture is not None:
        await send_sample_picture(conn, act=act, seal=seal, registrant_id=registrant_id, step=person.sent_picture)


def _members(person: DemoResident) -> list[NewMember]:
    return [
        NewMember(
            name=each.name,
            kana=each.kana,
            role=Role(each.role),
            login_id=each.login_id,
            may_act=each.may_act,
            may_pay=each.may_pay,
        )
        for each in person.members
    ]


async def _make_clerk(conn: AsyncConnection, *, act: Act, person: DemoClerk, seal: Seal) -> None:
    terms, real_now = act.terms.login, act.real_now
    credentials = Credentials(login_id=person.login_id, password=person.password)
    await create_staff(
        conn, terms=terms, credentials=credentials, name=person.name, roles=person.roles, real_now=real_now
    )
    secret = person.second_factor
    if secret is not None:
        await keep_known_generator(
            conn, seal=seal, terms=terms, login_id=person.login_id, secret=secret, real_now=real_now
        )
