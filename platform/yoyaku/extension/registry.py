"""Which plugins are installed. Installed is not active: a rule set names those that it uses."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from typing import Any, Final, TypeVar

from yoyaku.extension import beacon, draw, identity, payment
from yoyaku.extension.beacon import BeaconPlugin
from yoyaku.extension.draw import DrawPlugin
from yoyaku.extension.identity import IdentityPlugin
from yoyaku.extension.payment import PaymentPlugin
from yoyaku.kernel.errors import YoyakuError

IDENTITY_GROUP: Final = "yoyaku.identity"
BEACON_GROUP: Final = "yoyaku.beacon"
DRAW_GROUP: Final = "yoyaku.draw"
PAYMENT_GROUP: Final = "yoyaku.payment"


P = TypeVar("P")


class PluginUnknown(YoyakuError):
    """No plugin of that name is installed (``plugin``; ``installed``)."""

    status = 500
    code = "plugin_unknown"
    title = "A plugin that the rules name is not installed."


class ContractMismatch(YoyakuError):
    """The plugin keeps another version of the contract (``plugin``, ``found``, ``expected``)."""

    status = 500
    code = "plugin_contract_mismatch"
    title = "A plugin was made for another version of the platform."


@cache
def identity_plugins() -> Mapping[str, IdentityPlugin]:
    """The installed identity plugins by name.

    Raises:
        ContractMismatch: one of them keeps another version of the contract, or goes by another name than its entry.
    """
    return _installed(IDENTITY_GROUP, identity.CONTRACT)


def identity_plugin(name: str) -> IdentityPlugin:
    """The plugin of that name.

    Raises:
        PluginUnknown: it is not installed.
    """
    return _named(identity_plugins(), name)


@cache
def beacon_plugins() -> Mapping[str, BeaconPlugin]:
    """The installed beacons by name.

    Raises:
        ContractMismatch: as :func:`identity_plugins`.
    """
    return _installed(BEACON_GROUP, beacon.CONTRACT)


def beacon_plugin(name: str) -> BeaconPlugin:
    """The beacon of that name.

    Raises:
        PluginUnknown: it is not installed.
    """
    return _named(beacon_plugins(), name)


@cache
def draw_plugins() -> Mapping[str, DrawPlugin]:
    """The installed ways to draw beside those of the engine, by name.

    Raises:
        ContractMismatch: as :func:`identity_plugins`.
    """
    return _installed(DRAW_GROUP, draw.CONTRACT)


def draw_plugin(name: str) -> DrawPlugin:
    """The way to draw of that name.

    Raises:
        PluginUnknown: it is not installed.
    """
    return _named(draw_plugins(), name)


@cache
def payment_plugins() -> Mapping[str, PaymentPlugin]:
    """The installed ways of payment by name.

    Raises:
        ContractMismatch: as :func:`identity_plugins`.
    """
    return _installed(PAYMENT_GROUP, payment.CONTRACT)


def payment_plugin(name: str) -> PaymentPlugin:
    """The way of payment of that name.

    Raises:
        PluginUnknown: it is not installed.
    """
    return _named(payment_plugins(), name)


def _installed(group: str, contract: int) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for entry in entry_points(group=group):
        plugin = entry.load()
        if plugin.contract != contract or plugin.name != entry.name:
            raise ContractMismatch(plugin=entry.name, found=plugin.contract, expected=contract)
        found[plugin.name] = plugin
    return found


def _named(plugins: Mapping[str, P], name: str) -> P:
    if name not in plugins:
        raise PluginUnknown(plugin=name, installed=sorted(plugins))
    return plugins[name]
