"""Who pays for a booking: the patterns of the guidebook for clubs whose members book for themselves too."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from yoyaku.booking.policy import Person
from yoyaku.booking.service import booking_history, get_booking
from yoyaku.kernel.ids import new_id
from yoyaku.registration.policy.groups import PayerNotAllowed
from yoyaku.testing.town import NOW, hours, visit_of

GROUP = {"user_class": "individual", "account_kind": "group", "residency": "resident", "registration": "registered"}
LINK = text("""
    INSERT INTO group_member (tenant_id, service_id, member_id, group_id, name, role, state, registrant_id, may_act,
                              may_pay, added_at)
    VALUES (current_setting('app.tenant_id'), current_setting('app.service_id'), :member_id, :group_id, '髙田', :role,
            'linked', :registrant_id, true, :may_pay, :at)
""")


class Club:
    """The first resident is a club, the second its representative, the third a member who does not pay."""

    def __init__(self, town):
        self.town = town
        self.club, self.head, self.player = (one.registrant_id for one in town.residents[:3])
        groups = town.rules.registration.groups
        pays = type(groups)(linking=True, pays=["group", "representative"])
        registration = town.rules.registration
        parts = {name: getattr(registration, name) for name in registration.__struct_fields__}
        town.rules = replace(town.rules, registration=type(registration)(**{**parts, "groups": pays}))

    async def gather(self):
        async with self.town.act() as conn:
            await conn.execute(
                text("UPDATE registrant SET kind = 'group', name = '青葉クラブ' WHERE registrant_id = :club"),
                {"club": self.club},
            )
            for person, role, pays in ((self.head, "representative", True), (self.player, "member", False)):
                values = {"member_id": new_id(), "group_id": self.club, "registrant_id": person, "at": NOW}
                await conn.execute(LINK, {**values, "role": role, "may_pay": pays})
        return self

    async def set_usual(self, payer):
        async with self.town.act() as conn:
            await conn.execute(
                text("UPDATE registrant SET payer_id = :payer WHERE registrant_id = :club"),
                {"payer": payer, "club": self.club},
            )

    async def book(self, place, request, *, for_club=False, **more):
        """A booking by the resident at that place: their own, or the club's by them."""
        visit = visit_of(self.town.residents[place])
        if for_club:
            visit = replace(visit, registrant_id=self.club, person=Person(facts=GROUP))
        made = await self.town.book(place, request, visit=visit, **more)
        return made.bookings[0], visit


@pytest.fixture
async def club(town):
    return await Club(town).gather()


@pytest.mark.fact("KS-042")
async def test_pattern_a_the_club_s_use_is_the_representative_s_to_pay_and_private_use_one_s_own(club):
    await club.set_usual(club.head)
    theirs, _ = await club.book(2, hours("court"), for_club=True)
    private, _ = await club.book(2, hours("court", "14:00", "16:00"))

    assert (theirs.contact.registrant_id, theirs.payer_id) == (club.club, club.head)
    assert (private.contact.registrant_id, private.payer_id) == (club.player, None)


@pytest.mark.fact("KS-042")
async def test_pattern_b_without_private_use_all_is_the_representative_s_to_pay(club):
    await club.set_usual(club.head)
    booked = [
        (await club.book(place, hours("court", starts, ends), for_club=True))[0]
        for place, starts, ends in ((1, "10:00", "12:00"), (2, "14:00", "16:00"))
    ]

    assert [(one.payer_id, one.payer_name) for one in booked] == [(club.head, booked[0].payer_name)] * 2
    assert booked[0].payer_name


@pytest.mark.fact("KS-042")
async def test_pattern_c_a_school_team_pays_for_itself_and_each_member_for_what_they_book(club):
    theirs, visit = await club.book(1, hours("court"), for_club=True)
    own, _ = await club.book(1, hours("court", "14:00", "16:00"))

    assert (theirs.payer_id, own.payer_id) == (None, None)
    async with club.town.act() as conn:
        seen = await get_booking(conn, visit=visit, booking_id=theirs.booking_id)
    assert (seen.contact.registrant_id, seen.payer_name) == (club.club, None)


@pytest.mark.fact("KS-042")
async def test_the_payer_is_chosen_for_each_booking(club):
    chosen, _ = await club.book(2, hours("court"), for_club=True, payer_id=club.head)
    assert chosen.payer_id == club.head
    with pytest.raises(PayerNotAllowed):
        await club.book(2, hours("court", "14:00", "16:00"), for_club=True, payer_id=club.player)
    with pytest.raises(PayerNotAllowed):
        await club.book(2, hours("court", "14:00", "16:00"), payer_id=club.head)


async def test_the_database_forbids_a_payer_who_did_not_agree(club):
    made, _ = await club.book(2, hours("court"), for_club=True)
    change = text("UPDATE booking SET payer_id = :payer WHERE booking_id = :booking")
    with pytest.raises(IntegrityError, match="linked member who agreed"):
        async with club.town.act() as conn:
            await conn.execute(change, {"payer": club.player, "booking": made.booking_id})


async def test_the_event_says_who_booked_for_the_club(club):
    made, visit = await club.book(2, hours("court"), for_club=True)
    async with club.town.act() as conn:
        (told,) = await booking_history(conn, visit=visit, booking_id=made.booking_id)
    assert told.member_name.startswith("髙田")
    events = await club.town.see(
        "SELECT account_id FROM booking_event WHERE booking_id = :booking", booking=made.booking_id
    )
    assert events == [(club.town.residents[2].account_id,)]
