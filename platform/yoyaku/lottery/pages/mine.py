"""One's entries: how they stand, their order, and taking several back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.booking.pages.here import Here
from yoyaku.lottery.pages.my_views import LotteryCard, lottery_card
from yoyaku.lottery.policy.refusals import EntriesChanged, LotteryNotFound
from yoyaku.lottery.service.entries import MyLottery, my_lotteries
from yoyaku.lottery.service.withdrawing import rerank, withdraw
from yoyaku.rules.refusal import Refusal
from yoyaku.ui.page import Crumb


def elsewhere(here: Here) -> Response[None] | None:
    """Where somebody goes whose page this is not: to log in, or, of the staff, to the counter's own."""
    if here.visit.staff_id is not None:
        return here.page.go("/counter/lottery")
    return here.page.go(f"/login?next={here.page.path}") if here.visit.registrant_id is None else None


def crumbs_to(here: Here, *more: Crumb) -> list[Crumb]:
    """The way to a page below one's entries."""
    words = here.words
    mine = Crumb(label=words.say("lottery_mine.title"), path="/me/lottery" if more else None)
    return [Crumb(label=words.say("nav.my_page"), path="/me"), mine, *more]


async def all_mine(here: Here) -> list[MyLottery]:
    """The lotteries of whoever is logged in, or is served: of them what the clerk's facilities draw."""
    visit = here.visit
    if visit.registrant_id is None:
        return []
    return await my_lotteries(here.conn, registrant_id=visit.registrant_id, now=visit.now, facilities=visit.facilities)


async def mine_of(here: Here, lottery_id: UUID) -> MyLottery:
    """One's part in a lottery.

    Raises:
        LotteryNotFound: there is none, or one did not enter it.
    """
    found = next((one for one in await all_mine(here) if one.lottery.lottery_id == lottery_id), None)
    if found is None:
        raise LotteryNotFound
    return found


@get("/me/lottery")
async def show_mine(here: NamedDependency[Here]) -> Response[Any]:
    """All lotteries that one entered, wins that wait first."""
    if (away := elsewhere(here)) is not None:
        return away
    cards = [await lottery_card(here, one, in_full=False) for one in await all_mine(here)]
    cards.sort(key=lambda card: not card.waiting_wins)
    return here.page.show("lottery/my_lotteries.html", cards=cards, crumbs=crumbs_to(here))


@get("/me/lottery/{lottery_id:uuid}")
async def show_lottery(here: NamedDependency[Here], lottery_id: FromPath[UUID]) -> Response[Any]:
    """One's wishes in their order; from the announcement what became of them and what is to be done."""
    if (away := elsewhere(here)) is not None:
        return away
    return await _lottery_page(here, await mine_of(here, lottery_id))


async def _lottery_page(here: Here, mine: MyLottery, *, errors: dict[str, str] | None = None) -> Response[Any]:
    card = await lottery_card(here, mine, in_full=True)
    return here.page.show(
        "lottery/my_lottery.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if errors else HTTP_200_OK,
        card=card,
        errors=errors or {},
        crumbs=crumbs_to(here, Crumb(label=card.name)),
    )


@post("/me/lottery/{lottery_id:uuid}/move", status_code=303)
async def do_move(
    here: NamedDependency[Here], lottery_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Move a wish up or down by one, or to the top."""
    if (away := elsewhere(here)) is not None:
        return away
    mine = await mine_of(here, lottery_id)
    form = await request.form()
    order = moved(
        [one.entry_id for one in mine.entries if one.rank is not None],
        entry=str(form.get("entry", "")),
        to=str(form.get("direction", "")),
    )
    rules = await here.rules(mine.lottery.period_starts)
    try:
        await rerank(here.conn, visit=here.visit, rules=rules, lottery_id=lottery_id, entry_ids=order)
    except Refusal as refusal:
        return await _lottery_page(here, mine, errors={"": here.words.sentence(refusal)})
    return here.page.go(f"/me/lottery/{lottery_id}", flash="lottery_reranked")


def moved(order: Sequence[UUID], *, entry: str, to: str) -> list[UUID]:
    """The order with one wish one place ``up`` or ``down``, or at the ``top``.

    Raises:
        EntriesChanged: it is not among them.
    """
    at = next((place for place, one in enumerate(order) if str(one) == entry), None)
    if at is None:
        raise EntriesChanged
    changed = list(order)
    wish = changed.pop(at)
    changed.insert({"top": 0, "up": max(at - 1, 0), "down": at + 1}.get(to, at), wish)
    return changed


@get("/me/lottery/{lottery_id:uuid}/withdraw")
async def show_withdraw(here: NamedDependency[Here], lottery_id: FromPath[UUID]) -> Response[Any]:
    """Which entries can be taken back, to choose several of them."""
    if (away := elsewhere(here)) is not None:
        return away
    card = await lottery_card(here, await mine_of(here, lottery_id), in_full=False)
    if card.phase != "open" or not card.entries:
        return here.page.go(card.path)
    return _withdraw_page(here, card)


def _withdraw_page(
    here: Here,
    card: LotteryCard,
    *,
    chosen: Sequence[str] = (),
    sure: bool = False,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    """To choose, or, where ``sure`` is what is asked, to confirm."""
    picked = [one for one in card.entries if str(one.entry_id) in chosen]
    return here.page.show(
        "lottery/withdraw_sure.html" if sure else "lottery/withdraw.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if errors else HTTP_200_OK,
        card=card,
        picked=picked,
        errors=errors or {},
        crumbs=crumbs_to(
            here, Crumb(label=card.name, path=card.path), Crumb(label=here.words.say("lottery_mine.withdraw"))
        ),
    )


@post("/me/lottery/{lottery_id:uuid}/withdraw", status_code=HTTP_200_OK)
async def do_withdraw(
    here: NamedDependency[Here], lottery_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Show once more what was chosen; with ``sure`` take it back."""
    if (away := elsewhere(here)) is not None:
        return away
    mine = await mine_of(here, lottery_id)
    card = await lottery_card(here, mine, in_full=False)
    form = await request.form()
    chosen = [str(one) for one in form.getall("entry", [])]
    picked = [one.entry_id for one in card.entries if str(one.entry_id) in chosen]
    if not picked:
        return _withdraw_page(here, card, errors={"entries": here.words.say("lottery_mine.withdraw_none")})
    if not form.get("sure"):
        return _withdraw_page(here, card, chosen=chosen, sure=True)
    try:
        await withdraw(
            here.conn, visit=here.visit, rules=await here.rules(mine.lottery.period_starts), entry_ids=picked
        )
    except Refusal as refusal:
        return await _lottery_page(here, mine, errors={"": here.words.sentence(refusal)})
    return here.page.go(card.path, flash="lottery_withdrawn")


ROUTES: Final = [show_mine, show_lottery, do_move, show_withdraw, do_withdraw]
