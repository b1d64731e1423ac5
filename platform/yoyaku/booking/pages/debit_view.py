"""What pages about account transfers share: the means of the request, an account as it is typed, its errors at the fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, Literal, cast
from uuid import UUID

from yoyaku.billing.service.debit_means import DebitMeans
from yoyaku.billing.service.mandates import add_mandate
from yoyaku.booking.pages.here import Here
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.charged import money_act
from yoyaku.extension.debit import BankAccount, FileRefused
from yoyaku.kernel.errors import YoyakuError
from yoyaku.registration.pages import Means
from yoyaku.rules.moment import resolve
from yoyaku.rules.values import Moment

KINDS: Final = ("ordinary", "current", "tax", "other")
FIELDS: Final = ("bank_code", "bank_name", "branch_code", "branch_name", "kind", "number", "holder_kana")
NEEDED: Final = ("bank_code", "branch_code", "number", "holder_kana")


def debit_means(here: Here, rules: ServiceRules, means: Means) -> DebitMeans:
    """What collecting by file needs, for this request."""

    def instant(moment: Moment, use_on: date) -> datetime:
        return resolve(moment, {"use_day": use_on}, rules.calendars, rules.zone)

    return DebitMeans(
        act=money_act(here.visit, rules, rules_of=here.rules_for.pinned),
        terms=rules.payment,
        seal=means.seal,
        plugin_profiles=means.plugin_profiles,
        instant=instant,
    )


def read_account(form: Mapping[str, str]) -> BankAccount:
    """An account as it was typed."""
    kind = form.get("kind", KINDS[0])
    return BankAccount(
        bank_code=form.get("bank_code", ""),
        bank_name=form.get("bank_name", ""),
        branch_code=form.get("branch_code", ""),
        branch_name=form.get("branch_name", ""),
        kind=cast("Literal['ordinary', 'current', 'tax', 'other']", kind if kind in KINDS else KINDS[0]),
        number=form.get("number", ""),
        holder_kana=form.get("holder_kana", ""),
    )


def account_missing(here: Here, form: Mapping[str, str]) -> dict[str, str]:
    """The fields of an account that were left empty, with what is to be said there."""
    say = here.words.say
    return {
        name: say("form.missing", label=say(f"mandate.field.{name}"))
        for name in NEEDED
        if not form.get(name, "").strip()
    }


def account_refused(here: Here, refused: FileRefused) -> dict[str, str]:
    """What no bank could take, at its field and with its name, since the summary on top says it too."""
    say, errors = here.words.say, dict[str, str]()
    for one in (refused, *refused.also):
        field = str(one.facts.get("place", "bank_code"))
        said = say("mandate.mistake", label=say(f"mandate.field.{field}"), said=here.words.sentence(one))
        errors.setdefault(field, said)
    return errors


async def try_mandate(  # whose, by which method, what was typed
    here: Here, *, lent: DebitMeans, method: str, registrant_id: UUID, form: Mapping[str, str], is_active: bool
) -> dict[str, str]:
    """Enter a mandate for an account that was typed in full; the errors by field (``""``: of the whole), or none."""
    try:
        await add_mandate(
            here.conn,
            means=lent,
            method=method,
            registrant_id=registrant_id,
            account=read_account(form),
            is_active=is_active,
        )
    except FileRefused as refused:
        return account_refused(here, refused)
    except YoyakuError as refusal:
        return {"": here.words.sentence(refusal)}
    return {}


def account_form(here: Here, form: Mapping[str, str]) -> dict[str, Any]:
    """What the fields of an account show."""
    return {
        "kinds": [(kind, here.words.say(f"mandate.kind.{kind}")) for kind in KINDS],
        "form": {"kind": KINDS[0], **{name: form.get(name, "") for name in FIELDS if form.get(name)}, **dict(form)},
    }
