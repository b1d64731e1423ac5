"""What a payer sees at Stripe's, in short: a card, and where the bank asks, whether they are who they say."""

from __future__ import annotations

import html
from http import HTTPStatus
from typing import Final, NamedTuple

from yoyaku.testing.serving import Answer
from yoyaku.testing.stripe_api.books import Books
from yoyaku.testing.stripe_api.shapes import ApiError, Json


class Card(NamedTuple):
    """What one of Stripe's test cards brings about."""

    brand: str = "visa"
    decline_code: str | None = None
    is_asked: bool = False


CARDS: Final = {
    "4242424242424242": Card(),
    "3566002020360505": Card(brand="jcb"),
    "4000000000000002": Card(decline_code="generic_decline"),
    "4000000000009995": Card(decline_code="insufficient_funds"),
    "4000000000000069": Card(decline_code="expired_card"),
    "4000002760003184": Card(is_asked=True),
}
NOT_AUTHENTICATED: Final = "payment_intent_authentication_failure"


def answer_payer(books: Books, method: str, ref: str, form: Json) -> Answer:
    """The page, or where it leads."""
    try:
        page = books.get("checkout.session", ref)
        if page["status"] != "open":
            return _html("over", status=HTTPStatus.GONE)
        if method == "GET":
            return _form(page, None)
        if "cancel" in form:
            return Answer(status=HTTPStatus.SEE_OTHER, location=page["cancel_url"])
        problem = _pay(books, page, form)
    except ApiError as error:
        return _html(error.told["message"], status=error.status)
    if problem is not None:
        return _form(page, problem)
    return Answer(status=HTTPStatus.SEE_OTHER, location=page["success_url"])


def _pay(books: Books, page: Json, form: Json) -> str | None:
    """Why it could not be paid; ``None`` where it was."""
    intent = books.kept.get(page["payment_intent"] or "")
    if intent is None:
        intent = books.intent(page["amount_total"], page["intent_metadata"])
        page["payment_intent"] = intent["id"]
    card = CARDS[form.get("card", "4000002760003184")]
    if card.is_asked and "bank" not in form:
        intent["status"] = "requires_action"
        return "bank_asks"
    if card.is_asked and form["bank"] != "yes":
        books.fail(intent, code=NOT_AUTHENTICATED)
        return NOT_AUTHENTICATED
    if card.decline_code is not None:
        books.fail(intent, code="card_declined", decline_code=card.decline_code)
        return card.decline_code
    books.succeed(intent, {"type": "card", "card": {"brand": card.brand, "last4": form.get("card", "")[-4:]}})
    return None


def _form(page: Json, problem: str | None) -> Answer:
    asked = '<label>card <input name="card"></label>'
    if problem == "bank_asks":
        asked = '<button name="bank" value="yes">yes</button><button name="bank" value="no">no</button>'
    return _html(
        f"<h1>{html.escape(page['description'])}</h1><p>¥{page['amount_total']:,}</p><p>{html.escape(problem or '')}</p>"
        f'<form method="post">{asked}<button>pay</button><button name="cancel" value="1">cancel</button></form>'
    )


def _html(body: str, *, status: int = HTTPStatus.OK) -> Answer:
    whole = f'<!doctype html><html lang="en"><title>pay</title>{body}</html>'
    return Answer(status=status, body=whole.encode(), media_type="text/html; charset=utf-8")
