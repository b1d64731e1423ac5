"""The type of a row's key, for policies that compare keys and make none."""

from __future__ import annotations

from typing import TypeAlias
from uuid import UUID

Key: TypeAlias = UUID
