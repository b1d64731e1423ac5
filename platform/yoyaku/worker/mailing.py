"""Sending one stored mail by SMTP: leased, sent outside any transaction, marked."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog

from yoyaku.db import work
from yoyaku.db.engine import tenant_transaction
from yoyaku.db.work import DueWork
from yoyaku.notice.service import compose
from yoyaku.ui.wording import Wording
from yoyaku.ui.words import Words
from yoyaku.worker.runtime import Runtime

SECONDS: Final = 20
MOST_ATTEMPTS: Final = 60
"""With pauses of up to half an hour: somewhat more than a day."""
PERMANENT: Final = 500
USUAL_PORTS: Final = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}

log = structlog.get_logger(__name__)


async def send_one(runtime: Runtime, one: DueWork) -> bool:
    """Send a mail once, as far as that can be promised: killed between sending and marking, it is sent again with the
    same Message-ID. Whether it was sent.
    """
    async with tenant_transaction(runtime.engine, one.tenant_id, one.service_id) as conn:
        row = await work.take(conn, kind="mail", work_id=one.id)
    if row is None:
        return False
    try:
        await _send(runtime, one, row)
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        await _note_failure(runtime, one, error, attempts=row["attempts"])
        return False
    async with tenant_transaction(runtime.engine, one.tenant_id, one.service_id) as conn:
        await work.mark_done(conn, kind="mail", work_id=one.id)
    return True


async def _send(runtime: Runtime, one: DueWork, row: dict[str, Any]) -> None:
    site = await runtime.sites.by_path(one.tenant_id, one.service_id, real_now=runtime.clock())
    words = Words(row["language"], Wording(row["language"]))
    message = compose(
        SimpleNamespace(**row),
        sender=runtime.settings.mail_from,
        sender_name="" if site is None else words.text(site.brand_name),
        reply_to=None if site is None else site.contact.mail,
    )
    server = urlsplit(runtime.settings.smtp_url)
    await aiosmtplib.send(
        message,
        hostname=server.hostname,
        port=server.port or USUAL_PORTS[server.scheme],
        username=unquote(server.username) if server.username else None,
        password=unquote(server.password) if server.password else None,
        use_tls=server.scheme == "smtps",
        start_tls=server.scheme == "smtp+starttls",
        timeout=SECONDS,
    )


async def _note_failure(runtime: Runtime, one: DueWork, error: Exception, *, attempts: int) -> None:
    for_good = _is_permanent(error) or attempts >= MOST_ATTEMPTS
    log.warning("mail_not_sent", id=str(one.id), tenant=one.tenant_id, error=named(error), for_good=for_good)
    async with tenant_transaction(runtime.engine, one.tenant_id, one.service_id) as conn:
        await work.mark_failed(conn, kind="mail", work_id=one.id, error=repr(error), for_good=for_good)


def named(error: Exception) -> str:
    """An error for the log: its kind and the server's codes, since what servers say repeats the address of mail."""
    refused = error.recipients if isinstance(error, aiosmtplib.SMTPRecipientsRefused) else [error]
    codes = {str(one.code) for one in refused if isinstance(one, aiosmtplib.SMTPResponseException)}
    return " ".join([type(error).__name__, *sorted(codes)])


def _is_permanent(error: Exception) -> bool:
    """Whether trying again cannot help: the server refuses the address for good, or no header can hold it."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return all(refused.code >= PERMANENT for refused in error.recipients)
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return False
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return error.code >= PERMANENT
    return isinstance(error, ValueError)
