"""Photographs as they are kept."""

import io

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from yoyaku.kernel.picture import KEPT_EDGE, NotAPicture, keep_picture


def made(kind="JPEG", size=(3200, 1600), **more):
    out = io.BytesIO()
    Image.new(more.pop("mode", "RGB"), size, more.pop("colour", "green")).save(out, kind, **more)
    return out.getvalue()


def test_a_large_picture_becomes_a_smaller_jpeg():
    kept = keep_picture(made("PNG"))
    assert (kept.width, kept.height) == (KEPT_EDGE, KEPT_EDGE // 2)
    assert Image.open(io.BytesIO(kept.content)).format == "JPEG"


def test_what_was_taken_sideways_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    kept = keep_picture(made(size=(200, 100), exif=exif))
    assert (kept.width, kept.height) == (100, 200)


def test_what_is_transparent_is_white():
    kept = keep_picture(made("PNG", (10, 10), mode="RGBA", colour=(0, 0, 0, 0)))
    assert Image.open(io.BytesIO(kept.content)).getpixel((5, 5)) == (255, 255, 255)


def text_bomb():
    """A small file whose remark is two million letters."""
    remark = PngInfo()
    remark.add_text("Comment", "a" * 2_000_000, zip=True)
    return made("PNG", (10, 10), pnginfo=remark)


@pytest.mark.parametrize("sent", [b"", b"GIF89a", made()[:2000], made("GIF"), b"\x89PNG\r\n\x1a\n", text_bomb()])
def test_what_is_no_whole_png_or_jpeg_is_refused(sent):
    with pytest.raises(NotAPicture):
        keep_picture(sent)
