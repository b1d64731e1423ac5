"""What is refused at once: not wrong rules, but what rules have no use for."""

import pytest

from yoyaku.rules.document import DEEPEST
from yoyaku.rules.tricks import Trick, find_trick


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: 1\nb: &one [x]\n", Trick("alias", 2)),
        ("a: 1\nb:\n  - *one\n", Trick("alias", 3)),
        ("a: !!python/object/apply:os.system [ls]\n", Trick("tag", 1)),
        ("a: !city x\n", Trick("tag", 1)),
        ("a: " + "[" * 5000 + "]" * 5000, Trick("deep", 1)),
        ("a: " + "[" * 5000, Trick("deep", 1)),  # found although the end is missing
    ],
)
def test_a_trick_is_found_at_its_line(text, found):
    assert find_trick(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: '*one'\nb: \"!city\"\nc: A & B\nd: 100% !\n",
        "a: [1, 2\nb: 3\n",  # wrong, and told as such
        "a:\n\tb: 1\n",
        "[" * DEEPEST + "]" * DEEPEST,
    ],
)
def test_what_is_merely_wrong_or_only_looks_so_is_none(text):
    assert find_trick(text) is None
