"""Which plugins are installed. Installed is not active: a rule set names those that it uses."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from typing import Final

from yoyaku.extension.identity import CONTRACT, IdentityPlugin
from yoyaku.kernel.errors import YoyakuError

IDENTITY_GROUP: Final = "yoyaku.identity"


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
    found: dict[str, IdentityPlugin] = {}
    for entry in entry_points(group=IDENTITY_GROUP):
        plugin: IdentityPlugin = entry.load()
        if plugin.contract != CONTRACT or plugin.name != entry.name:
            raise ContractMismatch(plugin=entry.name, found=plugin.contract, expected=CONTRACT)
        found[plugin.name] = plugin
    return found


def identity_plugin(name: str) -> IdentityPlugin:
    """The plugin of that name.

    Raises:
        PluginUnknown: it is not installed.
    """
    plugins = identity_plugins()
    if name not in plugins:
        raise PluginUnknown(plugin=name, installed=sorted(plugins))
    return plugins[name]
