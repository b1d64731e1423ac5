"""Colours that people can read, and who sees a notice where: by tables."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from yoyaku.tenancy.policy.looks import measured, weak_contrasts
from yoyaku.tenancy.policy.notices import notices_for
from yoyaku.tenancy.policy.site import Piece, mark_of, piece_of, with_piece
from yoyaku.ui.theme import contrast_ratio

GOOD = {"primary": "#0017c1", "primary_dark": "#00118f", "primary_soft": "#e8f1fe", "accent": "#008299"}


@pytest.mark.parametrize(
    "changed",
    [
        {"primary": "#8fd4e6"},
        {"primary": "#767676", "primary_soft": "#dddddd"},
        {"primary_dark": "#ffff00"},
        {"accent": "#cccccc"},
        {"primary_soft": "#333333"},
    ],
)
def test_what_is_proposed_for_a_weak_colour_would_do(changed):
    colours = {**GOOD, **changed}
    assert weak_contrasts(colours)
    for _ in range(3):  # mending one may show another
        for weak in weak_contrasts(colours):
            assert contrast_ratio(weak.proposal, weak.against) >= weak.least
            colours[weak.name] = weak.proposal

    assert weak_contrasts(colours) == []


def test_good_colours_stay_as_they_are():
    assert weak_contrasts(GOOD) == []
    assert all(one.proposal == one.colour for one in measured(GOOD))


SITE = {
    "wording": {"ja": {"a": "あ", "b": "い"}, "en": {"a": "A"}},
    "pages": {"faq": {"title": "質問", "text": {"ja": "…"}}},
    "contact": {"name": "係"},
}


@pytest.mark.parametrize(
    ("piece", "value"),
    [
        (Piece(part="wording", name="a"), {"ja": "え"}),
        (Piece(part="wording", name="a"), None),
        (Piece(part="wording", name="new"), {"en": "N"}),
        (Piece(part="pages", name="faq"), None),
        (Piece(part="pages", name="terms"), {"title": "規約", "text": {"ja": "…"}}),
        (Piece(part="contact"), {"name": "別の係"}),
    ],
)
def test_a_piece_is_put_in_and_taken_back_without_touching_the_rest(piece, value):
    before = piece_of(SITE, piece)
    changed = {**SITE, piece.part: with_piece(SITE, piece, value)}
    assert piece_of(changed, piece) == value
    assert mark_of(piece_of(changed, piece)) != mark_of(before)

    restored = {**changed, piece.part: with_piece(changed, piece, before)}
    assert restored == SITE


def notice(name, **more):
    """A notice for everybody on the first page, unless it says otherwise."""
    plain = {"importance": "normal", "audience": "everyone", "user_class": None, "on_top": True, "facility_id": None}
    since = datetime(2027, 1, 1, tzinfo=UTC)
    return SimpleNamespace(**{"name": name, "shown_from": since, **plain, **more})


NOTICES = [
    notice("plain"),
    notice("late", shown_from=datetime(2027, 1, 5, tzinfo=UTC)),
    notice("grave", importance="urgent"),
    notice("members", audience="members"),
    notice("group", audience="class", user_class="group"),
    notice("gym", on_top=False, facility_id="gym"),
    notice("both", facility_id="gym"),
]


@pytest.mark.parametrize(
    ("visitor", "facility", "seen"),
    [
        ((False, None), None, ["grave", "late", "plain", "both"]),
        ((True, "person"), None, ["grave", "late", "plain", "members", "both"]),
        ((True, "group"), None, ["grave", "late", "plain", "members", "group", "both"]),
        ((False, None), "gym", ["gym", "both"]),
        ((True, "group"), "pool", []),
    ],
)
def test_whoever_looks_sees_what_is_for_them_the_gravest_and_latest_first(visitor, facility, seen):
    found = notices_for(NOTICES, is_member=visitor[0], user_class=visitor[1], facility=facility)

    assert [one.name for one in found] == seen
