"""One's own data: reading them, taking them along, and ending the registration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.kernel.errors import YoyakuError
from yoyaku.registration.pages.data_view import parts_of
from yoyaku.registration.pages.door import Door
from yoyaku.registration.pages.login import BEHALF_COOKIE, SESSION_COOKIE
from yoyaku.registration.pages.own import ask_to_log_in, own_registrant
from yoyaku.registration.policy import CurrentPasswordWrong, TooManyAttempts
from yoyaku.registration.policy.life import DeletionByClerk, StillTied
from yoyaku.registration.service.confirming import Confirmation, confirm_password
from yoyaku.registration.service.privacy import ask_deletion, export_data, find_ties
from yoyaku.ui.page import Crumb

DATA: Final = "/account/data"
DELETE: Final = "/account/delete"
FILE_NAME: Final = "yoyaku-my-data.json"


class NotUnderstood(YoyakuError):
    """The box that says one has understood is not ticked."""

    status = 422
    code = "deletion_not_understood"
    title = "Please tick that you have understood."


@get(DATA)
async def show_data(door: NamedDependency[Door]) -> Response[Any]:
    """What is kept, and the password before it is shown."""
    return _data_page(door) if own_registrant(door) else ask_to_log_in(door, DATA)


@post(DATA, status_code=HTTP_200_OK)
async def send_data(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[Any]:
    """Everything that is held of oneself: as a page, or as a file to take along."""
    registrant_id = own_registrant(door)
    if registrant_id is None:
        return ask_to_log_in(door, DATA)
    form = await request.form()
    try:
        await _confirm(door, form)
    except (CurrentPasswordWrong, TooManyAttempts) as refusal:
        return _data_page(door, errors={"password": door.words.sentence(refusal)})
    held = await export_data(door.conn, registrant_id=registrant_id)
    if form.get("as") != "file":
        return _data_page(door, sections=parts_of(held, door.terms, door.words))
    content = msgspec.json.format(msgspec.json.encode(held), indent=2)
    headers = {"content-disposition": f'attachment; filename="{FILE_NAME}"', "cache-control": "no-store"}
    return Response(content, media_type="application/json", headers=headers, cookies=door.page.cookies)


@get(DELETE)
async def show_delete(door: NamedDependency[Door]) -> Response[Any]:
    """What goes, what stays and why, and what has to be done before."""
    registrant_id = own_registrant(door)
    return ask_to_log_in(door, DELETE) if registrant_id is None else await _delete_page(door, registrant_id)


@post(DELETE, status_code=HTTP_200_OK)
async def delete(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[Any]:
    """End the registration; or the form again with every fault."""
    registrant_id = own_registrant(door)
    if registrant_id is None:
        return ask_to_log_in(door, DELETE)
    form = await request.form()
    faults: dict[str, YoyakuError] = {} if form.get("understood") else {"understood": NotUnderstood()}
    try:
        await _confirm(door, form)
    except (CurrentPasswordWrong, TooManyAttempts) as fault:
        faults["password"] = fault
    try:
        if not faults:
            await ask_deletion(door.conn, act=door.act, registrant_id=registrant_id)
    except (StillTied, DeletionByClerk) as refusal:
        faults[""] = refusal
    if faults:
        errors = {field: door.words.sentence(fault) for field, fault in faults.items()}
        return await _delete_page(door, registrant_id, errors=errors)
    door.page.forget(SESSION_COOKIE)
    door.page.forget(BEHALF_COOKIE)
    door.page.visitor = None
    return door.page.show("registration/deleted.html", crumbs=[Crumb(label=door.words.say("life.deleted"))])


async def _confirm(door: Door, form: Mapping[str, Any]) -> None:
    if door.session is None:
        return
    confirmation = Confirmation(
        account_id=door.session.account_id, password=str(form.get("password", "")), address=door.client.address
    )
    await confirm_password(door.conn, throttle=door.throttle, confirmation=confirmation, real_now=door.real_now)


def _data_page(door: Door, *, sections: object = None, errors: Mapping[str, str] | None = None) -> Response[str]:
    return door.page.show(
        "registration/data.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if errors else HTTP_200_OK,
        crumbs=_crumbs(door, "life.data"),
        sections=sections,
        errors=errors or {},
    )


async def _delete_page(door: Door, registrant_id: UUID, *, errors: Mapping[str, str] | None = None) -> Response[str]:
    return door.page.show(
        "registration/delete.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if errors else HTTP_200_OK,
        crumbs=_crumbs(door, "life.delete"),
        ties=await find_ties(door.conn, act=door.act, registrant_id=registrant_id),
        by_resident="resident" in door.terms.retention.deletion_by,
        errors=errors or {},
    )


def _crumbs(door: Door, key: str) -> list[Crumb]:
    return [Crumb(label=door.words.say("account.title"), path="/account"), Crumb(label=door.words.say(key))]


ROUTES: Final = [show_data, send_data, show_delete, delete]
