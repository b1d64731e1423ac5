"""Identifiers: UUID version 7, made here so that PostgreSQL 15 need not."""

from __future__ import annotations

from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """A UUIDv7: unique, and in the order of making."""
    return UUID(int=uuid_utils.uuid7().int)
