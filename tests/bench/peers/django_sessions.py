"""Peer: the sessions list out of the console's own tables by Django, with everything that the console's file holds.

Both ask one question, with a subquery for each fact of other tables; prefetching these by the chunk took several times as long.
`iterator` makes objects of its rows, as documentation and export packages do; `values` makes none, as who has measured it does.
"""

import csv
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
from django.conf import settings

DATABASE, OUT, FORMAT, WAY = sys.argv[1:5]
settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", USE_TZ=True, INSTALLED_APPS=["__main__"],
)  # fmt: skip
django.setup()

from django.db import models  # noqa: E402
from django.db.models import Count, OuterRef, Subquery  # noqa: E402
from django.db.models.expressions import RawSQL  # noqa: E402
from django.db.models.functions import Coalesce  # noqa: E402

CHUNK = 2000


def table(name: str, /, **fields: Any) -> type[models.Model]:
    """A model of a table that is there."""
    meta = type("Meta", (), {"app_label": "__main__", "db_table": name, "managed": False})
    return type(name.title().replace("_", ""), (models.Model,), {"__module__": __name__, "Meta": meta, **fields})


def text() -> models.TextField:
    """A column of text."""
    return models.TextField()


def key(to: type[models.Model], name: str) -> models.ForeignKey:
    """A column that names a row of another table."""
    return models.ForeignKey(to, models.DO_NOTHING, related_name=name)


Person = table("person", name=text(), own_reference=text())
Link = table("link", options=models.JSONField())
Session = table(
    "verification_session", link=key(Link, "sessions"), person=models.ForeignKey(Person, models.DO_NOTHING, null=True),
    created_at=models.DateTimeField(), opened_at=models.DateTimeField(null=True), finished_at=models.DateTimeField(null=True),
    decided_at=models.DateTimeField(null=True),
    **{name: text() for name in (
        "reference", "provider", "kind", "status", "capture", "outcome", "outcome_code", "outcome_text", "review", "decision",
        "decided_by_name",
    )},
)  # fmt: skip
Result = table(
    "session_result", session=models.OneToOneField(Session, models.DO_NOTHING, primary_key=True, related_name="result"),
    person=models.JSONField(), face=models.JSONField(null=True), authenticity=models.JSONField(null=True),
)  # fmt: skip
Matter = table("matter", session=key(Session, "matters"), kind=text(), position=models.IntegerField())
Match = table("aml_match", session=key(Session, "matches"), verdict=text())
Decision = table("decision", session=key(Session, "decisions"), kind=text(), reason_codes=models.JSONField())
Delivery = table("delivery", session=key(Session, "deliveries"))
COLUMNS = (
    "id own_reference reference provider kind status capture outcome code code_text review decision reasons decided_by decided_at"
    " person open_matters face_score face_threshold authenticity_score authenticity_threshold aml_matches aml_open aml_same"
    " document_type issuer created_at opened_at finished_at deliveries"
).split()


def written(moment: Any) -> str | None:
    """A time as files have it."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else None


def number(of: type[models.Model], **narrowed: Any) -> Any:
    """How many rows of that table a session has."""
    counted = of.objects.filter(session=OuterRef("pk"), **narrowed).order_by().values("session")
    return Coalesce(Subquery(counted.annotate(number=Count("pk")).values("number")), 0)


KINDS = (
    "SELECT group_concat(kind, ' ') FROM"
    " (SELECT kind FROM matter WHERE matter.session_id = verification_session.id ORDER BY position)"
)
NEWEST = Decision.objects.filter(session=OuterRef("pk"), kind__in=("approve", "reject")).order_by("-id")
SESSIONS = Session.objects.annotate(
    codes=Subquery(NEWEST.values("reason_codes")[:1]), kinds=RawSQL(KINDS, ()), aml=number(Match),
    aml_open=number(Match, verdict="open"), aml_same=number(Match, verdict="same"), received=number(Delivery),
).order_by("-created_at", "-id")  # fmt: skip


def objects() -> Iterator[list[Any]]:
    """Rows from objects."""
    for one in SESSIONS.select_related("link", "person", "result").iterator(chunk_size=CHUNK):
        result = getattr(one, "result", None)
        face, paper, person = (result.face, result.authenticity, result.person) if result else (None, None, {})
        yield [
            one.id, one.person.own_reference if one.person else "", one.reference, one.provider, one.kind, one.status,
            one.capture, one.outcome, one.outcome_code, one.outcome_text, one.review, one.decision,
            " ".join(one.codes) if one.codes and one.decision != "none" else "", one.decided_by_name,
            written(one.decided_at), one.person.name if one.person else "", one.kinds or "",
            (face or {}).get("score"), one.link.options.get("face_threshold"), (paper or {}).get("score"),
            one.link.options.get("authenticity_threshold"), one.aml, one.aml_open, one.aml_same,
            person.get("document_type", ""), person.get("issuer", ""), written(one.created_at), written(one.opened_at),
            written(one.finished_at), one.received,
        ]  # fmt: skip


def values() -> Iterator[list[Any]]:
    """Rows without objects."""
    found = SESSIONS.values_list(
        "id", "person__own_reference", "reference", "provider", "kind", "status", "capture", "outcome", "outcome_code",
        "outcome_text", "review", "decision", "codes", "decided_by_name", "decided_at", "person__name", "kinds",
        "result__face__score", "link__options__face_threshold", "result__authenticity__score",
        "link__options__authenticity_threshold", "aml", "aml_open", "aml_same", "result__person__document_type",
        "result__person__issuer", "created_at", "opened_at", "finished_at", "received",
    )  # fmt: skip
    for row in found.iterator(chunk_size=CHUNK):
        cells = list(row)
        cells[12] = " ".join(cells[12]) if cells[12] and cells[11] != "none" else ""
        for place in (14, 26, 27, 28):
            cells[place] = written(cells[place])
        for place in (1, 15, 16, 24, 25):
            cells[place] = cells[place] or ""
        yield cells


def write() -> None:
    """One row after the other."""
    rows = objects() if WAY == "iterator" else values()
    with Path(OUT).open("w", newline="", encoding="utf-8") as file:
        if FORMAT == "csv":
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows(rows)
        else:
            for row in rows:
                file.write(json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False) + "\n")


start, cpu = time.perf_counter(), time.process_time()
write()
PEAK = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(
    json.dumps(
        {"wall": time.perf_counter() - start, "cpu": time.process_time() - cpu, "mb": int(PEAK.split()[1]) / 1024}
    )
)
