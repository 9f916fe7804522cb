"""Small builders of columns and constraints that several tables share."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import CheckConstraint
from sqlmodel import SQLModel

from webapp.db import NAMING

SQLModel.metadata.naming_convention = NAMING


def utc_now() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


def one_of(column: str, words: Sequence[str]) -> CheckConstraint:
    """A CHECK that the column holds one of our words (table classes do not validate; the database does)."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(word) for word in words)})", name=column)


def table_of(model: type[SQLModel]) -> Any:
    """The model's table: a query of its columns costs half of one of objects. Any, for mypy sees no table there."""
    return model.__table__  # type: ignore[attr-defined]
