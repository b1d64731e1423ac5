"""What the API takes. Instants are RFC 3339 with an offset, dates ``2027-02-20``, times of day ``09:00`` to ``24:00``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from yoyaku.booking.api.caller import near
from yoyaku.booking.policy import BookingRequest

TimeText = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", examples=["09:00"])]
CodeText = Annotated[str, Meta(min_length=1, max_length=100, examples=["main-hall"])]
DateIn = Annotated[date, Meta(examples=["2027-02-20"])]
LentIn = Annotated[list[TimeText], Meta(min_length=2, max_length=2, examples=[["09:00", "10:30"]])]
Count = Annotated[int, Meta(ge=0, le=10_000, examples=[1])]
AnswerText = Annotated[str, Meta(max_length=2000)]
AnswerNumber = Annotated[int, Meta(ge=-1_000_000_000, le=1_000_000_000)]
Answer = AnswerText | AnswerNumber | bool | dict[str, Count]
Answers = Annotated[dict[str, Answer], Meta(max_length=100, examples=[{"people": 4}])]


class WishIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One use that is asked for: by ``starts`` and ``ends``, by ``bands``, or by ``nights`` with ``guests`` a night.

    ``lent`` says from when to when a piece of equipment is lent, where that is not all the time.
    """

    facility: CodeText
    space: CodeText
    use_on: DateIn
    starts: TimeText | None = None
    ends: TimeText | None = None
    bands: Annotated[list[CodeText], Meta(max_length=20)] = []
    nights: Annotated[int, Meta(ge=0, le=60)] = 0
    surfaces: Annotated[int, Meta(ge=1, le=1000)] = 1
    unit: Annotated[int, Meta(ge=1, le=1000)] | None = None
    activity: CodeText | None = None
    guests: Annotated[list[dict[str, Count]], Meta(max_length=60)] = []
    preferences: dict[str, bool] = {}
    equipment: dict[str, Count] = {}
    lent: dict[str, LentIn] = {}
    form: Answers = {}

    def request(self) -> BookingRequest:
        """The same as the policies read it.

        Raises:
            DateOutOfReach: no booking can have that date.
        """
        return BookingRequest(
            facility=self.facility,
            space=self.space,
            use_on=near(self.use_on),
            starts=self.starts,
            ends=self.ends,
            bands=tuple(self.bands),
            nights=self.nights,
            surfaces=self.surfaces,
            unit=self.unit,
            activity=self.activity,
            guests=tuple(self.guests),
            preferences=self.preferences,
            equipment=self.equipment,
            lent={code: (starts, ends) for code, (starts, ends) in self.lent.items()},
            form=self.form,
        )


Wishes = Annotated[list[WishIn], Meta(min_length=1, max_length=50)]


class CartIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be put into the cart; what is in it already is not put in twice."""

    items: Wishes


class QuoteIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be priced; answers in ``form`` hold for all items."""

    items: Wishes
    form: Answers = {}


class ApplicationIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A submission: all items are booked, or none; ``from_cart`` names what then leaves the cart."""

    items: Wishes
    form: Answers = {}
    accepted_terms: Annotated[list[CodeText], Meta(max_length=20)] = []
    from_cart: Annotated[list[UUID], Meta(max_length=50)] = []


class CancellationIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``expected_refund_yen`` is what was shown before; if another sum would go back now, nothing is cancelled."""

    reason: Annotated[str, Meta(max_length=1000)] | None = None
    expected_refund_yen: Annotated[int, Meta(ge=0, le=1_000_000_000)] | None = None


class ChangeIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Only what is to change; a clerk says ``why``."""

    nights: Annotated[int, Meta(ge=1, le=60)] | None = None
    guests: Annotated[list[dict[str, Count]], Meta(max_length=60)] | None = None
    preferences: dict[str, bool] | None = None
    form: Answers | None = None
    surfaces: Annotated[int, Meta(ge=1, le=1000)] | None = None
    starts: TimeText | None = None
    ends: TimeText | None = None
    equipment: dict[str, Count] | None = None
    lent: dict[str, LentIn | None] | None = None
    why: Annotated[str, Meta(max_length=1000)] | None = None

    def changes(self) -> dict[str, Any]:
        """What was given, as the policy reads it."""
        given = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: value for name, value in given.items() if value is not None and name != "why"}
