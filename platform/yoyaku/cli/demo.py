"""``yoyaku demo``: everything on this machine, with sample cities."""

from __future__ import annotations

import os
import shutil
import socket
import time
from pathlib import Path

import click

from yoyaku.cli.demo_place import Place
from yoyaku.kernel.errors import YoyakuError

LEAST_FREE_MB = 500
PORT = click.IntRange(1, 65535)


class PortTaken(YoyakuError):
    """Another program listens there."""

    status = 500
    code = "port_taken"


class DiskFull(YoyakuError):
    """There is no room for the demo's data."""

    status = 500
    code = "disk_full"


@click.group()
def demo() -> None:
    """Run everything here with sample cities."""


@demo.command()
@click.option(
    "--port", type=PORT, envvar="DEMO_PORT", default=8000, show_default=True, help="The sites' port (or DEMO_PORT)."
)
@click.option(
    "--mail-port", type=PORT, envvar="DEMO_MAIL_PORT", default=8025, show_default=True, help="The mail page's port."
)
@click.option(
    "--payment-port",
    type=PORT,
    envvar="DEMO_PAYMENT_PORT",
    default=8026,
    show_default=True,
    help="The port of the demo's payment company.",
)
def run(port: int, mail_port: int, payment_port: int) -> None:
    """Start database, broker, web, workers, mail page and payment company; stop all of them with Ctrl-C."""
    from yoyaku.cli.demo_supervisor import Supervisor

    ports = {"DEMO_PORT": port, "DEMO_MAIL_PORT": mail_port, "DEMO_PAYMENT_PORT": payment_port}
    if len(set(ports.values())) < len(ports):
        raise click.UsageError(f"Each needs a port of its own: {', '.join(ports)}.")
    place = Place.here()
    with place.held():
        _check_disk(place)
        for name, number in ports.items():
            _check_port(number, name=name)
        started = time.monotonic()
        supervisor = Supervisor(place=place, port=port, mail_port=mail_port, payment_port=payment_port, say=click.echo)
        supervisor.run(started=started)


@demo.command()
def reset() -> None:
    """Forget the demo's data: bookings, accounts, mails."""
    place = Place.here()
    with place.held():
        place.forget()
    click.echo("デモのデータを消しました。 / The demo's data are forgotten.")


@demo.command()
def codes() -> None:
    """Print the code that each clerk of the demo enters now after the password."""
    from yoyaku.cli.demo_sites import describe_codes, read_sites
    from yoyaku.kernel.clock import read_clock

    click.echo(describe_codes(read_sites(Path("tenants"), base_domain="localhost"), real_now=read_clock()))


@demo.command()
@click.argument("folders", nargs=-1, type=click.Path(exists=True, path_type=Path))
def seed(folders: tuple[Path, ...]) -> None:
    """Make the accounts of the tenants' demo.yaml that are not there yet (default: tenants/); never in production."""
    from yoyaku.cli.demo_people import seed_folders
    from yoyaku.cli.environment import read_settings

    for line in seed_folders(folders or (Path("tenants"),), settings=read_settings()):
        click.echo(line)


def _check_port(port: int, *, name: str) -> None:
    with socket.socket() as attempt:
        # A port that was closed a moment ago is free; so says the server's own socket, too.
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError as error:
            raise PortTaken(
                f"Port {port} cannot be used ({os.strerror(error.errno or 0)}): "
                f"stop the program that listens there, or choose another port: make demo {name}={port + 1000}"
            ) from None


def _check_disk(place: Place) -> None:
    free_mb = shutil.disk_usage(place.folder).free // 1_000_000
    if free_mb < LEAST_FREE_MB:
        raise DiskFull(
            f"The disk has {free_mb} MB free, the demo needs {LEAST_FREE_MB} MB: free some space and start it again."
        )
