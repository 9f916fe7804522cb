"""Each list's columns, once, for every format. The names stay put: scripts read them."""

from webapp import masks
from webapp.exports.base import Column

SESSIONS: tuple[Column, ...] = (
    Column("id", "id"),
    Column("own_reference", foreign=True),
    Column("reference", foreign=True),
    Column("provider"),
    Column("kind"),
    Column("status"),
    Column("capture"),
    Column("outcome"),
    Column("code", foreign=True),
    Column("code_text", foreign=True, mask=masks.stars),
    Column("review"),
    Column("decision"),
    Column("reasons"),
    Column("decided_by", foreign=True),
    Column("decided_at", "time"),
    Column("person", foreign=True, mask=masks.name),
    Column("open_matters"),
    Column("face_score", "number"),
    Column("face_threshold", "number"),
    Column("authenticity_score", "number"),
    Column("authenticity_threshold", "number"),
    Column("aml_matches", "whole"),
    Column("aml_open", "whole"),
    Column("aml_same", "whole"),
    Column("document_type", foreign=True),
    Column("issuer", foreign=True),
    Column("created_at", "time"),
    Column("opened_at", "time"),
    Column("finished_at", "time"),
    Column("deliveries", "whole"),
)
"""The sessions list. Open matters are kinds, the most serious first, with a space between. E-mail addresses stay out:
the list does not show them either."""

CONTRACT_COLUMNS: tuple[Column, ...] = (
    Column("id", "id"),
    Column("reference", foreign=True),
    Column("provider"),
    Column("kind"),
    Column("status"),
    Column("capture"),
    Column("outcome"),
    Column("review"),
    Column("decision"),
    Column("customid", foreign=True),
    Column("deliveries", "whole"),
    Column("created_at", "time"),
    Column("finished_at", "time"),
)
"""`flask sessions list`, named in queries.session_export.CONTRACT."""
