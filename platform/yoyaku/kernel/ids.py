"""Identifiers: UUID version 7, made here so that PostgreSQL 15 need not."""

from __future__ import annotations

from typing import TypeAlias
from uuid import UUID

import uuid_utils

Key: TypeAlias = UUID
"""The type of a row's key, for policies, which compare keys and make none."""


def new_id() -> UUID:
    """A UUIDv7: unique, and in the order of making."""
    return UUID(int=uuid_utils.uuid7().int)
