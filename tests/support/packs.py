"""Evidence packs in tests: made straight from the database, unzipped into an empty folder, verified as a stranger would."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from flask import Flask

from webapp.exports.evidence_pack import Sources, write_pack
from webapp.exports.pack_asked import PackAsked
from webapp.masks import EVERYTHING
from webapp.models.columns import utc_now


def sources(app: Flask) -> Sources:
    """Where the application's packs are made from."""
    parts = app.extensions
    return Sources(
        database=parts["vouchdesk.database"],
        settings=parts["vouchdesk.settings"],
        providers=parts["vouchdesk.providers"],
    )


def made(app: Flask, session_id: int | None, folder: Path, **asked: Any) -> Path:
    """The pack of a session, unzipped."""
    usual: dict[str, Any] = {
        "sight": EVERYTHING,
        "purpose": "Yearly audit",
        "exporter": "Ines Inspector",
        "at": utc_now(),
    }
    target = io.BytesIO()
    write_pack(PackAsked(session_id=session_id or 0, **usual | asked), sources(app), target)
    return unzipped(target.getvalue(), folder)


def unzipped(content: bytes, folder: Path) -> Path:
    """The files of a ZIP, in a folder that was not there."""
    folder.mkdir()
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        file.extractall(folder)
    return folder


def verify(folder: Path, *options: str) -> tuple[int, str]:
    """`python verify.py` there, without anything that is installed here; how it ended, and all that it said."""
    command = [sys.executable, "-I", "-B", "verify.py", *options]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    return ran.returncode, ran.stdout + ran.stderr


def names(folder: Path) -> list[str]:
    """What is in it."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def flip(path: Path, place: int) -> bytes:
    """Change one bit of the byte there; what the file was."""
    before = path.read_bytes()
    path.write_bytes(before[:place] + bytes([before[place] ^ 1]) + before[place + 1 :])
    return before


def loaded(folder: Path, name: str) -> Any:
    """A JSON file of it."""
    return json.loads((folder / name).read_text("utf-8"))


def everything(folder: Path) -> str:
    """All its text, but the report and pictures."""
    texts = [path for path in sorted(folder.rglob("*")) if path.suffix in (".json", ".jsonl", ".csv", ".txt")]
    return "\n".join(path.read_text("utf-8") for path in texts)
