"""Documents as PDF, from the HTML of a template (WeasyPrint; tagged for screen readers, PDF/UA-1).

It needs Pango and a Japanese font on the machine (Debian: libpango-1.0-0, libpangoft2-1.0-0, fonts-noto-cjk); without
them people print the page itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Final

from yoyaku.kernel.errors import YoyakuError

FONT_FOLDERS: Final = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
JAPANESE_FONTS: Final = (
    "NotoSansCJK*",
    "NotoSansJP*",
    "NotoSerifCJK*",
    "ipa*",
    "IPA*",
    "BIZUD*",
    "Takao*",
    "SourceHan*",
)
CHATTY: Final = ("weasyprint", "weasyprint.progress", "fontTools")
"""Loggers that tell each step of each document."""
_writing: Final = Lock()


class PdfNotWritten(YoyakuError):
    """This installation cannot write PDF (``needs``: what it lacks): the page itself can be printed."""

    status = 503
    code = "pdf_not_written"
    title = "This site cannot make a PDF at present. Please print the page itself."


async def write_pdf(html: str) -> bytes:
    """The document as PDF; a template that would have anything fetched is a fault.

    Raises:
        PdfNotWritten: the installation lacks what it takes.
    """
    return await asyncio.to_thread(_write, html)


def japanese_fonts() -> Iterator[Path]:
    """Files of fonts in which Japanese can be written."""
    for folder in FONT_FOLDERS:
        for name in JAPANESE_FONTS:
            yield from folder.rglob(name)


def _write(html: str) -> bytes:
    if next(japanese_fonts(), None) is None:
        raise PdfNotWritten(needs="fonts-noto-cjk")
    with _writing:
        for chatty in CHATTY:
            logging.getLogger(chatty).setLevel(logging.WARNING)
        try:
            from weasyprint import HTML, urls  # noqa: PLC0415  # seconds, for processes that write none; it looks for Pango
        except OSError:
            raise PdfNotWritten(needs="libpango-1.0-0") from None
        nothing = urls.URLFetcher(allowed_protocols=(), fail_on_errors=True)
        document: bytes = HTML(string=html, url_fetcher=nothing).write_pdf(pdf_variant="pdf/ua-1")
    return document
