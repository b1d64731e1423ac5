"""Operations in sight: one page that works when the worker does not, with a way to mend each stuck piece of work."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk, crumbs, may, read_form, ways
from yoyaku.admin.service.operations import ReasonMissing, drop, look, may_drop, try_now
from yoyaku.booking.pages.here import Here
from yoyaku.db.stuck import StuckWork
from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.kept import read_error
from yoyaku.registration.policy.roles import Permission
from yoyaku.ui.words import Words

HOME: Final = "/counter/operations"
ONE: Final = HOME + "/{kind:str}/{work_id:uuid}"
REFRESH_SECONDS: Final = 30


@get(HOME)
async def show_operations(here: NamedDependency[Here]) -> Response[Any]:
    """How everything does now."""
    if here.session is None:
        return here.page.go(f"/login?next={HOME}")
    at_desk(here, Permission.OPERATIONS)
    return await _page(here)


@post(ONE + "/again", status_code=303)
async def again(here: NamedDependency[Here], kind: FromPath[str], work_id: FromPath[UUID]) -> Response[Any]:
    """Try a stuck piece of work now."""
    at_desk(here, Permission.OPERATIONS)
    try:
        await try_now(here.conn, visit=here.visit, kind=kind, work_id=work_id)
    except YoyakuError as refused:
        return await _page(here, errors={"": here.words.sentence(refused)}, status=refused.status)
    return here.page.go(HOME, flash="operations_again")


@post(ONE + "/drop", status_code=303)
async def let_be(
    here: NamedDependency[Here], kind: FromPath[str], work_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Let a stuck piece of work be, with a reason."""
    at_desk(here, Permission.OPERATIONS)
    why = (await read_form(request)).get("why", "")
    try:
        await drop(here.conn, visit=here.visit, kind=kind, work_id=work_id, why=why)
    except ReasonMissing as refused:
        return await _page(here, errors={f"why-{work_id}": here.words.sentence(refused)}, status=refused.status)
    except YoyakuError as refused:
        return await _page(here, errors={"": here.words.sentence(refused)}, status=refused.status)
    return here.page.go(HOME, flash="operations_dropped")


async def _page(here: Here, *, errors: dict[str, str] | None = None, status: int = 200) -> Response[Any]:
    sight = await look(here.conn, now=here.visit.now, real_now=here.visit.real_now)
    shown = here.page.show(
        "admin/operations/sight.html",
        status=status,
        sight=sight,
        stuck=[_row(here.words, one) for one in sight.stuck],
        coming=[(named(here.words, one.what), one) for one in sight.coming],
        errors=errors or {},
        home=HOME,
        lotteries=may(here, Permission.LOTTERIES),
        arrears=may(here, Permission.ARREARS),
        money=may(here, Permission.MONEY),
        real_now=here.visit.real_now,
        ways=ways(here),
        crumbs=crumbs(here, (here.words.say("operations.title"), None)),
    )
    if not errors:
        shown.headers["refresh"] = str(REFRESH_SECONDS)
    return shown


def _row(words: Words, one: StuckWork) -> dict[str, Any]:
    return {
        "work": one,
        "name": named(words, one.what),
        "why": said(words, one.last_error),
        "next_try": one.next_try_at if isinstance(one.next_try_at, datetime) else None,
        "droppable": may_drop(one),
    }


def named(words: Words, what: str) -> str:
    """A kind of work as people call it; one without a name by its family."""
    return (
        words.maybe(f"operations.what.{what}")
        or words.maybe(f"lottery_admin.step.{what}")
        or words.maybe(f"operations.family.{what.partition('_')[0]}")
        or words.say("operations.what_other")
    )


def said(words: Words, stored: str) -> str:
    """Why something failed, in words; of a failure that has none, whom to tell."""
    try:
        told = msgspec.json.decode(stored, type=dict[str, Any])
    except msgspec.MsgspecError:
        told = {}
    if "code" in told:
        return words.sentence(read_error(told))
    return (
        words.maybe(f"operations.error.{stored}")
        or words.maybe(f"waiting.error.{stored}")
        or words.say("operations.error_other")
    )


ROUTES: Final = [show_operations, again, let_be]
