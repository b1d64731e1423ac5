"""From bytes that somebody sent to a picture that holds nothing but the picture.

The name and the media type that the sender claims are never looked at. A file is taken for what its bytes are, must
end where its picture ends, is unpacked as a whole, and is packed anew: places, names of cameras, comments, colour
profiles, previews and whatever hangs behind are gone, and the picture stands upright.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Final, Literal

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from yoyaku.extension.identity import AnswerRefused, CleanFile

MediaType = Literal["image/jpeg", "image/png"]

_FORMATS: Final[dict[str, MediaType]] = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png"}
_BEGINNINGS: Final[dict[bytes, MediaType]] = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
_BROKEN: Final = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError)
_BOMBS: Final = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_OTHER_THINGS: Final = re.compile(
    rb"%PDF-|PK\x03\x04|PK\x05\x06|Rar!\x1a|7z\xbc\xaf\x27|GIF8[79]a|<\s*(?:!doctype|html|script|svg|\?php|\?xml)|"
    rb"\A\s*(?:MZ|\x7fELF|#!)",
    re.IGNORECASE,
)
"""What must not hang behind a picture. Phones hang things of their own there (a second exposure), which are dropped."""
_NEXT_MARKER: Final = re.compile(rb"\xff(?![\x00\xd0-\xd7])")
_QUALITIES: Final = (92, 80, 65)
_STANDALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_END_OF_IMAGE: Final = 0xD9
_SCAN: Final = 0xDA
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def clean_picture(content: bytes, *, media_types: Sequence[str], most_pixels: int, most_bytes: int) -> CleanFile:
    """The picture, packed anew.

    Raises:
        AnswerRefused: ``wrong_type`` (not one of ``media_types``), ``disguised`` (something else hangs behind it),
            ``truncated``, ``not_a_picture`` (cannot be unpacked), ``animated``, ``too_many_pixels``.
    """
    media_type = _sniff(content)
    if media_type not in media_types:
        raise AnswerRefused(reason="wrong_type")
    end, width, height = _end_of_png(content) if media_type == "image/png" else _end_of_jpeg(content)
    if width * height > most_pixels:
        raise AnswerRefused(reason="too_many_pixels", most_megapixels=most_pixels // 1_000_000)
    if end is None:
        raise AnswerRefused(reason="truncated")
    if _OTHER_THINGS.search(content[end:]):
        raise AnswerRefused(reason="disguised")
    try:
        return _packed(_opened(content[:end], media_type), media_type, most_bytes)
    except _BOMBS as error:
        raise AnswerRefused(reason="too_many_pixels", most_megapixels=most_pixels // 1_000_000) from error
    except _BROKEN as error:
        raise AnswerRefused(reason="not_a_picture") from error


def _sniff(content: bytes) -> MediaType:
    for beginning, media_type in _BEGINNINGS.items():
        if content.startswith(beginning):
            return media_type
    raise AnswerRefused(reason="wrong_type")


def _end_of_png(content: bytes) -> tuple[int | None, int, int]:
    """Where the last chunk ends (``None``: never), going from chunk to chunk; and width and height."""
    width, height = int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    at = 8
    while at + 12 <= len(content):
        kind = content[at + 4 : at + 8]
        at += 12 + int.from_bytes(content[at : at + 4], "big")
        if kind == b"IEND":
            return (at if at <= len(content) else None), width, height
    return None, width, height


def _end_of_jpeg(content: bytes) -> tuple[int | None, int, int]:
    """Where the picture ends (``None``: never), going from segment to segment and through scans; and width and height."""
    at, width, height = 2, 0, 0
    while at + 2 <= len(content) and content[at] == 0xFF:  # noqa: PLR2004  # every marker begins so
        marker = content[at + 1]
        if marker == _END_OF_IMAGE:
            return at + 2, width, height
        if marker == 0xFF:  # noqa: PLR2004  # a fill byte
            at += 1
            continue
        if marker in _FRAMES:
            height, width = (
                int.from_bytes(content[at + 5 : at + 7], "big"),
                int.from_bytes(content[at + 7 : at + 9], "big"),
            )
        at += 2 if marker in _STANDALONE else 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == _SCAN:
            following = _NEXT_MARKER.search(content, at)
            at = following.start() if following else len(content)
    return None, width, height


def _opened(content: bytes, media_type: MediaType) -> Image.Image:
    """The picture, unpacked as a whole and upright."""
    # Other libraries of the process may have told Pillow to take what is cut or broken; here nothing of the kind passes.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as picture:
        if _FORMATS.get(picture.format or "") != media_type:
            raise AnswerRefused(reason="disguised")
        if media_type == "image/png" and getattr(picture, "n_frames", 1) > 1:
            raise AnswerRefused(reason="animated")
        picture.load()
        return ImageOps.exif_transpose(picture)


def _packed(picture: Image.Image, media_type: MediaType, most_bytes: int) -> CleanFile:
    """The file. A photograph that a PNG would make larger than what may be sent becomes a JPEG."""
    plain = _only_pixels(picture)
    if media_type == "image/png":
        content = _saved(plain, "PNG")
        if len(content) <= most_bytes:
            return CleanFile(media_type=media_type, content=content)
    content = b""
    for quality in _QUALITIES:
        content = _saved(plain, "JPEG", quality=quality)
        if len(content) <= most_bytes:
            break
    return CleanFile(media_type="image/jpeg", content=content)


def _only_pixels(picture: Image.Image) -> Image.Image:
    """A picture of the same pixels, on white, that has never had anything else."""
    plain = Image.new("RGB", picture.size, "white")
    if picture.mode in {"P", "PA", "LA", "RGBA"} or "transparency" in picture.info:
        shown = picture.convert("RGBA")
        plain.paste(shown, mask=shown.getchannel("A"))
    else:
        plain.paste(picture.convert("RGB"))
    return plain


def _saved(picture: Image.Image, kind: Literal["PNG", "JPEG"], **how: int) -> bytes:
    packed = io.BytesIO()
    picture.save(packed, kind, **how)
    return packed.getvalue()
