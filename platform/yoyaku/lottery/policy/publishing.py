"""The public value that staff type in: when it may be, and how it is written."""

from __future__ import annotations

import unicodedata
from typing import Final

from yoyaku.kernel.errors import YoyakuError

LONGEST: Final = 200


class ValueNotByHand(YoyakuError):
    """The value of this lottery comes from a beacon that is asked by the platform."""

    code = "lottery_value_not_by_hand"
    title = "The value of this lottery is not typed in."


class ValueTooEarly(YoyakuError):
    """The lottery is not closed yet: a value that is known before entries are sealed proves nothing."""

    code = "lottery_value_too_early"
    title = "The public value can be given only after entries were closed."


class ValuePublished(YoyakuError):
    """The value was published already (``value``); it is never changed."""

    code = "lottery_value_published"
    title = "The public value was published already."


class ValueMalformed(YoyakuError):
    """Nothing was typed, or several lines, or too much (``longest``)."""

    status = 422
    code = "lottery_value_malformed"
    title = "That is no value: one line is needed."


class ValuesDiffer(YoyakuError):
    """It was typed twice, and not the same."""

    status = 422
    code = "lottery_values_differ"
    title = "The two values are not the same."


def read_value(typed: str, again: str) -> str:
    """The value as it goes into the seed: one line, NFKC, without spaces around it; the same when typed again.

    Raises:
        ValueMalformed, ValuesDiffer: it is not.
    """
    value, second = (unicodedata.normalize("NFKC", one).strip() for one in (typed, again))
    if not value or len(value) > LONGEST or not value.isprintable():
        raise ValueMalformed(longest=LONGEST)
    if value != second:
        raise ValuesDiffer
    return value


def check_publishable(*, by_hand: bool, state: str, value: str | None) -> None:
    """Whether the value may be given now.

    Raises:
        ValueNotByHand, ValueTooEarly, ValuePublished: it may not.
    """
    if not by_hand:
        raise ValueNotByHand
    if state in ("planned", "open"):
        raise ValueTooEarly
    if value is not None or state != "sealed":
        raise ValuePublished(value=value or "")
