"""The bank's answer to a file: chosen, looked at, taken in. What was looked at is what is taken in: it travels sealed."""

from __future__ import annotations

import zlib
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.debits import HOME, ONE, debit_crumbs, file_page, file_title, lent_here
from yoyaku.billing.service.debit_results import ReadResult, apply_result, read_result
from yoyaku.booking.pages.here import Here
from yoyaku.kernel.errors import NotFound, YoyakuError
from yoyaku.kernel.seal import NotReadable, Seal
from yoyaku.registration.pages import Means

LARGEST: Final = 12_000_000
"""Bytes: a file of the bank with its hundred thousand rows."""


@post(ONE + "/result", status_code=200, request_max_body_size=LARGEST)
async def look_at_result(
    here: NamedDependency[Here], means: NamedDependency[Means], file_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """What the bank's file says; nothing is changed."""
    lent = await lent_here(here, means)
    sent = (await request.form()).get("result")
    content = await sent.read() if isinstance(sent, UploadFile) else b""
    if not content:
        missing = here.words.say("form.missing", label=here.words.say("debit.result_file"))
        return await file_page(here, lent, file_id, {"result": missing})
    try:
        found = await read_result(here.conn, means=lent, file_id=file_id, content=content)
    except NotFound:
        raise
    except YoyakuError as refusal:
        return await file_page(here, lent, file_id, {"result": here.words.sentence(refusal)})
    return here.page.show(
        "admin/debit_result.html",
        found=found,
        failed=[(row, here.words.say(f"payment.failed.{outcome.reason}")) for row, outcome in found.failed],
        done=len(found.rows) - len(found.failed),
        sealed=_seal(means.seal, content),
        path=f"{HOME}/{file_id}",
        crumbs=debit_crumbs(here, _title(here, found)),
    )


def _title(here: Here, found: ReadResult) -> str:
    return file_title(here, found.file)


def _seal(seal: Seal, content: bytes) -> str:
    """The answer as it travels through the page: nobody can change or read it there."""
    return seal.seal(zlib.compress(content)).decode("ascii")


def _open(seal: Seal, sealed: str) -> bytes:
    try:
        return zlib.decompress(seal.open(sealed.encode("ascii")))
    except (NotReadable, UnicodeEncodeError):
        raise NotFound(what="debit result") from None


@post(ONE + "/result/apply", status_code=303, request_max_body_size=LARGEST)
async def take_result(
    here: NamedDependency[Here], means: NamedDependency[Means], file_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Take in what was looked at, all of it or nothing."""
    lent = await lent_here(here, means)
    content = _open(means.seal, str((await request.form()).get("sealed", "")))
    try:
        async with here.conn.begin_nested():
            await apply_result(here.conn, means=lent, file_id=file_id, content=content)
    except NotFound:
        raise
    except YoyakuError as refusal:
        return await file_page(here, lent, file_id, {"result": here.words.sentence(refusal)})
    return here.page.go(f"{HOME}/{file_id}", flash="debit_settled")


ROUTES: Final = [look_at_result, take_result]
