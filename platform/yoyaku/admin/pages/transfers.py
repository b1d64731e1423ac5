"""Refunds by bank transfer: what the accounting has to send, as page, as CSV and as a file for the bank, and what it has sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency

from yoyaku.admin.pages.desk import crumbs
from yoyaku.admin.pages.till import payee_name
from yoyaku.admin.pages.waiting_money import HOME as WAITING
from yoyaku.admin.pages.waiting_money import act_of
from yoyaku.admin.service.audit import note_act
from yoyaku.billing.act import MoneyAct
from yoyaku.billing.repository.transfers import TransferView, open_transfers
from yoyaku.billing.service.outcomes import TRANSFER
from yoyaku.billing.service.transfer_files import make_transfer_file
from yoyaku.billing.service.transfers import mark_not_transferred, mark_transferred
from yoyaku.billing.ties import charge_keeper
from yoyaku.booking.pages.debit_view import debit_means
from yoyaku.booking.pages.here import Here, read_date
from yoyaku.extension.debit import BankAccount, FileRefused
from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.spreadsheet import csv_file
from yoyaku.registration.pages import Means

HOME: Final = WAITING + "/transfers"
COLUMNS: Final = (
    "number", "asked_on", "payee", "name", "kana", "bank_code", "bank_name", "branch_code", "branch_name", "kind", "account",
    "holder_kana", "amount_yen", "why",
)  # fmt: skip
"""The first row of the list."""


@get(HOME)
async def show_transfers(here: NamedDependency[Here], means: NamedDependency[Means]) -> Response[Any]:
    """What is to be transferred, and the form that says what was."""
    if here.session is None:
        return here.page.go(f"/login?next={HOME}")
    return await _page(here, await act_of(here), means, {})


async def _page(
    here: Here,
    act: MoneyAct,
    means: Means,
    errors: Mapping[str, str],
    sent: Sent | None = None,
) -> Response[Any]:
    say, rows, rules = here.words.say, await _in_reach(here, act), await here.rules()
    bank = debit_means(here, rules, means).transfer_bank()
    return here.page.show(
        "admin/transfers.html",
        status=422 if errors else 200,
        rows=[(one, payee_name(here, rules, one.payee)) for one in rows],
        total_yen=sum(one.amount_yen for one in rows),
        home=HOME,
        today=act.today,
        form=sent.form if sent else {},
        ticked=sent.ticked if sent else (),
        makes_files=bank is not None,
        before=any(one.file_for for one in rows),
        errors=errors,
        crumbs=crumbs(here, (say("waiting.title"), WAITING), (say("transfer.title"), None)),
    )


async def _in_reach(here: Here, act: MoneyAct) -> list[TransferView]:
    """Those of the clerk's facilities."""
    rows = list(await open_transfers(here.conn, plugin=TRANSFER))
    if not here.visit.facilities:
        return rows
    subjects = [await charge_keeper().read(here.conn, act=act, charge_id=one.charge_id) for one in rows]
    return [one for one, subject in zip(rows, subjects, strict=True) if here.visit.reaches(subject.facility_id)]


@post(HOME + "/list", status_code=200)
async def send_list(here: NamedDependency[Here], means: NamedDependency[Means]) -> Response[Any]:
    """The list for the accounting, with whole account numbers; that it was taken is written down."""
    act = await act_of(here)
    rows = await _in_reach(here, act)
    lent = debit_means(here, await here.rules(), means)
    cells = [_cells(act, one, None if one.account is None else lent.open_account(one.account)) for one in rows]
    subject = ("transfers", act.today.isoformat())
    await note_act(here.conn, visit=here.visit, act="transfers_listed", subject=subject, facts={"count": len(rows)})
    headers = {
        "content-disposition": f'attachment; filename="transfers-{act.today:%Y%m%d}.csv"',
        "cache-control": "no-store",
    }
    return Response(csv_file(COLUMNS, cells), media_type="text/csv", headers=headers)


def _cells(act: MoneyAct, one: TransferView, to: BankAccount | None) -> tuple[str | int, ...]:
    account = ("",) * 7
    if to is not None:
        account = (to.bank_code, to.bank_name, to.branch_code, to.branch_name, to.kind, to.number, to.holder_kana)
    asked_on = act.civil_date(one.created_at).isoformat()
    return (one.number, asked_on, one.payee, one.name, one.kana or "", *account, one.amount_yen, one.why or "")


@post(HOME + "/file", status_code=200)
async def make_file(
    here: NamedDependency[Here], request: Request[Any, Any, Any], means: NamedDependency[Means]
) -> Response[Any]:
    """The bank's file of what was ticked, for that day; it was taken, and each row says so from then on."""
    act, sent = await act_of(here), _read(await request.form())
    rows = [one for one in await _in_reach(here, act) if str(one.attempt_id) in sent.ticked]
    pay_on, say = read_date(sent.form["on"]), here.words.say
    if pay_on is None:
        return await _page(here, act, means, {"on": say("form.missing", label=say("transfer.on"))}, sent)
    lent = replace(debit_means(here, await here.rules(), means), act=act)
    try:
        content = await make_transfer_file(
            here.conn, means=lent, rows=rows, pay_on=pay_on, again=bool(sent.form["again"])
        )
    except FileRefused as refused:
        field = "on" if refused.variant == "not_bank_day" else "one"
        return await _page(here, act, means, {field: here.words.sentence(refused)}, sent)
    headers = {
        "content-disposition": f'attachment; filename="furikomi-{pay_on:%Y%m%d}.txt"',
        "cache-control": "no-store",
    }
    return Response(content, media_type="text/plain; charset=shift_jis", headers=headers)


@dataclass(frozen=True, kw_only=True)
class Sent:
    """The form as it was sent: what was typed, and the ids that were ticked."""

    form: Mapping[str, str]
    ticked: Sequence[str]


def _read(sent: FormMultiDict) -> Sent:
    form = {name: str(sent.get(name, "")).strip() for name in ("on", "why", "became", "again")}
    return Sent(form=form, ticked=[str(one) for one in sent.getall("one", [])])


@post(HOME, status_code=303)
async def mark(
    here: NamedDependency[Here], request: Request[Any, Any, Any], means: NamedDependency[Means]
) -> Response[Any]:
    """What was ticked is sent, on that day, or could not be, for that reason."""
    act, sent = await act_of(here), _read(await request.form())
    chosen = [one.attempt_id for one in await _in_reach(here, act) if str(one.attempt_id) in sent.ticked]
    errors = _mistakes(here, sent.form, chosen)
    if errors:
        return await _page(here, act, means, errors, sent)
    try:
        async with here.conn.begin_nested():
            await _mark(here, act, chosen, sent.form)
    except YoyakuError as refusal:
        return await _page(here, act, means, {"on": here.words.sentence(refusal)}, sent)
    return here.page.go(HOME, flash="transfers_marked")


def _mistakes(here: Here, form: Mapping[str, str], chosen: Sequence[UUID]) -> dict[str, str]:
    say, errors = here.words.say, {}
    if not chosen:
        errors["one"] = say("form.choose_one", label=say("transfer.which"))
    if form["became"] == "failed":
        if not form["why"]:
            errors["why"] = say("form.missing", label=say("transfer.why"))
    elif read_date(form["on"]) is None:
        errors["on"] = say("form.missing", label=say("transfer.on"))
    return errors


async def _mark(here: Here, act: MoneyAct, chosen: Sequence[UUID], form: Mapping[str, str]) -> None:
    on = read_date(form["on"])
    for attempt_id in chosen:
        if form["became"] == "failed" or on is None:
            await mark_not_transferred(here.conn, act=act, attempt_id=attempt_id, why=form["why"])
        else:
            await mark_transferred(here.conn, act=act, attempt_id=attempt_id, on=on)


ROUTES: Final = [show_transfers, send_list, make_file, mark]
