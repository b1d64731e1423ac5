"""Cancellation: the tiers cover every day before use once, and give no more the nearer the use comes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from yoyaku.booking.terms import RefundTier
from yoyaku.rulebook.book import Book
from yoyaku.rules.fault import Fault, KeyPath


def check_tiers(book: Book) -> Iterator[Fault]:
    """Gaps, overlaps and rising tiers of every way to end a booking."""
    for index, way in enumerate(book.rules.booking.cancellation):
        path: KeyPath = ("booking", "cancellation", index, "tiers")
        tiers = sorted(enumerate(way.tiers), key=lambda entry: entry[1].at_least)
        if tiers[0][1].at_least > 0:
            yield book.fault("tier_gap", (*path, tiers[0][0]), found=_days(0, tiers[0][1].at_least - 1))
        for (_, nearer), (place, farther) in pairwise(tiers):
            yield from _between(book, (*path, place), nearer, farther)
        last, tier = tiers[-1]
        if tier.at_most is not None and tier.at_most < tier.at_least:
            yield book.fault("empty_range", (*path, last), found=_days(tier.at_least, tier.at_most))
        elif tier.at_most is not None:
            yield book.fault("tier_gap", (*path, last), found=_days(tier.at_most + 1, None))
        if way.kept_tax == "included" and len({tier.percent for tier in way.tiers}) > 1:
            yield book.fault("kept_tax_varies", ("booking", "cancellation", index, "kept_tax"), level="warning")


def _between(book: Book, path: KeyPath, nearer: RefundTier, farther: RefundTier) -> Iterator[Fault]:
    ends = nearer.at_most
    if ends is None or ends >= farther.at_least:
        overlap = _days(farther.at_least, farther.at_most if ends is None else ends)
        yield book.fault("tier_overlap", path, found=overlap)
    elif ends < farther.at_least - 1:
        yield book.fault("tier_gap", path, found=_days(ends + 1, farther.at_least - 1))
    if nearer.percent > farther.percent:
        yield book.fault("tier_rises", path, level="warning", found=f"{nearer.percent} % > {farther.percent} %")


def _days(first: int, last: int | None) -> str:
    if last is None:
        return f"{first}–"
    return str(first) if first == last else f"{first}–{last}"
