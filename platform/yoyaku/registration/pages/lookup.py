"""The address of a postcode, filled into the form without scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from yoyaku.kernel.contact import read_postcode
from yoyaku.registration.policy.form import Asked, FieldFault
from yoyaku.registration.service.postcode import complete_address, towns_of

_TOWN: Final = "_town"


@dataclass(frozen=True, kw_only=True)
class LookedUp:
    """The form with the address filled in (``filled``: the field), or the towns to choose from, or what is wrong."""

    form: Mapping[str, str]
    faults: list[FieldFault] = field(default_factory=list)
    towns: Mapping[str, list[str]] = field(default_factory=dict)
    filled: str | None = None


async def look_up_address(asked: Sequence[Asked], form: Mapping[str, str], postcode_field: str) -> LookedUp:
    """Put the address of a postcode into the address that follows it; several towns are offered to choose from."""
    codes = [(one.field.code, one.field.kind) for one in asked]
    place = next((at for at, (code, kind) in enumerate(codes) if code == postcode_field and kind == "postcode"), None)
    target = None if place is None else next((code for code, kind in codes[place:] if kind == "address"), None)
    if target is None:
        return LookedUp(form=form)
    if read_postcode(form.get(postcode_field, "")) is None:
        label = next(one.field.label for one in asked if one.field.code == postcode_field)
        wrong = FieldFault(field=postcode_field, code="no_postcode", facts={"label": label})
        return LookedUp(form=form, faults=[wrong])
    towns = await towns_of(form.get(postcode_field, ""))
    picked = form.get(postcode_field + _TOWN)
    town = picked if picked in towns else towns[0] if len(towns) == 1 else None
    address = town if town is None or picked else complete_address(form.get(target, ""), town=town)
    if address is not None:
        return LookedUp(form={**form, target: address}, filled=target)
    if not towns:
        return LookedUp(form=form, faults=[FieldFault(field=postcode_field, code="postcode_unknown")])
    return LookedUp(form=form, towns={postcode_field: towns})
