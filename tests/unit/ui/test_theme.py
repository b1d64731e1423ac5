"""A brand's colours become a style sheet only where they can be read."""

import pytest

from yoyaku.ui.theme import DEFAULT_TOKENS, contrast_ratio, readable_on, theme_css, theme_faults


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#767676", "#ffffff", 4.54),
        ("#0017c1", "#ffffff", 11.1),
    ],
)
def test_contrast_is_that_of_the_standard(one, other, ratio):
    assert contrast_ratio(one, other) == pytest.approx(ratio, abs=0.06)
    assert contrast_ratio(other, one) == contrast_ratio(one, other)


def test_text_on_a_colour_is_white_or_ink_whichever_reads_better():
    assert readable_on("#0017c1") == "#ffffff"
    assert readable_on("#ffd43d") == "#1a1a1a"


def test_the_default_brand_may_be_used():
    assert theme_faults(DEFAULT_TOKENS) == []


@pytest.mark.parametrize(
    ("tokens", "said"),
    [
        ({"primary": "#ff9900"}, "primary: #ff9900 has a contrast of"),
        ({"primary": "red"}, "is not a colour such as"),
        ({"primary": "#0017c1; } body { display: none"}, "is not a colour such as"),
        ({"accent": "#ffff00"}, "accent: #ffff00"),
        ({"primary_soft": "#3a5bd0"}, "primary_soft"),
    ],
)
def test_a_colour_that_cannot_be_read_is_refused_in_words(tokens, said):
    faults = theme_faults(tokens)

    assert any(said in fault for fault in faults), faults
    with pytest.raises(ValueError, match=said.split(":")[0]):
        theme_css(tokens)


def test_the_style_sheet_holds_known_names_only():
    css = theme_css({"primary": "#00665E", "font": "}</style><script>"})

    assert "--primary: #00665e;" in css
    assert "--on-primary: #ffffff;" in css
    assert "script" not in css
