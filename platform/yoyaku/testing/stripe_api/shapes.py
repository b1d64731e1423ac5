"""How a request is read, and refused where it is malformed: nested forms, known parameters, amounts and times."""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl

Json = dict[str, Any]
MINUTE: Final = 60
DAY: Final = 86_400
CARD_YEN: Final = (50, 99_999_999)
STORE_YEN: Final = (120, 300_000)
_PART: Final = re.compile(r"[^\[\]]+")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")
PAGE_TAKES: Final = frozenset(
    {
        "adaptive_pricing", "allowed_payment_method_types", "cancel_url", "client_reference_id", "customer_email", "expand",
        "expires_at", "line_items", "locale", "metadata", "mode", "payment_intent_data", "payment_method_options",
        "success_url", "wallet_options",
    }
)  # fmt: skip
INTENT_TAKES: Final = frozenset(
    {
        "allowed_payment_method_types", "amount", "confirm", "currency", "description", "expand", "metadata",
        "payment_method_data", "payment_method_options", "return_url",
    }
)  # fmt: skip
REFUND_TAKES: Final = frozenset({"amount", "expand", "metadata", "payment_intent", "reason"})


class ApiError(Exception):
    """An error as Stripe words it."""

    def __init__(
        self, code: str | None, *, param: str | None = None, status: int = HTTPStatus.BAD_REQUEST,
        kind: str = "invalid_request_error",
    ) -> None:  # fmt: skip
        """Name it."""
        self.status = status
        self.told = {"type": kind, "message": f"refused: {code or param}"}
        self.told |= {name: value for name, value in (("code", code), ("param", param)) if value is not None}
        super().__init__(code)


def read_form(text: str) -> Json:
    """``a[b][0]=1`` is ``{"a": {"b": ["1"]}}``."""
    whole: Json = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        *outer, last = _PART.findall(name)
        at = whole
        for part in outer:
            at = at.setdefault(part, {})
        at[last] = value
    found: Json = _with_lists(whole)
    return found


def _with_lists(value: Any) -> Any:  # noqa: ANN401  # whatever a form holds
    if not isinstance(value, dict):
        return value
    inner = {name: _with_lists(one) for name, one in value.items()}
    if inner and all(name.isdecimal() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


def check_known(form: Json, known: Iterable[str]) -> None:
    """Refuse parameters that there are none of any more, or never were."""
    if "payment_method_types" in form:
        raise ApiError("payment_method_types_no_longer_supported", param="payment_method_types")
    for name in form:
        if name not in known:
            raise ApiError("parameter_unknown", param=name)


def check_page(form: Json, *, now: float) -> int:
    """A Checkout Session that may be made; the amount."""
    check_known(form, PAGE_TAKES)
    if form.get("mode") != "payment" or form.get("allowed_payment_method_types") != ["card"]:
        raise ApiError("parameter_missing", param="mode")
    until = _number(form, "expires_at")
    if not now + 30 * MINUTE - 1 <= until <= now + DAY:
        raise ApiError(None, param="expires_at")
    if "customer_email" in form:
        check_email(form["customer_email"], param="customer_email")
    for name in ("success_url", "cancel_url"):
        if not str(form.get(name, "")).startswith(("https://", "http://")):
            raise ApiError("url_invalid", param=name)
    (item,) = form["line_items"]
    price = item["price_data"]
    if price["currency"] != "jpy" or not price["product_data"]["name"]:
        raise ApiError("parameter_missing", param="line_items")
    return _amount(price, "unit_amount", CARD_YEN) * _number(item, "quantity")


def check_numbers(form: Json, *, now: float) -> int:
    """A PaymentIntent to be paid at a store that may be made; the amount."""
    check_known(form, INTENT_TAKES)
    if form.get("currency") != "jpy" or form.get("allowed_payment_method_types") != ["konbini"]:
        raise ApiError("parameter_missing", param="currency")
    if form.get("confirm") != "true":
        raise ApiError("parameter_missing", param="confirm")
    payer = form["payment_method_data"]["billing_details"]
    check_email(payer.get("email", ""), param="payment_method_data[billing_details][email]")
    if not payer.get("name"):
        raise ApiError("parameter_missing", param="payment_method_data[billing_details][name]")
    until = _number(form["payment_method_options"]["konbini"], "expires_at")
    if not now + 30 * MINUTE < until < now + 60 * DAY:
        raise ApiError(None, param="payment_method_options[konbini][expires_at]")
    return _amount(form, "amount", STORE_YEN)


def check_email(text: str, *, param: str) -> None:
    """Something that may be an address."""
    if not _EMAIL.match(text):
        raise ApiError("email_invalid", param=param)


def _number(form: Json, name: str) -> int:
    text = str(form.get(name, ""))
    if not text.isdecimal():
        raise ApiError("parameter_invalid_integer", param=name)
    return int(text)


def _amount(form: Json, name: str, limits: tuple[int, int]) -> int:
    yen = _number(form, name)
    if yen < limits[0]:
        raise ApiError("amount_too_small", param=name)
    if yen > limits[1]:
        raise ApiError("amount_too_large", param=name)
    return yen


def amount_of(form: Json) -> int:
    """The amount of a refund."""
    return _amount(form, "amount", (1, CARD_YEN[1]))
