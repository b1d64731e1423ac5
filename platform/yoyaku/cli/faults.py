"""Faults on the terminal: where, how grave, what is wrong and how it is mended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from yoyaku.rules.fault import Fault

Tongue = Literal["ja", "en", "both"]


def print_faults(faults: Iterable[Fault], tongue: Tongue, *, to_errors: bool = False) -> None:
    """Print each fault in one language or both."""
    for fault in faults:
        click.echo(f"{fault.place}: {fault.level} [{fault.code}]", err=to_errors)
        if tongue != "en":
            click.echo(f"  {fault.says('ja')} {fault.mend('ja')}", err=to_errors)
        if tongue != "ja":
            click.echo(f"  {fault.says('en')} {fault.mend('en')}", err=to_errors)
