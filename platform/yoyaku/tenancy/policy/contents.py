"""A tenant folder as it was read, before anything is decided about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yoyaku.rules.document import Document
from yoyaku.rules.fault import Fault
from yoyaku.tenancy.terms import TenantFile

PageKey = tuple[str, str, str]
"""Service, code, language."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One YAML file: its document, and its value where one could be made."""

    document: Document
    value: Any


@dataclass(frozen=True, kw_only=True)
class TenantFolder:
    """Everything in a folder but facilities and rules, which higher folders understand.

    ``brands`` and ``logos`` are by service, ``wording`` by service and language, ``pages`` by service, code and
    language. ``faults`` are those of reading and of shape.
    """

    path: Path
    tenant: Part
    brands: Mapping[str, Part] = field(default_factory=dict)
    logos: Mapping[str, str] = field(default_factory=dict)
    wording: Mapping[tuple[str, str], Part] = field(default_factory=dict)
    pages: Mapping[PageKey, str] = field(default_factory=dict)
    stray: tuple[Path, ...] = ()
    demo: Part | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def terms(self) -> TenantFile:
        """The tenant file's value, repaired where it had faults."""
        terms: TenantFile = self.tenant.value
        return terms
