"""Short words for the columns and keys that every table shares."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKeyConstraint,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PGUUID
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

Kind = TypeEngine[Any] | type[TypeEngine[Any]]

metadata = MetaData()

INSTANT = DateTime(timezone=True)
UUID = PGUUID(as_uuid=True)
TEXTS = ARRAY(Text)
SERVICE_KEY = ("tenant_id", "service_id")


def must(name: str, kind: Kind, *, key: bool = False) -> Column[Any]:
    """A column that always has a value."""
    return Column(name, kind, primary_key=key, nullable=False)


def may(name: str, kind: Kind) -> Column[Any]:
    """A column that may be empty."""
    return Column(name, kind, nullable=True)


def refers(columns: str, table: str, *, to: str | None = None, **options: object) -> ForeignKeyConstraint:
    """A foreign key over the columns named with spaces between; ``to`` where they are called otherwise there."""
    names = columns.split()
    targets = [f"{table}.{name}" for name in (to or columns).split()]
    return ForeignKeyConstraint(names, targets, **options)  # type: ignore[arg-type]


def of_service(name: str, *items: SchemaItem) -> Table:
    """A table whose rows belong to one service of one tenant."""
    head = (must("tenant_id", Text, key=True), must("service_id", Text, key=True))
    return Table(name, metadata, *head, *items)


def of_tenant(name: str, *items: SchemaItem) -> Table:
    """A table whose key is unique in the whole tenant (codes of facilities, spaces, resources)."""
    return Table(name, metadata, must("tenant_id", Text, key=True), *items)
