"""``yoyaku staff``: the platform's operator adds a service's staff, the first admin among them, and helps who is locked out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import click

from yoyaku.cli.inside import Inside, run_inside
from yoyaku.kernel.errors import Malformed, NotFound

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from yoyaku.admin.repository import StaffRow
    from yoyaku.booking.rules import ServiceRules
    from yoyaku.kernel.seal import Seal
    from yoyaku.registration.act import Act

OPERATOR = "operator (command line)"
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class _Desk:
    """One command inside the transaction of a service."""

    conn: AsyncConnection
    act: Act
    rules: ServiceRules
    seal: Seal
    address: str


@click.group()
def staff() -> None:
    """List, add and end the staff of a service (TENANT/SERVICE), and give one-time codes."""


@staff.command("list")
@click.argument("service", metavar="TENANT/SERVICE")
def list_command(service: str) -> None:
    """List everybody who works there, or did."""
    for one in _run(service, _staff_of):
        where = " ".join(one.facilities) or "すべての施設 / all facilities"
        state = "終了 / ended" if one.ended_at else ",".join(one.roles)
        click.echo(f"{one.login_id or '-'}\t{one.name}\t{state}\t{where}")


@staff.command("add")
@click.argument("service", metavar="TENANT/SERVICE")
@click.argument("login_id")
@click.option("--name", required=True, help="As the record of acts will name them.")
@click.option("--role", "roles", multiple=True, required=True, metavar="ROLE", help="May be repeated.")
@click.option("--facility", "facilities", multiple=True, metavar="CODE", help="Only these; without, all.")
def add_command(service: str, login_id: str, name: str, roles: tuple[str, ...], facilities: tuple[str, ...]) -> None:
    """Add somebody; prints the one-time code with which they set their password.

    ROLE is counter_clerk, facility_manager, tenant_admin or auditor.
    """
    from yoyaku.admin.service.team import NewStaff, add_member

    async def add(desk: _Desk) -> tuple[str, str]:
        unknown = set(facilities) - set(desk.rules.inventory.facilities)
        if unknown:
            known = ", ".join(sorted(desk.rules.inventory.facilities))
            raise Malformed(f"There is no facility {', '.join(sorted(unknown))}. There are: {known}.")
        new = NewStaff(name=name, login_id=login_id, roles=roles, facilities=facilities)
        return await add_member(desk.conn, act=desk.act, seal=desk.seal, new=new), desk.address

    _tell_code(login_id, *_run(service, add))


@staff.command("end")
@click.argument("service", metavar="TENANT/SERVICE")
@click.argument("login_id")
def end_command(service: str, login_id: str) -> None:
    """Let somebody in no more; they are logged out everywhere. The last admin stays."""
    from yoyaku.admin.service.team import end_member

    async def end(desk: _Desk) -> None:
        member = await _member(desk, login_id)
        await end_member(desk.conn, act=desk.act, staff_id=member.staff_id)

    _run(service, end)
    click.echo(f"{login_id}: 終了しました。 / ended.")


@staff.command("code")
@click.argument("service", metavar="TENANT/SERVICE")
@click.argument("login_id")
@click.option("--new-second-factor", is_flag=True, help="Telephone and recovery codes are lost: set up a new one.")
def code_command(service: str, login_id: str, *, new_second_factor: bool) -> None:
    """Print a new one-time code for somebody who cannot get in; make sure first who asks."""
    from yoyaku.admin.service.looking import note
    from yoyaku.registration.service.codes import remove_second_factor
    from yoyaku.registration.service.setting import issue_clerk_code

    async def give(desk: _Desk) -> tuple[str, str]:
        member = await _member(desk, login_id)
        if member.account_id is None:
            raise NotFound(f"{login_id} has no account.", what="staff")
        if new_second_factor:
            await remove_second_factor(desk.conn, account_id=member.account_id)
        facts = {"new_second_factor": new_second_factor}
        subject = ("staff", str(member.staff_id))
        await note(desk.conn, act=desk.act, done="code_issued", subject=subject, facts=facts)
        code = await issue_clerk_code(desk.conn, act=desk.act, seal=desk.seal, account_id=member.account_id)
        return code, desk.address

    _tell_code(login_id, *_run(service, give))


def _tell_code(login_id: str, code: str, address: str) -> None:
    click.echo(f"{login_id}\t{code[:5]} {code[5:]}")
    click.echo(
        f"30分以内に、ここでパスワードを設定します。 / Set the password there within 30 minutes: {address}/password/code"
    )


async def _staff_of(desk: _Desk) -> list[StaffRow]:
    from yoyaku.admin.repository import list_staff

    return await list_staff(desk.conn)


async def _member(desk: _Desk, login_id: str) -> StaffRow:
    found = [one for one in await _staff_of(desk) if one.login_id == login_id and one.ended_at is None]
    if not found:
        raise NotFound(f'Nobody works there under "{login_id}".', what="staff")
    return found[0]


def _run(service: str, do: Callable[[_Desk], Awaitable[T]]) -> T:
    async def act(inside: Inside) -> T:
        from yoyaku.rulebook.provider import RulesProvider
        from yoyaku.rulebook.today import act_under, rules_of_today
        from yoyaku.tenancy.service import address_of_site

        rules = await rules_of_today(RulesProvider(), inside.conn, site=inside.site, now=inside.now)
        desk = _Desk(
            conn=inside.conn,
            act=act_under(rules, site=inside.site, now=inside.now, real_now=inside.real_now, staff_name=OPERATOR),
            rules=rules,
            seal=inside.settings.seal,
            address=address_of_site(inside.settings, inside.site),
        )
        return await do(desk)

    return run_inside(service, act)
