"""What a payer sees at the processor: ``/pay/<key>`` and, where the bank asks, ``/pay/<key>/challenge``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs, urlsplit

from yoyaku.testing.processor.books import ZONE, Payment
from yoyaku.testing.processor.cards import BRANDS, PASSCODE, TEST_CARDS, CardAct, mistakes, outcome_of, remembered
from yoyaku.testing.processor.markup import button, choice_field, link, listed, page, summary, text_field
from yoyaku.testing.processor.numbers import STORES
from yoyaku.testing.processor.processor import Processor
from yoyaku.testing.processor.words import BANKS, WALLETS, say
from yoyaku.testing.serving import Answer, Asked

HTML: Final = "text/html; charset=utf-8"


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One payer at one page: their payment, their language, and what they typed."""

    processor: Processor
    payment: Payment
    language: str
    typed: Mapping[str, str] = field(default_factory=dict, repr=False)

    def say(self, key: str, **facts: object) -> str:
        """Words in the payer's language."""
        return say(self.language, key, **facts)

    def named(self, names: Mapping[str, tuple[str, str]]) -> dict[str, str]:
        """Names in the payer's language."""
        return {code: words[0 if self.language == "ja" else 1] for code, words in names.items()}


def answer_page(processor: Processor, asked: Asked) -> Answer:
    """Show a page, or take what was typed there."""
    parts = urlsplit(asked.path)
    path = parts.path.strip("/").split("/")
    query = _first(parts.query)
    with processor.lock:
        payment = processor.books.of_page(path[1] if len(path) > 1 else "", now=processor.now())
        if payment is None:
            return _shown(_unknown(), HTTPStatus.NOT_FOUND)
        language = query.get("lang", payment.language)
        language = language if language in {"ja", "en"} else "ja"
        visit = Visit(processor=processor, payment=payment, language=language, typed=_first(asked.body))
        if asked.method == "POST":
            return _take(visit, is_challenge=path[2:] == ["challenge"])
        return _shown(_page_of(visit, {}))


def _take(visit: Visit, *, is_challenge: bool) -> Answer:
    """What follows from a form: nothing, where the payment has ended meanwhile."""
    payment = visit.payment
    if payment.state != "open":
        return _shown(_page_of(visit, {}))
    if visit.typed.get("act") == "stop":
        visit.processor.end(payment, "cancelled")
        return _away(payment.cancel_url)
    if payment.challenged:
        return _take_challenge(visit) if is_challenge else _shown(_page_of(visit, {}))
    if payment.choice == "card":
        return _take_card(visit)
    offered = WALLETS if payment.choice == "e_money" else BANKS
    kind = "wallet" if payment.choice == "e_money" else "bank"
    if visit.typed.get(kind) not in offered:
        return _shown(_page_of(visit, {kind: f"{kind}_missing"}))
    visit.processor.pay(payment, detail={kind: offered[visit.typed[kind]][0]})
    return _away(payment.return_url)


def _take_card(visit: Visit) -> Answer:
    today = visit.processor.now().astimezone(ZONE).date()
    wrong = mistakes(visit.typed, today=today)
    if wrong:
        return _shown(_page_of(visit, wrong))
    payment, act, kept = visit.payment, outcome_of(visit.typed["number"]), remembered(visit.typed)
    if act.outcome == "challenge":
        payment.challenged = {**kept, "reason": act.reason or "", "fails": "yes" if act.challenge_fails else ""}
        return _shown(_page_of(visit, {}))
    if act.outcome == "processing":
        visit.processor.wait(payment, kept)
        return _away(payment.return_url)
    if act.outcome == "three_d_secure_unavailable":
        return _failed(visit, act.outcome)
    return _decided(visit, act.reason, {**kept, "three_d_secure": "frictionless"})


def _take_challenge(visit: Visit) -> Answer:
    asked = visit.payment.challenged
    if asked["fails"] or visit.typed.get("passcode", "").strip() != PASSCODE:
        return _failed(visit, "three_d_secure_failed")
    kept = {"brand": asked["brand"], "last_digits": asked["last_digits"], "three_d_secure": "challenge"}
    return _decided(visit, asked["reason"] or None, kept)


def _decided(visit: Visit, reason: str | None, kept: Mapping[str, str]) -> Answer:
    if reason is not None:
        return _failed(visit, reason)
    visit.processor.pay(visit.payment, detail=kept)
    return _away(visit.payment.return_url)


def _failed(visit: Visit, reason: str) -> Answer:
    visit.processor.end(visit.payment, "failed", reason=reason)
    return _shown(_page_of(visit, {}))


def _page_of(visit: Visit, wrong: Mapping[str, str]) -> bytes:
    payment = visit.payment
    if payment.state == "open":
        content, title = _open(visit, wrong), "challenge" if payment.challenged else "title"
    elif payment.numbers and payment.state == "pending":
        content, title = _numbers(visit), "numbers_title"
    else:
        content, title = _over(visit), f"{payment.state}_title"
    other = "en" if visit.language == "ja" else "ja"
    lead = (
        f'<p class="demo">{escape(visit.say("demo"))}</p>'
        f'<p><a href="/pay/{payment.page_key}?lang={other}" lang="{other}">{visit.say("other_language")}</a></p>'
    )
    return page(visit.language, title=visit.say(title), content=content, lead=lead)


def _about(visit: Visit) -> str:
    payment = visit.payment
    rows = [
        (visit.say("amount"), visit.say("yen", amount=f"{payment.amount:,}")),
        (visit.say("shop"), visit.processor.merchants[payment.merchant].name),
        (visit.say("what"), payment.description),
    ]
    if payment.reference is not None:
        rows.append((visit.say("reference"), payment.reference))
    return listed(rows)


def _open(visit: Visit, wrong: Mapping[str, str]) -> str:
    payment = visit.payment
    until = payment.expires_at.astimezone(ZONE).strftime("%H:%M")
    told = {name: visit.say(key) for name, key in wrong.items()}
    where = f"/pay/{payment.page_key}{'/challenge' if payment.challenged else ''}?lang={visit.language}"
    fields = _challenge(visit) if payment.challenged else _fields(visit, told)
    act = visit.say("confirm" if payment.challenged else "pay")
    return (
        summary(visit.say("mistakes"), told)
        + _about(visit)
        + f"<p>{escape(visit.say('within', until=until))}</p>"
        + f'<form method="post" action="{where}" novalidate>{fields}<p>{button(act, value="pay")}'
        + f"{button(visit.say('stop'), value='stop', second=True)}</p></form>"
        + (_trials(visit) if payment.choice == "card" and not payment.challenged else "")
    )


def _fields(visit: Visit, told: Mapping[str, str]) -> str:
    if visit.payment.choice == "card":
        return _card(visit, told)
    kind, offered = ("wallet", WALLETS) if visit.payment.choice == "e_money" else ("bank", BANKS)
    return choice_field(kind, legend=visit.say(kind), choices=visit.named(offered), mistake=told.get(kind))


def _card(visit: Visit, told: Mapping[str, str]) -> str:
    def line(name: str, autocomplete: str, hint: str = "") -> str:
        typed = "" if name == "code" else visit.typed.get(name, "")  # a security code is never shown again
        return text_field(
            name, label=visit.say(name), autocomplete=autocomplete, value=typed, hint=hint, mistake=told.get(name)
        )

    brands = {code: brand.name for code, brand in BRANDS.items()}
    chosen = visit.typed.get("brand", "")
    return (
        choice_field("brand", legend=visit.say("brand"), choices=brands, chosen=chosen, mistake=told.get("brand"))
        + line("number", "cc-number", visit.say("number_hint"))
        + f"<fieldset><legend>{escape(visit.say('expiry'))}</legend>"
        + f"{line('month', 'cc-exp-month')}{line('year', 'cc-exp-year')}</fieldset>"
        + line("code", "cc-csc", visit.say("code_hint"))
    )


def _challenge(visit: Visit) -> str:
    field_ = text_field("passcode", label=visit.say("passcode"), autocomplete="one-time-code")
    return f"<p>{escape(visit.say('challenge_why'))}</p>{field_}"


def _trials(visit: Visit) -> str:
    rows = "".join(
        f"<tr><td>{number}</td><td>{visit.say(f'trial_{act.outcome}')}{escape(_told(visit, act))}</td></tr>"
        for number, act in TEST_CARDS.items()
    )
    head = f'<tr><th scope="col">{visit.say("number")}</th><th scope="col">{visit.say("trial")}</th></tr>'
    return (
        f'<details><summary>{visit.say("trials")}</summary><div class="scroll" tabindex="0" role="region"'
        f' aria-label="{visit.say("trials")}"><table>{head}{rows}</table></div></details>'
    )


def _told(visit: Visit, act: CardAct) -> str:
    reason = "three_d_secure_failed" if act.challenge_fails else act.reason
    return "" if reason is None else f" → {visit.say(reason)}"


def _numbers(visit: Visit) -> str:
    payment = visit.payment
    until = payment.expires_at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
    rows = [(visit.say(code), number) for code, number in payment.numbers.items()]
    stores = "".join(f"<li>{escape(name)}</li>" for name in visit.named(STORES).values())
    return (
        _about(visit)
        + listed([*rows, (visit.say("pay_by"), until)])
        + f"<p>{escape(visit.say(f'{payment.choice}_how'))}</p>"
        + (f"<h2>{visit.say('stores')}</h2><ul>{stores}</ul>" if payment.choice == "convenience" else "")
        + link(visit.say("back"), payment.return_url)
    )


def _over(visit: Visit) -> str:
    payment = visit.payment
    told = visit.say((payment.reason or "card_declined") if payment.state == "failed" else payment.state)
    back = payment.cancel_url if payment.state in {"cancelled", "expired"} else payment.return_url
    return f'<p role="status">{escape(told)}</p>{_about(visit)}{link(visit.say("back"), back)}'


def _unknown() -> bytes:
    return page("ja", title=say("ja", "unknown_title"), content=f"<p>{say('ja', 'unknown')}</p>")


def _shown(content: bytes, status: int = HTTPStatus.OK) -> Answer:
    return Answer(status=status, body=content, media_type=HTML)


def _away(url: str) -> Answer:
    return Answer(status=HTTPStatus.SEE_OTHER, location=url)


def _first(encoded: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(encoded, keep_blank_values=True).items()}
