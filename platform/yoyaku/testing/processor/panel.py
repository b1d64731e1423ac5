"""The page from which a visitor of the demo pays at a store, and makes things go wrong."""

from __future__ import annotations

from html import escape
from typing import Final

from yoyaku.testing.processor.books import Payment, Refund
from yoyaku.testing.processor.faults import FAULTS
from yoyaku.testing.processor.markup import button, page
from yoyaku.testing.processor.processor import Processor

SHOWN: Final = 50
NEXT_REFUNDS: Final = ("succeeded", "pending", "failed")


def panel(processor: Processor) -> bytes:
    """The newest payments with what can be done to them, what goes wrong at present, and what is held for whom."""
    with processor.lock:
        newest = list(processor.books.payments.values())[: -SHOWN - 1 : -1]
        rows = "".join(_row(processor.books.looked_at(one, now=processor.now())) for one in newest)
        going_back = "".join(_refund(one) for one in processor.books.refunds.values() if one.state == "pending")
        held = "".join(
            f"<tr><th>{escape(told['name'])}</th><td>{told['held_yen']:,}</td><td>{_payout(merchant)}</td></tr>"
            for merchant, told in processor.held().items()
        )
    content = (
        '<p class="demo">デモの決済会社を裏側から動かします。実際のお金は動きません。 / '
        "Behind the scenes of the demo's payment company. No real money moves.</p>"
        "<h2>お支払い / Payments</h2>"
        f'<div class="scroll"><table><tr><th>注文 / Order</th><th>円 / Yen</th><th>状態 / State</th><th>操作 / Act</th></tr>{rows}'
        "</table></div>"
        f"<h2>返金の途中 / Refunds under way</h2>{_under_way(going_back)}"
        f"<h2>預かり金（円） / Held (yen)</h2><table>{held}</table>"
        f"<h2>障害 / Faults</h2>{_faults(processor)}{_webhooks(processor)}{_refunds(processor)}"
    )
    return page("ja", title="決済会社の裏側（デモ） / Behind the demo's payment company", content=content)


def _row(payment: Payment) -> str:
    acts = ""
    if payment.state == "pending" and payment.numbers:
        acts = _act("pay", payment, label="店で支払う / Pay at a store", told=("store", "見本店"))
    elif payment.state == "pending":
        acts = _act("settle", payment, label="承認する / Approve", told=("result", "paid"))
        acts += _act("settle", payment, label="断る / Refuse", told=("result", "bank_refused"))
    return (
        f"<tr><td>{escape(payment.reference or payment.order_id)}<br>{escape(payment.description)}</td>"
        f"<td>{payment.amount:,}</td><td>{payment.state} ({payment.choice})</td><td>{acts}</td></tr>"
    )


def _under_way(rows: str) -> str:
    if not rows:
        return "<p>ありません。 / None.</p>"
    head = "<tr><th>注文 / Order</th><th>円 / Yen</th><th>操作 / Act</th></tr>"
    return f'<div class="scroll"><table>{head}{rows}</table></div>'


def _refund(refund: Refund) -> str:
    acts = ""
    for result, label in (("succeeded", "返金を終える / Settle"), ("failed", "返金を断る / Refuse")):
        fields = {"refund_id": refund.refund_id, "result": result}
        acts += (
            f'<form method="post" action="/control/settle-refund">{_hidden(fields)}{button(label, value="go")}</form>'
        )
    return f"<tr><td>{escape(refund.order_id)}</td><td>{refund.amount:,}</td><td>{acts}</td></tr>"


def _payout(merchant: str) -> str:
    return (
        f'<form method="post" action="/control/payout"><input type="hidden" name="merchant" value="{escape(merchant)}">'
        f"{button('自治体の口座へ振り込む / Pay out', value='go', second=True)}</form>"
    )


def _act(act: str, payment: Payment, *, label: str, told: tuple[str, str]) -> str:
    fields = {"order_id": payment.order_id, told[0]: told[1]}
    return f'<form method="post" action="/control/{act}">{_hidden(fields)}{button(label, value="go")}</form>'


def _hidden(fields: dict[str, str]) -> str:
    return "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in fields.items())


def _faults(processor: Processor) -> str:
    return (
        '<form method="post" action="/control/fault"><p>'
        f"{_choice('kind', 'API', FAULTS, processor.faults.kind)} {button('変える / Change', value='go', second=True)}</p></form>"
    )


def _webhooks(processor: Processor) -> str:
    told = processor.webhooks
    held = _choice("held", "通知を止めておく / Keep webhooks back", ("no", "yes"), "yes" if told.held else "no")
    copies = _choice("copies", "通知の回数 / Copies of a webhook", ("1", "2", "3"), str(told.copies))
    return (
        f'<form method="post" action="/control/webhooks"><p>{held} {copies} '
        f"{button('変える / Change', value='go', second=True)}</p></form>"
        '<form method="post" action="/control/release"><p>'
        f"{_choice('reverse', '逆の順で / In reverse', ('no', 'yes'), 'no')} "
        f"{button('止めた通知を送る / Send what was kept back', value='go', second=True)}</p></form>"
    )


def _refunds(processor: Processor) -> str:
    chosen = _choice("next", "次の返金 / Refunds from now on", NEXT_REFUNDS, processor.next_refund)
    return (
        f'<form method="post" action="/control/refunds"><p>{chosen} '
        f"{button('変える / Change', value='go', second=True)}</p></form>"
    )


def _choice(name: str, label: str, offered: tuple[str, ...], chosen: str) -> str:
    options = "".join(f"<option{' selected' if one == chosen else ''}>{escape(one)}</option>" for one in offered)
    return f'<label>{escape(label)} <select name="{name}">{options}</select></label>'
