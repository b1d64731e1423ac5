"""What the counter's API takes and gives."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from yoyaku.booking.api.answers import booking_out
from yoyaku.booking.api.examples import BOOKING
from yoyaku.booking.api.shapes import BookingOut
from yoyaku.booking.api.wishes import Answers, CodeText, Wishes
from yoyaku.booking.views import BookingView
from yoyaku.registration.repository import RegistrantRow

Name = Annotated[str, Meta(min_length=1, max_length=200, examples=["予約 花子"])]
Phone = Annotated[str, Meta(min_length=1, max_length=40, examples=["03-0000-0000"])]
Why = Annotated[str, Meta(max_length=1000)]


class SearchIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom or what a clerk looks for, and for what: it is written down; ``other`` is said in words."""

    query: Annotated[str, Meta(min_length=1, max_length=200, description="In any common writing", examples=["やまだ"])]
    purpose: Literal["counter", "telephone", "review", "complaint", "other"]
    purpose_words: Annotated[str, Meta(max_length=100)] = ""


class OnBehalfIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A submission for a registrant who came by ``channel`` (``phone``, ``counter``: those that clerks enter)."""

    registrant_id: UUID
    channel: CodeText
    items: Wishes
    form: Answers = {}
    accepted_terms: Annotated[list[CodeText], Meta(max_length=20)] = []


class WalkInIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody without a registration, as they give their name and telephone number."""

    name: Name
    kana: Annotated[str, Meta(max_length=200)] = ""
    phone: Phone


class ConfirmationIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was done at the counter: documents seen, a fee taken, or both; ``why`` for the record."""

    documents_seen: bool = False
    fee_taken_yen: Annotated[int, Meta(ge=0, le=100_000_000)] = 0
    why: Why | None = None


class RevocationIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """On which grounds of the rules the city ends it (``rain``), and why in words."""

    grounds: CodeText
    why: Annotated[str, Meta(min_length=1, max_length=1000)]


class PersonOut(Struct, frozen=True, kw_only=True):
    """A registrant as the counter needs them."""

    registrant_id: UUID
    name: str
    kana: str
    user_class: str
    registration: str
    login_id: str | None
    phone: str | None
    email: str | None


class ContactOut(Struct, frozen=True, kw_only=True):
    """Whose booking it is."""

    registrant_id: UUID
    name: str
    kana: str
    phone: str | None
    email: str | None


class CounterBookingOut(Struct, frozen=True, kw_only=True):
    """A booking with whose it is."""

    booking: BookingOut
    registrant: ContactOut


def person_out(row: RegistrantRow) -> PersonOut:
    """A registrant."""
    return PersonOut(
        registrant_id=row.registrant_id,
        name=row.name,
        kana=row.kana,
        user_class=row.user_class,
        registration=row.stage,
        login_id=row.login_id,
        phone=row.phone,
        email=row.email,
    )


def counter_booking_out(booking: BookingView) -> CounterBookingOut:
    """A booking with whose it is."""
    of = booking.contact
    contact = ContactOut(registrant_id=of.registrant_id, name=of.name, kana=of.kana, phone=of.phone, email=of.email)
    return CounterBookingOut(booking=booking_out(booking), registrant=contact)


PERSON_SHOWN = PersonOut(
    registrant_id=UUID("0194b390-0000-7000-8000-0000000000a1"),
    name="予約 花子",
    kana="よやく はなこ",
    user_class="individual",
    registration="registered",
    login_id="40675",
    phone="03-0000-0000",
    email="hanako@example.jp",
)
FOUND_SHOWN = {
    "booking": BOOKING[0][1],
    "registrant": {
        "registrant_id": str(PERSON_SHOWN.registrant_id),
        "name": PERSON_SHOWN.name,
        "kana": PERSON_SHOWN.kana,
        "phone": PERSON_SHOWN.phone,
        "email": PERSON_SHOWN.email,
    },
}
