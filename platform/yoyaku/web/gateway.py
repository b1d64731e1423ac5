"""Before routing: which site is asked for, by host or by ``/t/<tenant>/<service>/``; unknown hosts are told so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from litestar import Litestar
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp, Receive, Scope, Send
from litestar.types.asgi_types import LifeSpanReceive, LifeSpanScope, LifeSpanSend

from yoyaku.db.engine import Busy
from yoyaku.kernel.clock import read_clock
from yoyaku.tenancy.service import Site, Sites
from yoyaku.ui.assets import ASSET_ROUTE
from yoyaku.ui.page import HTML
from yoyaku.ui.templates import make_environment

HEALTH: Final = "/healthz"
PATH_FALLBACK: Final = "/t/"
_UNKNOWN: Final = (
    ("ja", "このアドレスには、予約サイトがありません。アドレスをもう一度お確かめください。"),
    ("ja", "お困りのときは、ご利用の市区町村の窓口へお問い合わせください。"),
    ("en", "There is no reservation site at this address. Please check the address."),
)
_BUSY: Final = (
    ("ja", "何も変わっていません。少し待ってから、もう一度お試しください。"),
    ("en", "We are very busy at the moment. Nothing was changed; please try again in a little while."),
)


class Gateway:
    """The ASGI application: finds the site, takes the path's prefix off, then hands over to Litestar."""

    def __init__(self, app: Litestar, *, sites: Sites) -> None:
        """Stand before ``app``."""
        self.app = app
        self._sites = sites
        self._environment = make_environment(("ui", "web"))

    async def __call__(
        self,
        scope: Scope | LifeSpanScope,
        receive: Receive | LifeSpanReceive,
        send: Send | LifeSpanSend,
    ) -> None:
        """Answer one request, or start and stop with the server."""
        inside: Any = scope
        if scope["type"] != "lifespan" and not self._needs_no_site(scope["path"]):
            try:
                site, prefix = await self._find(scope["path"], scope["headers"])
            except Busy:
                await self._plain(503, "ただいま大変混み合っています", _BUSY)(inside, receive, send)  # type: ignore[arg-type]
                return
            if site is None:
                await self._plain(404, "サイトが見つかりません", _UNKNOWN)(inside, receive, send)  # type: ignore[arg-type]  # no lifespan gets here
                return
            known = {"site": site, "prefix": prefix, "forget_sites": self._sites.forget}
            inside = {**scope, "state": {**scope.get("state", {}), **known}}
            if prefix:
                inside["path"] = scope["path"].removeprefix(prefix) or "/"
                inside["raw_path"] = inside["path"].encode()
        await self.app(inside, receive, send)

    @staticmethod
    def _needs_no_site(path: str) -> bool:
        return path == HEALTH or path.startswith(f"{ASSET_ROUTE}/")

    async def _find(self, path: str, headers: Iterable[tuple[bytes, bytes]]) -> tuple[Site | None, str]:
        """The site, and the part of the path that named it where the host did not."""
        host = next((value.decode("latin-1") for name, value in headers if name == b"host"), "")
        now = read_clock()
        site = await self._sites.by_host(host, real_now=now)
        if site is not None or not path.startswith(PATH_FALLBACK):
            return site, ""
        parts = path.split("/")
        if len(parts) < len(("", "t", "tenant", "service")):
            return None, ""
        return await self._sites.by_path(parts[2], parts[3], real_now=now), "/".join(parts[:4])

    def _plain(self, status: int, title: str, paragraphs: Iterable[tuple[str, str]]) -> ASGIApp:
        """A plain page in words; it names no city, and lists none."""
        text = self._environment.get_template("web/plain.html").render(title=title, paragraphs=paragraphs)
        kept = {"cache-control": "no-store"}
        return ASGIResponse(body=text.encode(), status_code=status, media_type=HTML, headers=kept)
