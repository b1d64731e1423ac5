"""``yoyaku``: finds the command, and turns every error that has a sentence into that sentence.

A command ``yoyaku NAME`` is the click command or group called ``NAME`` in ``yoyaku/cli/NAME.py``; it is imported only
when it is asked for, so that ``--help`` and a small command stay quick.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping

import click

from yoyaku.kernel.errors import YoyakuError

COMMANDS: Mapping[str, str] = {
    "rules": "Check, test, explain rule sets; print their schema; bring them out of and into the database.",
    "tenant": "Make, check, load and list tenant folders; carry a tenant elsewhere.",
    "db": "Bring the database to the newest schema.",
    "staff": "List, add and end the staff of a service; one-time codes.",
    "lottery": "Check the public files of lotteries.",
    "ledger": "Compare the books, print balances, export for accounting.",
    "log": "Check the sealed record of acts, or write it out.",
    "operations": "Whether everything runs, over all tenants; exit 1 where not.",
    "operator": "A page on this machine that begins new tenants.",
    "clock": "Show or move a service's business clock (demo only).",
    "demo": "Run everything here with sample cities.",
}


class _Lazy(click.Group):
    """A group that imports a command when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"yoyaku.cli.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="yoyaku", message="%(version)s")
def yoyaku() -> None:
    """A reservation platform for municipalities."""


def main() -> None:
    """Run the command line; exit 1 with a sentence on standard error for whatever can be explained."""
    try:
        yoyaku()
    except YoyakuError as error:
        _say(error)
        sys.exit(1)
    except BrokenPipeError:
        # The reader (`| head`) has seen enough; Python would complain once more while closing.
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        # The machine's fault (a full disk, a folder that may not be read): its own words name file and reason.
        click.echo(f"{error.strerror or error}: {error.filename}" if error.filename else str(error), err=True)
        sys.exit(1)
    except Exception as error:
        if not _is_database_away(error):
            raise
        click.echo(
            "The database does not answer (DATABASE_URL, MIGRATION_DATABASE_URL); is it running, is the address right?\n"
            f"  {str(getattr(error, 'orig', error)).strip()}",
            err=True,
        )
        sys.exit(1)


def _say(error: YoyakuError) -> None:
    """The error's sentence; of a file that was refused, every fault and its mend in both languages."""
    for fault in getattr(error, "faults", ()):
        click.echo(f"{fault.place}: {fault.level} [{fault.code}]", err=True)
        for language in ("ja", "en"):
            click.echo(f"  {fault.says(language)} {fault.mend(language)}", err=True)
    if not getattr(error, "faults", ()):
        click.echo(str(error), err=True)


def _is_database_away(error: Exception) -> bool:
    """Whether this is the driver's word that there is no connection; asked without loading SQLAlchemy for it."""
    loaded = sys.modules.get("sqlalchemy.exc")
    return loaded is not None and isinstance(error, loaded.OperationalError)


if __name__ == "__main__":
    main()
