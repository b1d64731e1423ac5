"""What follows a booking: how it is confirmed and paid, changed, cancelled, and what happens without payment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from yoyaku.billing.terms import Arrears, LateCounter, PaymentMethod
from yoyaku.booking.terms import Cancellation, Change, Lifecycle
from yoyaku.rulebook.words.guide.telling import Telling
from yoyaku.rulebook.words.pieces import Block, Paragraph, Table
from yoyaku.rulebook.words.tiers import percent_words, tier_words

ALL: int = 100


# --- paying --------------------------------------------------------------------------------------


def paying(tell: Telling) -> Iterator[Block]:
    """The section on what makes a booking stand, and on paying."""
    yield tell.bullets(_life(tell, each) for each in tell.rules.booking.lifecycle)
    methods = tell.rules.payment.methods
    if not methods:
        yield tell.paragraph(tell.say("pay.nothing"))
        return
    heads = [tell.say("pay.how"), tell.say("pay.for"), tell.say("pay.until")]
    yield tell.table(tell.say("pay.table"), heads, (_method(tell, method) for method in methods))
    yield tell.bullets(_about_paying(tell))


def _life(tell: Telling, life: Lifecycle) -> Paragraph:
    when = tell.names.condition(life.when)
    of = "_for" if when else ""
    if life.initial == "confirmed":
        return tell.paragraph(tell.say(f"pay.confirmed{of}", when=when), life)
    by = tell.voice.either(tell.say(f"pay.by.{way}") for way in life.confirmed_by)
    parts = [tell.say(f"pay.tentative{of}", when=when, by=by)]
    if life.lapses is not None:
        parts.append(tell.say("pay.lapses", until=tell.moment(life.lapses)))
    return tell.paragraph(tell.voice.sentences(parts), life)


def _method(tell: Telling, method: PaymentMethod) -> tuple[list[str], str]:
    until = tell.say("pay.no_limit")
    if method.due is not None:
        until = tell.say("moment.until", moment=tell.moment(method.due))
    name = tell.text(method.name)
    return [name, tell.names.condition(method.when) or tell.say("everybody"), until], tell.source(method)


def _around_the_last_day(tell: Telling, methods: Sequence[PaymentMethod]) -> Iterator[Paragraph]:
    """What becomes of what is not paid, and when who has not paid is reminded; once each."""
    for after in dict.fromkeys(method.after_due for method in methods if not method.automatic):
        yield tell.paragraph(tell.say(f"pay.after_{after}"))
    for days, at in dict.fromkeys((one.remind.days_before, one.remind.at) for one in methods if one.remind is not None):
        yield tell.paragraph(tell.say("pay.remind" if days else "pay.remind_day", days=days, at=at))


def _about_paying(tell: Telling) -> Iterator[Paragraph]:
    methods = tell.rules.payment.methods
    yield from _around_the_last_day(tell, methods)
    late = tell.voice.both(dict.fromkeys(tell.text(m.name) for m in methods if m.open_after_due))
    if late:
        yield tell.paragraph(tell.say("pay.late_ok", methods=late))
    notes = (tell.say("colon", name=tell.text(m.name), text=tell.note(m)) for m in methods if tell.note(m))
    yield from map(tell.paragraph, dict.fromkeys(notes))
    for method in methods:
        if method.automatic and method.collection is not None:
            on = tell.moment(method.collection.on, day_only=True)
            yield tell.paragraph(tell.say("pay.automatic", name=tell.text(method.name), on=on))
    for name in dict.fromkeys(tell.text(method.name) for method in methods if method.needs_email):
        yield tell.paragraph(tell.say("pay.mail", name=name))
    through = {tell.text(method.name): method.channels for method in methods if method.channels}
    for name, codes in through.items():
        channels = tell.voice.either(tell.names.value("channel", code) for code in codes)
        yield tell.paragraph(tell.say("pay.through", name=name, channels=channels))
    if any(method.online for method in methods):
        for receipt in tell.rules.payment.receipts:
            text, when = tell.say(f"pay.receipt.{receipt.of_online}"), tell.names.condition(receipt.when)
            yield tell.paragraph(tell.say("pay.receipt_for", when=when, text=text) if when else text, receipt)


# --- changing ------------------------------------------------------------------------------------


def changing(tell: Telling) -> Iterator[Block]:
    """The section on what can be changed in a booking."""
    changes = tell.rules.booking.change
    if not changes:
        yield tell.paragraph(tell.say("change.none"))
        return
    yield tell.bullets(_change(tell, change) for change in changes)


def _change(tell: Telling, change: Change) -> Paragraph:
    # Who may do it is said at the end; the same fact in the condition would say it twice.
    when = tell.names.condition({fact: match for fact, match in change.when.items() if fact != "actor"})
    what = tell.voice.both(tell.say(f"allows.{each}") for each in change.allows)
    until = tell.say("change.any_time")
    if change.until is not None:
        until = tell.say("moment.until", moment=tell.moment(change.until))
    by = tell.voice.either(tell.say(f"by.{who}") for who in change.by)
    text = tell.say("change.item_for" if when else "change.item", what=what, when=when, until=until, by=by)
    less = tell.say("change.less") if change.total == "not_less" else ""
    return tell.paragraph(tell.voice.sentences([text, less, tell.note(change)]), change)


# --- cancelling ----------------------------------------------------------------------------------


def cancelling(tell: Telling) -> Iterator[Block]:
    """The section on cancelling: until when, how, and what goes back."""
    for way in tell.rules.booking.cancellation:
        yield tell.bullets(_way(tell, way), _heading(tell, way))
        if not _gives_all_back(way):
            yield _tiers(tell, way)
    points = list(_refunds(tell))
    if points:
        yield tell.bullets(points)


def _heading(tell: Telling, way: Cancellation) -> str:
    if way.grounds:
        grounds = tell.voice.either(tell.names.value("grounds", each) for each in way.grounds)
        return tell.say("cancel.by_city", grounds=grounds)
    when = {fact: match for fact, match in way.when.items() if fact != "actor"}
    name = tell.names.condition(when) or tell.say("cancel.all_bookings")
    return tell.say("bracket", name=name, text=_hands(tell, way))


def _hands(tell: Telling, way: Cancellation) -> str:
    return tell.voice.either(tell.say(f"by.{who}") for who in way.by)


def _gives_all_back(way: Cancellation) -> bool:
    return all(tier.percent == ALL for tier in way.tiers)


def _way(tell: Telling, way: Cancellation) -> Iterator[Paragraph]:
    if not way.grounds:
        yield tell.paragraph(tell.say("cancel.by", by=_hands(tell, way)), way)
        if way.until is None:
            yield tell.paragraph(tell.say("cancel.any_time"))
        else:
            yield tell.paragraph(tell.say("cancel.until", until=tell.moment(way.until)), way.until)
        if way.reason == "required" and "resident" in way.by:
            yield tell.paragraph(tell.say("cancel.reason"))
    if _gives_all_back(way):
        yield tell.paragraph(tell.say("cancel.always_all"), way)
    if tell.note(way):
        yield tell.paragraph(tell.note(way))


def _tiers(tell: Telling, way: Cancellation) -> Table:
    rows = [
        ([tier_words(tier, tell.voice), percent_words(tier.percent, tell.voice)], tell.source(tier) or tell.source(way))
        for tier in sorted(way.tiers, key=lambda tier: -tier.at_least)
    ]
    caption = tell.say("cancel.tiers_for", when=_heading(tell, way))
    return tell.table(caption, [tell.say("cancel.on"), tell.say("cancel.back")], rows)


def _refunds(tell: Telling) -> Iterator[Paragraph]:
    payment = tell.rules.payment
    partial = [way for way in tell.rules.booking.cancellation if not _gives_all_back(way)]
    if partial:
        if any(life.initial == "confirmed" for life in tell.rules.booking.lifecycle):
            yield tell.paragraph(tell.say("cancel.unpaid"))
        way = partial[0]
        yield tell.paragraph(tell.say(f"cancel.rounding.{way.rounding.value}", unit=way.unit_yen))
    if any(method.online for method in payment.methods):
        refunds = payment.refunds
        yield tell.paragraph(tell.say(f"cancel.refund.{refunds.online}"), refunds)
        yield tell.paragraph(tell.say(f"cancel.refund_by.{refunds.by}"))
        if refunds.within_days is not None:
            yield tell.paragraph(tell.say("cancel.refund_days", n=refunds.within_days))
    if payment.credits is not None:
        grounds = tell.voice.either(tell.names.value("grounds", each) for each in payment.credits.grounds)
        yield tell.paragraph(tell.say("cancel.credit", grounds=grounds), payment.credits)


# --- arrears -------------------------------------------------------------------------------------


def arrears(tell: Telling) -> Iterator[Block]:
    """The section on what happens to an unpaid charge."""
    for ladder in tell.rules.payment.arrears:
        yield _ladder(tell, ladder)
        points = [
            tell.paragraph(tell.say("arrears.suspends", name=tell.text(step.name)))
            for step in ladder.steps
            if step.suspends
        ]
        yield tell.bullets([*points, tell.paragraph(tell.say(f"arrears.{ladder.reinstated}"), ladder)])
    counters = [tell.paragraph(_late(tell, one), one) for one in tell.rules.payment.late_counters]
    if counters:
        yield tell.bullets(counters, tell.say("arrears.counters"))


def _late(tell: Telling, counter: LateCounter) -> str:
    name, when = tell.text(counter.name), tell.names.condition(counter.when)
    said = tell.say("bracket", name=when, text=name) if when else name
    return tell.voice.sentences([said, tell.note(counter)])


def _ladder(tell: Telling, ladder: Arrears) -> Table:
    heads = [tell.say("arrears.step"), tell.say("arrears.when"), tell.say("arrears.pay_by")]
    rows = []
    for step in ladder.steps:
        pay_by = ""
        if step.pay_by is not None:
            pay_by = tell.say("moment.until", moment=tell.moment(step.pay_by, called={"step": "sent"}))
        rows.append(([tell.text(step.name), tell.moment(step.at, day_only=True), pay_by], tell.source(step)))
    when = tell.names.condition(ladder.when)
    caption = tell.say("arrears.table_for", when=when) if when else tell.say("arrears.table")
    return tell.table(caption, heads, rows)
