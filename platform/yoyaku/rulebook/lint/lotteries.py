"""Lotteries: every channel, plugin and way to draw that a scheme names is there, and nothing contradicts another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import ValidationError, convert

from yoyaku.extension.registry import beacon_plugins, draw_plugins
from yoyaku.facility.policy import may_hold
from yoyaku.lottery.policy.draw import PER_SLOT, ROUNDS
from yoyaku.lottery.terms import LotteryScheme
from yoyaku.rulebook.book import Book
from yoyaku.rulebook.lint.conditions import condition_faults
from yoyaku.rulebook.lint.order import implies, may_meet
from yoyaku.rulebook.lint.references import unknown_code
from yoyaku.rules.fault import Fault, KeyPath
from yoyaku.rules.values import When


def check_lotteries(book: Book) -> Iterator[Fault]:
    """Faults of every scheme, and of schemes beside each other."""
    schemes = book.rules.lottery.schemes
    for index, scheme in enumerate(schemes):
        path: KeyPath = ("lottery", "schemes", index)
        yield from _names(book, path, scheme)
        yield from _settings(book, path, scheme)
        yield from _wins(book, path, scheme)
        yield from _payable(book, path, scheme)
        for place, requirement in enumerate(scheme.requires):
            where = (*path, "requires", place)
            yield from condition_faults(book, where, requirement.need, key="need")
            if not requirement.need:
                yield book.fault("requirement_asks_nothing", where, found=f'"{requirement.code}"')
        yield from _dead(book, (*path, "draw", "tiers"), [tier.when for tier in scheme.draw.tiers])
        yield from _dead(book, (*path, "draw", "tickets"), [one.when for one in scheme.draw.tickets])
        yield from _overlaps(book, path, scheme, schemes[:index])


def _names(book: Book, path: KeyPath, scheme: LotteryScheme) -> Iterator[Fault]:
    channels = [channel.code for channel in book.rules.booking.channels]
    for index, channel in enumerate(scheme.channels):
        yield from unknown_code(book, (*path, "channels", index), channel, channels)
    yield from unknown_code(
        book, (*path, "draw", "algorithm"), scheme.draw.algorithm, [ROUNDS, PER_SLOT, *draw_plugins()]
    )
    if scheme.proof.beacon not in (installed := sorted(beacon_plugins())):
        where = (*path, "proof", "beacon")
        yield book.fault("plugin_not_installed", where, found=scheme.proof.beacon, allowed=installed)


def _settings(book: Book, path: KeyPath, scheme: LotteryScheme) -> Iterator[Fault]:
    """Parameters that the way to draw does not know, or that are not of its shape."""
    draw, where = scheme.draw, (*path, "draw", "settings")
    plugin = draw_plugins().get(draw.algorithm)
    shape = getattr(plugin, "settings_type", None)  # a plugin without parameters need not say so
    if shape is None:
        engines = draw.algorithm in (ROUNDS, PER_SLOT)
        if draw.settings and (plugin is not None or engines):
            yield book.fault("draw_settings_unused", where, found=draw.algorithm)
        return
    try:
        convert(draw.settings, shape)
    except ValidationError as error:
        at = where if draw.settings else (*path, "draw", "algorithm")
        yield book.fault("draw_settings_unfit", at, found=draw.algorithm, why=str(error))


def _wins(book: Book, path: KeyPath, scheme: LotteryScheme) -> Iterator[Fault]:
    """What a win brings: an end of the time to accept it, where it is accepted, and a form that is asked for at all."""
    win = scheme.win
    if win.accept == "required" and win.until is None:
        yield book.key_fault("accept_until_missing", (*path, "win", "accept"), found=win.accept)
    for name, moment in (("until", win.until), ("remind", win.remind)):
        if win.accept == "automatic" and moment is not None:
            yield book.key_fault("accept_unused", (*path, "win", name), level="warning", found=name)
    asked = any(field.required for field in book.rules.booking.form)
    if win.accept == "automatic" and not scheme.entry.asks_form and asked:
        yield book.fault("form_never_asked", (*path, "entry", "asks_form"), found="false")
    most = scheme.draw.wins_at_most
    if most is not None and most >= scheme.entry.at_most:
        facts = {"found": most, "allowed": scheme.entry.at_most}
        yield book.fault("wins_at_most_idle", (*path, "draw", "wins_at_most"), level="warning", **facts)


def _payable(book: Book, path: KeyPath, scheme: LotteryScheme) -> Iterator[Fault]:
    """What is paid when it was first come must be payable, too, when it was won."""
    whens = [
        method.when
        for method in book.rules.payment.methods
        if may_meet(method.when, scheme.when)
        and any(may_hold(method.when, at.facts) and may_hold(scheme.when, at.facts) for at in book.spaces)
    ]
    if whens and not any(may_meet(when, {"arose": "lottery"}) for when in whens):
        yield book.key_fault("won_not_payable", (*path, "win"), level="warning", found=f'"{scheme.code}"')


def _dead(book: Book, path: KeyPath, entries: Sequence[When]) -> Iterator[Fault]:
    for index, when in enumerate(entries):
        if any(implies(when, earlier) for earlier in entries[:index]):
            yield book.fault("never_reached", (*path, index), level="warning")


def _overlaps(book: Book, path: KeyPath, scheme: LotteryScheme, before: Sequence[LotteryScheme]) -> Iterator[Fault]:
    """A scheme that draws what one before it draws: the first would count, and nobody would see the other."""
    for index, other in enumerate(before):
        both = [at for at in book.spaces if may_hold(scheme.when, at.facts) and may_hold(other.when, at.facts)]
        if both and may_meet(scheme.when, other.when):
            line = book.source.document.place(("lottery", "schemes", index)).line
            yield book.fault("schemes_overlap", path, found=both[0].space_id, scheme=f'"{other.code}"', first_line=line)
            return
