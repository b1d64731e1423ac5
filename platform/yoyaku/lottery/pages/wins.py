"""One entry by itself: what it became and why; a win is accepted here, or declined for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.booking.pages.here import Here
from yoyaku.booking.rules import ServiceRules
from yoyaku.lottery.pages.mine import crumbs_to, elsewhere, mine_of
from yoyaku.lottery.pages.my_views import EntryCard, LotteryCard, entry_card, lottery_card, with_bookings
from yoyaku.lottery.pages.why_words import why_lines
from yoyaku.lottery.pages.win_form import WinForm
from yoyaku.lottery.rules import scheme_of
from yoyaku.lottery.service.accepting import accept_win, decline_wins
from yoyaku.lottery.service.entries import get_entry
from yoyaku.lottery.service.why import why
from yoyaku.lottery.views import EntryView
from yoyaku.rules.refusal import Refusal
from yoyaku.ui.page import Crumb


@dataclass(frozen=True, kw_only=True)
class Shown:
    """An entry with its lottery, as its page shows it."""

    entry: EntryView
    card: EntryCard
    lottery: LotteryCard
    scheme: str
    rules: ServiceRules
    may_decline: bool


async def _read(here: Here, entry_id: UUID) -> Shown:
    """The entry.

    Raises:
        EntryNotFound: there is none of that id, or it is another's.
    """
    entry = await get_entry(here.conn, visit=here.visit, entry_id=entry_id)
    mine = await mine_of(here, entry.lottery_id)
    rules = await here.rules(mine.lottery.period_starts)
    scheme = scheme_of(rules, mine.lottery.scheme)
    card = await with_bookings(here, entry_card(rules, entry, here.words), entry)
    return Shown(
        entry=entry,
        card=card,
        lottery=await lottery_card(here, mine, in_full=False),
        scheme=mine.lottery.scheme,
        rules=rules,
        may_decline=scheme is not None and scheme.win.decline and card.waits,
    )


async def _page(
    here: Here,
    shown: Shown,
    template: str,
    *,
    form: WinForm | None = None,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    told = await why(here.conn, rules=shown.rules, entry_id=shown.entry.entry_id)
    card = shown.lottery
    lines = why_lines(told, words=here.words, announces_at=card.announces_at, own=card.receipt)
    key = "lottery.rank" if card.ordered else "lottery.rank_any"
    label = here.words.say("lottery_mine.entry" if shown.card.rank is None else key, rank=shown.card.rank)
    return here.page.show(
        template,
        status=HTTP_422_UNPROCESSABLE_ENTITY if errors else HTTP_200_OK,
        entry=shown.card,
        label=label,
        lottery=shown.lottery,
        may_decline=shown.may_decline,
        why=lines if shown.lottery.phase == "announced" else None,
        had_turn=told.outcome in ("won", "lost"),
        errors=errors or {},
        **((form or _form(here, shown)).shown(errors or {}) if shown.card.waits else {}),
        crumbs=crumbs_to(here, Crumb(label=shown.lottery.name, path=shown.lottery.path), Crumb(label=label)),
    )


def _form(here: Here, shown: Shown, typed: Mapping[str, Any] | None = None) -> WinForm:
    return WinForm(here=here, rules=shown.rules, scheme=shown.scheme, entries=[shown.entry], typed=typed)


@get("/me/lottery/entries/{entry_id:uuid}")
async def show_entry(here: NamedDependency[Here], entry_id: FromPath[UUID]) -> Response[Any]:
    """One wish: content, state, why it won or lost, and what is to be done."""
    if (away := elsewhere(here)) is not None:
        return away
    return await _page(here, await _read(here, entry_id), "lottery/my_entry.html")


@post("/me/lottery/entries/{entry_id:uuid}/accept", status_code=303)
async def do_accept(
    here: NamedDependency[Here], entry_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Make the win a booking, with the answers that entering did not ask for."""
    if (away := elsewhere(here)) is not None:
        return away
    shown = await _read(here, entry_id)
    form = _form(here, shown, await request.form())
    try:
        async with here.conn.begin_nested():
            await accept_win(
                here.conn,
                visit=here.visit,
                rules=shown.rules,
                entry_id=entry_id,
                form=form.answers or None,
                accepted_terms=form.accepted,
            )
    except Refusal as refusal:
        return await _page(here, shown, "lottery/my_entry.html", form=form, errors=form.errors(refusal))
    return here.page.go(shown.card.path, flash="lottery_accepted")


@get("/me/lottery/entries/{entry_id:uuid}/decline")
async def show_decline(here: NamedDependency[Here], entry_id: FromPath[UUID]) -> Response[Any]:
    """What declining means, before one does it."""
    if (away := elsewhere(here)) is not None:
        return away
    shown = await _read(here, entry_id)
    if not shown.may_decline:
        return here.page.go(shown.card.path)
    return await _page(here, shown, "lottery/decline.html")


@post("/me/lottery/entries/{entry_id:uuid}/decline", status_code=303)
async def do_decline(
    here: NamedDependency[Here], entry_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Give the win back for good."""
    if (away := elsewhere(here)) is not None:
        return away
    shown = await _read(here, entry_id)
    if not (await request.form()).get("sure"):
        errors = {"sure": here.words.say("lottery_mine.decline_tick")}
        return await _page(here, shown, "lottery/decline.html", errors=errors)
    try:
        await decline_wins(here.conn, visit=here.visit, rules=shown.rules, entry_ids=[entry_id])
    except Refusal as refusal:
        return await _page(here, shown, "lottery/my_entry.html", errors={"": here.words.sentence(refusal)})
    return here.page.go(shown.card.path, flash="lottery_declined")


ROUTES: Final = [show_entry, do_accept, show_decline, do_decline]
