"""Makes the file of a list: every row of a page's filter, as whoever asked may see it."""

from collections.abc import Iterable, Iterator, Sized
from typing import IO, Any, TypeVar

from werkzeug.datastructures import MultiDict

from webapp.actions.audit_checks import record_of
from webapp.actions.audit_exports import signed_end
from webapp.actions.export_making import Making
from webapp.audit_chain import canonical_time
from webapp.audit_keys import signing_key
from webapp.exports import FORMATS
from webapp.exports.audit_file import AuditFile
from webapp.exports.lists import ALL_ROWS, LISTS
from webapp.exports.masked import masked
from webapp.models.columns import utc_now
from webapp.queries import audit
from webapp.queries.audit import AuditFilter

Chunk = TypeVar("Chunk", bound=Sized)


def make_list(making: Making, file: IO[bytes]) -> None:
    """Write the list, with its heads even where the filter shows nothing."""
    export, found = making.export, LISTS[making.export.kind]
    with making.database.reading() as db:
        wanted = found.read(db, MultiDict((name, value) for name, value in export.filter), making.sight)
        making.progress(0, found.count(db, wanted, ALL_ROWS))
    for piece in _pieces(making, wanted):
        file.write(piece)


def _pieces(making: Making, wanted: Any) -> Iterator[bytes]:
    export, found = making.export, LISTS[making.export.kind]
    if (export.kind, export.format) == ("audit", "jsonl"):
        return _proved(making, wanted)
    columns = found.profiles[export.profile].columns
    rows = found.chunks(making, wanted, [column.name for column in columns])
    return FORMATS[export.format].write(columns, _told(making, masked(columns, rows, making.sight)))


def _proved(making: Making, wanted: AuditFilter) -> Iterator[bytes]:
    """Rows of the audit log as they are hashed, with the signed proof in the last line."""
    end = signed_end(making.database, making.settings)

    def points(first: int, last: int) -> list[dict[str, Any]]:
        with making.database.reading() as db:
            return [record_of(each) for each in audit.checkpoints(db, first, last)]

    file = AuditFile(signing_key(making.data_dir), dict(wanted.params()), canonical_time(utc_now()), points)
    return file.jsonl(_told(making, audit.chunks(making.database, wanted, upto=end.seq)))


def _told(making: Making, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """The chunks as they come, with word of how far it is after each."""
    done = 0
    for rows in chunks:
        yield rows
        done += len(rows)
        making.progress(done)
