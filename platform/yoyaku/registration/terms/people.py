"""Who may register: classes, what they are asked, what they agree to, and who is refused."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from yoyaku.rules.values import Clause, Code, Range, Text, When

Residency = Literal["resident", "worker", "student", "outsider"]
Way = Literal["web", "counter", "post"]
"""By which way somebody applies to be registered: on the site, at the counter, by a form sent in."""

FieldKind = Literal[
    "name", "kana", "birth_date", "email", "phone", "postcode", "address", "text", "long_text", "choice", "yes_no"
]


class RegistrantClass(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A class of registrants (個人ID, 団体ID, 在住, 在勤): what the fact ``user_class`` may be.

    ``apply_by`` are the ways by which one may register as such; without any, nobody can. ``first_stage`` is the stage
    at which a registration of the class begins.
    """

    code: Code
    name: Text
    account_kind: Literal["individual", "group"] = "individual"
    residency: Residency | None = None
    description: Text | None = None
    apply_by: list[Way] = []
    first_stage: Code | None = None


class RegistrationField(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One question of the registration form.

    A code may stand several times for those whom different conditions name: one person is asked one of them.
    A field whose ``code`` is a kind (``name``, ``kana``, ``birth_date``, ``email``, ``phone``, ``postcode``,
    ``address``) fills that property of the registrant; every other one is kept under its code. ``when`` looks at
    ``user_class``, ``account_kind``, ``residency``, ``way``, ``by_proxy`` and ``form.<code>`` of earlier fields.
    ``of_person`` says that the answer is personal data, which goes when the registrant is anonymised.
    ``typed_twice`` asks again (an address of mail). ``lowest_letters`` and ``highest_letters`` count what a reader
    sees as one character.
    """

    code: Code
    kind: FieldKind
    label: Text
    help: Text | None = None
    example: Text | None = None
    when: When = {}
    required: bool = True
    typed_twice: bool = False
    choices: dict[Code, Text] = {}
    lowest_letters: Annotated[int, Meta(ge=0)] = 0
    highest_letters: Annotated[int, Meta(ge=1, le=4000)] = 100
    of_person: bool = True
    changed_by: list[Literal["resident", "clerk"]] = field(default_factory=lambda: ["resident", "clerk"])


class Eligibility(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What must hold of those to whom ``when`` applies; all clauses must.

    ``age`` in years on the day of applying, attained on the ``birthday`` or at the end of the ``day_before``;
    ``not_in_school_years`` are years of school (10 to 12: high school); ``address_within`` asks that the address
    typed in ``address_field`` begins with one of the texts. ``refusal`` is the sentence for who is refused.
    """

    code: Code
    when: When = {}
    age: Range | None = None
    attained: Literal["birthday", "day_before"] = "birthday"
    not_in_school_years: Range | None = None
    address_within: list[str] = []
    address_field: Code = "address"
    refusal: Text


class OnePerPerson(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One registration per person of a service, over all classes.

    People are told apart by name and birth date as typed in the two fields (of a group: its representative's). The
    database refuses the second; a clerk may say that two people of one name and birth date are two.
    """

    name_field: Code = "name"
    birth_date_field: Code = "birth_date"
    group_name_field: Code = "representative"
    group_birth_date_field: Code = "representative_birth_date"
    refusal: Text | None = None


class Consent(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sentence that one ticks before applying."""

    code: Code
    text: Text
    when: When = {}
    required: bool = True


class Paper(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document that is asked for: at the counter, or as an upload.

    ``accepted`` and ``refused`` say in words what will do and what will not; ``any_of`` are kinds of document of which
    one is enough (the clerk notes which was seen). ``when`` looks also at ``age`` (years) and ``by_proxy``.
    """

    code: Code
    name: Text
    when: When = {}
    any_of: dict[Code, Text] = {}
    accepted: list[Text] = []
    refused: list[Text] = []
    required: bool = True


class OpenHours(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a counter is open: in these months, on these days, in these hours; ``facility`` days are its opening days."""

    days: list[Literal["facility_days", "weekdays", "saturday", "sunday", "holidays", "every_day"]]
    months: list[Annotated[int, Meta(ge=1, le=12)]] = []
    opens: Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["09:00"])]
    closes: Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["21:00"])]


class ReceptionPattern(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Reception hours that several counters share, with a sentence on what else to know."""

    code: Code
    name: Text
    hours: list[OpenHours] = []
    remark: Text | None = None


class RegistrationCounter(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where one registers in person. ``handled_at`` names the counter that does it instead (no hours of its own)."""

    code: Code
    name: Text
    facility: Code | None = None
    pattern: Code | None = None
    handled_at: Code | None = None
    address: Text | None = None
    phone: str | None = None


class GroupTerms(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Groups: whether members are listed or linked to their own registrations, who may act and who may pay.

    ``pays`` are those among whom the group chooses: itself, its representative, or any linked member.
    """

    members: Literal["none", "optional", "required"] = "optional"
    linking: bool = False
    contact_person: bool = True
    fewest_members: Annotated[int, Meta(ge=0)] = 0
    pays: list[Literal["group", "representative", "member"]] = field(default_factory=lambda: ["group"])
