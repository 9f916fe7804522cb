"""Verifies an evidence pack of Vouchdesk with nothing but Python 3.10 or later: unzip it, then run `python verify.py` there.

In the pack this stands in one file with the reading of audit exports and signatures, all of it standard library, so that who
has only the pack can run and read it. Ends with 0 (whole), 1 (something is wrong) or 2 (it cannot be read).
"""

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from webapp.audit_verifier import Unreadable, canonical, public_key_of, signed, verify_export

PACK_SCHEMA = "vouchdesk.pack/1"
PACK_SAYS = "vouchdesk evidence pack\n"
PACK_MANIFEST, PACK_AUDIT = "manifest.json", "audit.jsonl"
NAMED = 20
"""Wrong files that are named."""


def root_of(files: Iterable[dict[str, Any]]) -> str:
    """SHA-256 over the lines `sha256 bytes path` of all files, in the order of their paths."""
    lines = sorted(files, key=lambda each: str(each["path"]))
    text = "".join(f"{each['sha256']} {each['bytes']} {each['path']}\n" for each in lines)
    return hashlib.sha256(text.encode()).hexdigest()


def pack_faults(folder: Path, manifest: dict[str, Any], key: bytes) -> list[tuple[str, str]]:
    """Each wrong file and why, the manifest first, then the files in its order, then those that it does not name."""
    faults = _manifest_faults(folder, manifest, key)
    named = [each for each in manifest.get("files") or [] if isinstance(each, dict)]
    for each in named:
        why = _file_fault(folder, each)
        if why:
            faults.append((str(each.get("path")), why))
    known = {str(each.get("path")) for each in named} | {PACK_MANIFEST}
    there = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    faults += [
        (path, "it is no part of the pack: the manifest does not name it") for path in there if path not in known
    ]
    if PACK_AUDIT in known and not any(path == PACK_AUDIT for path, _ in faults):
        faults += [(PACK_AUDIT, why) for why in _chain_faults(folder, manifest, key)]
    return faults


def _manifest_faults(folder: Path, manifest: dict[str, Any], key: bytes) -> list[tuple[str, str]]:
    signature = str(manifest.get("signature"))
    why = ""
    if (folder / PACK_MANIFEST).read_bytes() != canonical(manifest) + b"\n":
        why = "its bytes are not as they were written"
    elif not signed(manifest, PACK_SAYS, key) or base64.b64encode(base64.b64decode(signature)).decode() != signature:
        why = "it is not signed by this key"
    elif manifest.get("key_id") != hashlib.sha256(key).hexdigest()[:16]:
        why = "it names another key than the one that signed it"
    elif manifest.get("root_sha256") != root_of(manifest.get("files") or []):
        why = "its root hash is not the hash of the files it names"
    return [(PACK_MANIFEST, why)] if why else []


def _file_fault(folder: Path, each: dict[str, Any]) -> str:
    name = str(each.get("path"))
    path = folder / name
    if name.startswith("/") or ".." in name.split("/") or "\\" in name:
        return "its name leads out of the pack"
    if path.is_symlink() or not path.is_file():
        return "it is missing"
    if path.stat().st_size != each.get("bytes"):
        return f"it has {path.stat().st_size:,} bytes instead of {each.get('bytes'):,}"
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return "" if digest.hexdigest() == each.get("sha256") else "its bytes are not those that were signed"


def _chain_faults(folder: Path, manifest: dict[str, Any], key: bytes) -> list[str]:
    try:
        report = verify_export(lambda: (folder / PACK_AUDIT).read_bytes().splitlines(keepends=True), key=key)
    except Unreadable as error:
        return [str(error)]
    return [] if report.ok else report.lines[:1]


def pack_words(manifest: dict[str, Any], given: bool) -> list[str]:
    """What a whole pack proves and what it does not."""
    said = [
        f"{len(manifest['files'])} files of session {manifest['session']}, made {manifest['created_utc']} by"
        f" {manifest['created_by']}. Purpose: {manifest['purpose']}",
        "Proved: every file is, byte for byte, the one that the console signed; none is missing and none was added.",
        "Proved: the audit rows are those that were hashed when they were written, and the console's key signed their chain.",
        *(f"Not proved: {text}" for text in manifest["limits"]),
    ]
    if not given:
        said.append(
            f"Not proved: whose key it is. The pack names it itself, {manifest['key_id']}: compare it with the key that the"
            " operator of the console gave you, or run this again with --key FILE."
        )
    return said


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest; raises Unreadable."""
    try:
        manifest = json.loads((folder / PACK_MANIFEST).read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise Unreadable(f"{PACK_MANIFEST}: {type(error).__name__}") from None
    if not isinstance(manifest, dict) or manifest.get("schema") != PACK_SCHEMA:
        raise Unreadable(f"{PACK_MANIFEST} is no manifest of an evidence pack ({PACK_SCHEMA})")
    return manifest


def check_pack(folder: Path, pem: str | None = None) -> tuple[bool, list[str]]:
    """Whether the unzipped pack is whole, and what to say. Raises Unreadable."""
    manifest = read_manifest(folder)
    try:
        key = public_key_of(pem) if pem else base64.b64decode(str(manifest.get("public_key")), validate=True)
        faults = pack_faults(folder, manifest, key)
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"{PACK_MANIFEST} is not as the console writes it ({type(error).__name__})") from None
    if not faults:
        return True, pack_words(manifest, bool(pem))
    (path, why), more = faults[0], faults[1:NAMED]
    others = [f"Also {name}: {because}." for name, because in more]
    return False, [f"The first wrong file is {path}: {why}.", *others, *_rest(len(faults))]


def _rest(count: int) -> list[str]:
    return [f"And {count - NAMED} more."] if count > NAMED else []


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Verify an unzipped evidence pack of Vouchdesk.")
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path(__file__).resolve().parent, help="the unzipped pack"
    )
    parser.add_argument("--key", type=Path, help="the console's public key in PEM, from somewhere you trust")
    asked = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        whole, lines = check_pack(asked.folder, asked.key.read_text() if asked.key else None)
    except (OSError, UnicodeDecodeError, Unreadable) as error:
        print(f"Cannot be verified: {error}", file=sys.stderr)  # noqa: T201
        return 2
    print("WHOLE" if whole else "BROKEN", *lines, sep="\n")  # noqa: T201
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
