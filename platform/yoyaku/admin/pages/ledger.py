"""The books for finance staff: each payee's balance, what moved on a day, whether all agrees, a file for accounting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency

from yoyaku.admin.pages.desk import at_desk, crumbs, ways
from yoyaku.admin.pages.till import payee_name, provider_name
from yoyaku.admin.service.audit import note_act
from yoyaku.billing.act import MoneyAct
from yoyaku.billing.repository.checking import Balance, balances
from yoyaku.billing.service.agreeing import check_own_books
from yoyaku.billing.service.exporting import ENCODINGS, encode, export_of, movements_of
from yoyaku.booking.pages.here import Here, add_months, read_date, read_month
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.charged import money_act
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.fiscal import fiscal_year
from yoyaku.registration.policy.roles import Permission
from yoyaku.ui.words import Text

HOME: Final = "/counter/ledger"
A_DAY: Final = timedelta(days=1)
SHOWN: Final = 500
"""How many lines of a day are shown; the file has all."""


async def _opened(here: Here) -> tuple[ServiceRules, MoneyAct]:
    at_desk(here, Permission.LEDGER)
    rules = await here.rules()
    return rules, money_act(replace(here.visit, actor="clerk"), rules, rules_of=here.rules_for.pinned)


@get(HOME)
async def show_ledger(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """The trial balance at the end of a day, and what moved on it."""
    if here.session is None:
        return here.page.go(f"/login?next={HOME}")
    rules, act = await _opened(here)
    day = read_date(request.query_params.get("day")) or here.today
    end = datetime.combine(day + A_DAY, time(), tzinfo=act.zone).astimezone(UTC)
    lines = await movements_of(here.conn, act=act, first=day, last=day)
    checked = await check_own_books(here.conn, at=end) if "check" in request.query_params else None
    return here.page.show(
        "admin/ledger.html",
        day=day,
        before=day - A_DAY,
        after=day + A_DAY,
        month=f"{day:%Y-%m}",
        year=fiscal_year(day),
        keeper=lambda code: provider_name(here, rules, code),
        payees=_by_payee(here, rules, await balances(here.conn, at=end)),
        lines=[(one, payee_name(here, rules, one.payee), _kind(here, one.kind)) for one in lines[:SHOWN]],
        more=max(len(lines) - SHOWN, 0),
        checked=checked,
        ways=ways(here),
        crumbs=crumbs(here, (here.words.say("ledger.title"), None)),
    )


def _kind(here: Here, kind: str) -> str:
    return here.words.maybe(f"ledger.kind.{kind}") or kind


def _by_payee(here: Here, rules: ServiceRules, rows: Sequence[Balance]) -> list[tuple[Text, list[Balance], int]]:
    found: dict[str, list[Balance]] = {}
    for one in rows:
        found.setdefault(one.payee, []).append(one)
    return [(payee_name(here, rules, code), own, sum(one.yen for one in own)) for code, own in found.items()]


@get(HOME + "/export")
async def send_export(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """Every line of a month or of a fiscal year as CSV; that it was taken is written down."""
    _, act = await _opened(here)
    encoding = request.query_params.get("encoding", "utf-8")
    if encoding not in ENCODINGS:
        raise NotFound(what="encoding")
    name, first, last = _span(here, request.query_params.get("year", ""), request.query_params.get("month"))
    content = encode(await export_of(here.conn, act=act, first=first, last=last), encoding)
    subject = ("ledger", f"{first} {last}")
    await note_act(here.conn, visit=here.visit, act="ledger_exported", subject=subject, facts={"encoding": encoding})
    headers = {"content-disposition": f'attachment; filename="ledger-{name}.csv"', "cache-control": "no-store"}
    return Response(content, media_type="text/csv", headers=headers)


def _span(here: Here, year: str, month: str | None) -> tuple[str, date, date]:
    """What the file is called, its first and last day."""
    if year.isascii() and year.isdecimal() and len(year) == len("2027"):
        return year, date(int(year), 4, 1), date(int(year) + 1, 3, 31)
    first = read_month(month, fallback=here.today)
    return f"{first:%Y-%m}", first, add_months(first, 1) - A_DAY


ROUTES: Final = [show_ledger, send_export]
