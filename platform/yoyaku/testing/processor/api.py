"""What a merchant's program asks over HTTP: JSON, signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from yoyaku.testing.processor.books import ApiRefused, AskedPayment, AskedRefund, Merchant, Payment, Refund, instant
from yoyaku.testing.processor.faults import BEFORE
from yoyaku.testing.processor.processor import Processor
from yoyaku.testing.processor.signing import merchant_of
from yoyaku.testing.serving import Answer, Asked

Shape = TypeVar("Shape")


def answer_api(processor: Processor, asked: Asked) -> Answer:
    """Answer what a merchant's program asks, or go wrong as a test wishes."""
    fault = processor.faults.take(urlsplit(asked.path).path)
    if fault in BEFORE:
        return processor.faults.instead(fault)
    try:
        merchant = merchant_of(
            processor.merchants,
            asked.headers,
            method=asked.method,
            target=asked.path,
            body=asked.body.encode(),
            seconds=processor.real_seconds(),
        )
        with processor.lock:
            made = _route(processor, merchant, asked)
    except ApiRefused as refused:
        made = as_json({"error": refused.code}, status=refused.status)
    return processor.faults.after(fault, made)


def as_json(told: Mapping[str, Any], *, status: int = HTTPStatus.OK) -> Answer:
    """An answer in JSON."""
    return Answer(status=status, body=msgspec.json.encode(told))


def _route(processor: Processor, merchant: Merchant, asked: Asked) -> Answer:
    parts = urlsplit(asked.path)
    path = [unquote(part) for part in parts.path.strip("/").split("/")]
    match asked.method, path:
        case "POST", ["v1", "payments"]:
            payment, is_new = processor.begin(_read(asked.body, AskedPayment), merchant)
            status = HTTPStatus.CREATED if is_new else HTTPStatus.OK
            return as_json(_payment(processor, payment), status=status)
        case "GET", ["v1", "payments", order_id]:
            found = processor.books.payment(merchant.id, order_id, now=processor.now())
            return as_json(_payment(processor, found))
        case "POST", ["v1", "payments", order_id, "cancel"]:
            return as_json(_payment(processor, processor.cancel(merchant.id, order_id)))
        case "POST", ["v1", "refunds"]:
            refund, is_new = processor.refund(_read(asked.body, AskedRefund), merchant)
            return as_json(_refund(refund), status=HTTPStatus.CREATED if is_new else HTTPStatus.OK)
        case "GET", ["v1", "refunds", refund_id]:
            return as_json(_refund(processor.books.refund_of(merchant.id, refund_id)))
        case "GET", ["v1", "statement"]:
            return as_json({"lines": processor.books.statement(merchant.id, _day(parts.query))})
        case _:
            raise ApiRefused("not_found", HTTPStatus.NOT_FOUND)


def _read(body: str, shape: type[Shape]) -> Shape:
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ApiRefused("malformed", HTTPStatus.UNPROCESSABLE_ENTITY) from error


def _day(query: str) -> date:
    try:
        return date.fromisoformat(parse_qs(query)["day"][0])
    except (KeyError, ValueError) as error:
        raise ApiRefused("malformed", HTTPStatus.UNPROCESSABLE_ENTITY) from error


def _payment(processor: Processor, payment: Payment) -> dict[str, Any]:
    return {
        "payment_id": payment.payment_id,
        "order_id": payment.order_id,
        "state": payment.state,
        "amount": payment.amount,
        "paid_amount": payment.paid_amount,
        "paid_at": None if payment.paid_at is None else instant(payment.paid_at),
        "expires_at": instant(payment.expires_at),
        "reason": payment.reason,
        "choice": payment.choice,
        "numbers": payment.numbers,
        "detail": payment.detail,
        "page_url": f"{processor.url}/pay/{payment.page_key}",
    }


def _refund(refund: Refund) -> dict[str, Any]:
    return {
        "refund_ref": refund.refund_ref,
        "refund_id": refund.refund_id,
        "order_id": refund.order_id,
        "state": refund.state,
        "amount": refund.amount,
        "made_at": instant(refund.made_at),
        "reason": refund.reason,
    }
