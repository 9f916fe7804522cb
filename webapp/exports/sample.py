"""The inspector's sample: sessions drawn at random by a seed that is shown, as an index and their packs in one ZIP."""

import tempfile
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import IO

from webapp.actions.export_making import exports_folder
from webapp.audit_chain import canonical_time
from webapp.checks.people import name_of
from webapp.exports.base import Column
from webapp.exports.csv_file import write_csv
from webapp.exports.evidence_pack import Hidden, Sources, write_pack
from webapp.exports.pack_asked import PackAsked
from webapp.exports.pack_audit import sign_end
from webapp.exports.sample_asked import SampleAsked
from webapp.models.words import OUTCOME_WORDS, STATUS_WORDS
from webapp.queries import sampling
from webapp.version import SOFTWARE

PIECE = 1 << 20
INDEX = (
    Column("draw", "whole"), Column("session", "whole"), Column("name", foreign=True), Column("own_reference", foreign=True),
    Column("provider"), Column("vendor_reference", "id", foreign=True), Column("kind"), Column("outcome"), Column("status"),
    Column("decision"), Column("finished_utc"), Column("decided_by", foreign=True), Column("pack"), Column("root_sha256"),
)  # fmt: skip
Progress = Callable[[int, int | None], None]


def write_sample(
    asked: SampleAsked, sources: Sources, target: IO[bytes], *, at: datetime, progress: Progress,
    pack: Callable[[int], PackAsked],
) -> None:  # fmt: skip
    """Draw, make each pack in a file of its own, put it in, and say of each what it is. Memory does not grow with the sample."""
    with sources.database.reading() as db:
        found = sampling.size(db, asked.population)
        numbers = sampling.drawn(db, asked.population, count=asked.count, seed=asked.seed)
    progress(0, len(numbers))
    upto = sign_end(sources.database, sources.settings)
    made: dict[int, str] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as out:
        for number in numbers:
            made[number] = _pack(out, pack(number), sources, at, upto)
            progress(len(made), len(numbers))
        out.writestr(_info("index.csv", at), _index(sources, numbers, made, pack))
        out.writestr(_info("README.txt", at), _readme(asked, found, at))


def _pack(out: zipfile.ZipFile, asked: PackAsked, sources: Sources, at: datetime, upto: int) -> str:
    """Put one pack in; its signed root hash, or nothing while a decision on it is hidden."""
    with tempfile.TemporaryFile(dir=exports_folder(sources.settings.data_dir)) as file:
        try:
            manifest = write_pack(asked, sources, file, upto=upto)
        except Hidden:
            return ""
        file.seek(0)
        with out.open(_info(_name(asked.session_id), at), "w", force_zip64=True) as inside:
            while piece := file.read(PIECE):
                inside.write(piece)
    return str(manifest["root_sha256"])


def _index(sources: Sources, numbers: Sequence[int], made: dict[int, str], pack: Callable[[int], PackAsked]) -> bytes:
    with sources.database.reading() as db:
        found = sampling.rows(db, numbers)
    lines = []
    for draw, number in enumerate(numbers, 1):
        session, person, result = found[number]
        name = (person.name if person else "") or (name_of(result.person) if result else "")
        lines.append([
            draw, number, pack(number).about(person).name(name), person.own_reference if person else "",
            session.provider, session.reference, session.kind, OUTCOME_WORDS[session.outcome], STATUS_WORDS[session.status],
            session.decision, canonical_time(session.finished_at) if session.finished_at else "", session.decided_by_name,
            _name(number) if made[number] else "", made[number],
        ])  # fmt: skip
    return b"".join(write_csv(INDEX, [lines]))


def _name(number: int) -> str:
    return f"packs/evidence-{number}.zip"


def _info(path: str, at: datetime) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, at.timetuple()[:6])
    info.external_attr = 0o600 << 16
    return info


def _readme(asked: SampleAsked, found: int, at: datetime) -> bytes:
    which = ", ".join(OUTCOME_WORDS[each].lower() for each in asked.population.outcomes) or "any"
    return f"""INSPECTION SAMPLE
Made {canonical_time(at)} with {SOFTWARE}
Results from {asked.population.first_day} to {asked.population.last_day} (UTC, both included), outcome: {which}
Sample: {asked.words(found)}
Seed: {asked.seed}

index.csv        the sessions in the order of the draw; root_sha256 is the root hash in the manifest of the pack
packs/           their evidence packs: unzip one into an empty folder and run `python verify.py` there; a session has none while
                 a decision on it waits for a second person who must not know the first

HOW IT WAS DRAWN
The sessions stand in the order of the SHA-256 of the text "SEED:NUMBER" in hexadecimal digits, the lowest first, with the
number of the session; the first ones are the sample. The same seed and the same period draw the same sessions again, and a
larger sample with the same seed begins with these. A session that was erased or came in later changes what there is to draw from.
""".encode()
