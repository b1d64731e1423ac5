"""Several wins of a lottery answered at once: accepted, each decided for itself, or declined for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_200_OK, HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.booking.pages.here import Here
from yoyaku.booking.rules import ServiceRules
from yoyaku.lottery.pages.mine import crumbs_to, elsewhere, mine_of
from yoyaku.lottery.pages.my_views import EntryCard, LotteryCard, booked_lines, lottery_card
from yoyaku.lottery.pages.win_form import WinForm
from yoyaku.lottery.service.accepting import Answered, accept_wins, decline_wins
from yoyaku.lottery.views import MyLottery
from yoyaku.rules.refusal import Refusal
from yoyaku.ui.page import Crumb

NONE: Final[Mapping[str, str]] = {}
DECLINE: Final = "lottery/decline_several.html"
DECLINE_SURE: Final = "lottery/decline_sure.html"
DECLINING: Final = frozenset({DECLINE, DECLINE_SURE})


@dataclass(frozen=True, kw_only=True)
class _Chosen:
    """One's part in a lottery, and which of the wins are meant."""

    mine: MyLottery
    card: LotteryCard
    rules: ServiceRules
    ids: Sequence[str] = ()

    @property
    def picked(self) -> list[EntryCard]:
        """Those that are meant, in the order of the wishes; one that was answered elsewhere meanwhile, too."""
        return [one for one in self.card.entries if str(one.entry_id) in self.ids]

    @property
    def waiting(self) -> list[EntryCard]:
        """Of those that are meant the wins that still wait for an answer."""
        return [one for one in self.picked if one.waits]

    def form(self, here: Here, typed: Mapping[str, Any] | None = None) -> WinForm:
        """What accepting them asks."""
        entries = [one for one in self.mine.entries if str(one.entry_id) in self.ids]
        return WinForm(here=here, rules=self.rules, scheme=self.mine.lottery.scheme, entries=entries, typed=typed)


async def _read(here: Here, lottery_id: UUID, ids: Sequence[str] = ()) -> _Chosen:
    mine = await mine_of(here, lottery_id)
    card = await lottery_card(here, mine, in_full=False)
    return _Chosen(mine=mine, card=card, rules=await here.rules(mine.lottery.period_starts), ids=ids)


def _page(here: Here, chosen: _Chosen, template: str, *, status: int = HTTP_200_OK, **more: object) -> Response[Any]:
    declines = template in DECLINING
    label = here.words.say("lottery_mine.decline_several" if declines else "lottery_mine.accept_several")
    return here.page.show(
        template,
        status=status,
        card=chosen.card,
        picked=chosen.waiting if declines else chosen.picked,
        total=sum(one.yen for one in chosen.picked),
        crumbs=crumbs_to(here, Crumb(label=chosen.card.name, path=chosen.card.path), Crumb(label=label)),
        **more,
    )


@get("/me/lottery/{lottery_id:uuid}/accept")
async def show_several(here: NamedDependency[Here], lottery_id: FromPath[UUID]) -> Response[Any]:
    """Which wins wait, to choose several of them."""
    if (away := elsewhere(here)) is not None:
        return away
    chosen = await _read(here, lottery_id)
    if not chosen.card.waiting_wins:
        return here.page.go(chosen.card.path)
    return _page(here, chosen, "lottery/accept.html", errors=NONE)


@post("/me/lottery/{lottery_id:uuid}/accept", status_code=HTTP_200_OK)
async def do_several(
    here: NamedDependency[Here], lottery_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Show once more what was chosen, and what is still asked; with ``sure`` accept each, and say what became of it."""
    if (away := elsewhere(here)) is not None:
        return away
    sent = await request.form()
    chosen = await _read(here, lottery_id, [str(one) for one in sent.getall("entry", [])])
    if not chosen.picked:
        errors = {"entries": here.words.say("lottery_mine.accept_none")}
        return _page(here, chosen, "lottery/accept.html", status=HTTP_422_UNPROCESSABLE_ENTITY, errors=errors)
    if not sent.get("sure"):
        return _page(here, chosen, "lottery/accept_sure.html", errors=NONE, **chosen.form(here).shown(NONE))
    return await _accept(here, chosen, chosen.form(here, sent))


async def _accept(here: Here, chosen: _Chosen, form: WinForm) -> Response[Any]:
    answers = await accept_wins(
        here.conn,
        visit=here.visit,
        rules=chosen.rules,
        entry_ids=[one.entry_id for one in chosen.picked],
        form=form.answers or None,
        accepted_terms=form.accepted,
    )
    if all(one.refusal is None for one in answers):
        return here.page.go(chosen.card.path, flash="lottery_accepted")
    errors = _at_fields(form, answers)
    if errors and all(one.application is None for one in answers):
        status = HTTP_422_UNPROCESSABLE_ENTITY
        return _page(here, chosen, "lottery/accept_sure.html", status=status, errors=errors, **form.shown(errors))
    return _page(here, chosen, "lottery/accepted.html", status=HTTP_409_CONFLICT, rows=_rows(here, chosen, answers))


def _at_fields(form: WinForm, answers: Sequence[Answered]) -> dict[str, str]:
    """What is wrong with the answers and terms that were sent; nothing where something else is wrong."""
    found: dict[str, str] = {}
    for one in answers:
        if one.refusal is not None:
            found = form.errors(one.refusal) | found
    return {} if "" in found else found


def _rows(here: Here, chosen: _Chosen, answers: Sequence[Answered]) -> list[dict[str, object]]:
    """Each win with its bookings, or with why it is none."""
    cards = {one.entry_id: one for one in chosen.picked}
    return [
        {
            "entry": cards[one.entry_id],
            "booked": [] if one.application is None else booked_lines(one.application.bookings),
            "refusal": None if one.refusal is None else here.words.sentence(one.refusal),
        }
        for one in answers
    ]


@get("/me/lottery/{lottery_id:uuid}/decline")
async def show_declining(here: NamedDependency[Here], lottery_id: FromPath[UUID]) -> Response[Any]:
    """Which wins can be given back, to choose several of them."""
    if (away := elsewhere(here)) is not None:
        return away
    chosen = await _read(here, lottery_id)
    if not chosen.card.declinable:
        return here.page.go(chosen.card.path)
    return _page(here, chosen, DECLINE, errors=NONE)


@post("/me/lottery/{lottery_id:uuid}/decline", status_code=HTTP_200_OK)
async def do_declining(
    here: NamedDependency[Here], lottery_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Show once more what was chosen; with ``step`` and the tick ``sure`` give all of it back for good."""
    if (away := elsewhere(here)) is not None:
        return away
    sent = await request.form()
    chosen = await _read(here, lottery_id, [str(one) for one in sent.getall("entry", [])])
    if not chosen.card.declinable:
        return here.page.go(chosen.card.path)
    unfit = HTTP_422_UNPROCESSABLE_ENTITY
    if not chosen.waiting:
        errors = {"entries": here.words.say("lottery_mine.decline_none")}
        return _page(here, chosen, DECLINE, status=unfit, errors=errors)
    if answered := len(chosen.picked) - len(chosen.waiting):
        errors = {"": here.words.say("lottery_mine.decline_answered", count=answered)}
        return _page(here, chosen, DECLINE_SURE, status=HTTP_409_CONFLICT, errors=errors)
    if not sent.get("sure"):
        errors = {"sure": here.words.say("lottery_mine.decline_tick")} if sent.get("step") else {}
        return _page(here, chosen, DECLINE_SURE, status=unfit if errors else HTTP_200_OK, errors=errors)
    return await _decline(here, chosen)


async def _decline(here: Here, chosen: _Chosen) -> Response[Any]:
    ids = [one.entry_id for one in chosen.waiting]
    try:
        await decline_wins(here.conn, visit=here.visit, rules=chosen.rules, entry_ids=ids)
    except Refusal as refusal:  # answered between our reading and our lock: what stands is read anew
        errors = {"": here.words.sentence(refusal)}
        fresh = await _read(here, chosen.card.lottery_id, chosen.ids)
        return _page(here, fresh, DECLINE_SURE, status=HTTP_409_CONFLICT, errors=errors)
    return here.page.go(chosen.card.path, flash="lottery_declined")


ROUTES: Final = [show_several, do_several, show_declining, do_declining]
