"""Static files and each site's colours and logo, kept by browsers for a year under addresses with fingerprints."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, Response, get
from litestar.params import FromPath

from yoyaku.kernel.errors import NotFound
from yoyaku.tenancy.service import Site
from yoyaku.ui.assets import ASSET_ROUTE, fingerprint, read_asset
from yoyaku.ui.theme import theme_css

FOR_A_YEAR: Final = {"cache-control": "public, max-age=31536000, immutable"}
NOT_KEPT: Final = {"cache-control": "no-cache"}


@get(f"{ASSET_ROUTE}/{{mark:str}}/{{name:path}}", opt={"public": True}, sync_to_thread=False)
def send_asset(mark: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """A style sheet or script of the platform; under an old fingerprint the present file, not to be kept."""
    found = read_asset(name.lstrip("/"))
    if found is None:
        raise NotFound(what="asset")
    content, media_type = found
    kept = FOR_A_YEAR if mark == fingerprint(content) else NOT_KEPT
    return Response(content, media_type=media_type, headers=kept)


@get("/brand/{mark:str}/theme.css", sync_to_thread=False)
def send_theme(request: Request[Any, Any, Any], mark: FromPath[str]) -> Response[str]:
    """The site's colours."""
    site: Site = request.scope["state"]["site"]
    css = theme_css(site.colours)
    kept = FOR_A_YEAR if mark == fingerprint(css.encode()) else NOT_KEPT
    return Response(css, media_type="text/css; charset=utf-8", headers=kept)


@get("/brand/{mark:str}/logo.svg", sync_to_thread=False)
def send_logo(request: Request[Any, Any, Any], mark: FromPath[str]) -> Response[str]:
    """The site's logo; as a document of its own it may run nothing."""
    site: Site = request.scope["state"]["site"]
    kept = FOR_A_YEAR if mark == fingerprint(site.logo_svg.encode()) else NOT_KEPT
    alone = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
    return Response(site.logo_svg, media_type="image/svg+xml", headers={**kept, **alone})
