"""Lines of a city's own pages that still name a figure which new rules no longer hold."""

import pytest

from yoyaku.rulebook.words import Change, quoted


def change(was, becomes):
    return Change(path="booking", section="", was=was, becomes=becomes, says="")


@pytest.mark.parametrize(
    ("was", "becomes", "line", "figure"),
    [
        ("75%", "70%", "- 利用日20日前～11日前…75%還付", "75%"),
        ("75%", "70%", "11日前まで75％、10日前から50％です", "75%"),
        ("1,000円", "1,200円", "入場料は１,０００円です", "1,000円"),
        ("¥700", "¥800", "A morning costs ¥700.", "¥700"),
        ("75%", "70%", "175%と7.75%", None),  # other figures
        ("100円、50%", "100円、40%", "手数料100円", None),  # what stays
        ("3日前", "2日前", "3日前まで", None),  # neither a share nor money
    ],
)
def test_a_line_is_found_by_the_figure_that_changes(was, becomes, line, figure):
    found = quoted([change(was, becomes)], {"guide": {"ja": f"# 案内\n\n{line}\n"}})

    assert [(one.page, one.figure, one.line) for one in found] == (
        [("guide", figure, line.removeprefix("- "))] if figure else []
    )
