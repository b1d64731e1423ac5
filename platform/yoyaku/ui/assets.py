"""Static files under addresses that change with their contents, so that they may be kept for a year."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final

ASSET_FOLDER: Final = Path(__file__).parent / "assets"
ASSET_ROUTE: Final = "/assets"
MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def fingerprint(content: bytes) -> str:
    """Return the short hash that stands in an asset's address."""
    return hashlib.sha256(content).hexdigest()[:12]


@lru_cache(maxsize=64)
def read_asset(name: str) -> tuple[bytes, str] | None:
    """Return the bytes and media type of an asset, or ``None`` when there is none of that name.

    :param name: a path below ``ui/assets`` such as ``site.css`` or ``vendor/htmx.min.js``.
    """
    path = (ASSET_FOLDER / name).resolve()
    media_type = MEDIA_TYPES.get(path.suffix)
    if media_type is None or not path.is_relative_to(ASSET_FOLDER) or not path.is_file():
        return None
    return path.read_bytes(), media_type


def asset_address(name: str) -> str | None:
    """Return the address of an asset, with its fingerprint, or ``None`` when it is not installed.

    htmx is fetched at set-up and may be absent: pages ask, and work without.
    """
    found = read_asset(name)
    return None if found is None else f"{ASSET_ROUTE}/{fingerprint(found[0])}/{name}"
