"""Photographs as they are kept: written anew, so that nothing else than the picture travels along."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

LARGEST_BYTES: Final = 12_000_000
"""Of what is sent."""
MOST_PIXELS: Final = 60_000_000
KEPT_BYTES: Final = 2_000_000
KEPT_EDGE: Final = 1600
MADE_UP: Final = (struct.error, zlib.error, LookupError, TypeError, EOFError)
QUALITIES: Final = (85, 70, 50)


class NotAPicture(ValueError):
    """It is no PNG or JPEG, or a larger one than is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A JPEG and its size in pixels."""

    content: bytes
    width: int
    height: int


def keep_picture(sent: bytes) -> Picture:
    """A PNG or JPEG as a JPEG of at most ``KEPT_EDGE`` pixels a side, upright, without what cameras write beside it.

    Raises:
        NotAPicture: it cannot be read, or is too large.
    """
    if not sent or len(sent) > LARGEST_BYTES:
        raise NotAPicture
    # Whoever writes a PDF in this process lets half pictures pass, for itself and so for all.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(io.BytesIO(sent), formats=("PNG", "JPEG")) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise NotAPicture
            opened.draft("RGB", (KEPT_EDGE, KEPT_EDGE))
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((KEPT_EDGE, KEPT_EDGE))
            plain = _on_white(upright)
    # Besides its own errors, the library lets through whatever a made up file sets off in it.
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError, *MADE_UP) as wrong:
        raise NotAPicture from wrong
    return _written(plain)


def _on_white(image: Image.Image) -> Image.Image:
    """Without transparency, and without anything but pixels."""
    full = image.convert("RGBA")
    plain = Image.new("RGB", full.size, "white")
    plain.paste(full, mask=full.getchannel("A"))
    return plain


def _written(image: Image.Image) -> Picture:
    for quality in QUALITIES:
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= KEPT_BYTES:
            return Picture(content=out.getvalue(), width=image.width, height=image.height)
    raise NotAPicture
