"""Applying: the form, what will become of it, the terms, and submission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.booking.pages.answers import (
    ITEM,
    answer_rows,
    asked_questions,
    equipment_errors,
    equipment_lots,
    form_errors,
    hidden_fields,
    question_views,
    read_answers,
    with_equipment,
)
from yoyaku.booking.pages.here import Here
from yoyaku.booking.pages.payer import chosen_payer, payer_field, payer_name, payers_here
from yoyaku.booking.pages.relief_wish import ReliefWish, read_relief, relief_errors, relief_field, relief_rows
from yoyaku.booking.pages.resume import nothing_left
from yoyaku.booking.pages.schedules import planned_schedules
from yoyaku.booking.pages.submission import Sent, missing_terms, send_all, term_views
from yoyaku.booking.pages.views import item_view
from yoyaku.booking.policy import (
    BookingRequest,
    CartSlotTaken,
    EquipmentShort,
    LentTimeWrong,
    SlotTaken,
    TermsNotAccepted,
)
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import (
    cart_items,
    quote_application,
    remove_from_cart,
)
from yoyaku.booking.terms import FormField
from yoyaku.booking.views import QuotedItem
from yoyaku.kernel.ids import new_id
from yoyaku.registration.service.groups import Payer
from yoyaku.rules.refusal import Refusal
from yoyaku.ui.page import Crumb

GONE: Final = (SlotTaken, CartSlotTaken)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An application on its way: what is wished for, what is asked, and what was typed.

    ``gone`` says why some of what the form was begun for cannot be booked any more; it is told before anything else
    happens. ``items`` are then the rest, or where nothing is left (``is_lost``) all of it. ``lots`` are the ids of
    those that are drawn by lot.
    """

    rules: ServiceRules
    items: Sequence[tuple[str, BookingRequest]]
    lots: frozenset[str]
    questions: Sequence[FormField]
    typed: Mapping[str, Any]
    gone: Sequence[Refusal] = ()
    is_lost: bool = False
    payers: Sequence[Payer] = ()

    @property
    def answers(self) -> dict[str, Any]:
        """What was answered, by question."""
        return read_answers(self.questions, self.typed)

    @property
    def requests(self) -> list[BookingRequest]:
        """What is wished for, with the equipment typed for it."""
        return [with_equipment(item_id, request, self.typed) for item_id, request in self.items]

    @property
    def relief(self) -> ReliefWish | None:
        """Which reduction is asked for."""
        return read_relief(self.rules, self.requests, self.typed)


async def _draft(here: Here, typed: Mapping[str, Any]) -> Draft | None:
    """The draft over what the form was begun for, at its beginning over what can be booked of the cart; ``None`` where
    there is nothing.
    """
    rules = await here.rules()
    cart = await cart_items(here.conn, visit=here.visit, rules=rules)
    begun = {name.removeprefix(ITEM) for name in typed if name.startswith(ITEM)}
    meant = [item for item in cart if (str(item.item_id) in begun if begun else item.refusal is None)]
    if not meant:
        return None
    left = [item for item in meant if item.refusal is None]
    items = [(str(item.item_id), item.request) for item in left or meant]
    gone = [item.refusal for item in meant if item.refusal is not None]
    person = here.visit.person.facts if here.visit.person else {}
    questions = asked_questions(rules, [request for _, request in items], person=person)
    return Draft(
        rules=rules,
        items=items,
        lots=frozenset(str(item.item_id) for item in meant if item.by_lot),
        questions=questions,
        typed=typed,
        gone=gone,
        is_lost=not left,
        payers=await payers_here(here, rules),
    )


def _back(here: Here) -> str:
    return "/availability" if here.page.look.stays else "/cart"


@get("/apply")
async def show_form(here: NamedDependency[Here]) -> Response[Any]:
    """The form, for what is in the cart."""
    if here.visit.registrant_id is None:
        return here.page.go("/counter/behalf" if here.visit.staff_id else "/login?next=/apply")
    draft = await _draft(here, {})
    return here.page.go(_back(here)) if draft is None else _form_page(here, draft, {})


@post("/apply/edit", status_code=200)
async def edit_form(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """The form again, with everything as it was typed."""
    form = await request.form()
    draft = await _draft(here, form)
    if draft is None:
        return await nothing_left(here, form, back=_back(here))
    return _gone_page(here, draft) if draft.gone else _form_page(here, draft, {})


def _form_page(here: Here, draft: Draft, errors: Mapping[str, str]) -> Response[str]:
    words, rules = here.words, draft.rules
    admitted = [rules.inventory.space(request.space_id).space.people for _, request in draft.items]
    return here.page.show(
        "booking/apply.html",
        status=HTTP_409_CONFLICT if draft.gone else HTTP_422_UNPROCESSABLE_ENTITY if errors else 200,
        items=[item_view(rules, request, words) for _, request in draft.items],
        begun=[(f"{ITEM}{item_id}", "1") for item_id, _ in draft.items],
        fields=question_views(
            draft.questions, draft.answers, words, people=min((n for n in admitted if n), default=None)
        ),
        equipment=equipment_lots(rules, draft.items, draft.typed, words, now=here.visit.now),
        payer=payer_field(draft.payers, draft.typed),
        relief=relief_field(rules, draft.requests, draft.typed, words),
        errors=errors,
        back=_back(here),
        crumbs=_crumbs(here, "apply.title"),
    )


def _gone_page(here: Here, draft: Draft) -> Response[str]:
    """The form with all that was typed, over what is left, and the sentences for what is not."""
    return _form_page(here, draft, {"": " ".join(dict.fromkeys(here.words.sentence(one) for one in draft.gone))})


def _crumbs(here: Here, key: str) -> list[Crumb]:
    words = here.words
    first = [] if here.page.look.stays else [Crumb(label=words.say("nav.cart"), path="/cart")]
    return [*first, Crumb(label=words.say(key))]


@post("/apply", status_code=200)
async def check_form(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """What will become of it: price, dates, what cancelling returns; or the form again with what is wrong."""
    form = await request.form()
    draft = await _draft(here, form)
    if draft is None:
        return await nothing_left(here, form, back=_back(here), flash="slot_taken")
    if draft.gone:
        return _gone_page(here, draft)
    if errors := equipment_errors(draft.rules, draft.items, draft.typed, here.words):
        return _form_page(here, draft, errors)
    quoted = await _quote(here, draft)
    refused = next(((place, item.refusal) for place, item in enumerate(quoted) if item.refusal is not None), None)
    if refused is not None:
        return _refused(here, draft, *refused)
    if errors := relief_errors(draft.relief, quoted, here.words):
        return _form_page(here, draft, errors)
    return here.page.show(
        "booking/confirm.html",
        items=[_confirm_item(here, draft, item) for item in quoted],
        answers=answer_rows(draft.questions, draft.answers, here.words),
        payer=payer_name(draft.payers, draft.typed),
        relief=relief_rows(draft.relief, here.words),
        hidden=hidden_fields(draft.typed),
        total=sum(found.quote.total_yen for item in quoted if (found := item.plan or item.drawn) is not None),
        crumbs=_crumbs(here, "confirm.title"),
    )


async def _quote(here: Here, draft: Draft) -> Sequence[QuotedItem]:
    return await quote_application(
        here.conn,
        visit=here.visit,
        rules=draft.rules,
        items=draft.requests,
        form=draft.answers,
        check_form=True,
    )


def _confirm_item(here: Here, draft: Draft, item: QuotedItem) -> object:
    schedules = [] if item.plan is None else planned_schedules(draft.rules, item.plan, visit=here.visit)
    return item_view(
        draft.rules,
        item.plan.request if item.plan else item.request,
        here.words,
        plan=item.plan,
        drawn=item.drawn,
        schedules=schedules,
    )


def _refused(here: Here, draft: Draft, place: int, refusal: Refusal) -> Response[Any]:
    """Where the refusal of the item at that place is shown: at its field, or above the form."""
    if draft.gone:
        return _gone_page(here, draft)
    if isinstance(refusal, GONE):
        left = [item for number, item in enumerate(draft.items) if number != place] or draft.items
        return _gone_page(here, replace(draft, items=left, gone=[refusal]))
    errors = form_errors(refusal, draft.questions, here.words)
    if errors is None and isinstance(refusal, EquipmentShort | LentTimeWrong):
        piece = f"equipment.{draft.items[place][0]}.{refusal.facts.get('equipment')}"
        errors = {piece: here.words.sentence(refusal)}
    return _form_page(here, draft, errors or {"": here.words.sentence(refusal)})


@post("/apply/terms", status_code=200)
async def show_terms(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """The terms, to be ticked."""
    form = await request.form()
    draft = await _draft(here, form)
    if draft is None:
        return await nothing_left(here, form, back=_back(here))
    return _gone_page(here, draft) if draft.gone else _terms_page(here, draft, str(new_id()), {})


def _terms_page(here: Here, draft: Draft, key: str, errors: Mapping[str, str]) -> Response[str]:
    return here.page.show(
        "booking/terms.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if errors else 200,
        terms=term_views(here, draft.rules),
        hidden=hidden_fields(draft.typed),
        key=key,
        really=here.words.say("drawn.really" if draft.lots else "terms.really"),
        errors=errors,
        back=_back(here),
        crumbs=_crumbs(here, "terms.title"),
    )


@post("/apply/submit", status_code=303)
async def submit(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """Book all of it; sent twice, it is booked once."""
    form = await request.form()
    key = str(form.get("key", ""))[:64]
    draft = await _draft(here, form)
    if draft is None:
        return await nothing_left(here, form, back="/me" if here.visit.staff_id is None else "/counter")
    if draft.gone and not draft.is_lost:  # all lost may also mean: booked, by this very form sent a moment before
        return _gone_page(here, draft)
    accepted = [term.code for term in draft.rules.booking.terms if form.get(f"terms.{term.code}")]
    try:
        # A refusal may come after some slots were taken: they go back, and the page can still be built.
        async with here.conn.begin_nested():
            page = await send_all(here, draft.rules, _sent(draft, accepted, key))
    except TermsNotAccepted:
        return _terms_page(here, draft, key, missing_terms(here, draft.rules, accepted))
    except Refusal as refusal:
        return _refused(here, draft, int(str(refusal.facts.get("item", 0))), refusal)
    await remove_from_cart(here.conn, visit=here.visit, items=[UUID(item_id) for item_id, _ in draft.items])
    return here.page.go(page)


def _sent(draft: Draft, accepted: Sequence[str], key: str) -> Sent:
    return Sent(
        requests=draft.requests,
        lots=[place for place, (item_id, _) in enumerate(draft.items) if item_id in draft.lots],
        answers=draft.answers,
        accepted=accepted,
        key=key or None,
        payer_id=chosen_payer(draft.payers, draft.typed),
        relief=draft.relief,
    )


ROUTES: Final = [show_form, edit_form, check_form, show_terms, submit]
