"""Makes the file of the audit log that proves itself: rows as they are hashed, with the signed proof in the last line."""

from collections.abc import Iterator
from typing import Any

from webapp.actions.audit_checks import record_of
from webapp.actions.audit_exports import signed_end
from webapp.actions.export_making import Making, told
from webapp.audit_chain import canonical_time
from webapp.audit_keys import signing_key
from webapp.exports.audit_file import AuditFile
from webapp.models.columns import utc_now
from webapp.queries import audit
from webapp.queries.audit import AuditFilter


def proved(making: Making, wanted: AuditFilter) -> Iterator[bytes]:
    """The file in pieces."""
    end = signed_end(making.database, making.settings)

    def points(first: int, last: int) -> list[dict[str, Any]]:
        with making.database.reading() as db:
            return [record_of(each) for each in audit.checkpoints(db, first, last)]

    file = AuditFile(signing_key(making.data_dir), dict(wanted.params()), canonical_time(utc_now()), points)
    return file.jsonl(told(making, audit.chunks(making.database, wanted, upto=end.seq)))
