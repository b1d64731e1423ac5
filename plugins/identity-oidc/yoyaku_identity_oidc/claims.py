"""What a provider says of a person, in the forms that providers have."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from yoyaku.extension.identity import Applicant, Claims
from yoyaku.kernel.text import fold_for_search
from yoyaku_identity_oidc.settings import ClaimNames, Compared

_BIRTH_DATE: Final = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})\Z", re.ASCII)
_ADDRESS_PARTS: Final = ("region", "locality", "street_address")
LONGEST: Final = 500


def read_claims(told: Mapping[str, Any], *, names: ClaimNames, issuer: str, subject: str) -> Claims:
    """Only what the settings name is looked at: a number that must not be stored is never taken over by chance."""
    return Claims(
        issuer=issuer,
        subject=subject,
        name=_in_parts(told, names.name),
        kana=_in_parts(told, names.kana),
        birth_date=read_birth_date(told.get(names.birth_date)),
        address=read_address(told.get(names.address)),
    )


def read_birth_date(told: object) -> date | None:
    """``19850315`` or ``1985-03-15``; ``None`` where it is no such date (a year may be left out as 0000)."""
    found = _BIRTH_DATE.match(told.strip()) if isinstance(told, str) else None
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def read_address(told: object) -> str | None:
    """A text, or an object with ``formatted`` or its parts (OpenID Connect Core 5.1.1), on one line."""
    if isinstance(told, Mapping):
        whole = told.get("formatted")
        parts = [told.get(part) for part in _ADDRESS_PARTS]
        told = whole if isinstance(whole, str) else "".join(part for part in parts if isinstance(part, str))
    return _text(told)


def differences(claims: Claims, person: Applicant, compare: Sequence[Compared]) -> list[Compared]:
    """What the provider says otherwise than the person; variants of one character are the same name."""
    same: dict[Compared, bool] = {
        "name": claims.name is not None and fold_for_search(claims.name) == fold_for_search(person.name),
        "birth_date": claims.birth_date is not None and claims.birth_date == person.birth_date,
    }
    return [one for one in compare if not same[one]]


def _in_parts(told: Mapping[str, Any], names: Sequence[str]) -> str | None:
    parts = [_text(told.get(name)) for name in names]
    found = [part for part in parts if part]
    return "　".join(found) if found and len(found) == len(parts) else None


def _text(told: object) -> str | None:
    if not isinstance(told, str):
        return None
    line = "".join(sign for sign in told if sign.isprintable() or sign == "　" or ord(sign) in range(0xE0100, 0xE01F0))
    return line.strip()[:LONGEST] or None
