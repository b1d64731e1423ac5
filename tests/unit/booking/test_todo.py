"""What a list of one's bookings says is to be done with each."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from yoyaku.booking.pages.booked import _todo

NOW = datetime(2027, 2, 1, 3, 0, tzinfo=UTC)
WORDS = SimpleNamespace(language="ja", say=lambda key, **_facts: key)


@pytest.mark.parametrize(
    ("state", "lapses", "said"),
    [("tentative", 1, "me.todo_lapses"), ("tentative", 0, "me.todo_result"), ("confirmed", 1, None)],
)
def test_after_its_deadline_a_tentative_booking_waits_for_a_result_and_asks_for_nothing(state, lapses, said):
    booking = SimpleNamespace(state=state, lapses_at=NOW + timedelta(hours=lapses), dues=(), paid_yen=0, total_yen=700)
    assert _todo(booking, WORDS, NOW) == said
