"""Documents as PDF."""

import sys

import pytest
from weasyprint.urls import FatalURLFetchingError

from yoyaku.ui import pdf

HTML = '<html lang="ja"><head><title>領収書</title></head><body><p>髙﨑 様</p>%s</body></html>'


async def test_a_document_is_written_in_japanese_and_fetches_nothing():
    plain = await pdf.write_pdf(HTML % "")

    assert plain.startswith(b"%PDF-")
    with pytest.raises(FatalURLFetchingError):
        await pdf.write_pdf(HTML % '<img src="https://example.com/seal.png" alt="印">')


async def test_an_installation_without_a_japanese_font_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(pdf, "FONT_FOLDERS", (tmp_path,))

    with pytest.raises(pdf.PdfNotWritten) as lacking:
        await pdf.write_pdf(HTML % "")
    assert lacking.value.facts == {"needs": "fonts-noto-cjk"}


async def test_an_installation_without_pango_says_so(monkeypatch):
    class Lacking:
        def find_spec(self, name, *_):
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Lacking(), *sys.meta_path])

    with pytest.raises(pdf.PdfNotWritten) as lacking:
        await pdf.write_pdf(HTML % "")
    assert lacking.value.facts == {"needs": "libpango-1.0-0"}
