"""A picture of an invented document, drawn without any library: what a demo's applicant has sent in."""

from __future__ import annotations

import struct
import zlib
from typing import Final

WIDTH: Final = 640
HEIGHT: Final = 400
_PAPER: Final = b"\xf4\xf1\xe6"
_BAND: Final = b"\x3b\x6e\x8f"
_PHOTO: Final = b"\xb9\xc4\xcc"
_INK: Final = b"\x50\x50\x50"
_LINES: Final = range(120, 340, 44)
_FACE: Final = range(120, 320)


def draw_document() -> bytes:
    """A card with a band, a place for a photograph and lines of writing; a PNG of 640 by 400."""
    rows = b"".join(b"\x00" + _row(y) for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(name, content) for name, content in parts)


def _row(y: int) -> bytes:
    if y < HEIGHT // 5:
        return _BAND * WIDTH
    written = any(line <= y < line + 10 for line in _LINES)
    left = _PAPER * 30 + (_INK if written else _PAPER) * 360 + _PAPER * 50
    return left + (_PHOTO if y in _FACE else _PAPER) * 160 + _PAPER * 40


def _part(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
