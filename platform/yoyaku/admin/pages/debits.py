"""Files to the bank: the days of debit, what a file would hold, making it, its bytes, handing it over, withdrawing it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk, crumbs, read_form, ways
from yoyaku.billing.repository.debits import FileView, list_files
from yoyaku.billing.service.debit_days import Run, runs_around
from yoyaku.billing.service.debit_files import Wanted, make_file, preview_file
from yoyaku.billing.service.debit_handing import mark_sent, read_one, withdraw_file, write_content
from yoyaku.billing.service.debit_means import DebitMeans
from yoyaku.booking.pages.debit_view import debit_means
from yoyaku.booking.pages.here import Here, need_date
from yoyaku.kernel.errors import NotFound, YoyakuError
from yoyaku.registration.pages import Means
from yoyaku.registration.policy.roles import Permission

HOME: Final = "/counter/debits"
ONE: Final = HOME + "/{file_id:uuid}"


async def lent_here(here: Here, means: Means) -> DebitMeans:
    """What this page needs of the rules of today.

    Raises:
        RoleMissing: it is nobody who may.
    """
    at_desk(here, Permission.DEBITS)
    return debit_means(here, await here.rules(), means)


@get(HOME)
async def show_debits(here: NamedDependency[Here], means: NamedDependency[Means]) -> Response[Any]:
    """The days of debit around today, each with how its file stands, and the files of earlier days."""
    if here.session is None:
        return here.page.go(f"/login?next={HOME}")
    return await debits_page(here, await lent_here(here, means))


async def debits_page(here: Here, lent: DebitMeans, error: YoyakuError | None = None) -> Response[Any]:
    """The list, with what could not be done."""
    files = await list_files(here.conn)
    live = {(one.method, one.payee, one.collect_on): one for one in files if one.state != "withdrawn"}
    runs = [(run, live.get((run.method.code, run.payee, run.day.collect_on))) for run in runs_around(lent)]
    return here.page.show(
        "admin/debits.html",
        status=200 if error is None else 409,
        errors={} if error is None else {"": here.words.sentence(error)},
        offered=bool(lent.methods),
        runs=[(run, file, _names(here, lent, run.method.code, run.payee)) for run, file in runs if _is_near(run, lent)],
        files=[(one, _names(here, lent, one.method, one.payee)) for one in files],
        now=here.visit.now,
        ways=ways(here),
        crumbs=crumbs(here, (here.words.say("debit.title"), None)),
    )


def _is_near(run: Run, lent: DebitMeans) -> bool:
    """Days of debit to come whose uses have begun."""
    return run.day.collect_on >= lent.act.today and run.day.first_use <= lent.act.today


def _names(here: Here, lent: DebitMeans, method: str, payee: str) -> str:
    """By which method, whose money, in words; as the rules of today have them."""
    texts = [here.words.text(one.name) for one in lent.methods if one.code == method] or [method]
    owners = [here.words.text(one.name) for one in lent.terms.payees if one.code == payee]
    return "　".join([*texts, *owners])


def _wanted(fields: dict[str, str]) -> Wanted:
    return Wanted(
        method=fields.get("method", ""), payee=fields.get("payee", ""), collect_on=need_date(fields.get("on", ""))
    )


@get(f"{HOME}/preview")
async def show_preview(
    here: NamedDependency[Here], means: NamedDependency[Means], request: Request[Any, Any, Any]
) -> Response[Any]:
    """What a file would hold if it were made now."""
    lent = await lent_here(here, means)
    wanted = _wanted(dict(request.query_params.items()))
    preview = await preview_file(here.conn, means=lent, wanted=wanted)
    return here.page.show(
        "admin/debit_preview.html",
        preview=preview,
        wanted=wanted,
        names=_names(here, lent, wanted.method, wanted.payee),
        crumbs=debit_crumbs(here, here.words.say("debit.preview")),
    )


@post(HOME, status_code=303)
async def make_one(
    here: NamedDependency[Here], means: NamedDependency[Means], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Make a file."""
    lent = await lent_here(here, means)
    wanted = _wanted(await read_form(request))
    try:
        async with here.conn.begin_nested():
            file_id = await make_file(here.conn, means=lent, wanted=wanted)
    except NotFound:
        raise
    except YoyakuError as refusal:
        return await debits_page(here, lent, refusal)
    return here.page.go(f"{HOME}/{file_id}", flash="debit_made")


@get(ONE)
async def show_file(
    here: NamedDependency[Here], means: NamedDependency[Means], file_id: FromPath[UUID]
) -> Response[Any]:
    """One file with its rows and what is to be done next."""
    return await file_page(here, await lent_here(here, means), file_id)


async def file_page(
    here: Here,
    lent: DebitMeans,
    file_id: UUID,
    errors: dict[str, str] | None = None,
    form: dict[str, str] | None = None,
) -> Response[Any]:
    """A file, with what is wrong in one of its forms."""
    file, rows = await read_one(here.conn, file_id=file_id)
    return here.page.show(
        "admin/debit_file.html",
        status=422 if errors else 200,
        file=file,
        rows=[(row, here.words.maybe(f"payment.failed.{row.failure}") or row.failure or "") for row in rows],
        done_yen=sum(row.amount_yen for row in rows if row.state == "succeeded"),
        failed=sum(1 for row in rows if row.state == "failed"),
        names=_names(here, lent, file.method, file.payee),
        path=f"{HOME}/{file_id}",
        errors=errors or {},
        form=form or {},
        crumbs=debit_crumbs(here, file_title(here, file)),
    )


def file_title(here: Here, file: FileView) -> str:
    """What a file is called."""
    return here.words.say("debit.of_day", day=here.words.fact(file.collect_on))


def debit_crumbs(here: Here, *labels: str) -> list[Any]:
    """The way here."""
    return crumbs(here, (here.words.say("debit.title"), HOME), *((label, None) for label in labels))


@post(ONE + "/file", status_code=200)
async def send_content(
    here: NamedDependency[Here], means: NamedDependency[Means], file_id: FromPath[UUID]
) -> Response[Any]:
    """The file for the bank; that it was taken is written down."""
    lent = await lent_here(here, means)
    try:
        content = await write_content(here.conn, means=lent, file_id=file_id)
    except NotFound:
        raise
    except YoyakuError as refusal:
        return await file_page(here, lent, file_id, {"": here.words.sentence(refusal)})
    file, _ = await read_one(here.conn, file_id=file_id)
    headers = {
        "content-disposition": f'attachment; filename="{_file_name(file.method, file.collect_on)}"',
        "cache-control": "no-store",
    }
    return Response(content, media_type="application/octet-stream", headers=headers)


def _file_name(method: str, collect_on: date) -> str:
    return f"{method}-{collect_on:%Y%m%d}.txt"


@post(ONE + "/sent", status_code=303)
async def note_sent(
    here: NamedDependency[Here], means: NamedDependency[Means], file_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """The bank has the file."""
    lent, form = await lent_here(here, means), await read_form(request)
    if not form.get("sure"):
        return await file_page(here, lent, file_id, {"sure": here.words.say("debit.sent_missing")}, form)
    return await _do(here, lent, file_id, lambda: mark_sent(here.conn, means=lent, file_id=file_id), "debit_sent")


@post(ONE + "/withdraw", status_code=303)
async def withdraw_one(
    here: NamedDependency[Here], means: NamedDependency[Means], file_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Take the file back, with the reason."""
    lent, form = await lent_here(here, means), await read_form(request)
    why = form.get("why", "")
    if not why:
        missing = here.words.say("form.missing", label=here.words.say("debit.withdraw_why"))
        return await file_page(here, lent, file_id, {"why": missing}, form)
    return await _do(
        here, lent, file_id, lambda: withdraw_file(here.conn, means=lent, file_id=file_id, why=why), "debit_withdrawn"
    )


async def _do(  # what is done to which file, and what is said of it
    here: Here, lent: DebitMeans, file_id: UUID, act: Callable[[], Awaitable[None]], flash: str
) -> Response[Any]:
    try:
        async with here.conn.begin_nested():
            await act()
    except NotFound:
        raise
    except YoyakuError as refusal:
        return await file_page(here, lent, file_id, {"": here.words.sentence(refusal)})
    return here.page.go(f"{HOME}/{file_id}", flash=flash)


ROUTES: Final = [show_debits, show_preview, make_one, show_file, send_content, note_sent, withdraw_one]
