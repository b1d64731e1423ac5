"""The public report of a draw: plots, their tables, and each table as a file."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.booking.pages.here import Here
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.spreadsheet import csv_file
from yoyaku.lottery.pages.public_views import name_of
from yoyaku.lottery.pages.report_views import TABLES, Wording
from yoyaku.lottery.pages.results import crumbs_to, lottery_at
from yoyaku.lottery.rules import is_ordered, scheme_of
from yoyaku.lottery.service.report import read_report
from yoyaku.ui.page import Crumb


@get("/lottery/results/{scheme:str}/{month:str}/report")
async def show_report(here: NamedDependency[Here], scheme: FromPath[str], month: FromPath[str]) -> Response[Any]:
    """Who had which chance, in plots and tables; nothing before the announcement."""
    lottery = await lottery_at(here, scheme, month)
    rules, words = await here.rules(), here.words
    report = await read_report(here.conn, lottery=lottery, zone=rules.zone)
    name = name_of(rules, lottery.scheme, lottery.month_starts, words)
    wording = Wording(report, rules=rules, words=words, ordered=is_ordered(scheme_of(rules, lottery.scheme)))
    tables = [wording.table(code) for code in wording.codes]
    return here.page.show(
        "lottery/report.html",
        name=name,
        lottery=lottery,
        tables=[table for table in tables if table.rows],
        crumbs=crumbs_to(here, Crumb(label=name, path=lottery.path), Crumb(label=words.say("lottery_report.title"))),
    )


@get("/lottery/results/{scheme:str}/{month:str}/report/{name:str}")
async def send_table(
    here: NamedDependency[Here], scheme: FromPath[str], month: FromPath[str], name: FromPath[str]
) -> Response[bytes]:
    """A table of the report with all its rows, as CSV."""
    code = name.removesuffix(".csv")
    if code not in TABLES or code == name:
        raise NotFound(what="lottery report")
    lottery = await lottery_at(here, scheme, month)
    rules = await here.rules()
    report = await read_report(here.conn, lottery=lottery, zone=rules.zone)
    ordered = is_ordered(scheme_of(rules, lottery.scheme))
    wording = Wording(report, rules=rules, words=here.words, all_rows=True, ordered=ordered)
    if code not in wording.codes:
        raise NotFound(what="lottery report")
    table = wording.table(code)
    saved = f"{lottery.scheme}-{lottery.month}-{code}.csv"
    return Response(
        csv_file(table.heads, table.rows),
        media_type="text/csv",
        headers={"content-disposition": f'attachment; filename="{saved}"', "cache-control": "no-cache"},
    )


ROUTES: Final = [show_report, send_table]
