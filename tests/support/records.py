"""Records of sessions for reports: one as they are, one with nothing in it, and one whose every text is the same given one."""

# ruff: noqa: E501 - specimens, one a line

import hashlib
import io
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from PIL import Image, ImageDraw

from webapp.exports.record import (
    Attribute,
    ChainRow,
    Check,
    Comparison,
    Event,
    Fact,
    Hit,
    PackFile,
    Picture,
    Proof,
    Score,
    SessionRecord,
    Step,
)

START = datetime(2026, 11, 21, 13, 40, 11, tzinfo=UTC)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def picture(word: str, width: int = 640, height: int = 400) -> bytes:
    """A specimen JPEG."""
    image = Image.new("RGB", (width, height), "#dde6ee")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width, height // 6), fill="#24465f")
    draw.text((20, 20), f"SPECIMEN {word.upper()}", fill="white")
    draw.ellipse((40, height // 3, 180, height // 3 + 180), fill="#9db2c4")
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85)
    return file.getvalue()


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def sample() -> SessionRecord:
    """A session with something of everything."""
    return SessionRecord(
        session_id=1042, name="Maria Sample", purpose="Inspection of November 2026, sample 14 of 30",
        exporter="Ines Inspector (auditor)", exported_at=at(2000), software="Vouchdesk 0.1.0",
        references="Own reference CUST-1029  \u00b7  DocuPass VQTAP6ZN  \u00b7  preset \u201cEU retail\u201d version 7",
        vendor_outcome=Fact(label="Vendor outcome", value="Passed", mark="ok"),
        our_outcome=Fact(label="Our checks", value="2 to settle, both settled", mark="warn"),
        decision=Fact(label="Decision", value="Approved", mark="ok"),
        warnings=(
            "The back of the document is missing: the vendor deleted it before it was saved.",
            "The vendor's confirmation proves that this session ended with it. It does not cover the content of the message,"
            " which came over TLS to a secret address and is kept with its own hash.",
        ),
        facts=(
            Fact(label="Session", value="1042", plain=True),
            Fact(label="Person", value="Maria Sample, own reference CUST-1029"),
            Fact(label="Verified for", value="Identity, by DocuPass, from a link that was opened twice"),
            Fact(label="Preset", value="EU retail, version 7"),
            Fact(label="Vendor reference", value="VQTAP6ZN", plain=True),
            Fact(label="Link created", value="2026-11-18 09:12:40 UTC by A. Kovac"),
            Fact(label="Result received", value="2026-11-21 14:02:07 UTC"),
            Fact(label="Decided by", value="Jun Ito (reviewer), 2026-11-21 14:25:31 UTC"),
            Fact(label="Second approval", value="Rosa Lind (approver), 2026-11-21 15:01:12 UTC", mark="ok"),
            Fact(label="Evidence", value="2 of 3 files kept", mark="warn"),
        ),
        comparison=(
            Comparison(field="Address", expected="910 Government St, Victoria BC", found="1989 910 GOVERNMENT STREET VICTORIA BC",
                       verdict="Differs", mark="bad", note="close: 5 of 6 words, \u201c1989\u201d is extra", vendor="fail"),
            Comparison(field="Age", expected="18 to 99", found="vendor says 31", verdict="Data disagree", mark="warn",
                       note="37 by its own date of birth; in range either way"),
            Comparison(field="Name", expected="Maria Sample", found="MARIA ANNE SAMPLE", verdict="Same after normalising", mark="ok",
                       note="extra middle name", vendor="pass"),
            Comparison(field="Date of birth", expected="1989-08-03", found="1989-08-03", verdict="Same", mark="ok", vendor="pass"),
            Comparison(field="Document no.", expected="", found="1234568", verdict="Not asked"),
        ),
        pictures=(
            Picture(label="Front of the document", media_type="image/jpeg", size=1_214_332, sha256=digest("front"), saved_at=at(25),
                    content=picture("front")),
            Picture(label="Back of the document", missing="The vendor had deleted the file when it was asked for:"
                    " 404 on 2026-11-29 08:00 UTC, after 11 tries."),
            Picture(label="Selfie", media_type="image/jpeg", size=388_120, sha256=digest("selfie"), saved_at=at(26),
                    content=picture("selfie", 400, 520)),
        ),
        scores=(
            Score(label="Face on the document and selfie", value=0.43, threshold=0.4, verdict="Matches, near the threshold", mark="warn",
                  note="Within 0.05 of the threshold, so a person looked. The document was issued 14 years before."),
            Score(label="Authenticity of the document", value=0.1, threshold=0.3, verdict="Low", mark="bad"),
            Score(label="Liveness", verdict="Not returned", mark="none", threshold=0.5),
        ),
        checks=(
            Check(name="exif_check", words="The picture file was edited. \u201cImage edited in Photoshop\u201d", mark="bad",
                  note="reads what the camera or program wrote into the file"),
            Check(name="publicity_check", words="The document can be found in public.", mark="bad"),
            Check(name="data_visibility", words="Data can be read.", mark="ok"),
            Check(name="recapture_check", words="Not returned", mark="none"),
        ),
        screened=(
            Fact(label="Screened for", value="Name MARIA ANNE SAMPLE; document no. 1234568"),
            Fact(label="Lists", value="All lists of the vendor; not strict: a name alone is enough"),
            Fact(label="Entries", value="2 returned: 1 not the same person, 1 cannot tell"),
        ),
        hits=(
            Hit(name="IMA CARDHOLDER", kind="Sanctions", list_name="us_ofac, SDN List", strength="strength 28 of 100",
                attributes=(
                    Attribute(name="Name", applicant="MARIA SAMPLE", entry="IMA CARDHOLDER, alias CARDHOLDER SAMPLE",
                              agreement="Partial: 1 of 3 names", mark="warn", points="+8"),
                    Attribute(name="Birth", applicant="1989-08-03", entry="1967, year only", agreement="Differs by 22 years",
                              mark="bad", points="\u221225"),
                    Attribute(name="Nationality", applicant="Canada", entry="United States", agreement="Differs", mark="bad",
                              points="\u221210"),
                    Attribute(name="Sex", applicant="F", entry="", agreement="Unknown", points="0"),
                ),
                verdict="Not the same person", mark="ok",
                because=("Birth: 1989-08-03 against 1967", "Nationality: Canada against United States"),
                note="Checked against the passport copy on file.", by="Jun Ito", at=at(40),
                about="A sanction entry names someone with whom business is forbidden. Executive Order 13224. List data of 2019-09-03."),
            Hit(name="SAMPLE, Mariana", kind="Public office", list_name="eu_meps", strength="strength 41 of 100",
                verdict="Cannot tell", mark="warn", by="Jun Ito", at=at(42)),
        ),
        steps=(
            Step(at=at(45), words="Proposed: approve", by="Jun Ito", role="reviewer", mark="alt",
                 reasons=("The difference is explained by other evidence", "The risk is accepted as low"),
                 note="Address seen on the utility bill; portrait compared by eye.",
                 versions="Rule version 12, policy version 4, preset version 7", evidence_hash=digest("evidence")),
            Step(at=at(81), words="Confirmed", by="Rosa Lind", role="approver", mark="ok",
                 second="second approval of Jun Ito's proposal", versions="Rule version 12, policy version 4",
                 evidence_hash=digest("evidence")),
        ),
        timeline=tuple(
            Event(at=at(minute), words=words, by=by) for minute, words, by in (
                (-4000, "Link created", "A. Kovac"), (-3990, "E-mail sent", "system"), (0, "Link opened, second time", ""),
                (22, "Result received, 3.4 kB", "vendor"), (22, "The vendor confirmed the result as its own", "system"),
                (25, "2 pictures saved", "system"), (40, "AML entry settled: not the same person", "Jun Ito"),
                (45, "Approval proposed", "Jun Ito"), (81, "Approval confirmed", "Rosa Lind"),
            )
        ),
        files=tuple(PackFile(path=path, size=len(path) * 1717, sha256=digest(path)) for path in (
            "session.json", "timeline.csv", "aml.csv", "images/01-front.jpg", "callbacks/01.json", "decisions.json", "audit.jsonl")),
        proof=Proof(
            facts=(Fact(label="Root hash", value=digest("root"), plain=True), Fact(label="Signed by key", value="k1", plain=True),
                   Fact(label="Audit log", value="48,212 rows, unbroken, last checkpoint 2026-11-21 16:00:00 UTC", mark="ok")),
            rows=tuple(ChainRow(seq=48_000 + n, at=at(n), action="session.view", sha256=digest(str(n))) for n in range(6)),
            proved=("These rows and files are unchanged since the checkpoint that was signed after them.",),
            not_proved=("That a row was true when it was written.", "That the vendor's message was not altered before it arrived."),
        ),
    )  # fmt: skip


def empty() -> SessionRecord:
    """A session of which nothing is known yet."""
    none = Fact(label="Decision", value="None yet", mark="none")
    return SessionRecord(
        session_id=7, name="Session 7", purpose="", exporter="", exported_at=START,
        vendor_outcome=replace(none, label="Vendor outcome"), our_outcome=replace(none, label="Our checks"), decision=none,
    )  # fmt: skip


def saying(text: str) -> SessionRecord:
    """The sample with this text everywhere that a text may stand."""
    record: SessionRecord = _saying(text, sample())
    return record


def _saying(text: str, value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_saying(text, each) for each in value)
    if isinstance(value, str):
        return text
    if not is_dataclass(value):
        return value
    values = {field.name: getattr(value, field.name) for field in fields(value)}
    kept = ("mark", "sha256", "evidence_hash")
    return type(value)(**{name: each if name in kept else _saying(text, each) for name, each in values.items()})
