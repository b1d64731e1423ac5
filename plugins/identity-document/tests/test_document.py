import io
import struct
import time
import zipfile
import zlib

import pytest
from PIL import Image, ImageFile
from PIL.PngImagePlugin import PngInfo

from yoyaku.extension.identity import AnswerRefused, AwaitReview, ClerkSaw, PaperAsked, Rejected, SentFile, Verified
from yoyaku.testing.identity_contract import IdentityPluginContract, context_with
from yoyaku_identity_document import DocumentSettings, plugin

WORK = PaperAsked(code="work", name="在勤を証明する書類", kinds=frozenset({"employee_id", "certificate"}))


def picture(kind="JPEG", size=(60, 40), mode="RGB", **how):
    image = Image.new(mode, size, "white" if mode == "RGB" else 0)
    image.putpixel((0, 0), (200, 30, 30) if mode == "RGB" else 0)
    packed = io.BytesIO()
    image.save(packed, kind, **how)
    return packed.getvalue()


def zipped():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", "a")
    return packed.getvalue()


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width=40_000, height=40_000):
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + png_chunk(b"IDAT", zlib.compress(bytes(1000))) + png_chunk(b"IEND", b"")


class TestContract(IdentityPluginContract):
    plugin = plugin
    right = SentFile(name="x.bin", claimed_type="application/octet-stream", content=picture())


async def send(content, *, name="card.jpg", claimed="image/jpeg", **settings):
    context = context_with(DocumentSettings(**settings))
    kept = (await plugin.begin(context)).kept
    return await plugin.receive(context, kept=kept, answer=SentFile(name=name, claimed_type=claimed, content=content))


async def reason_of(content, **more):
    with pytest.raises(AnswerRefused) as refused:
        await send(content, **more)
    return refused.value.variant


@pytest.mark.fact("ML-057")
@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
async def test_a_picture_is_what_its_bytes_say_not_its_name(kind, media_type):
    outcome = await send(picture(kind), name="malware.exe", claimed="text/html")

    assert isinstance(outcome, AwaitReview)
    assert outcome.file.media_type == media_type
    assert Image.open(io.BytesIO(outcome.file.content)).size == (60, 40)


@pytest.mark.fact("ML-057")
async def test_it_asks_for_one_file_of_ten_megabytes():
    step = (await plugin.begin(context_with(DocumentSettings()))).step

    assert (step.media_types, step.most_bytes, step.files) == (("image/jpeg", "image/png"), 10_000_000, 1)


@pytest.mark.fact("ML-057")
async def test_ten_megabytes_and_a_byte_are_too_big():
    assert await reason_of(picture() + bytes(10_000_001)) == "too_big"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 ...", "wrong_type"),
        (b"GIF89a" + bytes(40), "wrong_type"),
        (b"<html><script>alert(1)</script>", "wrong_type"),
        (zipped(), "wrong_type"),
        (picture("WEBP"), "wrong_type"),
        (picture("TIFF"), "wrong_type"),
        (picture()[:-30], "truncated"),
        (picture("PNG")[:-30], "truncated"),
        (b"\xff\xd8\xff", "truncated"),
        (b"\xff\xd8\xff\xd9", "not_a_picture"),
        (b"\x89PNG\r\n\x1a\n", "truncated"),
        (picture() + zipped(), "disguised"),
        (picture("PNG") + b"<html><body>", "disguised"),
        (picture("PNG") + b"\n<!DOCTYPE html>", "disguised"),
        (picture() + b"%PDF-1.4", "disguised"),
        (picture() + b"MZ\x90", "disguised"),
        (bomb(), "too_many_pixels"),
    ],
)
async def test_what_is_not_a_picture_alone_is_refused_with_the_reason(content, reason):
    assert await reason_of(content) == reason


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
async def test_a_corrupt_picture_is_refused_whatever_else_the_process_reads(kind, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint does for itself, and so for all
    good = bytearray(picture(kind, size=(300, 300)))
    middle = len(good) // 2
    good[middle : middle + 12] = b"\xff\x00" * 6 if kind == "PNG" else b"\xff\xc0\x00\x11" * 3

    assert await reason_of(bytes(good)) in {"not_a_picture", "truncated", "too_many_pixels"}


async def test_whatever_bytes_are_cut_or_turned_nothing_but_a_refusal_comes():
    good = picture("PNG") + b""
    for at in range(0, len(good), 3):
        broken = good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :]
        try:
            assert isinstance(await send(broken), AwaitReview)
        except AnswerRefused:
            continue


async def test_an_animation_is_refused():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    packed = io.BytesIO()
    frames[0].save(packed, "PNG", save_all=True, append_images=frames[1:])

    assert await reason_of(packed.getvalue()) == "animated"


async def test_only_the_kinds_of_the_settings_are_taken():
    assert await reason_of(picture("PNG"), media_types=("image/jpeg",)) == "wrong_type"


async def test_places_comments_and_previews_are_taken_out_and_the_picture_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "CameraOfSomebody"
    exif.get_ifd(0x8825)[1] = "N"
    outcome = await send(picture(exif=exif, comment=b"my secret place", icc_profile=b"profile" * 10))
    clean = Image.open(io.BytesIO(outcome.file.content))

    assert clean.size == (40, 60)
    assert (dict(clean.getexif()), clean.info.get("comment"), clean.info.get("icc_profile")) == ({}, None, None)
    assert b"CameraOfSomebody" not in outcome.file.content


async def test_texts_in_a_png_are_taken_out():
    told = PngInfo()
    told.add_text("Comment", "my secret place")
    outcome = await send(picture("PNG", pnginfo=told))

    assert b"secret" not in outcome.file.content


async def test_what_a_phone_hangs_behind_a_picture_is_dropped():
    outcome = await send(picture() + picture(size=(5, 5)) + b"SEFT")

    assert outcome.file.content.count(b"\xff\xd8\xff") == 1


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "L", "I;16"])
async def test_a_png_of_any_kind_becomes_a_plain_picture(mode):
    outcome = await send(picture("PNG", mode=mode))

    assert Image.open(io.BytesIO(outcome.file.content)).mode == "RGB"


async def test_a_photograph_that_grows_as_png_becomes_a_jpeg():
    noise = Image.effect_noise((700, 700), 90).convert("RGB")
    packed = io.BytesIO()
    noise.quantize(4).save(packed, "PNG")
    outcome = await send(packed.getvalue(), most_megabytes=1)

    assert outcome.file.media_type in {"image/png", "image/jpeg"}
    assert len(outcome.file.content) <= 1_000_000


async def test_a_hundred_thousand_small_chunks_take_no_time():
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
    began = time.monotonic()
    await reason_of(b"\x89PNG\r\n\x1a\n" + header + png_chunk(b"tEXt", b"a\0b") * 100_000 + png_chunk(b"IEND", b""))

    assert time.monotonic() - began < 5


@pytest.mark.fact("ML-058")
async def test_a_clerk_notes_which_paper_the_picture_shows():
    context = context_with(DocumentSettings(), papers=(WORK,))
    outcome = await plugin.receive(context, kept={}, answer=ClerkSaw(approved=True, papers={"work": "certificate"}))
    with pytest.raises(AnswerRefused) as refused:
        await plugin.receive(context, kept={}, answer=ClerkSaw(approved=True, papers={"work": "business_card"}))

    assert isinstance(outcome, Verified)
    assert outcome.evidence["papers"] == {"work": "certificate"}
    assert refused.value.variant == "paper_unknown"


@pytest.mark.fact("ML-058")
async def test_a_paper_that_will_not_do_is_rejected_with_the_reason():
    context = context_with(DocumentSettings())
    with pytest.raises(AnswerRefused):
        await plugin.receive(context, kept={}, answer=ClerkSaw(approved=False, papers={}))
    saw = ClerkSaw(approved=False, papers={}, note="名刺では確認できません")

    assert await plugin.receive(context, kept={}, answer=saw) == Rejected(
        code="by_document", facts={"why": "名刺では確認できません"}
    )


async def test_the_address_counts_where_the_settings_say_that_the_document_shows_it():
    context = context_with(DocumentSettings(confirms=("address",)))
    outcome = await plugin.receive(context, kept={}, answer=ClerkSaw(approved=True, papers={}))

    assert outcome.claims.address == context.applicant.address
