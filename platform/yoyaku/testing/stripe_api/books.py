"""Stripe's mind: pages, intents, charges, refunds and the balance. Amounts in yen, times as epochs in seconds."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import Final

from yoyaku.testing.stripe_api.events import Events
from yoyaku.testing.stripe_api.shapes import (
    REFUND_TAKES,
    ApiError,
    Json,
    amount_of,
    check_known,
    check_numbers,
    check_page,
)

STORES: Final = ("familymart", "lawson", "ministop", "seicomart")
FEE_PER_MILLE: Final = 36
"""What Stripe keeps of a payment in Japan."""
CANCELLABLE: Final = frozenset({"requires_payment_method", "requires_action", "requires_confirmation"})


@dataclass(kw_only=True)
class Books:
    """Everything of one account. ``ahead_seconds`` moves the clock."""

    events: Events
    ahead_seconds: float = 0
    kept: dict[str, Json] = field(default_factory=dict)

    def now(self) -> float:
        """The time here."""
        return time.time() + self.ahead_seconds

    def get(self, kind: str, ref: str) -> Json:
        """An object by its id.

        Raises:
            ApiError: there is none.
        """
        self.pass_time()
        found = self.kept.get(ref)
        if found is None or found["object"] != kind:
            raise ApiError("resource_missing", param="id", status=404)
        return found

    def every(self, kind: str) -> list[Json]:
        """Every object of a kind, the newest first."""
        self.pass_time()
        return [one for one in reversed(self.kept.values()) if one["object"] == kind]

    def keep(self, prefix: str, kind: str, **properties: object) -> Json:
        """A new object."""
        ref = f"{prefix}_{secrets.token_hex(12)}"
        self.kept[ref] = {"id": ref, "object": kind, "created": int(self.now()), "livemode": False, **properties}
        return self.kept[ref]

    def pass_time(self) -> None:
        """What ends by itself."""
        now = self.now()
        for one in list(self.kept.values()):
            if one["object"] == "checkout.session" and one["status"] == "open" and one["expires_at"] <= now:
                self._end_page(one)
            voucher = (one.get("next_action") or {}).get("konbini_display_details")
            if voucher is not None and voucher["expires_at"] <= now:
                self.fail(one, code="payment_intent_payment_attempt_expired")

    def open_page(self, form: Json, base: str) -> Json:
        """A Checkout Session."""
        amount = check_page(form, now=self.now())
        page = self.keep(
            "cs_test",
            "checkout.session",
            amount_total=amount,
            currency="jpy",
            status="open",
            payment_status="unpaid",
            payment_intent=None,
            mode="payment",
            expires_at=int(form["expires_at"]),
            client_reference_id=form.get("client_reference_id"),
            customer_email=form.get("customer_email"),
            metadata=form.get("metadata", {}),
            success_url=form["success_url"],
            cancel_url=form["cancel_url"],
            payment_method_types=["card"],
            locale=form.get("locale", "auto"),
            intent_metadata=form.get("payment_intent_data", {}).get("metadata", {}),
            description=form["line_items"][0]["price_data"]["product_data"]["name"],
        )
        page["url"] = f"{base}/c/pay/{page['id']}"
        return page

    def expire_page(self, ref: str) -> Json:
        """Close a page that is open."""
        page = self.get("checkout.session", ref)
        if page["status"] != "open":
            raise ApiError(None)
        self._end_page(page)
        return page

    def give_numbers(self, form: Json) -> Json:
        """A PaymentIntent, confirmed at once, to be paid at a store."""
        amount = check_numbers(form, now=self.now())
        codes = {"payment_code": f"{secrets.randbelow(10**11):011d}", "confirmation_number": "400008"}
        voucher = {
            "expires_at": int(form["payment_method_options"]["konbini"]["expires_at"]),
            "hosted_voucher_url": "https://payments.example/konbini/voucher",
            "stores": dict.fromkeys(STORES, codes),
        }
        return self.intent(
            amount,
            form.get("metadata", {}),
            types=["konbini"],
            status="requires_action",
            next_action={"type": "konbini_display_details", "konbini_display_details": voucher},
        )

    def intent(self, amount: int, metadata: Json, **properties: object) -> Json:
        """A PaymentIntent."""
        usual = {
            "status": "requires_payment_method",
            "amount": amount,
            "amount_received": 0,
            "currency": "jpy",
            "metadata": metadata,
            "last_payment_error": None,
            "next_action": None,
            "latest_charge": None,
            "canceled_at": None,
        }
        return self.keep("pi", "payment_intent", **{**usual, **properties})

    def cancel_intent(self, ref: str) -> Json:
        """Cancel an intent that belongs to no page and is not paid."""
        intent = self.get("payment_intent", ref)
        if self.page_of(intent) is not None or intent["status"] not in CANCELLABLE:
            raise ApiError("payment_intent_unexpected_state", param="intent")
        self._cancel(intent)
        return intent

    def page_of(self, intent: Json) -> Json | None:
        """The page of an intent."""
        return next((page for page in self.every("checkout.session") if page["payment_intent"] == intent["id"]), None)

    def succeed(self, intent: Json, means: Json) -> None:
        """Money came in."""
        charge = self.keep(
            "ch",
            "charge",
            amount=intent["amount"],
            amount_refunded=0,
            currency="jpy",
            paid=True,
            status="succeeded",
            payment_intent=intent["id"],
            metadata=dict(intent["metadata"]),
            payment_method_details=means,
        )
        intent |= {"status": "succeeded", "amount_received": intent["amount"], "latest_charge": charge["id"]}
        intent |= {"next_action": None, "last_payment_error": None}
        self._line("charge" if means["type"] == "card" else "payment", charge["id"], intent["amount"])
        self.events.tell("charge.succeeded", charge)
        self.events.tell("payment_intent.succeeded", intent)
        page = self.page_of(intent)
        if page is not None:
            page |= {"status": "complete", "payment_status": "paid", "url": None}
            self.events.tell("checkout.session.completed", page)

    def fail(self, intent: Json, *, code: str, decline_code: str | None = None) -> None:
        """A try to pay did not work; on a page, another may follow."""
        intent |= {"status": "requires_payment_method", "next_action": None}
        intent["last_payment_error"] = {"type": "card_error", "code": code, "decline_code": decline_code}
        self.events.tell("payment_intent.payment_failed", intent)

    def give_back(self, form: Json) -> Json:
        """A refund; at a store's, the payer is asked for a bank account first."""
        check_known(form, REFUND_TAKES)
        intent = self.get("payment_intent", form["payment_intent"])
        if intent["status"] != "succeeded":
            raise ApiError("payment_intent_unexpected_state", param="payment_intent")
        charge, amount = self.kept[intent["latest_charge"]], amount_of(form)
        if charge["amount_refunded"] == charge["amount"]:
            raise ApiError("charge_already_refunded")
        if charge["amount_refunded"] + amount > charge["amount"]:
            raise ApiError(None, param="amount")
        charge["amount_refunded"] += amount
        is_card = charge["payment_method_details"]["type"] == "card"
        refund = self.keep(
            "re",
            "refund",
            amount=amount,
            currency="jpy",
            status="succeeded" if is_card else "requires_action",
            failure_reason=None,
            payment_intent=intent["id"],
            charge=charge["id"],
            metadata=form.get("metadata", {}),
        )
        self._line("refund" if is_card else "payment_refund", refund["id"], -amount)
        self.events.tell("refund.created", refund)
        return refund

    def end_refund(self, refund: Json, *, failure: str | None = None) -> None:
        """What became of a refund that took its time, or that seemed to be done."""
        refund |= {"status": "failed" if failure else "succeeded", "failure_reason": failure}
        if failure:
            self.kept[refund["charge"]]["amount_refunded"] -= refund["amount"]
            self._line("refund_failure", refund["id"], refund["amount"])
        self.events.tell("refund.failed" if failure else "refund.updated", refund)

    def dispute(self, charge: Json) -> Json:
        """The payer's bank takes the money back."""
        dispute = self.keep(
            "dp", "dispute", amount=charge["amount"], charge=charge["id"], payment_intent=charge["payment_intent"],
            metadata={}, status="needs_response",
        )  # fmt: skip
        self._line("adjustment", dispute["id"], -charge["amount"])
        self.events.tell("charge.dispute.created", dispute)
        return dispute

    def pay_out(self, *, own_fee: int = 0) -> Json:
        """Transfer to the bank all that was not transferred yet, less Stripe's fees; it arrives at once."""
        if own_fee:
            self._line("stripe_fee", self.keep("fee", "fee")["id"], -own_fee)
        lines = [one for one in self.every("balance_transaction") if one["payout"] is None]
        amount = sum(one["net"] for one in lines)
        payout = self.keep(
            "po", "payout", amount=amount, currency="jpy", arrival_date=int(self.now()), automatic=True, status="paid"
        )
        self._line("payout", payout["id"], -amount)
        for one in [*lines, self.every("balance_transaction")[0]]:
            one["payout"] = payout["id"]
        self.events.tell("payout.paid", payout)
        return payout

    def _line(self, kind: str, source: str, amount: int) -> None:
        """A line of the balance; of what comes in, Stripe keeps its fee."""
        fee = amount * FEE_PER_MILLE // 1000 if kind in {"charge", "payment"} else 0
        self.keep(
            "txn", "balance_transaction", type=kind, source=source, amount=amount, fee=fee, net=amount - fee,
            currency="jpy", payout=None,
        )  # fmt: skip

    def _end_page(self, page: Json) -> None:
        page |= {"status": "expired", "url": None}
        intent = self.kept.get(page["payment_intent"] or "")
        if intent is not None and intent["status"] in CANCELLABLE:
            self._cancel(intent)
        self.events.tell("checkout.session.expired", page)

    def _cancel(self, intent: Json) -> None:
        intent |= {"status": "canceled", "canceled_at": int(self.now()), "next_action": None}
        self.events.tell("payment_intent.canceled", intent)
