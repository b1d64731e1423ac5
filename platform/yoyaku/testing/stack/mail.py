"""A mail server that delivers nothing: it keeps every mail in a folder, for the tests and for the demo's mail page."""

from __future__ import annotations

import asyncio
import email
import email.policy
import itertools
import os
import threading
import time
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session

LONGEST_MAIL_BYTES = 25_000_000


@dataclass(frozen=True, kw_only=True)
class CaughtMail:
    """One mail as it came in; ``name`` is its file's, in order of arrival."""

    name: str
    message: EmailMessage

    @property
    def to(self) -> str:
        """Whom it is for."""
        return str(self.message["To"] or "")

    @property
    def subject(self) -> str:
        """Its subject."""
        return str(self.message["Subject"] or "")

    @property
    def text(self) -> str:
        """Its plain-text part, empty when it has none."""
        part = self.message.get_body(preferencelist=("plain",))
        return str(part.get_content()) if part is not None else ""


class Mailbox:
    """The folder of caught mails. Every mail is kept, also one that came twice: who sends twice shall be seen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._count = itertools.count()

    def keep(self, content: bytes) -> None:
        """Store a mail; when this returns it is on disk."""
        name = f"{time.time_ns():020d}-{os.getpid()}-{next(self._count)}"
        half = self.folder / f"{name}.half"
        with half.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half.rename(self.folder / f"{name}.eml")

    def mails(self) -> list[CaughtMail]:
        """All mails, oldest first."""
        return [self.read(path.stem) for path in sorted(self.folder.glob("*.eml"))]

    def read(self, name: str) -> CaughtMail:
        """The mail of that name; KeyError when there is none."""
        path = self.folder / f"{name}.eml"
        if path.parent != self.folder or not path.is_file():
            raise KeyError(name)
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        return CaughtMail(name=name, message=message)

    def to(self, address: str) -> list[CaughtMail]:
        """The mails for ``address``, oldest first."""
        return [mail for mail in self.mails() if address in mail.to]

    def clear(self) -> None:
        """Forget all mails."""
        for path in self.folder.glob("*.eml"):
            path.unlink()


class _Keeper:
    """What aiosmtpd calls for each mail."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Say 250 only once the mail is on disk."""
        content = envelope.original_content or b""
        await asyncio.to_thread(self._mailbox.keep, content)
        return "250 Kept"


class MailCatcher:
    """An SMTP server on loopback in a thread of its own. ``port`` 0 takes a free one; ``url`` says which."""

    def __init__(self, folder: Path, *, port: int = 0) -> None:
        self.mailbox = Mailbox(folder)
        self._wanted_port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mail catcher", daemon=True)
        self._server: asyncio.Server | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """Its address, as SMTP_URL wants it."""
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen; OSError when the port is taken."""
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Close every connection and end the thread."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def _listen(self) -> asyncio.Server:
        keeper = _Keeper(self.mailbox)
        return await self._loop.create_server(
            lambda: SMTP(keeper, enable_SMTPUTF8=True, data_size_limit=LONGEST_MAIL_BYTES, loop=self._loop),
            host="127.0.0.1",
            port=self._wanted_port,
        )

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
