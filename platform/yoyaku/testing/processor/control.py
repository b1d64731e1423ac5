"""What a test, or a visitor of the demo, does from behind the scenes: over HTTP under ``/control``, and ``/books``.

Fields come as a form or as JSON: ``/control/pay`` (order_id; amount, store: also late), ``/control/settle`` (order_id,
result ``paid`` or a reason), ``/control/fault`` (kind, path, times), ``/control/webhooks`` (delay_seconds, copies, drop,
held), ``/control/release`` (reverse), ``/control/refunds`` (next), ``/control/settle-refund`` (refund_id, result),
``/control/clock`` (seconds), ``/control/payout`` (merchant), ``/control/paid`` (merchant, order_id, amount, at: in the
books as if it had been paid then).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs

import msgspec

from yoyaku.testing.processor.api import as_json
from yoyaku.testing.processor.books import ApiRefused, Payment
from yoyaku.testing.processor.faults import FAULTS, Fault
from yoyaku.testing.processor.panel import panel
from yoyaku.testing.processor.processor import Processor
from yoyaku.testing.serving import Answer, Asked

Fields = Mapping[str, str]


def answer_control(processor: Processor, asked: Asked) -> Answer:
    """Do what was asked; a form is led back to the panel."""
    if asked.method == "GET":
        return Answer(body=panel(processor), media_type="text/html; charset=utf-8")
    is_json = asked.headers.get("content-type", "").startswith("application/json")
    act = ACTS.get(asked.path.removeprefix("/control/"))
    if act is None:
        return as_json({"error": "not_found"}, status=HTTPStatus.NOT_FOUND)
    try:
        act(processor, _fields(asked.body, is_json=is_json))
    except ApiRefused as refused:
        return as_json({"error": refused.code}, status=refused.status)
    except (ValueError, KeyError) as error:
        return as_json({"error": "malformed", "why": str(error)}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return as_json({}) if is_json else Answer(status=HTTPStatus.SEE_OTHER, location="/control")


def answer_books(processor: Processor) -> Answer:
    """Every yen that the processor holds, per merchant."""
    return as_json({"merchants": processor.held()})


def _fields(body: str, *, is_json: bool) -> dict[str, str]:
    if is_json:
        return {name: str(value) for name, value in msgspec.convert(json.loads(body), dict[str, str | int]).items()}
    return {name: values[0] for name, values in parse_qs(body).items()}


def _pay(processor: Processor, fields: Fields) -> None:
    amount = int(fields["amount"]) if "amount" in fields else None
    detail = {"store": fields["store"]} if "store" in fields else {}
    processor.pay(_payment(processor, fields), amount=amount, detail=detail)


def _settle(processor: Processor, fields: Fields) -> None:
    payment = _payment(processor, fields)
    if fields["result"] == "paid":
        processor.pay(payment)
    else:
        processor.end(payment, "failed", reason=fields["result"])


def _fault(processor: Processor, fields: Fields) -> None:
    kind = fields["kind"]
    if kind not in FAULTS:
        raise ValueError(kind)
    times = int(fields["times"]) if "times" in fields else None
    processor.faults.set(msgspec.convert(kind, Fault), path=fields.get("path", ""), times=times)


def _webhooks(processor: Processor, fields: Fields) -> None:
    deliverer = processor.webhooks
    deliverer.delay_seconds = float(fields.get("delay_seconds", "0"))
    deliverer.copies = int(fields.get("copies", "1"))
    deliverer.drop = int(fields.get("drop", "0"))
    deliverer.held = fields.get("held", "") == "yes"


def _release(processor: Processor, fields: Fields) -> None:
    processor.webhooks.release(reverse=fields.get("reverse", "") == "yes")


def _refunds(processor: Processor, fields: Fields) -> None:
    if fields["next"] == "pending":
        processor.next_refund = "pending"
    else:
        processor.next_refund = "failed" if fields["next"] == "failed" else "succeeded"


def _settle_refund(processor: Processor, fields: Fields) -> None:
    refund = processor.find_refund(fields["refund_id"])
    if refund is None:
        raise ApiRefused("unknown_refund", HTTPStatus.NOT_FOUND)
    processor.settle_refund(refund, "failed" if fields["result"] == "failed" else "succeeded")


def _payout(processor: Processor, fields: Fields) -> None:
    processor.pay_out(fields["merchant"])


def _paid(processor: Processor, fields: Fields) -> None:
    processor.write_paid(
        fields["merchant"],
        fields["order_id"],
        amount=int(fields["amount"]),
        at=datetime.fromisoformat(fields["at"]),
    )


def _clock(processor: Processor, fields: Fields) -> None:
    processor.ahead_seconds = int(fields["seconds"])


def _payment(processor: Processor, fields: Fields) -> Payment:
    found = processor.find(fields["order_id"])
    if found is None:
        raise ApiRefused("unknown_order", HTTPStatus.NOT_FOUND)
    return found


ACTS: Final[Mapping[str, Callable[[Processor, Fields], None]]] = {
    "pay": _pay,
    "settle": _settle,
    "fault": _fault,
    "webhooks": _webhooks,
    "release": _release,
    "refunds": _refunds,
    "settle-refund": _settle_refund,
    "clock": _clock,
    "payout": _payout,
    "paid": _paid,
}
