import pytest

from yoyaku.booking.policy import CartSlotTaken, EquipmentShort, LimitReached, SlotTaken
from yoyaku.booking.service import (
    KeyUsedBefore,
    add_to_cart,
    cart_items,
    list_bookings,
    month_availability,
    remove_from_cart,
    submit_application,
)
from yoyaku.testing.town import DAY, hours, nights, visit_of


async def test_a_booking_is_written_with_its_price_number_clauses_and_event(town):
    made = await town.book(0, hours("court", form={"purpose": "練習"}))
    (booking,) = made.bookings
    assert (booking.number, booking.state, booking.total_yen) == ("2027-000001", "confirmed", 1000)
    assert (booking.request.starts, booking.request.ends, booking.form) == ("10:00", "12:00", {"purpose": "練習"})
    assert booking.facility_name == {"ja": "あおばプラザ", "en": "Aoba Plaza"}
    assert "booking.windows[0]" in [use.path for use in booking.trace]
    assert await town.see("SELECT kind, actor FROM booking_event") == [("booking_made", "resident")]
    assert await town.see("SELECT kind, subject_id FROM outbox") == [("booking_made", booking.booking_id)]
    assert await town.see("SELECT bucket, unit FROM occupancy ORDER BY bucket") == [(600, 1), (660, 1)]


async def test_a_tentative_booking_brings_its_deadline(town):
    made = await town.book(0, hours("room"))
    (booking,) = made.bookings
    assert booking.state == "tentative"
    assert await town.see("SELECT subject_id, due_at FROM deadline") == [(booking.booking_id, booking.lapses_at)]


async def test_a_slot_that_is_taken_is_refused_and_nothing_is_kept(town):
    await town.book(0, hours("east"))
    with pytest.raises(SlotTaken) as refused:
        await town.book(1, hours("room"), hours("whole", "11:00", "13:00"))
    assert refused.value.facts["item"] == 1
    assert await town.see("SELECT count(*) FROM booking") == [(1,)]
    assert await town.see("SELECT last_value FROM number_sequence") == [(1,)]


async def test_spaces_that_share_a_floor_block_each_other_by_what_they_take(town):
    await town.book(0, hours("basket"))
    await town.book(1, hours("table", surfaces=4))
    with pytest.raises(SlotTaken):
        await town.book(2, hours("table"))
    with pytest.raises(SlotTaken):
        await town.book(3, hours("basket"))


async def test_two_items_of_one_submission_get_different_units(town):
    await town.book(0, hours("court", surfaces=2), hours("court"), hours("court"))
    assert await town.see("SELECT count(*), count(DISTINCT unit) FROM occupancy WHERE bucket = 600") == [(4, 4)]


async def test_the_tenth_projector_of_nine_is_refused_with_what_is_left(town):
    await town.book(0, hours("court", equipment={"projector": 8}))
    with pytest.raises(EquipmentShort) as refused:
        await town.book(1, hours("room", equipment={"projector": 2}))
    assert (refused.value.facts["free"], refused.value.facts["stock"]) == (1, 9)


async def test_nine_projectors_serve_two_uses_of_one_morning_one_after_the_other(town):
    early, late = {"lent": {"projector": ("10:00", "11:00")}}, {"lent": {"projector": ("11:00", "12:00")}}
    first = await town.book(0, hours("court", "10:00", "12:00", equipment={"projector": 9}, **early))
    await town.book(1, hours("room", "10:00", "12:00", equipment={"projector": 9}, **late))
    with pytest.raises(EquipmentShort):
        await town.book(2, hours("court", "10:00", "12:00", equipment={"projector": 1}, **late))
    taken = (
        "SELECT bucket, count(*) FROM occupancy WHERE resource_id LIKE '%.eq.projector' GROUP BY bucket ORDER BY bucket"
    )
    assert await town.see(taken) == [(600, 9), (660, 9)]
    assert first.bookings[0].request.lent == {"projector": ("10:00", "11:00")}


async def test_numbers_follow_each_other_without_gap(town):
    await town.book(0, hours("court"), hours("court", "13:00", "14:00"))
    await town.book(1, nights(2))
    found = await town.see("SELECT number FROM booking ORDER BY number")
    assert [number for (number,) in found] == ["2027-000001", "2027-000002", "2027-000003"]


async def test_the_fourth_outstanding_booking_of_three_is_refused(town):
    for hour in (9, 10, 11):
        await town.book(0, hours("quiet", f"{hour:02d}:00", f"{hour + 1:02d}:00"))
    with pytest.raises(LimitReached):
        await town.book(0, hours("quiet", "15:00", "16:00"))
    await town.book(1, hours("quiet", "15:00", "16:00"))


async def test_the_same_submission_twice_is_one(town):
    first = await town.book(0, hours("court"), idempotency_key="k1")
    again = await town.book(0, hours("court"), idempotency_key="k1")
    assert again.repeated
    assert again.bookings == first.bookings
    assert await town.see("SELECT count(*) FROM booking") == [(1,)]
    with pytest.raises(KeyUsedBefore):
        await town.book(0, hours("room"), idempotency_key="k1")


async def test_what_was_taken_meanwhile_is_told_in_the_cart_and_the_rest_survives(town):
    visit = visit_of(town.residents[0])
    async with town.act() as conn:
        first, second = await add_to_cart(conn, visit=visit, rules=town.rules, items=[hours("room"), hours("east")])
    await town.book(1, hours("whole"))
    async with town.act() as conn:
        items = await cart_items(conn, visit=visit, rules=town.rules)
    assert [item.item_id for item in items] == [first, second]
    assert items[0].plan.quote.total_yen == 1000
    assert isinstance(items[1].refusal, CartSlotTaken)
    async with town.act() as conn:
        await remove_from_cart(conn, visit=visit, items=[second])
        assert len(await cart_items(conn, visit=visit, rules=town.rules)) == 1


async def test_the_grid_counts_what_is_free_of_each_space(town):
    await town.book(0, hours("basket"))
    await town.book(1, nights(1))
    async with town.act() as conn:
        grid = await month_availability(
            conn,
            visit=visit_of(None),
            rules=town.rules,
            space_ids=["plaza.table", "plaza.basket", "inn.twin", "plaza.room"],
            first=DAY,
            end=DAY.replace(day=21),
        )
    at_ten = {space: states[1 if len(states) > 1 else 0] for (space, _), states in grid.items()}
    assert (at_ten["plaza.table"].free, at_ten["plaza.table"].mark) == (4, "some")
    assert (at_ten["plaza.basket"].free, at_ten["plaza.basket"].capacity) == (1, 2)
    assert (at_ten["inn.twin"].free, at_ten["inn.twin"].mark) == (19, "some")
    assert (at_ten["plaza.room"].free, at_ten["plaza.room"].mark) == (1, "free")


async def test_a_resident_sees_their_own_bookings_only(town):
    await town.book(0, hours("court"))
    await town.book(1, hours("court"))
    async with town.act() as conn:
        (mine,) = await list_bookings(conn, visit=visit_of(town.residents[0]))
    assert mine.contact.registrant_id == town.residents[0].registrant_id


async def test_a_refusal_leaves_nothing_behind_even_where_the_page_that_shows_it_commits(town):
    await town.book(0, hours("room", "11:00", "12:00"))
    async with town.act() as conn:
        with pytest.raises(SlotTaken):
            await submit_application(
                conn,
                visit=visit_of(town.residents[1]),
                rules=town.rules,
                items=[hours("room", "10:00", "13:00", equipment={"projector": 2}), hours("court")],
                form={},
                accepted_terms=[],
            )
    assert await town.see("SELECT count(*) FROM occupancy") == [(1,)]
    assert await town.see("SELECT last_value FROM number_sequence") == [(1,)]
