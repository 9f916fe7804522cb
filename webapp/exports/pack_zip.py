"""A pack while it is written: each file with its size and hash, and the signed manifest of all of them last."""

import hashlib
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from webapp.audit_chain import canonical_time
from webapp.audit_keys import SigningKey
from webapp.audit_verifier import canonical
from webapp.exports.pack_asked import PackAsked
from webapp.exports.record import PackFile
from webapp.pack_verifier import PACK_MANIFEST, PACK_SAYS, PACK_SCHEMA, root_of
from webapp.version import SOFTWARE

PIECE = 1 << 20
PACKED = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".pdf", ".docx", ".zip")
"""What would not become smaller."""


@dataclass
class PackZip:
    """Writes one pack to `target`, piece by piece: nothing is kept but names, sizes and hashes."""

    target: IO[bytes]
    asked: PackAsked
    files: list[PackFile] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._zip = zipfile.ZipFile(self.target, "w", zipfile.ZIP_DEFLATED)

    def add(self, path: str, content: bytes) -> PackFile:
        """A file by its bytes."""
        return self._write(path, (content[at : at + PIECE] for at in range(0, len(content), PIECE)))

    def copy(self, path: str, source: Path) -> PackFile:
        """A file as it lies on the disk. Raises OSError before anything is written when it is not there."""
        with source.open("rb") as file:
            return self._write(path, iter(lambda: file.read(PIECE), b""))

    def close(self, key: SigningKey, limits: tuple[str, ...]) -> dict[str, Any]:
        """Sign what is in it and end the file; the manifest. `limits`: what is not proved."""
        files = [{"path": each.path, "bytes": each.size, "sha256": each.sha256} for each in self.files]
        manifest = key.sign(
            {
                "schema": PACK_SCHEMA, "session": self.asked.session_id, "created_utc": canonical_time(self.asked.at),
                "created_by": self.asked.exporter, "purpose": self.asked.purpose, "software": SOFTWARE, "files": files,
                "root_sha256": root_of(files), "limits": list(limits), "key_id": key.key_id, "public_key": key.public_text,
            },
            PACK_SAYS,
        )  # fmt: skip
        self._zip.writestr(self._info(PACK_MANIFEST), canonical(manifest) + b"\n")
        self._zip.close()
        return manifest

    def _write(self, path: str, pieces: Iterable[bytes]) -> PackFile:
        digest, size = hashlib.sha256(), 0
        with self._zip.open(self._info(path), "w", force_zip64=True) as out:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                out.write(piece)
        self.files.append(PackFile(path=path, size=size, sha256=digest.hexdigest()))
        return self.files[-1]

    def _info(self, path: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(path, self.asked.at.timetuple()[:6])
        info.compress_type = zipfile.ZIP_STORED if path.endswith(PACKED) else zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        return info
