"""What collecting by file needs: who acts, the rules of today, what opens sealed accounts, and the plugin with its settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

import msgspec

from yoyaku.billing.act import MoneyAct
from yoyaku.billing.service.asking import read_secret
from yoyaku.billing.terms import CITY, PaymentMethod, PaymentTerms
from yoyaku.extension.debit import BankAccount, FilePaymentPlugin, TransferPlugin
from yoyaku.extension.payment import PaymentContext
from yoyaku.extension.profiles import settings_from
from yoyaku.extension.registry import payment_plugin
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.seal import Seal
from yoyaku.rules.values import Moment, Roll


@dataclass(frozen=True, kw_only=True)
class TransferBank:
    """The bank that pays out by file: by which method it is known, the plugin that writes for it, and what that is told."""

    method: str
    plugin: TransferPlugin
    context: PaymentContext


@dataclass(frozen=True, kw_only=True)
class DebitMeans:
    """One request or job. ``instant`` resolves a moment of the rules for a use on a day."""

    act: MoneyAct
    terms: PaymentTerms
    seal: Seal
    plugin_profiles: Path | None
    instant: Callable[[Moment, date], datetime]

    @property
    def methods(self) -> list[PaymentMethod]:
        """The ways of payment by file, each code once."""
        found = {one.code: one for one in reversed(self.terms.methods) if one.collection is not None}
        return list(reversed(found.values()))

    @property
    def payees(self) -> list[str]:
        """Whose money may be collected; the city alone where the rules name nobody."""
        return [one.code for one in self.terms.payees] or [CITY]

    def method(self, code: str) -> PaymentMethod:
        """A way of payment by file.

        Raises:
            NotFound: the rules of today have none of that code.
        """
        found = next((one for one in self.methods if one.code == code), None)
        if found is None:
            raise NotFound(what="payment method")
        return found

    def plugin(self, code: str) -> tuple[FilePaymentPlugin, PaymentContext]:
        """The plugin of a method, and what it is told.

        Raises:
            NotFound: as :meth:`method`.
            PluginUnknown, ProfileMissing, PluginSettingsWrong: the installation is not complete.
        """
        method = self.method(code)
        plugin = cast("FilePaymentPlugin", payment_plugin(method.plugin))
        shape: Any = plugin.settings_type
        settings = settings_from(
            self.plugin_profiles, plugin=plugin.name, profile=method.profile, own=method.settings, shape=shape
        )
        return plugin, PaymentContext(settings=settings, now=self.act.real_now, secret=read_secret)

    def transfer_bank(self) -> TransferBank | None:
        """The bank that takes files of transfers, too; ``None`` where none does."""
        for one in self.methods:
            plugin, context = self.plugin(one.code)
            if isinstance(plugin, TransferPlugin) and plugin.makes_transfers(context):
                return TransferBank(method=one.code, plugin=plugin, context=context)
        return None

    def is_bank_day(self, method: str, day: date) -> bool:
        """Whether banks are open on a day, by the calendar that the method's debits keep."""
        collection = self.method(method).collection
        roll = None if collection is None else collection.on.roll
        if roll is None:
            return True
        kept = Moment(anchor="use_day", roll=Roll(to="next_open", calendar=roll.calendar))
        return self.act.civil_date(self.instant(kept, day)) == day

    def seal_account(self, account: BankAccount) -> bytes:
        """An account for storing."""
        return self.seal.seal(msgspec.json.encode(account))

    def open_account(self, sealed: bytes) -> BankAccount:
        """An account as it was stored.

        Raises:
            NotReadable: it was sealed with another key.
        """
        return msgspec.json.decode(self.seal.open(sealed), type=BankAccount)
