"""One's checks of identity: what is open and what to do for it, in words; sending a picture, typing a code, coming back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.extension.identity import (
    Answer,
    AnswerRefused,
    CameBack,
    ProviderFailed,
    SecretMissing,
    SentFile,
    TypedCode,
)
from yoyaku.extension.profiles import PluginSettingsWrong, ProfileMissing
from yoyaku.kernel.errors import YoyakuError
from yoyaku.registration.pages.applicant import applicant_of
from yoyaku.registration.pages.door import Door
from yoyaku.registration.pages.own import ask_to_log_in, own_registrant
from yoyaku.registration.policy.identity import (
    AlreadyRegistered,
    CheckClosed,
    ReturnUnknown,
    StepUnknown,
)
from yoyaku.registration.service.identity import answer_check, begin_check
from yoyaku.registration.service.identity_outcome import Answered
from yoyaku.registration.service.identity_views import OpenCheck, open_checks
from yoyaku.ui.page import Crumb

PATH: Final = "/account/identity"
RETURN_COOKIE: Final = "identity"
RETURN_SECONDS: Final = 2 * 3600
BODY_LIMIT: Final = 32_000_000
"""What is read at all: enough for a photograph that is too big to be told so at the field."""
LONGEST_PARAMETER: Final = 4000
REFUSALS: Final = (
    AnswerRefused,
    CheckClosed,
    StepUnknown,
    AlreadyRegistered,
    ProviderFailed,
    SecretMissing,
    ProfileMissing,
    PluginSettingsWrong,
)
FLASHES: Final = {"approved": "identity_approved", "submitted": "identity_sent", "rejected": "identity_rejected"}


@get(PATH)
async def show_checks(door: NamedDependency[Door]) -> Response[Any]:
    """Every check that is open, with its next step."""
    registrant_id = _whose(door)
    if registrant_id is None:
        return ask_to_log_in(door, PATH)
    return await _list(door, registrant_id)


@get(f"{PATH}/{{step:str}}")
async def show_check(door: NamedDependency[Door], step: FromPath[str]) -> Response[Any]:
    """One check: what to bring, the form to send a picture or a code, or the way to the provider."""
    registrant_id = _whose(door)
    if registrant_id is None:
        return ask_to_log_in(door, f"{PATH}/{step}")
    check = await _one(door, registrant_id, step)
    if check is None:
        return await _list(door, registrant_id, refusal=StepUnknown(step=step), status=StepUnknown.status)
    if check.state == "to_begin" and check.asks != "leave":
        try:
            await begin_check(
                door.conn, act=door.act, means=door.identity_means, registrant_id=registrant_id, step_code=step
            )
        except REFUSALS as refusal:
            return await _list(door, registrant_id, refusal=refusal)
        check = await _one(door, registrant_id, step) or check
    return _show(door, check)


@get(f"{PATH}/{{step:str}}/go")
async def leave(door: NamedDependency[Door], step: FromPath[str]) -> Response[Any]:
    """Leave for the provider (a link, no form: a form may not lead to another site); this browser remembers for what."""
    registrant_id = _whose(door)
    if registrant_id is None:
        return ask_to_log_in(door, f"{PATH}/{step}")
    try:
        begun = await begin_check(
            door.conn, act=door.act, means=door.identity_means, registrant_id=registrant_id, step_code=step
        )
    except REFUSALS as refusal:
        return await _list(door, registrant_id, refusal=refusal)
    if begun.go_to is None:
        return door.page.go(f"{PATH}/{step}")
    door.page.remember(RETURN_COOKIE, step, seconds=RETURN_SECONDS)
    headers = {"location": begun.go_to, "cache-control": "no-store", "referrer-policy": "no-referrer"}
    return Response(None, status_code=HTTP_303_SEE_OTHER, headers=headers, cookies=door.page.cookies)


@get("/identity/return")
async def come_back(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[Any]:
    """Where a provider sends the browser back to. Only what was begun in this browser, by this person, goes on."""
    registrant_id, step = _whose(door), request.cookies.get(RETURN_COOKIE, "")
    door.page.forget(RETURN_COOKIE)
    if registrant_id is None:
        return ask_to_log_in(door, PATH)
    if not step:
        return await _list(door, registrant_id, refusal=ReturnUnknown())
    told = {name: value for name, value in request.query_params.items() if len(value) <= LONGEST_PARAMETER}
    return await _answer(door, registrant_id, step, CameBack(parameters=told))


@post(f"{PATH}/{{step:str}}/upload", status_code=303, request_max_body_size=BODY_LIMIT)
async def upload(door: NamedDependency[Door], request: Request[Any, Any, Any], step: FromPath[str]) -> Response[Any]:
    """Take one file."""
    registrant_id = _whose(door)
    if registrant_id is None:
        return ask_to_log_in(door, f"{PATH}/{step}")
    sent = [value for _, value in (await request.form()).multi_items() if isinstance(value, UploadFile)]
    files = [
        SentFile(name=one.filename or "", claimed_type=one.content_type or "", content=await one.read()) for one in sent
    ]
    files = [one for one in files if one.content or one.name]
    answer = files[0] if files else SentFile(name="", claimed_type="", content=b"")
    refusal = AnswerRefused(reason="several") if len(files) > 1 else None
    return await _answer(door, registrant_id, step, answer, refusal=refusal)


@post(f"{PATH}/{{step:str}}/code", status_code=303)
async def enter_code(
    door: NamedDependency[Door], request: Request[Any, Any, Any], step: FromPath[str]
) -> Response[Any]:
    """Take a code."""
    registrant_id = _whose(door)
    if registrant_id is None:
        return ask_to_log_in(door, f"{PATH}/{step}")
    typed = str((await request.form()).get("code", ""))[:100]
    return await _answer(door, registrant_id, step, TypedCode(code=typed), typed=typed)


async def _answer(  # a request's
    door: Door,
    registrant_id: UUID,
    step: str,
    answer: Answer,
    *,
    refusal: YoyakuError | None = None,
    typed: str = "",
) -> Response[Any]:
    """Go on, or the page again with the reason; a refusal that was counted is kept, so it is shown and not raised."""
    answered: Answered | None = None
    try:
        if refusal is None:
            answered = await answer_check(
                door.conn,
                act=door.act,
                means=door.identity_means,
                registrant_id=registrant_id,
                step_code=step,
                answer=answer,
            )
            refusal = answered.refusal
    except REFUSALS as raised:
        refusal = raised
    if answered is not None and refusal is None:
        return door.page.go(PATH, flash=FLASHES[answered.state])
    check = await _one(door, registrant_id, step)
    if check is None or refusal is None or isinstance(answer, CameBack):
        return await _list(door, registrant_id, refusal=refusal)
    return _show(door, check, refusal=refusal, typed=typed)


async def _one(door: Door, registrant_id: UUID, step: str) -> OpenCheck | None:
    checks = await open_checks(door.conn, act=door.act, means=door.identity_means, registrant_id=registrant_id)
    return next((check for check in checks if check.step.code == step), None)


async def _list(
    door: Door, registrant_id: UUID, *, refusal: YoyakuError | None = None, status: int = HTTP_422_UNPROCESSABLE_ENTITY
) -> Response[Any]:
    checks = await open_checks(door.conn, act=door.act, means=door.identity_means, registrant_id=registrant_id)
    return door.page.show(
        "registration/identity.html",
        status=status if refusal else HTTP_200_OK,
        crumbs=_crumbs(door),
        checks=checks,
        rejections={check.step.code: _rejection(door, check) for check in checks},
        errors={"": door.words.sentence(refusal)} if refusal else {},
        is_applicant=door.session is None,
    )


def _show(door: Door, check: OpenCheck, *, refusal: YoyakuError | None = None, typed: str = "") -> Response[Any]:
    field = {"upload": "file", "code": "code"}.get(check.asks, "")
    errors: Mapping[str, str] = {field: door.words.sentence(refusal)} if refusal else {}
    return door.page.show(
        "registration/identity_step.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if refusal else HTTP_200_OK,
        crumbs=_crumbs(door, check),
        check=check,
        name=door.words.text(check.step.name),
        rejection=_rejection(door, check),
        counters=door.terms.counters,
        errors=errors,
        typed=typed,
    )


def _rejection(door: Door, check: OpenCheck) -> str | None:
    """Why the last try was refused: the reason in words, and what the clerk wrote."""
    if check.rejected_for is None or check.state != "to_begin":
        return None
    said = door.words.maybe(f"identity.rejected.{check.rejected_for}") or door.words.say("identity.rejected")
    return f"{said} {check.rejected_why}" if check.rejected_why else said


def _crumbs(door: Door, check: OpenCheck | None = None) -> list[Crumb]:
    title = door.words.say("identity.title")
    if check is None:
        return [Crumb(label=title)]
    return [Crumb(label=title, path=PATH), Crumb(label=door.words.text(check.step.name))]


def _whose(door: Door) -> UUID | None:
    """Whoever is logged in, or has just applied here."""
    return own_registrant(door) if door.session else applicant_of(door)


ROUTES: Final = [show_checks, show_check, leave, come_back, upload, enter_code]
