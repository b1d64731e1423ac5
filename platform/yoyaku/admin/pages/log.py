"""The record of acts, for auditors and admins: by person, member of staff, act and day; also as CSV. Itself recorded."""

from __future__ import annotations

import csv
import io
from datetime import datetime, time, timedelta
from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from yoyaku.admin.pages.desk import at_desk, crumbs, need_id, read_form, shown_purpose, ways
from yoyaku.admin.repository import AuditEntry, LogQuery, search_entries
from yoyaku.admin.service.looking import note
from yoyaku.kernel.dates import read_date
from yoyaku.registration.pages.door import Door
from yoyaku.registration.policy.roles import Permission
from yoyaku.ui.formats import JAPAN

SHOWN_AT_MOST: Final = 200
SENT_AT_MOST: Final = 10_000
COLUMNS: Final = ("at", "staff_name", "act", "subject_kind", "subject_id", "registrant_id", "purpose", "why")
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""With what a cell begins that a spreadsheet would reckon out."""


@get("/counter/log")
async def show_log(door: NamedDependency[Door]) -> Response[Any]:
    """What is asked of the record."""
    if door.session is None:
        return door.page.go("/login?next=/counter/log")
    at_desk(door, Permission.LOG)
    return _page(door, form={}, found=None)


@post("/counter/log", status_code=200)
async def search_log(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[Any]:
    """What the record says, on the page or as a file."""
    at_desk(door, Permission.LOG)
    form = await read_form(request)
    as_file = form.get("as") == "csv"
    found = await search_entries(door.conn, wanted=_wanted(form), at_most=SENT_AT_MOST if as_file else SHOWN_AT_MOST)
    facts = {"found": len(found), "as_file": as_file}
    await note(door.conn, act=door.act, done="log_read", facts=facts)
    return _file(found) if as_file else _page(door, form=form, found=found)


def _wanted(form: dict[str, str]) -> LogQuery:
    first, last = read_date(form.get("first", "")), read_date(form.get("last", ""))
    person = form.get("person", "")
    return LogQuery(
        registrant_id=need_id(person, "registrant") if person else None,
        staff_name=form.get("staff") or None,
        act=form.get("act") or None,
        first=datetime.combine(first, time(0), JAPAN) if first else None,
        after=datetime.combine(last + timedelta(days=1), time(0), JAPAN) if last else None,
    )


def _cell(value: object) -> str:
    text = "" if value is None else value.isoformat() if isinstance(value, datetime) else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _file(found: list[AuditEntry]) -> Response[Any]:
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    rows.writerows([_cell(getattr(one, name)) for name in COLUMNS] for one in found)
    headers = {"content-disposition": 'attachment; filename="log.csv"', "cache-control": "no-store"}
    return Response(text.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


def _page(door: Door, *, form: dict[str, str], found: list[AuditEntry] | None) -> Response[Any]:
    words = door.words
    return door.page.show(
        "admin/log.html",
        form=form,
        rows=None
        if found is None
        else [
            (one, words.maybe(f"staff.act.{one.act}") or one.act, shown_purpose(words, one.purpose)) for one in found
        ],
        ways=ways(door),
        crumbs=crumbs(door, (words.say("staff.log"), None)),
    )


ROUTES: Final = [show_log, search_log]
