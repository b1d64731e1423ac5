"""The Jinja environment: escaping always on, and filters that write dates and yen in the page's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from yoyaku.ui import formats
from yoyaku.ui.assets import asset_address
from yoyaku.ui.words import Text, Words

PACKAGE: Final = Path(__file__).parents[1]


def make_environment(folders: tuple[str, ...]) -> Environment:
    """Build the environment over ``<folder>/templates`` of the named packages.

    A template is named ``<folder>/<file>``: ``ui/base.html``, ``booking/cart.html``. A name that a page
    forgot to give is an error, not an empty place.
    """
    environment = Environment(
        loader=PrefixLoader({name: FileSystemLoader(PACKAGE / name / "templates") for name in folders}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(_FILTERS)
    environment.globals.update(t=_say, maybe=_maybe, _=_fixed, asset=asset_address)
    return environment


def _words(context: Context) -> Words:
    words: Words = context["words"]
    return words


@pass_context
def _say(context: Context, key: str, /, **facts: object) -> str:
    return _words(context).say(key, **facts)


@pass_context
def _maybe(context: Context, key: str, /, **facts: object) -> str | None:
    return _words(context).maybe(key, **facts)


@pass_context
def _fixed(context: Context, message: str, /, **facts: object) -> str:
    return _words(context).fixed(message, **facts)


@pass_context
def _text(context: Context, text: Text | None) -> str:
    return _words(context).text(text)


@pass_context
def _yen(context: Context, amount: int) -> str:
    return formats.yen(amount, _words(context).language)


def _dated(write: Callable[[Any, str], str]) -> Callable[[Context, date | datetime], Markup]:
    """Make a filter that writes a day inside ``<time>``, for machines too."""

    @pass_context
    def apply(context: Context, day: date | datetime) -> Markup:
        text = write(day, _words(context).language)
        return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), text)

    return apply


@pass_context
def _plain_date(context: Context, day: date | datetime) -> str:
    return formats.long_date(day, _words(context).language)


@pass_context
def _plain_moment(context: Context, at: datetime) -> str:
    return formats.moment(at, _words(context).language)


@pass_context
def _plain_deadline(context: Context, at: datetime) -> str:
    return formats.deadline(at, _words(context).language)


@pass_context
def _plain_short_date(context: Context, day: date | datetime) -> str:
    return formats.short_date(day, _words(context).language)


@pass_context
def _month(context: Context, day: date) -> str:
    return formats.month_name(day, _words(context).language)


@pass_context
def _weekday(context: Context, day: date) -> str:
    return formats.weekday(day, _words(context).language)


@pass_context
def _era(context: Context, day: date | datetime) -> str:
    return formats.era_date(day, _words(context).language)


def _lines(text: str) -> Markup:
    """Keep the line breaks of what people wrote."""
    return Markup("<br>").join(escape(text).splitlines())


_FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "text": _text,
    "yen": _yen,
    "day": _dated(formats.long_date),
    "short_day": _dated(formats.short_date),
    "plain_day": _plain_date,
    "plain_short_day": _plain_short_date,
    "plain_moment": _plain_moment,
    "plain_deadline": _plain_deadline,
    "month": _month,
    "weekday": _weekday,
    "moment": _dated(formats.moment),
    "deadline": _dated(formats.deadline),
    "era": _era,
    "clock": formats.clock_time,
    "lines": _lines,
}
