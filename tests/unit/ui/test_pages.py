"""Small parts of pages that must never be wrong: return paths, prose, assets, ticks."""

import pytest

from yoyaku.ui.assets import asset_address, read_asset
from yoyaku.ui.page import safe_return_path
from yoyaku.ui.prose import prose_html, split_title


@pytest.mark.parametrize("path", ["/cart", "/availability/hall/2027-02-20?slot=a%7Cam", "/"])
def test_one_comes_back_to_where_one_was(path):
    assert safe_return_path(path) == path


@pytest.mark.parametrize(
    "path",
    [None, "", "cart", "//evil.example", "/\\evil.example", "https://evil.example", "/a\\b", "/a\nb", "/\t/evil"],
)
def test_nobody_is_sent_to_another_host(path):
    assert safe_return_path(path) == "/"


def test_prose_knows_headings_paragraphs_and_lists():
    html = prose_html("# 規約\n\n一行目\n二行目\n\n- 一つ\n- 二つ\n\n1. 初め\n2. 次\n\n## 細則\n")

    assert html == (
        "<h2>規約</h2>\n<p>一行目<br>二行目</p>\n<ul><li>一つ</li><li>二つ</li></ul>\n"
        "<ol><li>初め</li><li>次</li></ol>\n<h3>細則</h3>"
    )


def test_prose_carries_no_script():
    html = prose_html("<script>alert(1)</script>\n\n- <img src=x onerror=alert(1)>\n\n[a](javascript:alert(1))")

    assert "<script" not in html
    assert "<img" not in html
    assert "<a" not in html


def test_the_first_heading_is_the_title_of_the_page():
    assert split_title("# 規約\n\n本文") == ("規約", "\n本文")
    assert split_title("本文だけ") == (None, "本文だけ")
    assert split_title("## 小見出し\n本文") == (None, "## 小見出し\n本文")


def test_an_asset_s_address_changes_with_its_contents():
    content, media_type = read_asset("site.css")

    assert media_type.startswith("text/css")
    assert b"--primary" in content
    assert asset_address("site.css").startswith("/assets/")
    assert asset_address("vendor/never-installed.js") is None


@pytest.mark.parametrize("name", ["../page.py", "../../kernel/settings.py", "/etc/passwd", "site.py", ""])
def test_nothing_but_assets_is_sent(name):
    assert read_asset(name) is None
