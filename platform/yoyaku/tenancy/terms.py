"""What a tenant folder says: who the city is, its services, how each looks and speaks, and the people of its demo."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from yoyaku.rules.values import Clause, Code, DateText, Text
from yoyaku.ui.languages import NAMES

_COLOUR = "^#[0-9a-fA-F]{6}$"
Colour = Annotated[str, Meta(pattern=_COLOUR, description='A colour, quoted: "#0017c1".', examples=["#000000"])]
SoftColour = Annotated[
    str, Meta(pattern=_COLOUR, description='A light colour, quoted: "#e8f1fe".', examples=["#ffffff"])
]
Language = Annotated[str, Meta(pattern="^(" + "|".join(NAMES) + ")$", examples=["ja"])]
"""One of those that have a name in ``ui/languages.py``; the platform's own words are in Japanese and English."""
FileName = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$",
        description="A path below the folder.",
        examples=["sample"],
    ),
]
HostTemplate = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(\.\{base_domain\})?$",
        description="A host name in lower case, without port; {base_domain} is the domain of the installation.",
        examples=["sample.{base_domain}"],
    ),
]


class Contact(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom a resident asks; shown at the same place on each page."""

    name: Text
    phone: str | None = None
    hours: Text | None = None
    mail: Annotated[str, Meta(pattern=r"^[^@\s]+@[^@\s]+$", examples=["sample@localhost"])] | None = None
    address: Text | None = None


class ServiceEntry(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One reservation site of the tenant.

    ``rule_set`` names a file (without ``.yaml``) or folder under ``rulesets/``; ``brand`` a file below
    the tenant folder; ``pages`` gives the titles of the texts in ``pages/<service>/<code>.<language>.md``. ``terminals`` are
    the hosts that terminals in facilities open, by the channel of the rules that they are.
    """

    code: Code
    name: Text
    rule_set: Code
    hosts: Annotated[list[HostTemplate], Meta(min_length=1)]
    terminals: dict[Code, list[HostTemplate]] = {}
    contact: Contact
    brand: FileName
    pages: dict[Code, Text] = {}


class TenantFile(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``tenant.yaml``. ``municipality_code`` is the six-digit code of local public bodies, with its check digit."""

    slug: Code
    municipality_code: Annotated[
        str, Meta(pattern="^[0-9]{6}$", description='Six digits, quoted: "000001".', examples=["000001"])
    ]
    name: Text
    time_zone: str = "Asia/Tokyo"
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)] = ("ja", "en")
    services: Annotated[list[ServiceEntry], Meta(min_length=1)]


class Colours(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The brand's design tokens; ``surface`` is the soft ground of notices and the header."""

    primary: Colour
    primary_dark: Colour
    accent: Colour
    surface: SoftColour


class BrandFile(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``brand/<service>.yaml``; ``logo`` is an SVG file beside it, drawn for us."""

    name: Text
    tagline: Text | None = None
    colours: Colours
    logo: FileName


class DemoMember(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A member of an invented group: listed by name, or linked to the registration of ``login_id``."""

    name: str
    kana: str = ""
    role: Literal["representative", "contact_person", "member"] = "member"
    login_id: str | None = None
    may_act: bool = False
    may_pay: bool = False


class DemoResident(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An invented resident of the local demo, with the facts the rules ask for.

    ``details`` are further answers of the form; ``expires_in_days`` moves an expiry of the rules to so many days from
    the day the demo is made; with ``initial_password`` the password is one that only opens the way to an own one;
    ``sent_picture`` names the check of identity for which a drawn picture was sent that waits for a clerk.
    """

    service: Code
    login_id: str
    password: str
    name: str
    kana: str
    kind: Literal["individual", "group"] = "individual"
    user_class: Code
    residency: Literal["resident", "worker", "student", "outsider"] | None = None
    registration: Code
    email: str | None = None
    phone: str | None = None
    facts: dict[str, str | int | bool] = {}
    mail_verified: bool = True
    birth_date: DateText | None = None
    postcode: str | None = None
    address: str | None = None
    details: dict[str, str | bool] = {}
    expires_in_days: dict[Code, int] = {}
    initial_password: bool = False
    sent_picture: Code | None = None
    members: list[DemoMember] = []


class DemoClerk(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An invented clerk; ``service: "*"`` gives one account in every service.

    ``second_factor`` is the secret of the generator of codes that is set up for them (``yoyaku demo codes``); without,
    they set up their own at the first log-in.
    """

    service: Annotated[
        str, Meta(pattern=r"^(\*|[a-z0-9][a-z0-9_-]*)$", description="A service's code, or *.", examples=["*"])
    ]
    login_id: str
    password: str
    second_factor: (
        Annotated[str, Meta(pattern="^[A-Z2-7]{32}$", description="A secret in Base32.", examples=["A" * 32])] | None
    ) = None
    name: str
    roles: Annotated[list[Literal["counter_clerk", "facility_manager", "tenant_admin", "auditor"]], Meta(min_length=1)]


class DemoWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A use that an invented resident asks for, but for its day."""

    service: Code
    login_id: str
    facility: Code
    space: Code
    starts: str | None = field(name="from", default=None)
    ends: str | None = field(name="to", default=None)
    bands: list[Code] = []
    nights: int = 0
    surfaces: int = 1
    guests: list[dict[str, int]] = []
    preference: dict[str, bool] = {}
    form: dict[str, Any] = {}


class DemoEntry(DemoWish, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an invented resident wishes for in the lottery that is open when the demo is made.

    ``day`` is that of the month that is drawn; where it cannot be had (a closed day), the next that can.
    """

    day: Annotated[int, Meta(ge=1, le=28)]


class DemoUse(DemoWish, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an invented resident books every week around the day on which the demo is made.

    ``weeks`` are the first and the last, counted from that day's; each is booked ``made_before`` days ahead. Of the
    weeks, every ``cancelled``-th is cancelled, every ``missed``-th missed (0: none); the others are paid where ``paid``:
    at the counter, or online by the method of the rules that ``paid_by`` names.
    """

    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    weeks: Annotated[list[int], Meta(min_length=2, max_length=2)]
    made_before: Annotated[int, Meta(ge=1, le=180)] = 14
    cancelled: Annotated[int, Meta(ge=0)] = 0
    missed: Annotated[int, Meta(ge=0)] = 0
    paid: bool = True
    paid_by: str | None = None


class DemoFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``demo.yaml``: for the local demo only; production never reads it."""

    residents: list[DemoResident] = []
    clerks: list[DemoClerk] = []
    entries: list[DemoEntry] = []
    uses: list[DemoUse] = []
