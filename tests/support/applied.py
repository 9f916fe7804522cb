"""A session with a result, brought there by the code that does it in life; no vendor is asked, no picture fetched."""

import hashlib
import json
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask
from PIL import Image
from sqlmodel import col, select

from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from webapp.actions.deliveries import take_in
from webapp.models import Delivery, EvidenceFile, VerificationSession
from webapp.models.columns import utc_now

PAYLOADS = Path(__file__).parent.parent / "payloads" / "docupass"


def payload(name: str) -> dict[str, Any]:
    """A sample body, as data that a test may change."""
    loaded: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))
    return loaded


def hosted(body: dict[str, Any]) -> dict[str, Any]:
    """The body with front, back and selfie at the vendor's addresses."""
    address = "https://objects.idanalyzer.com/specimen-"
    pictures = [{"side": side, "type": "jpg", "url": f"{address}{side}.jpg"} for side in ("FRONT", "BACK")]
    return {**body, "documentimage": pictures, "faceimage": [{"type": "jpg", "url": f"{address}face.jpg"}]}


def apply(
    app: Flask, make: Make, provider: FakeProvider, body: dict[str, Any], *, session: VerificationSession | None = None,
    **link: Any,
) -> VerificationSession:  # fmt: skip
    """Deliver the body to an opened session and have it applied; the session, loaded again."""
    session = session or make.session(link=make.link(opened_count=2, **link), capture="opened", opened_at=utc_now())
    raw = json.dumps({**body, "reference": session.reference}).encode()
    delivery = make.delivery(
        session=session, body=raw, state="received", session_id=None, confirmed_at=None, settled_at=None
    )
    take_in(make.database, delivery_id=delivery.id or 0, provider=provider, data_dir=_data_dir(app))
    with make.database.reading() as db:
        return db.get_one(VerificationSession, session.id)


def deliveries(make: Make, session: VerificationSession) -> list[Delivery]:
    """The session's deliveries, oldest first."""
    with make.database.reading() as db:
        query = select(Delivery).where(Delivery.session_id == session.id).order_by(col(Delivery.id))
        return list(db.exec(query))


def files(make: Make, session: VerificationSession) -> list[EvidenceFile]:
    """The session's files, in the vendor's order."""
    with make.database.reading() as db:
        query = select(EvidenceFile).where(EvidenceFile.session_id == session.id).order_by(col(EvidenceFile.position))
        return list(db.exec(query))


def save_pictures(app: Flask, make: Make, session: VerificationSession) -> None:
    """Mark every pending file as saved, each a small specimen picture."""
    for file in files(make, session):
        content = _picture(file.position)
        name = f"specimen-{file.id}.jpg"
        folder = _data_dir(app) / "evidence"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        change(
            make, file, state="saved", saved_at=utc_now(), path=name, display_path=name, bytes=len(content), width=60,
            height=40, media_type="image/jpeg", sha256=hashlib.sha256(content).hexdigest(),
        )  # fmt: skip


def change(make: Make, row: Any, **fields: Any) -> None:
    """Set fields of a row."""
    with make.database.writing() as db:
        kept = db.get_one(type(row), row.id)
        for name, value in fields.items():
            setattr(kept, name, value)
        db.add(kept)


def _picture(number: int) -> bytes:
    made = BytesIO()
    Image.new("RGB", (60, 40), (40 * number % 255, 90, 120)).save(made, "JPEG")
    return made.getvalue()


def _data_dir(app: Flask) -> Path:
    folder: Path = app.extensions["vouchdesk.settings"].data_dir
    return folder
