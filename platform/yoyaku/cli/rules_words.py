"""``yoyaku rules guide | timeline | diff``: what a rule set says, in words."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yoyaku.facility.terms import Facility
    from yoyaku.rulebook.book import Book
    from yoyaku.rulebook.words import Tongue
    from yoyaku.ui.wording import Wording

_file = click.argument("file", type=click.Path(exists=True, path_type=Path))
_tenants = click.option(
    "--tenants",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the tenant folders, whose facilities and words are spoken of (default: beside the rule sets).",
)
_tongue = click.option(
    "--lang",
    "tongue",
    type=click.Choice(["ja", "ja-easy", "en"]),
    default="ja",
    show_default=True,
    help="ja-easy is easy Japanese (やさしい日本語).",
)


@click.command("guide")
@_file
@_tenants
@_tongue
@click.option("--format", "form", type=click.Choice(["text", "html", "md"]), default="text", show_default=True)
@click.option("--defaults", is_flag=True, help="Say, too, where a value is a default because the city is silent.")
def guide_command(
    file: Path,
    *,
    tenants: Path | None,
    tongue: Tongue,
    form: Literal["text", "html", "md"],
    defaults: bool,
) -> None:
    """Print the residents' guide of a rule set."""
    from yoyaku.rulebook.words import guide
    from yoyaku.rulebook.words.render import guide_html, guide_markdown, guide_text

    book = _book(file, tenants)
    wording = _wording(book, tenants, tongue)
    shown = guide(book.rules, _facilities(book), language=tongue, wording=wording, for_admins=defaults)
    click.echo({"text": guide_text, "html": guide_html, "md": guide_markdown}[form](shown), nl=False)


@click.command("timeline")
@_file
@_tenants
@_tongue
@click.option("--month", type=click.DateTime(["%Y-%m"]), required=True, metavar="YYYY-MM", help="2027-02")
@click.option("--format", "form", type=click.Choice(["text", "svg"]), default="text", show_default=True)
def timeline_command(
    file: Path, *, tenants: Path | None, tongue: Tongue, month: date, form: Literal["text", "svg"]
) -> None:
    """Print what begins and ends in a month."""
    from yoyaku.rulebook.words import timeline, timeline_svg
    from yoyaku.rulebook.words.render import timeline_text

    book = _book(file, tenants)
    first = date(month.year, month.month, 1)
    wording = _wording(book, tenants, tongue)
    shown = timeline(book.rules, _facilities(book), month=first, language=tongue, wording=wording)
    click.echo(timeline_text(shown) if form == "text" else timeline_svg(shown), nl=form == "svg")


@click.command("diff")
@click.argument("old", type=click.Path(exists=True, path_type=Path))
@click.argument("new", type=click.Path(exists=True, path_type=Path))
@_tenants
@_tongue
def diff_command(old: Path, new: Path, *, tenants: Path | None, tongue: Tongue) -> None:
    """Print in words what NEW says otherwise than OLD."""
    from yoyaku.rulebook.words import Voice, difference

    before, after = _book(old, tenants), _book(new, tenants)
    facilities = _facilities(after) or _facilities(before)
    wording = _wording(after, tenants, tongue) or _wording(before, tenants, tongue)
    changes = difference(before.rules, after.rules, language=tongue, facilities=facilities, wording=wording)
    for change in changes:
        reference = f" [{change.reference}]" if change.reference else ""
        click.echo(f"{change.says}{reference}\n    {change.path}")
    if not changes:
        click.echo(Voice(tongue).say("diff.same"))


def _book(file: Path, tenants: Path | None) -> Book:
    """The rule set, with the facilities of the tenant folders that name it.

    Raises:
        DocumentRefused: with every fault of reading and shape.
    """
    from yoyaku.rulebook.book import read_book

    return read_book(file, tenants=tenants)


def _facilities(book: Book) -> Sequence[Facility]:
    return [at.facility for at in book.facilities if at.path[0] != "inventory"]


def _wording(book: Book, tenants: Path | None, tongue: Tongue) -> Wording | None:
    """The city's own words, where a tenant folder names the rule set and has any."""
    from yoyaku.rulebook.source import tenants_of
    from yoyaku.ui.wording import Wording, read_wording

    language = "en" if tongue == "en" else "ja"
    root = tenants if tenants is not None else book.source.path.resolve().parent.parent / "tenants"
    for folder in tenants_of(book.source.name, root):
        file = folder / "wording" / f"{book.rules.service}.{language}.yaml"
        if file.is_file():
            return Wording(language, tenant_words=read_wording(file))
    return None
