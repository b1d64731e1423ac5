"""Files that anybody may download: the sealed list, the result and its signature, keys, the schema, the verifier."""

from __future__ import annotations

import base64
import gzip
from importlib import resources
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.booking.pages.here import Here
from yoyaku.kernel.errors import NotFound
from yoyaku.lottery.pages.public_views import FILES
from yoyaku.lottery.pages.results import lottery_at
from yoyaku.lottery.repository.files import FileName
from yoyaku.lottery.service.results import get_file, list_keys

LINES: Final = "application/x-ndjson"
JSON: Final = "application/json"
NAMES: Final[dict[str, tuple[FileName, str]]] = {
    FILES["sealed"]: ("sealed", LINES),
    FILES["result"]: ("result", LINES),
    FILES["signature"]: ("signature", JSON),
}


@get("/lottery/results/{scheme:str}/{month:str}/files/{name:str}")
async def send_file(
    here: NamedDependency[Here],
    request: Request[Any, Any, Any],
    scheme: FromPath[str],
    month: FromPath[str],
    name: FromPath[str],
) -> Response[bytes]:
    """A file of a lottery. Before the announcement there is no result, whoever asks."""
    if name not in NAMES:
        raise NotFound(what="lottery file")
    lottery = await lottery_at(here, scheme, month)
    code, media_type = NAMES[name]
    _, packed = await get_file(here.conn, lottery=lottery, name=code)
    saved = f"{lottery.scheme}-{lottery.month}-{name}"
    if "gzip" in request.headers.get("accept-encoding", ""):
        return _attached(packed, media_type, saved, packed=True)
    return _attached(gzip.decompress(packed), media_type, saved)


@get("/lottery/keys/{key_id:uuid}")
async def send_key(here: NamedDependency[Here], key_id: FromPath[UUID]) -> Response[bytes]:
    """A key by which results can be checked: 32 bytes of Ed25519 in base64."""
    found = next((one for one in await list_keys(here.conn) if one.key_id == key_id), None)
    if found is None:
        raise NotFound(what="key")
    return _attached(base64.b64encode(found.public_key) + b"\n", "text/plain; charset=us-ascii", "lottery-key.txt")


@get("/lottery/verifier.py", sync_to_thread=False)
def send_verifier() -> Response[bytes]:
    """The program that recomputes a draw with nothing but Python."""
    return _attached(_own("verify_lottery.py"), "text/x-python; charset=utf-8", "verify_lottery.py")


@get("/lottery/schema.json", sync_to_thread=False)
def send_schema() -> Response[bytes]:
    """What the lines of the files mean."""
    return _attached(_own("schema.json"), "application/schema+json", "lottery-schema.json")


def _own(name: str) -> bytes:
    return resources.files("yoyaku.lottery.proof").joinpath(name).read_bytes()


def _attached(content: bytes, media_type: str, saved: str, *, packed: bool = False) -> Response[bytes]:
    headers = {"content-disposition": f'attachment; filename="{saved}"', "cache-control": "no-cache"}
    if packed:
        headers["content-encoding"] = "gzip"
    return Response(content, media_type=media_type, headers={**headers, "vary": "accept-encoding"})


ROUTES: Final = [send_file, send_key, send_verifier, send_schema]
