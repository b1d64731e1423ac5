"""The operator's settings files of plugins: ``<plugin>.<profile>.yaml`` in the folder ``PLUGIN_PROFILES``.

A rule set names a profile and may add settings of its own above it; an address, a client's id or a chain's key belong to
the installation, not to a rule book.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from yoyaku.kernel.errors import YoyakuError
from yoyaku.rules.document import read_file

S = TypeVar("S", bound=msgspec.Struct)


@dataclass(frozen=True, kw_only=True)
class Installation:
    """Where rules are to run: the folder of its plugins' settings files, and whether people depend on it."""

    profiles: Path | None
    is_production: bool


class ProfileMissing(YoyakuError):
    """The rules name a settings file that the installation lacks (``plugin``, ``profile``)."""

    status = 500
    code = "plugin_profile_missing"
    title = "The settings file of a plugin is missing."


class PluginSettingsWrong(YoyakuError):
    """Rule set and settings file together are not what the plugin needs (``plugin``, ``why``)."""

    status = 500
    code = "plugin_settings_wrong"
    title = "The settings of a plugin are wrong."


def settings_from(  # whose settings, from where, of which shape
    folder: Path | None, *, plugin: str, profile: str | None, own: Mapping[str, Any], shape: type[S]
) -> S:
    """The settings of a plugin: the rule set's ``own`` over those of the profile.

    Raises:
        ProfileMissing: there is no such file.
        PluginSettingsWrong: together they do not have the shape.
    """
    merged = _merged(_read(folder, plugin, profile), own)
    try:
        return msgspec.convert(merged, shape)
    except msgspec.ValidationError as error:
        raise PluginSettingsWrong(plugin=plugin, why=str(error)) from error


def profile_file(folder: Path | None, *, plugin: str, profile: str) -> Path | None:
    """The settings file of a profile, ``None`` where the installation has none."""
    path = None if folder is None else folder / f"{plugin}.{profile}.yaml"
    return path if path is not None and path.is_file() else None


def _read(folder: Path | None, plugin: str, profile: str | None) -> Mapping[str, Any]:
    if profile is None:
        return {}
    path = profile_file(folder, plugin=plugin, profile=profile)
    if path is None:
        where = "PLUGIN_PROFILES is not set" if folder is None else "it is not in the folder PLUGIN_PROFILES"
        raise ProfileMissing(f"{plugin}.{profile}.yaml: {where}", plugin=plugin, profile=profile)
    document = read_file(path)
    if document.faults or not isinstance(document.value, dict):
        why = document.faults[0].says("en") if document.faults else "not a mapping"
        raise PluginSettingsWrong(plugin=plugin, why=f"{path.name}: {why}")
    return document.value


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(below)
    for key, value in above.items():
        lower = both.get(key)
        both[key] = _merged(lower, value) if isinstance(lower, dict) and isinstance(value, dict) else value
    return both
