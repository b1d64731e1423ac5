"""The cart: wishes of somebody who is logged in; it holds nothing, and says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.booking.pages.find import day_page
from yoyaku.booking.pages.here import Here, need_date, read_number
from yoyaku.booking.pages.picked import Extras, requests_from_ticks
from yoyaku.booking.pages.views import item_view, why_lines
from yoyaku.booking.policy import CartFull
from yoyaku.booking.service import add_to_cart, cart_items, remove_from_cart
from yoyaku.rules.refusal import Refusal
from yoyaku.ui.page import Crumb
from yoyaku.ui.words import Words

BESIDE: Final = frozenset({"surfaces", "unit", "activity"})
"""What is chosen beside a slot, before the code of its space."""


@get("/cart")
async def show_cart(here: NamedDependency[Here]) -> Response[Any]:
    """What is in the cart, with what was taken meanwhile and what the rest would cost."""
    if here.visit.account_id is None:
        return here.page.go("/login?next=/cart")
    rules, words = await here.rules(), here.words
    items = await cart_items(here.conn, visit=here.visit, rules=rules)
    views = [
        item_view(
            rules,
            item.request,
            words,
            id=str(item.item_id),
            plan=item.plan,
            drawn=item.drawn,
            refusal=None if item.refusal is None else words.sentence(item.refusal),
        )
        for item in items
    ]
    prices = [view.yen for view in views if view.yen is not None]
    return here.page.show(
        "booking/cart.html",
        items=views,
        refused=sum(view.refusal is not None for view in views),
        bookable=len(prices),
        total=sum(prices) if prices else None,
        crumbs=[Crumb(label=words.say("cart.title"))],
    )


@post("/availability/{code:str}/{day:str}", status_code=303)
async def pick_slots(
    here: NamedDependency[Here], code: FromPath[str], day: FromPath[str], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Put the ticked slots into the cart; who is not logged in comes back to the same ticks afterwards."""
    form = await request.form()
    on, ticks = need_date(day), [str(tick) for tick in form.getall("slot", [])]
    if not ticks:
        errors = {"": here.words.say("form.no_slot")}
        return await day_page(here, code=code, on=on, ticked=(), chosen=form, errors=errors)
    if here.visit.account_id is None:
        back = f"/availability/{code}/{on.isoformat()}?{urlencode({'slot': ticks, **_beside(form, ticks)}, doseq=True)}"
        return here.page.go(f"/login?{urlencode({'next': back})}")
    rules = await here.rules(on)
    wishes = requests_from_ticks(
        rules, facility=code, use_on=on, ticks=ticks, extras=picked_extras(form), now=here.visit.now
    )
    try:
        await add_to_cart(here.conn, visit=here.visit, rules=rules, items=wishes)
    except (CartFull, Refusal) as refusal:
        errors = {"": _with_clause(refusal, here.words)}
        return await day_page(here, code=code, on=on, ticked=ticks, chosen=form, errors=errors)
    return here.page.go("/cart", flash="added")


def _with_clause(refusal: Refusal, words: Words) -> str:
    """Why something cannot go into the cart, and by which clause."""
    clauses, comma = why_lines(refusal.trace[-1:], words), words.say("lottery_enter.comma")
    said = words.sentence(refusal)
    return f"{said} {words.say('lottery_enter.clause')} {comma.join(clauses)}" if clauses else said


def _beside(form: Mapping[str, Any], ticks: Sequence[str]) -> dict[str, str]:
    """What was chosen beside the ticked slots, as the page of the day reads it again."""
    spaces = {tick.partition("|")[0] for tick in ticks}
    return {
        name: str(value)
        for name, value in form.items()
        if name.partition(".")[0] in BESIDE and name.partition(".")[2] in spaces
    }


def picked_extras(form: Mapping[str, Any]) -> dict[str, Extras]:
    """What was chosen for each space: ``surfaces.<space>``, ``unit.<space>``, ``activity.<space>``."""
    spaces = {name.partition(".")[2] for name in form if name.partition(".")[0] in BESIDE}
    return {
        space: Extras(
            surfaces=read_number(form.get(f"surfaces.{space}")) or 1,
            unit=read_number(form.get(f"unit.{space}")),
            activity=str(form[f"activity.{space}"]) if form.get(f"activity.{space}") else None,
        )
        for space in spaces
    }


@post("/cart/remove", status_code=303)
async def remove(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[None]:
    """Take one item out."""
    form = await request.form()
    item = _uuid(str(form.get("item", "")))
    if item is not None:
        await remove_from_cart(here.conn, visit=here.visit, items=[item])
    return here.page.go("/cart", flash="removed")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


ROUTES: Final = [show_cart, pick_slots, remove]
