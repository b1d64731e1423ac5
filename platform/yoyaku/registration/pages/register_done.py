"""The page after applying: the id one was given, and what comes next."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency

from yoyaku.registration.pages.applicant import APPLICANT_COOKIE, applicant_of
from yoyaku.registration.pages.door import Door
from yoyaku.registration.pages.login import SESSION_COOKIE
from yoyaku.registration.pages.register_guide import crumb
from yoyaku.registration.service.details import read_profile, stage_of
from yoyaku.registration.service.identity_views import open_checks
from yoyaku.registration.service.sessions import log_out
from yoyaku.ui.page import Crumb


@get("/register/done")
async def show_done(door: NamedDependency[Door]) -> Response[Any]:
    """The id one was given, and what comes next."""
    registrant_id = applicant_of(door)
    if registrant_id is None:
        return door.page.go("/account" if door.session else "/register")
    profile = await read_profile(door.conn, registrant_id=registrant_id)
    stage = stage_of(door.terms, profile)
    checks = await open_checks(door.conn, act=door.act, means=door.identity_means, registrant_id=registrant_id)
    waiting = [check for check in checks if check.state != "submitted"]
    return door.page.show(
        "registration/register_done.html",
        crumbs=[crumb(door), Crumb(label=door.words.say("register.done.title"))],
        profile=profile,
        stage=stage,
        has_steps=bool(checks),
        send_now=any(check.step.with_application for check in waiting),
        id_label=door.words.text(door.terms.login.id_label),
        terms=door.terms,
    )


@post("/register/done", status_code=303)
async def end_applying(door: NamedDependency[Door]) -> Response[Any]:
    """Forget in this browser who applied in it; whoever was logged in by applying is logged out."""
    door.page.forget(APPLICANT_COOKIE)
    if door.token is not None:
        await log_out(door.conn, token=door.token)
        door.page.forget(SESSION_COOKIE)
    return door.page.go("/")


ROUTES: Final = [show_done, end_applying]
