"""Figures for admins, auditors and those who run facilities: plots with their tables, as files, and the monthly report."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk, crumbs, ways
from yoyaku.admin.pages.figures.cells import Table
from yoyaku.admin.pages.figures.views import TABLES, FigureWords
from yoyaku.admin.service.audit import note_act
from yoyaku.booking.pages.here import Here, read_date
from yoyaku.booking.pages.places import facility_choices
from yoyaku.booking.rules import ServiceRules
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.spreadsheet import csv_file
from yoyaku.registration.policy.roles import Permission
from yoyaku.report.policy.opening import parts_of
from yoyaku.report.policy.span import Span, month_after, span_of
from yoyaku.report.service.figures import read_figures
from yoyaku.ruleset.service import inventories, versions
from yoyaku.ui.formats import month_name
from yoyaku.ui.pdf import write_pdf

HOME: Final = "/counter/figures"
PDF: Final = "application/pdf"


@get(HOME)
async def show_figures(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """All figures of some months, and of one facility or of all that one may see."""
    if here.session is None:
        return here.page.go(f"/login?next={HOME}")
    rules, span = await _opened(here, request)
    return here.page.show(
        "admin/figures/figures.html",
        span=span,
        last=month_after(span.end, -1),
        tables=(await _words(here, rules, span)).tables(),
        facility=request.query_params.get("facility", ""),
        facilities=[one for one in facility_choices(rules, here.words) if not _scope(here) or one[0] in _scope(here)],
        asked=_asked(request),
        report=month_after(here.today.replace(day=1), -1),
        is_limited=bool(_scope(here)),
        ways=ways(here),
        crumbs=crumbs(here, (here.words.say("figures.title"), None)),
    )


@get(HOME + "/tables/{name:str}")
async def send_figure(
    here: NamedDependency[Here], request: Request[Any, Any, Any], name: FromPath[str]
) -> Response[bytes]:
    """One figure as CSV; that it was taken is written down."""
    at_desk(here, Permission.FIGURES)
    code = name.removesuffix(".csv")
    if code not in TABLES or code == name:
        raise NotFound(what="figure")
    rules, span = await _opened(here, request)
    table = (await _words(here, rules, span)).table(code)
    content = csv_file(table.heads, ([cell.plain for cell in row] for row in (*table.rows, *table.idle)))
    subject = ("figures", f"{code} {span.first} {span.end}")
    await note_act(here.conn, visit=here.visit, act="figures_taken", subject=subject)
    saved = f"{code}-{span.first:%Y%m}.csv"
    headers = {"content-disposition": f'attachment; filename="{saved}"', "cache-control": "no-store"}
    return Response(content, media_type="text/csv", headers=headers)


@get(HOME + "/report")
async def show_report(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """The report of one month, as a page to read and print."""
    if here.session is None:
        return here.page.go(f"/login?next={HOME}/report")
    tables, span = await _of_month(here, request)
    return here.page.show(
        "admin/figures/report.html",
        **_report(here, tables, span),
        before=month_after(span.first, -1),
        after=span.end,
        crumbs=crumbs(here, (here.words.say("figures.title"), HOME), (here.words.say("figures.report"), None)),
    )


@get(HOME + "/report.pdf")
async def send_report(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """The same as PDF; that it was taken is written down.

    Raises:
        PdfNotWritten: the installation lacks what it takes; the page itself can be printed.
    """
    tables, span = await _of_month(here, request)
    html = here.page.environment.get_template("admin/figures/report_pdf.html").render(
        words=here.words, lang=here.words.language, look=here.page.look, **_report(here, tables, span)
    )
    await note_act(here.conn, visit=here.visit, act="figures_taken", subject=("figures", f"report {span.first:%Y-%m}"))
    headers = {"content-disposition": f'inline; filename="report-{span.first:%Y-%m}.pdf"', "cache-control": "no-store"}
    return Response(await write_pdf(html), media_type=PDF, headers=headers)


def _scope(here: Here) -> frozenset[str]:
    """The facilities that whoever is logged in works for; none: all."""
    return frozenset() if here.session is None else here.session.facilities


async def _opened(here: Here, request: Request[Any, Any, Any]) -> tuple[ServiceRules, Span]:
    """The rules of today, and of what is counted.

    Raises:
        RoleMissing: figures are not for whoever asks.
        NotFound: there is no such facility, or they do not work for it.
    """
    at_desk(here, Permission.FIGURES)
    rules, asked, scope = await here.rules(), request.query_params.get("facility", ""), _scope(here)
    if asked and (asked not in rules.inventory.facilities or (scope and asked not in scope)):
        raise NotFound(what="facility")
    return rules, span_of(
        read_date(f"{request.query_params.get('from', '')}-01"),
        read_date(f"{request.query_params.get('to', '')}-01"),
        today=here.today,
        zone=rules.zone,
        facilities=(asked,) if asked else tuple(sorted(scope)),
    )


async def _words(here: Here, rules: ServiceRules, span: Span) -> FigureWords:
    of_service = not span.facilities
    parts = await _parts(here, rules, span)
    figures = await read_figures(here.conn, parts=parts, span=span, now=here.visit.now, of_service=of_service)
    return FigureWords(figures, rules=rules, here=here)


async def _parts(here: Here, rules: ServiceRules, span: Span) -> list[tuple[ServiceRules, Span]]:
    """The rules that were in force on each part of a span, with the facilities as they were lent then."""
    visit = here.visit
    found = await inventories(here.conn, tenant_id=visit.tenant_id)
    days = [(number, rules.civil_date(loaded_at)) for number, loaded_at in found]
    heads = await versions(here.conn, tenant_id=visit.tenant_id, service_id=visit.service_id)
    pinned = here.rules_for.pinned
    return [
        (await pinned(version=version, inventory_version=inventory), part)
        for version, inventory, part in parts_of(span, today=here.today, versions=heads, inventories=days)
    ]


async def _of_month(here: Here, request: Request[Any, Any, Any]) -> tuple[list[Table], Span]:
    at_desk(here, Permission.FIGURES)
    rules = await here.rules()
    last = month_after(here.today.replace(day=1), -1)
    month: date = read_date(f"{request.query_params.get('month', '')}-01") or last
    scope = tuple(sorted(_scope(here)))
    span = span_of(month, month, today=here.today, zone=rules.zone, facilities=scope)
    return (await _words(here, rules, span)).tables(), span


def _report(here: Here, tables: list[Table], span: Span) -> dict[str, Any]:
    return {
        "tables": tables,
        "month": span.first,
        "month_name": month_name(span.first, here.words.language),
        "today": here.today,
        "owner": here.page.look.owner,
        "service": here.page.look.title,
        "is_limited": bool(span.facilities),
    }


def _asked(request: Request[Any, Any, Any]) -> dict[str, str]:
    """What was asked, for the addresses of files."""
    return {name: request.query_params.get(name, "") for name in ("from", "to", "facility")}


ROUTES: Final = [show_figures, send_figure, show_report, send_report]
