"""``yoyaku operator serve``: a page on this machine that begins new tenants."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import click

PORT = 8030


@click.group()
def operator() -> None:
    """A page on this machine that begins new tenants."""


@operator.command("serve")
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True)
@click.option(
    "--tenants", type=click.Path(exists=True, file_okay=False, path_type=Path), default="tenants", show_default=True
)
@click.option(
    "--rulesets", type=click.Path(exists=True, file_okay=False, path_type=Path), default="rulesets", show_default=True
)
def serve_command(port: int, tenants: Path, rulesets: Path) -> None:
    """Answer at 127.0.0.1 until Ctrl-C; the address that is printed lets in once, whoever opens it first.

    Works as the database's owner (MIGRATION_DATABASE_URL) and writes folders: start it only while it is needed.
    """
    import uvicorn

    from yoyaku.cli.environment import DEMO_ENVIRONMENT, read_environment, read_settings

    read_settings()
    if not os.environ.get("DATABASE_URL") and DEMO_ENVIRONMENT.is_file():
        os.environ.update(read_environment(DEMO_ENVIRONMENT))
    token = secrets.token_urlsafe(24)
    os.environ |= {
        "OPERATOR_TOKEN": token,
        "OPERATOR_TENANTS": str(tenants.resolve()),
        "OPERATOR_RULESETS": str(rulesets.resolve()),
    }
    click.echo(f"http://127.0.0.1:{port}/?token={token}")
    click.echo("一度だけ使えるアドレスです。終えるには Ctrl-C。 / This address works once. Ctrl-C ends it.")
    uvicorn.run(
        "yoyaku.web.onboarding:create_operator_app",
        factory=True,
        host="127.0.0.1",
        port=port,
        access_log=False,
        log_level="warning",
    )
