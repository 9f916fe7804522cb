"""The file of a backup: a plain tar that `tar` opens, whose last members say what every byte before them has to be.

`manifest.json` holds each file's SHA-256 and that of all bytes before it; `manifest.json.sha256` holds the manifest's own. So any
changed byte is found, and the file that it is in is named. What a backup consists of is not here.
"""

import hashlib
import json
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

MANIFEST = "manifest.json"
NAME = re.compile(r"(database|evidence|deliveries|keys)/\w[\w.-]*(/\w[\w.-]*)?|secret_key|audit-heads\.jsonl", re.ASCII)
"""What may be in an archive: nothing of it leads out of the folder it is unpacked in."""
PIECE = 1024 * 1024
BLOCK = tarfile.BLOCKSIZE


class BackupFailed(Exception):
    """No backup was made, or none can be restored; the text says why and is for people."""


@dataclass(frozen=True)
class Contents:
    """A whole archive: its manifest, and where each file begins in it."""

    path: Path
    manifest: dict[str, Any]
    places: dict[str, int]

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of one file."""
        with self.path.open("rb") as source:
            source.seek(self.places[name])
            yield from _read(source, self.manifest["files"][name]["bytes"])


@dataclass
class Writer:
    """Adds files one after the other, reading each once; `close` ends the archive."""

    target: IO[bytes]
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Everything that is written is hashed as it goes."""
        self._whole = hashlib.sha256()

    def add(self, name: str, path: Path) -> None:
        """Put a file in. Raises OSError when it cannot be read or is cut short meanwhile."""
        digest = hashlib.sha256()
        with path.open("rb") as source:
            size = path.stat().st_size
            self._write(_header(name, size))
            for piece in _read(source, size):
                digest.update(piece)
                self._write(piece)
        self._write(_padding(size))
        self.files[name] = {"sha256": digest.hexdigest(), "bytes": size}

    def add_bytes(self, name: str, content: bytes) -> None:
        """Put in what is no file."""
        self._write(_member(name, content))
        self.files[name] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}

    def close(self, about: dict[str, Any]) -> str:
        """End the archive with its manifest. Returns the SHA-256 of the archive."""
        manifest = {**about, "files": self.files, "before": self._whole.hexdigest()}
        self._write(_ending(json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()))
        return self._whole.hexdigest()

    def _write(self, data: bytes) -> None:
        self._whole.update(data)
        self.target.write(data)


def examine(path: Path) -> Contents:
    """Read all of an archive. Raises BackupFailed with the first file in it that is not as it was saved."""
    try:
        with tarfile.open(path, "r:") as archive:
            members = archive.getmembers()
    except (tarfile.TarError, OSError) as error:
        raise BackupFailed(f"{path} cannot be read as a backup: {error}.") from None
    places = {member.name: member.offset_data for member in members}
    if len(members) < 2 or members[-2].name != MANIFEST:
        last = members[-1].name if members else "its beginning"
        raise BackupFailed(
            f"{path} is cut off or damaged: it cannot be read after {last}, and its manifest is not there."
        )
    start, size = members[-2].offset, members[-2].size
    with path.open("rb") as source:
        whole = hashlib.sha256()
        for piece in _read(source, start):
            whole.update(piece)
        ending = source.read()
    content = ending[BLOCK : BLOCK + size]
    if ending != _ending(content):
        raise BackupFailed(f"{path} is damaged: {MANIFEST}, at its end, is not as it was written.")
    found = Contents(path, json.loads(content), places)
    if whole.hexdigest() != found.manifest["before"]:
        raise BackupFailed(f"{path} is damaged: {_first_wrong(found)}.")
    strange = [name for name in found.manifest["files"] if not NAME.fullmatch(name)]
    if strange:
        raise BackupFailed(f"{path} holds {strange[0]}, which does not belong into a backup.")
    return found


def _first_wrong(found: Contents) -> str:
    for name, entry in found.manifest["files"].items():
        digest = hashlib.sha256()
        for piece in found.pieces(name) if name in found.places else ():
            digest.update(piece)
        if digest.hexdigest() != entry["sha256"]:
            return f"{name} is not as it was saved"
    return "bytes between its files were changed"


def _read(source: IO[bytes], size: int) -> Iterator[bytes]:
    while size:
        piece = source.read(min(size, PIECE))
        if not piece:
            raise OSError("a file ended before its end")
        size -= len(piece)
        yield piece


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.GNU_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % BLOCK)


def _member(name: str, content: bytes) -> bytes:
    return _header(name, len(content)) + content + _padding(len(content))


def _ending(manifest: bytes) -> bytes:
    """Nothing in it is by chance, so that it can be compared byte by byte."""
    digest = f"{hashlib.sha256(manifest).hexdigest()}  {MANIFEST}\n".encode()
    return _member(MANIFEST, manifest) + _member(f"{MANIFEST}.sha256", digest) + bytes(2 * BLOCK)
