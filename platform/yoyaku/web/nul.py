"""PostgreSQL stores no NUL character, and no text here has one: it is refused before anything is opened for it."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request
from litestar.enums import RequestEncodingType

from yoyaku.kernel.errors import Malformed

_FORMS: Final = (RequestEncodingType.URL_ENCODED, RequestEncodingType.MULTI_PART)
_NUL_IN_JSON, _NUL_IN_QUERY = rb"\u0000", b"%00"


async def refuse_nul(request: Request[Any, Any, Any]) -> None:
    """Let pass what has no NUL character.

    Raises:
        Malformed: the query or the body has one.
    """
    if _NUL_IN_QUERY in request.scope["query_string"] or await _has_nul(request):
        raise Malformed


async def _has_nul(request: Request[Any, Any, Any]) -> bool:
    # The API reads JSON whatever the body is called.
    if request.content_type[0] in _FORMS and not request.scope["path"].startswith("/api/"):
        return any("\0" in f"{name}{value}" for name, value in (await request.form()).multi_items())
    return _NUL_IN_JSON in await request.body()
