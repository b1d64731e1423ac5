"""Lottery entries at the counter: of the person who is served, entered from paper, changed, printed; wins answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk, crumbs, need_id, read_form
from yoyaku.admin.service.audit import note_act
from yoyaku.booking.pages.answers import PREFIX
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.kernel.errors import NotFound, YoyakuError
from yoyaku.lottery.pages.mine import all_mine, mine_of
from yoyaku.lottery.pages.my_views import entry_card, lottery_card
from yoyaku.lottery.pages.win_form import WinForm
from yoyaku.lottery.policy.refusals import EntryNotFound
from yoyaku.lottery.policy.wins import accept_until
from yoyaku.lottery.repository.lotteries import LotteryRow
from yoyaku.lottery.rules import scheme_of
from yoyaku.lottery.service.accepting import accept_win, decline_wins
from yoyaku.lottery.service.entries import MyLottery
from yoyaku.lottery.service.withdrawing import rerank, withdraw
from yoyaku.registration.policy.roles import Permission
from yoyaku.rules.refusal import Refusal

PATH: Final = "/counter/lottery"
FIND: Final = f"/counter/behalf?next={PATH}"
OF_ONE: Final = PATH + "/{lottery_id:uuid}"


@get(PATH)
async def show_desk(here: NamedDependency[Here]) -> Response[Any]:
    """What the person who is served has entered; whoever serves nobody looks for somebody first."""
    if here.session is None:
        return here.page.go(f"/login?next={PATH}")
    at_desk(here, Permission.ENTER_LOTTERIES)
    if here.visit.registrant_id is None:
        return here.page.go(FIND)
    return await _desk(here)


async def _desk(
    here: Here, *, errors: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
) -> Response[Any]:
    rules = await here.rules()
    return here.page.show(
        "admin/lottery_desk.html",
        status=422 if errors else 200,
        cards=[await lottery_card(here, one, in_full=True) for one in await all_mine(here)],
        channel=here.visit.channel,
        any_terms=bool(rules.booking.terms),
        errors=errors or {},
        form=form or {},
        crumbs=crumbs(here, (here.words.say("lottery_admin.desk"), None)),
    )


@get(OF_ONE + "/slip")
async def show_slip(here: NamedDependency[Here], lottery_id: FromPath[UUID]) -> Response[Any]:
    """The receipt code, the wishes, and until when a win is to be answered, to be printed and taken home."""
    at_desk(here, Permission.ENTER_LOTTERIES)
    if here.visit.registrant_id is None:
        return here.page.go(FIND)
    mine = await mine_of(here, lottery_id)
    card = await lottery_card(here, mine, in_full=True)
    name = here.page.visitor.behalf_of if here.page.visitor else None
    label, slip = here.words.say("lottery_admin.desk"), here.words.say("lottery_admin.slip")
    return here.page.show(
        "admin/lottery_slip.html",
        card=card,
        name=name,
        answer_by=await _answer_by(here, mine.lottery),
        printed_at=here.visit.now,
        crumbs=crumbs(here, (label, PATH), (slip, None)),
    )


async def _answer_by(here: Here, lottery: LotteryRow) -> datetime | None:
    """Until when a win must be accepted; nothing where nobody has to."""
    rules = await here.rules(lottery.period_starts)
    scheme = scheme_of(rules, lottery.scheme)
    told_at = lottery.announced_at or lottery.announces_at
    return None if scheme is None else accept_until(rules, scheme, month=lottery.month, announced_at=told_at)


@post(OF_ONE + "/withdraw", status_code=303)
async def take_entries_back(
    here: NamedDependency[Here], lottery_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Withdraw the entries that are ticked, all or none."""
    mine, gone = await _served(here, lottery_id)
    if mine is None:
        return gone
    sent = await request.form()
    chosen = [need_id(str(one), "entry") for one in sent.getall("entry", [])]
    if not chosen:
        return await _desk(here, errors={f"withdraw-{lottery_id}": here.words.say("lottery_admin.tick_entries")})
    rules = await here.rules(mine.lottery.period_starts)

    async def do() -> None:
        await withdraw(here.conn, visit=here.visit, rules=rules, entry_ids=chosen)

    return await _done(here, do, field=f"withdraw-{lottery_id}", flash="lottery_withdrawn_for")


@post(OF_ONE + "/order", status_code=303)
async def put_in_order(
    here: NamedDependency[Here], lottery_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Give the wishes the order of the numbers that were typed."""
    mine, gone = await _served(here, lottery_id)
    if mine is None:
        return gone
    form = await read_form(request)
    order = _order(mine, form)
    if order is None:
        errors = {f"order-{lottery_id}": here.words.say("lottery_admin.order_wrong")}
        return await _desk(here, errors=errors, form=form)
    rules = await here.rules(mine.lottery.period_starts)

    async def do() -> None:
        await rerank(here.conn, visit=here.visit, rules=rules, lottery_id=lottery_id, entry_ids=order)

    return await _done(here, do, field=f"order-{lottery_id}", flash="lottery_reranked_for", form=form)


def _order(mine: MyLottery, form: Mapping[str, str]) -> Sequence[UUID] | None:
    """The entries by their new numbers: 1 to as many as there are, each once; else ``None``."""
    standing = [one.entry_id for one in mine.entries if one.rank is not None]
    typed = {entry_id: read_number(form.get(f"rank.{entry_id}")) for entry_id in standing}
    by_number = {number: entry_id for entry_id, number in typed.items() if number is not None}
    if sorted(by_number) != list(range(1, len(standing) + 1)):
        return None
    return [by_number[number] for number in sorted(by_number)]


@post(OF_ONE + "/wins/{entry_id:uuid}", status_code=303)
async def answer_win(
    here: NamedDependency[Here],
    lottery_id: FromPath[UUID],
    entry_id: FromPath[UUID],
    request: Request[Any, Any, Any],
) -> Response[Any]:
    """Accept a win or give it back, as somebody asked on the telephone or at the counter; with how they asked."""
    mine, gone = await _served(here, lottery_id)
    if mine is None:
        return gone
    entries = [one for one in mine.entries if one.entry_id == entry_id]
    if not entries:
        raise EntryNotFound  # of somebody who is not served
    form = await read_form(request)
    rules = await here.rules(mine.lottery.period_starts)
    accepts, field = form.get("act") == "accept", f"why-{entry_id}"
    if not form.get("why"):
        missing = here.words.say("form.missing", label=here.words.say("lottery_admin.answer_why"))
        return await _desk(here, errors={field: missing}, form=form)

    asked = WinForm(here=here, rules=rules, scheme=mine.lottery.scheme, entries=entries, typed=form)

    async def do() -> None:
        if accepts:
            await _accept(here, asked, explained=bool(form.get("terms")))
        else:
            await decline_wins(here.conn, visit=here.visit, rules=rules, entry_ids=[entry_id])
        facts = {"accepted": accepts}
        subject = ("lottery_entry", str(entry_id))
        await note_act(
            here.conn, visit=here.visit, act="lottery_answered", subject=subject, why=form["why"], facts=facts
        )

    flash = "lottery_accepted_for" if accepts else "lottery_declined_for"
    return await _done(here, do, field=field, flash=flash, form=form, asked=asked)


async def _accept(here: Here, asked: WinForm, *, explained: bool) -> None:
    """Make the win a booking, with the terms where the clerk says that they were explained and accepted."""
    await accept_win(
        here.conn,
        visit=here.visit,
        rules=asked.rules,
        entry_id=asked.entries[0].entry_id,
        form=asked.answers or None,
        accepted_terms=[one.code for one in asked.rules.booking.terms] if explained else [],
    )


def _ask(here: Here, asked: WinForm, errors: Mapping[str, str], form: Mapping[str, str]) -> Response[Any]:
    """What the win's booking needs and entering did not ask; what is wrong with it, once anything was answered."""
    told = errors if any(name.startswith(PREFIX) for name in form) else {}
    label = here.words.say("lottery_admin.answer_questions")
    return here.page.show(
        "admin/lottery_win.html",
        status=422 if told else 200,
        entry=entry_card(asked.rules, asked.entries[0], here.words),
        fields=asked.shown(errors)["fields"],
        hidden=[(name, value) for name, value in form.items() if name in {"why", "terms", "act"}],
        errors=told,
        crumbs=crumbs(here, (here.words.say("lottery_admin.desk"), PATH), (label, None)),
    )


async def _served(here: Here, lottery_id: UUID) -> tuple[MyLottery | None, Response[Any]]:
    """The part in a lottery of the person who is served; with nobody served, where one goes first.

    Raises:
        LotteryNotFound: they did not enter it.
    """
    at_desk(here, Permission.ENTER_LOTTERIES)
    gone = here.page.go(FIND)
    return (None, gone) if here.visit.registrant_id is None else (await mine_of(here, lottery_id), gone)


async def _done(  # what is done, and where it is said
    here: Here,
    do: Callable[[], Any],
    *,
    field: str,
    flash: str,
    form: Mapping[str, str] | None = None,
    asked: WinForm | None = None,
) -> Response[Any]:
    """Do it; where it is refused, say so at its place, with nothing changed, or ask what is still needed."""
    try:
        async with here.conn.begin_nested():
            await do()
    except NotFound:
        raise
    except YoyakuError as refusal:
        errors = asked.errors(refusal) if asked is not None and isinstance(refusal, Refusal) else {}
        if asked is not None and errors and all(name.startswith(PREFIX) for name in errors):
            return _ask(here, asked, errors, form or {})
        return await _desk(here, errors={field: here.words.sentence(refusal)}, form=form)
    return here.page.go(PATH, flash=flash)


ROUTES: Final = [show_desk, show_slip, take_entries_back, put_in_order, answer_win]
