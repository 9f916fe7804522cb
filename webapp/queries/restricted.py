"""Names in lists, with a mark where the person's data may only be kept: `masking` and `exports.masked` mask those."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal

from webapp.masks import RESTRICTED
from webapp.models import Person
from webapp.models.columns import table_of

_P = table_of(Person).c
_ONLY_KEPT = _P.restricted_at.is_not(None)


def name() -> ColumnElement[Any]:
    """The person's name with the mark before it; empty, or nothing where there is no person, stays so."""
    return marked(_P.name)


def marked(text: Any) -> ColumnElement[Any]:
    """Another text that names the person, the same way."""
    return case((and_(_ONLY_KEPT, func.coalesce(text, "") != ""), _with_mark(text)), else_=text)


def name_in_file() -> ColumnElement[Any]:
    """The name for a file, whose rows are masked whole: the mark stands also where there is no name. Never nothing."""
    plain = func.coalesce(_P.name, "")
    return case((_ONLY_KEPT, _with_mark(plain)), else_=plain)


def _with_mark(text: Any) -> ColumnElement[Any]:
    return literal(RESTRICTED).concat(text)
