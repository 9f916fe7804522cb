"""Writing a file under its own hash in the data folder's `evidence/`, so that it is there whole or not at all."""

import hashlib
import os
from pathlib import Path


def save(content: bytes, data_dir: Path, extension: str) -> str:
    """Write under the content's own hash: temporary file, sync, rename, sync of the folder. Returns the name to keep."""
    digest = hashlib.sha256(content).hexdigest()
    folder = data_dir / "evidence" / digest[:2]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    final = folder / f"{digest}.{extension}"
    if not final.exists():
        temporary = folder / f".new-{os.getpid()}-{os.urandom(6).hex()}"
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, final)
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    return f"{folder.name}/{final.name}"


def read(path: str, data_dir: Path) -> bytes:
    """The bytes of a file by the name that `save` gave it. Raises OSError when it is not there."""
    return (data_dir / "evidence" / path).read_bytes()
