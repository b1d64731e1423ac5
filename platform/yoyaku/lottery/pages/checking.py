"""Checking an entry before it is made: its uses, what winning would cost, the questions, and whether one really wants to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from litestar import Response
from litestar.status_codes import HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.booking.pages.answers import answer_rows, asked_questions, form_errors, question_views, read_answers
from yoyaku.booking.pages.here import Here
from yoyaku.booking.pages.submission import term_views
from yoyaku.booking.pages.views import item_view
from yoyaku.booking.policy import BookingRequest
from yoyaku.booking.terms import FormField
from yoyaku.kernel.ids import new_id
from yoyaku.lottery.pages.calendar import place_crumbs
from yoyaku.lottery.pages.lots import Lot, mine_in, standing
from yoyaku.lottery.pages.overview import lot_card, refusal_view
from yoyaku.lottery.pages.parts import carried_answers, carried_parts, part_query
from yoyaku.lottery.policy.entry import EntryPlan, EntryRequest
from yoyaku.lottery.service.entering import EntryQuote, quote_entry
from yoyaku.rules.refusal import Refusal


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """What keeps an entry from being made: a refusal, sentences for fields, and the use that is meant, by its place."""

    refusal: Refusal | None = None
    errors: Mapping[str, str] | None = None

    @property
    def item(self) -> int | None:
        """The place of the use that is refused; a set's only."""
        found = None if self.refusal is None else self.refusal.facts.get("item")
        return found if isinstance(found, int) else None


def entry_path(lot: Lot, parts: Sequence[BookingRequest]) -> str:
    """The page on which an entry of these uses is checked."""
    return f"{lot.path}/entry?{urlencode(part_query(parts), doseq=True)}"


def questions_of(here: Here, lot: Lot, parts: Sequence[BookingRequest]) -> list[FormField]:
    """What is asked on entering; nothing where it is asked of winners only."""
    if not lot.scheme.entry.asks_form:
        return []
    person = here.visit.person.facts if here.visit.person else {}
    return asked_questions(lot.rules, parts, person=person)


async def quote(
    here: Here, lot: Lot, parts: Sequence[BookingRequest], typed: Mapping[str, Any], *, check_form: bool
) -> EntryQuote:
    """What the entry would be, or why not."""
    return await quote_entry(
        here.conn,
        visit=here.visit,
        rules=lot.rules,
        request=EntryRequest(parts=tuple(parts)),
        form=read_answers(questions_of(here, lot, parts), typed),
        check_form=check_form,
    )


def _items(here: Here, lot: Lot, parts: Sequence[BookingRequest], plan: EntryPlan | None) -> list[dict[str, Any]]:
    """The uses in words, with their prices where they are known, and the ways to change or remove each."""
    items = []
    for place, part in enumerate(parts):
        view = item_view(lot.rules, part, here.words)
        where = f"{lot.path}/facilities/{part.facility}/{part.use_on.isoformat()}"
        items.append(
            {
                "view": view,
                "quote": None if plan is None else plan.parts[place].quote,
                "of_set": len(parts) > 1,
                "change": here.page.url(where, space=part.space),
            }
        )
    return items


async def _frame(here: Here, lot: Lot, parts: Sequence[BookingRequest], plan: EntryPlan | None) -> dict[str, Any]:
    mine = await mine_in(here, lot.lottery_id)
    card = lot_card(here, lot, mine)
    return {
        "lot": card,
        "rank": standing(mine) + 1,
        "items": _items(here, lot, parts, plan),
        "total": None if plan is None else plan.total_yen,
        "hidden": carried_parts(parts),
        "stay": lot.by_night,
    }


async def entry_page(
    here: Here, lot: Lot, parts: Sequence[BookingRequest], typed: Mapping[str, Any], wrong: Wrong | None = None
) -> Response[Any]:
    """The entry as it stands: add to it, take from it, answer, go on; or what is wrong with it, in its place."""
    quoted = await quote(here, lot, parts, typed, check_form=False)
    wrong = wrong or Wrong(refusal=quoted.refusal)
    questions = questions_of(here, lot, parts)
    errors = wrong.errors or {}
    refusal = None if errors else refusal_view(here, wrong.refusal)
    add = here.page.url(f"{lot.path}/facilities/{parts[0].facility}") if parts else None
    return here.page.show(
        "lottery/entry.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if errors else HTTP_409_CONFLICT if refusal else 200,
        fields=question_views(questions, read_answers(questions, typed), here.words, people=None),
        errors=errors,
        refusal=refusal,
        wrong_item=wrong.item,
        may_go_on=quoted.plan is not None,
        add=add if len(parts) < lot.scheme.entry.parts_at_most else None,
        check=here.page.url(f"{lot.path}/check"),
        edit=here.page.url(f"{lot.path}/entry"),
        crumbs=place_crumbs(here, lot, here.words.say("lottery_enter.check_title")),
        **await _frame(here, lot, parts, quoted.plan),
    )


async def check_page(
    here: Here, lot: Lot, parts: Sequence[BookingRequest], typed: Mapping[str, Any], *, back: str | None = None
) -> Response[Any]:
    """The question whether to enter, with all that will be entered; or the entry again with what is wrong."""
    quoted = await quote(here, lot, parts, typed, check_form=True)
    if quoted.plan is None:
        return await wrong_page(here, lot, parts, typed, quoted.refusal or Refusal())
    return await confirm_page(here, lot, parts, typed, plan=quoted.plan, back=back)


async def wrong_page(
    here: Here, lot: Lot, parts: Sequence[BookingRequest], typed: Mapping[str, Any], refusal: Refusal
) -> Response[Any]:
    """The entry with what is wrong, at the field that it is about, if it is about one."""
    errors = form_errors(refusal, questions_of(here, lot, parts), here.words)
    return await entry_page(here, lot, parts, typed, Wrong(refusal=refusal, errors=errors))


async def confirm_page(  # noqa: PLR0913  # what is confirmed, and what was wrong with it
    here: Here,
    lot: Lot,
    parts: Sequence[BookingRequest],
    typed: Mapping[str, Any],
    *,
    plan: EntryPlan,
    back: str | None = None,
    errors: Mapping[str, str] | None = None,
    key: str | None = None,
) -> Response[Any]:
    """抽選申込みを行います。よろしいですか？ - with the terms, where there are any."""
    questions = questions_of(here, lot, parts)
    frame = await _frame(here, lot, parts, plan)
    return here.page.show(
        "lottery/confirm.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if errors else 200,
        answers=answer_rows(questions, read_answers(questions, typed), here.words),
        terms=term_views(here, lot.rules),
        errors=errors or {},
        key=key or str(new_id()),
        enter=here.page.url(f"{lot.path}/enter"),
        back=here.page.url(back) if back else None,
        edit=here.page.url(f"{lot.path}/entry"),
        crumbs=place_crumbs(here, lot, here.words.say("lottery_enter.check_title")),
        **{**frame, "rank": plan.rank, "hidden": [*frame["hidden"], *carried_answers(typed)]},
    )
