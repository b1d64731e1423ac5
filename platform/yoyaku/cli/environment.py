"""The settings of a command: the environment's, or, beside a running demo, the demo's."""

from __future__ import annotations

import os
from pathlib import Path

import click

from yoyaku.kernel.settings import Settings

DEMO_ENVIRONMENT = Path("var/demo/environment")
"""The demo's settings, one NAME=value a line, relative to the project's folder."""


def read_settings() -> Settings:
    """The settings for one command. SettingsError lists what is missing.

    Without DATABASE_URL, in a folder whose demo has been started, these are the demo's: so ``yoyaku clock set`` and the
    like work in a second terminal.
    """
    if os.environ.get("DATABASE_URL") or not DEMO_ENVIRONMENT.is_file():
        return Settings.from_mapping(os.environ)
    click.echo(f"(the demo's settings, from {DEMO_ENVIRONMENT})", err=True)
    return Settings.from_mapping({**os.environ, **read_environment(DEMO_ENVIRONMENT)})


def read_environment(path: Path) -> dict[str, str]:
    """NAME=value lines as a mapping."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)
