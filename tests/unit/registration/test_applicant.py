"""The sealed mark of somebody who has just applied."""

from datetime import UTC, datetime, timedelta

import pytest

from yoyaku.kernel.ids import new_id
from yoyaku.kernel.seal import Seal
from yoyaku.registration.pages.applicant import open_mark, seal_mark

NOW = datetime(2027, 1, 10, 1, 0, tzinfo=UTC)
SEAL = Seal(["only for tests, forty characters and more"])
OTHER = Seal(["another key for tests, forty characters too"])


def mark(registrant_id, *, seal=SEAL, purpose="applicant"):
    return seal_mark(seal, purpose=purpose, registrant_id=registrant_id, until=NOW + timedelta(hours=1))


def test_a_mark_names_its_registration_for_an_hour():
    registrant_id = new_id()

    assert open_mark(SEAL, mark(registrant_id), purpose="applicant", real_now=NOW) == registrant_id
    assert open_mark(SEAL, mark(registrant_id), purpose="applicant", real_now=NOW + timedelta(hours=1)) is None


NOT_OURS = {
    "absent": None,
    "empty": "",
    "made up": "made up",
    "no ASCII": "印",
    "without contents": SEAL.seal(b"{}").decode(),
    "of another key": mark(new_id(), seal=OTHER),
    "for another purpose": mark(new_id(), purpose="form_key"),
}


@pytest.mark.parametrize("sealed", NOT_OURS.values(), ids=NOT_OURS)
def test_a_mark_that_is_not_ours_names_nobody(sealed):
    assert open_mark(SEAL, sealed, purpose="applicant", real_now=NOW) is None
