"""The section ``registration``: who may use a service, how they prove who they are, and how they log in."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from yoyaku.registration.terms.life import (
    AddressResidency,
    Contacts,
    IdentityStep,
    Retention,
    Stage,
    Validity,
)
from yoyaku.registration.terms.login import (
    IssuedId,
    LoginDomain,
    LoginTerms,
    MailTerms,
    PasswordPattern,
    PasswordTerms,
)
from yoyaku.registration.terms.people import (
    Consent,
    Eligibility,
    FieldKind,
    GroupTerms,
    OnePerPerson,
    OpenHours,
    Paper,
    ReceptionPattern,
    RegistrantClass,
    RegistrationCounter,
    RegistrationField,
    Residency,
    Way,
)

__all__ = [
    "AddressResidency",
    "Consent",
    "Contacts",
    "Eligibility",
    "FieldKind",
    "GroupTerms",
    "IdentityStep",
    "IssuedId",
    "LoginDomain",
    "LoginTerms",
    "MailTerms",
    "OnePerPerson",
    "OpenHours",
    "Paper",
    "PasswordPattern",
    "PasswordTerms",
    "ReceptionPattern",
    "RegistrantClass",
    "RegistrationCounter",
    "RegistrationField",
    "RegistrationTerms",
    "Residency",
    "Retention",
    "Stage",
    "Validity",
    "Way",
]


class RegistrationTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The section ``registration``."""

    classes: Annotated[list[RegistrantClass], Meta(min_length=1)]
    stages: Annotated[list[Stage], Meta(min_length=1)]
    login: LoginTerms
    mail: MailTerms = MailTerms()
    fields: list[RegistrationField] = []
    eligibility: list[Eligibility] = []
    one_per_person: OnePerPerson | None = None
    consents: list[Consent] = []
    papers: list[Paper] = []
    identity: list[IdentityStep] = []
    residency_by_address: AddressResidency | None = None
    validity: list[Validity] = []
    groups: GroupTerms = GroupTerms()
    reception: list[ReceptionPattern] = []
    counters: list[RegistrationCounter] = []
    retention: Retention = Retention()
    words: Contacts = Contacts()
