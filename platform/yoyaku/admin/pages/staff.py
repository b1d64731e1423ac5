"""Who is staff: for tenant admins."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk, crumbs, read_form, ways
from yoyaku.admin.repository import list_staff
from yoyaku.admin.service.team import (
    NewStaff,
    StaffFacilityUnknown,
    StaffMailWrong,
    add_member,
    change_member,
    end_member,
)
from yoyaku.facility.repository import facility_names
from yoyaku.kernel.errors import YoyakuError
from yoyaku.registration.pages.door import Door
from yoyaku.registration.policy.roles import ROLES, Permission


@get("/counter/staff")
async def show_staff(door: NamedDependency[Door]) -> Response[Any]:
    """Everybody who works here, and the form to add somebody."""
    if door.session is None:
        return door.page.go("/login?next=/counter/staff")
    at_desk(door, Permission.STAFF)
    return await _page(door)


@post("/counter/staff", status_code=200)
async def add(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[Any]:
    """Add somebody; their one-time code is shown this once."""
    at_desk(door, Permission.STAFF)
    form = await read_form(request)
    new = NewStaff(
        name=form.get("name", ""),
        login_id=form.get("login_id", ""),
        roles=_roles(form),
        facilities=_facilities(form),
        email=form.get("email", ""),
    )
    try:
        code = await add_member(door.conn, act=door.act, seal=door.means.seal, new=new)
    except YoyakuError as refusal:
        fields: dict[type[YoyakuError], str] = {StaffFacilityUnknown: "facilities", StaffMailWrong: "email"}
        return await _page(
            door, form=form, errors={fields.get(type(refusal), "login_id"): door.words.sentence(refusal)}
        )
    return await _page(door, added=(new.login_id, f"{code[:5]} {code[5:]}"))


@post("/counter/staff/{staff_id:uuid}", status_code=303)
async def change(
    door: NamedDependency[Door], staff_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Other roles, facilities and address of mail, or the end."""
    at_desk(door, Permission.STAFF)
    form = await read_form(request)
    try:
        if form.get("act") == "end":
            await end_member(door.conn, act=door.act, staff_id=staff_id)
        else:
            roles, facilities = _roles(form), _facilities(form)
            await change_member(
                door.conn,
                act=door.act,
                staff_id=staff_id,
                roles=roles,
                facilities=facilities,
                email=form.get("email", ""),
            )
    except YoyakuError as refusal:
        return await _page(door, errors={"": door.words.sentence(refusal)})
    return door.page.go("/counter/staff", flash="staff_done")


def _roles(form: dict[str, str]) -> list[str]:
    return [role for role in ROLES if form.get(f"role.{role}")]


def _facilities(form: dict[str, str]) -> list[str]:
    return form.get("facilities", "").replace(",", " ").split()


async def _page(
    door: Door,
    *,
    errors: dict[str, str] | None = None,
    form: dict[str, str] | None = None,
    added: tuple[str, str] | None = None,
) -> Response[Any]:
    return door.page.show(
        "admin/staff.html",
        status=422 if errors else 200,
        errors=errors or {},
        form=form or {},
        added=added,
        people=await list_staff(door.conn),
        facilities=await facility_names(door.conn),
        roles=[(role, door.words.say(f"staff.role.{role}")) for role in ROLES],
        id_label=door.words.text(door.terms.login.id_label),
        address=f"{door.place.address}/password/code",
        ways=ways(door),
        crumbs=crumbs(door, (door.words.say("staff.title"), None)),
    )


ROUTES: Final = [show_staff, add, change]
