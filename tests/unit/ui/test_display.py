"""How large and in which colours one reads."""

import pytest

from yoyaku.ui.display import COLOURS, SIZES, Display, read_display


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("colours", COLOURS)
def test_what_is_kept_is_read_again(size, colours):
    chosen = Display(size=size, colours=colours)
    assert read_display(chosen.kept) == chosen


@pytest.mark.parametrize("kept", [None, "", "huge.pink", ".", 'large" x="', "large.dark.more"])
def test_anything_else_is_the_usual_display(kept):
    assert read_display(kept).colours == "normal"


def test_the_usual_display_needs_no_class():
    assert Display().classes == ""
    assert Display(size="large", colours="contrast").classes == "size-large colours-contrast"
