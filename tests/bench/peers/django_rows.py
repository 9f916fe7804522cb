"""Peer: a table as CSV or JSON lines by Django's iterator, one flat table that holds what the console puts together."""

import csv
import json
import sqlite3
import sys
import time
from pathlib import Path

import django
from django.conf import settings

DATABASE, OUT, FORMAT = sys.argv[1:4]
settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from django.db import models  # noqa: E402

KINDS = {
    "INTEGER": models.BigIntegerField,
    "INT": models.BigIntegerField,
    "REAL": models.FloatField,
    "TEXT": models.TextField,
}
COLUMNS = {row[1]: row[2] for row in sqlite3.connect(DATABASE).execute("PRAGMA table_info(flat)")}
Flat = type(
    "Flat",
    (models.Model,),
    {
        "__module__": __name__,
        "Meta": type("Meta", (), {"app_label": "peer", "db_table": "flat", "managed": False}),
        **{name: KINDS[kind](primary_key=name == "id", null=name != "id") for name, kind in COLUMNS.items()},
    },
)


def write() -> None:
    """Object by object, as the documentation and the export packages do."""
    names = list(COLUMNS)
    rows = Flat.objects.order_by("-created_at", "-id").iterator(chunk_size=2000)
    with Path(OUT).open("w", newline="", encoding="utf-8") as file:
        if FORMAT == "csv":
            writer = csv.writer(file)
            writer.writerow(names)
            for row in rows:
                writer.writerow([getattr(row, name) for name in names])
        else:
            for row in rows:
                file.write(json.dumps({name: getattr(row, name) for name in names}, ensure_ascii=False) + "\n")


start, cpu = time.perf_counter(), time.process_time()
write()
PEAK = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(
    json.dumps(
        {"wall": time.perf_counter() - start, "cpu": time.process_time() - cpu, "mb": int(PEAK.split()[1]) / 1024}
    )
)
