"""The record of acts, for auditors and admins: searched, paged, as a file, and how it is sealed. Itself recorded."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from yoyaku.admin.pages.desk import at_desk, crumbs, need_id, read_form, shown_purpose, ways
from yoyaku.admin.service.looking import note
from yoyaku.kernel.dates import read_date
from yoyaku.registration.pages.door import Door
from yoyaku.registration.policy.roles import Permission
from yoyaku.report.repository.record import RecordQuery, RecordRow, count_record, list_acts, search_record
from yoyaku.report.repository.sealing import count_waiting, read_latest
from yoyaku.report.service.record import record_csv, record_lines, span_of
from yoyaku.report.service.sealing import Verdict, verify_record
from yoyaku.ui.words import Words

SHOWN_AT_MOST: Final = 100
SENT_AT_MOST: Final = 100_000
SEALS_SHOWN: Final = 5
HOME: Final = "/counter/log"
FILES: Final = {"csv": "text/csv", "jsonl": "application/jsonl; charset=utf-8"}


@get(HOME)
async def show_log(door: NamedDependency[Door]) -> Response[Any]:
    """What is asked of the record, and how it is sealed."""
    if door.session is None:
        return door.page.go(f"/login?next={HOME}")
    at_desk(door, Permission.LOG)
    return await _page(door, form={}, found=None)


@post(HOME, status_code=200)
async def search_log(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[Any]:
    """What the record says, on the page or as a file."""
    at_desk(door, Permission.LOG)
    form = await read_form(request)
    wanted, wish = _wanted(form), form.get("as", "")
    place = int(form["page"]) if form.get("page", "").isdecimal() and len(form["page"]) < len("10000") else 0
    if wish in FILES:
        found = await search_record(door.conn, wanted=wanted, at_most=SENT_AT_MOST)
    else:
        passed = place * SHOWN_AT_MOST
        found = await search_record(door.conn, wanted=wanted, at_most=SHOWN_AT_MOST, passed=passed)
    total = await count_record(door.conn, wanted=wanted)
    await note(door.conn, act=door.act, done="log_read", facts={"found": len(found), "as_file": wish in FILES})
    if wish in FILES:
        return _file(found, wish)
    return await _page(door, form=form, found=found, place=place, total=total)


@post(f"{HOME}/verify", status_code=200)
async def verify_log(door: NamedDependency[Door]) -> Response[Any]:
    """Recompute every seal of the record, and say what was found."""
    at_desk(door, Permission.LOG)
    verdict = await verify_record(door.conn)
    await note(door.conn, act=door.act, done="log_verified", facts={"differences": len(verdict.differences)})
    return await _page(door, form={}, found=None, verdict=verdict)


def _wanted(form: dict[str, str]) -> RecordQuery:
    first, after = span_of(read_date(form.get("first", "")), read_date(form.get("last", "")))
    person = form.get("person", "")
    return RecordQuery(
        by="all" if form.get("by") == "all" else "staff",
        registrant_id=need_id(person, "registrant") if person else None,
        who=form.get("staff") or None,
        act=form.get("act") or None,
        source=form.get("source") or None,
        subject=form.get("subject") or None,
        words=form.get("words") or None,
        first=first,
        after=after,
    )


def _file(found: list[RecordRow], wish: str) -> Response[Any]:
    content = record_csv(found) if wish == "csv" else ("\n".join([*record_lines(found), ""])).encode()
    headers = {"content-disposition": f'attachment; filename="log.{wish}"', "cache-control": "no-store"}
    return Response(content, media_type=FILES[wish], headers=headers)


def act_name(words: Words, act: str) -> str:
    """An act as people read it."""
    return words.maybe(f"staff.act.{act}") or words.maybe(f"history.{act}") or words.say("staff.act_other")


async def _page(  # what the page may show
    door: Door,
    *,
    form: dict[str, str],
    found: list[RecordRow] | None,
    place: int = 0,
    total: int = 0,
    verdict: Verdict | None = None,
) -> Response[Any]:
    words = door.words
    rows = [(one, act_name(words, one.act), shown_purpose(words, one.purpose)) for one in found or ()]
    return door.page.show(
        "admin/log.html",
        total=total,
        verdict=verdict,
        form=form,
        acts=sorted(((act, act_name(words, act)) for act in await list_acts(door.conn)), key=lambda one: one[1]),
        rows=None if found is None else rows,
        place=place,
        each=SHOWN_AT_MOST,
        seals=await read_latest(door.conn, at_most=SEALS_SHOWN),
        waiting=await count_waiting(door.conn),
        ways=ways(door),
        crumbs=crumbs(door, (words.say("staff.log"), None)),
    )


ROUTES: Final = [show_log, search_log, verify_log]
