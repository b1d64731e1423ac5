"""Before routing: which site is asked for, by host or by ``/t/<tenant>/<service>/``; unknown hosts are told so."""

from __future__ import annotations

from typing import Final

from litestar import Litestar, Response
from litestar.types import Receive, Scope, Send

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


class Gateway:
    """The ASGI application: finds the site, takes the path's prefix off, then hands over to Litestar."""

    def __init__(self, app: Litestar, *, sites: Sites, base_domain: str) -> None:
        """Stand before ``app``; ``base_domain`` is where the path fallback answers too."""
        self.app = app
        self._sites = sites
        self._base_domain = base_domain
        self._environment = make_environment(("ui", "web"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan" or self._needs_no_site(scope["path"]):
            await self.app(scope, receive, send)  # type: ignore[arg-type]  # Litestar takes its own scope types
            return
        site, prefix = await self._find(scope)
        if site is None:
            await self._unknown(scope, receive, send)
            return
        inside = dict(scope)
        if prefix:
            inside["path"] = scope["path"][len(prefix) :] or "/"
            inside["raw_path"] = inside["path"].encode()
        inside["state"] = {**scope.get("state", {}), "site": site, "prefix": prefix}
        await self.app(inside, receive, send)  # type: ignore[arg-type]

    @staticmethod
    def _needs_no_site(path: str) -> bool:
        return path == HEALTH or path.startswith(f"{ASSET_ROUTE}/")

    async def _find(self, scope: Scope) -> tuple[Site | None, str]:
        host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
        now = read_clock()
        site = await self._sites.by_host(host, real_now=now)
        if site is not None or not scope["path"].startswith(PATH_FALLBACK):
            return site, ""
        parts = scope["path"].split("/")
        if len(parts) < len(("", "t", "tenant", "service")):
            return None, ""
        prefix = "/".join(parts[:4])
        return await self._sites.by_path(parts[2], parts[3], real_now=now), prefix

    async def _unknown(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A plain page in words; it names no city, and lists none."""
        text = self._environment.get_template("web/plain.html").render(
            title="サイトが見つかりません", paragraphs=_UNKNOWN
        )
        response = Response(text, status_code=404, media_type=HTML, headers={"cache-control": "no-store"})
        await response.to_asgi_response(app=self.app, request=None)(scope, receive, send)  # type: ignore[arg-type]
