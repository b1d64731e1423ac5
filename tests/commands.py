"""The command line in this process: what a person would read, without the second that each new process takes."""

import sys
from concurrent.futures import ThreadPoolExecutor

from click.testing import CliRunner

from yoyaku.cli.main import main

KEY = "only for tests, forty characters and more"


def settings_of(database, **more):
    """The settings of a command beside a database."""
    return {
        "DATABASE_URL": database.url,
        "MIGRATION_DATABASE_URL": database.owner_url,
        "CELERY_BROKER_URL": "memory://",
        "SMTP_URL": "smtp://127.0.0.1:9",
        "SECRET_KEY": KEY,
        "ENVIRONMENT": "test",
        **more,
    }


def say(*arguments, settings, code=0):
    """``yoyaku …``: what it printed; it must end with this status. It has a thread of its own, for it begins a loop."""
    with ThreadPoolExecutor(1) as thread:
        status, said = thread.submit(_run, ["yoyaku", *map(str, arguments)], settings).result()
    assert status == code, said
    assert "Traceback" not in said
    return said


def _run(arguments, settings):
    before = sys.argv
    with CliRunner().isolation(env=settings) as (_, _, both):
        sys.argv = arguments
        try:
            main()
        except SystemExit as ended:
            return ended.code or 0, both.getvalue().decode()
        finally:
            sys.argv = before
    raise AssertionError("a command ends with a status")
