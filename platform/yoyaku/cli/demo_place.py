"""Where the demo keeps its data, and who may touch them."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from yoyaku.cli.environment import DEMO_ENVIRONMENT
from yoyaku.kernel.errors import YoyakuError
from yoyaku.testing.stack.postgres import forget_cluster


class DemoRunning(YoyakuError):
    """One demo at a time in one folder."""

    status = 409
    code = "demo_running"


class NotTheProject(YoyakuError):
    """The demo's cities are in the project's folder."""

    status = 500
    code = "not_the_project"
    title = "There is no folder tenants/ here: start the demo in the project's folder."


@dataclass(frozen=True, kw_only=True)
class Place:
    """The project's folder and the demo's folder in it."""

    project: Path
    folder: Path

    @classmethod
    def here(cls) -> Place:
        """The demo of the project one stands in."""
        project = Path.cwd()
        if not (project / "tenants").is_dir():
            raise NotTheProject
        folder = project / DEMO_ENVIRONMENT.parent
        folder.mkdir(parents=True, exist_ok=True)
        return cls(project=project, folder=folder)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep every other demo out of this folder; the system lets go when this process ends, however it ends."""
        with (self.folder / "lock").open("a+", encoding="ascii") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                lock.seek(0)
                raise DemoRunning(
                    f"The demo is already running here (process {lock.read().strip() or '?'}): "
                    "stop it with Ctrl-C in its window first."
                ) from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    def forget(self) -> None:
        """Delete everything but the lock."""
        forget_cluster(self.folder / "postgres")
        for entry in self.folder.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry)
            elif entry.name != "lock":
                entry.unlink()

    def secret(self) -> str:
        """This demo's secret key, made once."""
        path = self.folder / "secret"
        if not path.exists():
            _write_private(path, secrets.token_urlsafe(48))
        return path.read_text(encoding="ascii")

    def write_environment(self, values: Mapping[str, str]) -> None:
        """Keep the settings for commands in a second terminal."""
        text = "".join(f"{name}={value}\n" for name, value in values.items())
        _write_private(self.folder / DEMO_ENVIRONMENT.name, text)

    def forget_environment(self) -> None:
        """The settings lead nowhere once the demo has stopped."""
        (self.folder / DEMO_ENVIRONMENT.name).unlink(missing_ok=True)

    def is_prepared(self) -> bool:
        """Whether the database holds what the folders say, as far as their files can tell."""
        path = self.folder / "prepared"
        return path.is_file() and path.read_text(encoding="ascii") == self._digest()

    def mark_prepared(self) -> None:
        """Remember that what the folders say now has been loaded."""
        (self.folder / "prepared").write_text(self._digest(), encoding="ascii")

    def _digest(self) -> str:
        """Names, sizes and times of whatever decides what is loaded, and how."""
        digest = hashlib.sha256()
        for name in ("migrations", "tenants", "rulesets", "platform"):
            for path in sorted((self.project / name).rglob("*")):
                if path.is_file() and path.suffix not in {".pyc", ".mo"}:
                    found = path.stat()
                    digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
        return digest.hexdigest()


def _write_private(path: Path, text: str) -> None:
    half = path.with_suffix(".half")
    half.touch(mode=0o600)
    half.write_text(text, encoding="utf-8")
    half.rename(path)
