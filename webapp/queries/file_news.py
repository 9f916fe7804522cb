"""What came of files since they were asked for, everybody's from one question, so that all are told from one count."""

from typing import NamedTuple

from sqlalchemy import Text, cast, exists, func, literal, select

from webapp.models import Export, ExportDownload
from webapp.models.columns import table_of
from webapp.models.words import EXPORT_KIND_WORDS, EXPORT_NEWS_WORDS

MOST = 1000
_EXPORTS = table_of(Export)
_E, _H = _EXPORTS.c, table_of(ExportDownload).c
_NEW = (
    select(
        cast(_E.requested_by_id, Text).concat(literal(":")).concat(cast(_E.id, Text)).concat(literal(":"))
        .concat(_E.state).concat(literal(":")).concat(_E.kind).label("words")
    )
    .where(
        _E.state.in_(tuple(EXPORT_NEWS_WORDS)), _E.expires_at.is_not(None), _E.requested_by_id.is_not(None),
        ~exists().where(_H.export_id == _E.id, _H.user_id == _E.requested_by_id),
    )
    .order_by(_E.id.desc())
    .limit(MOST)
    .subquery()
)  # fmt: skip
EVERYBODYS = select(func.aggregate_strings(_NEW.c.words, " ")).scalar_subquery()
"""Files that are there and not downloaded by whoever asked, and those that came to nothing: for a day, as files are kept."""


class FileNews(NamedTuple):
    """One file that became ready, or will not; its asker is told once."""

    export_id: int
    state: str
    kind: str

    @property
    def key(self) -> str:
        """Tells this news from any other."""
        return f"{self.export_id}-{self.state}"

    @property
    def words(self) -> str:
        """`Sessions: the file is ready.`"""
        return f"{EXPORT_KIND_WORDS[self.kind]}: {EXPORT_NEWS_WORDS[self.state]}"


def of(everybodys: str | None, user_id: int) -> tuple[FileNews, ...]:
    """This person's, the oldest first."""
    parts = (each.split(":") for each in (everybodys or "").split())
    return tuple(
        sorted(FileNews(int(number), state, kind) for asker, number, state, kind in parts if int(asker) == user_id)
    )
