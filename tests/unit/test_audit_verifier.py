"""The verifier that is one file of standard library: its signatures are the library's, and it finds what was changed."""

import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from webapp import audit_verifier
from webapp.audit_keys import SigningKey, signing_key
from webapp.audit_keys import verify_signature as librarys
from webapp.audit_verifier import (
    CHECKPOINT_SAYS,
    ZERO,
    Unreadable,
    canonical,
    row_hash,
    verify_export,
    verify_signature,
)
from webapp.exports.audit_file import AuditFile

UTC = "2026-11-21T12:00:00.000000Z"
Rows = list[dict[str, Any]]


@pytest.fixture
def key() -> SigningKey:
    return SigningKey(Ed25519PrivateKey.generate())


def chained(count: int) -> Rows:
    rows: Rows = []
    for seq in range(1, count + 1):
        row = {
            "seq": seq,
            "utc": UTC,
            "action": "session.view",
            "after": {"n": seq},
            "prev_hash": rows[-1]["hash"] if rows else ZERO,
        }
        rows.append({**row, "hash": row_hash(row)})
    return rows


def export(rows: Rows, key: SigningKey, *, points: tuple[int, ...] = (), **wanted: str) -> list[bytes]:
    signed = [
        key.sign({"hash": row["hash"], "key_id": key.key_id, "seq": row["seq"], "utc": UTC}, CHECKPOINT_SAYS)
        for row in rows
        if row["seq"] in points
    ]
    file = AuditFile(key, wanted, UTC, lambda _first, _last: signed)
    return b"".join(file.jsonl([rows])).splitlines(keepends=True)


def test_a_signature_of_the_library_is_true_and_every_altered_one_is_not() -> None:
    rng = random.Random(8032)
    for _ in range(12):
        private = Ed25519PrivateKey.generate()
        public, message = SigningKey(private).public, rng.randbytes(rng.randint(0, 200))
        signature = private.sign(message)
        assert verify_signature(public, signature, message)
        for altered in (_flip(signature, rng), signature[:-1], b"", signature[:32] + b"\xff" * 32):
            assert verify_signature(public, altered, message) is librarys(public, altered, message) is False
        assert not verify_signature(public, signature, message + b"!")
        assert not verify_signature(_flip(public, rng), signature, message)


def test_the_first_vector_of_rfc_8032_is_true() -> None:
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert verify_signature(public, signature, b"")


def test_a_whole_export_says_what_is_proved_and_what_is_not(key: SigningKey) -> None:
    lines = export(chained(30), key, points=(10, 30))
    report = verify_export(lambda: lines, key=key.public)
    assert (report.ok, report.rows, report.first_bad) == (True, 30, None)
    assert report.lines[0].startswith("30 rows, unbroken; checkpoints that fit: 2")
    assert "Not proved: that a row was true when it was written." in report.lines
    assert any("whose key" in line for line in verify_export(lambda: lines, key=None).lines)


def test_a_filtered_export_is_whole_and_says_what_it_leaves_open(key: SigningKey) -> None:
    lines = export([row for row in chained(30) if row["seq"] % 3 == 0], key, action="session")
    report = verify_export(lambda: lines, key=key.public)
    assert (report.ok, report.rows) == (True, 10)
    assert any("left out by the filter" in line for line in report.lines)


def _edited(lines: list[bytes]) -> list[bytes]:
    return [*lines[:4], lines[4].replace(b'"n":5', b'"n":6'), *lines[5:]]


def _without_the_fifth(lines: list[bytes]) -> list[bytes]:
    return [*lines[:4], *lines[5:]]


def _swapped(lines: list[bytes]) -> list[bytes]:
    return [*lines[:4], lines[8], *lines[5:8], lines[4], *lines[9:]]


def _twice(lines: list[bytes]) -> list[bytes]:
    return [*lines[:4], lines[3], *lines[4:]]


@pytest.mark.parametrize(("change", "first_bad"), [(_edited, 5), (_without_the_fifth, 5), (_swapped, 5), (_twice, 4)])
def test_what_was_changed_in_an_export_is_found(
    change: Callable[[list[bytes]], list[bytes]], first_bad: int, key: SigningKey
) -> None:
    lines = change(export(chained(30), key, points=(30,)))
    report = verify_export(lambda: lines, key=key.public)
    assert (report.ok, report.first_bad) == (False, first_bad)


def test_rows_hashed_anew_by_a_forger_do_not_fit_what_was_signed(key: SigningKey) -> None:
    forged = chained(30)
    forged[3]["after"] = {"n": "forged"}
    for place in range(3, 30):
        forged[place]["prev_hash"] = forged[place - 1]["hash"]
        forged[place]["hash"] = row_hash(forged[place])
    manifest = json.loads(export(chained(30), key, points=(10, 30))[-1])
    lines = [*(canonical(row) + b"\n" for row in forged), canonical(manifest) + b"\n"]
    report = verify_export(lambda: lines, key=key.public)
    assert (report.ok, report.first_bad) == (False, 10)
    assert "between row 1 and this one" in report.lines[0]


def test_an_end_cut_off_before_the_export_is_found_through_a_head_kept_elsewhere(key: SigningKey) -> None:
    rows = chained(30)
    head = key.sign({"hash": rows[29]["hash"], "key_id": key.key_id, "seq": 30, "utc": UTC}, CHECKPOINT_SAYS)
    lines = export(rows[:20], key)
    assert verify_export(lambda: lines, key=key.public).ok
    report = verify_export(lambda: lines, key=key.public, heads=[head])
    assert (report.ok, report.first_bad) == (False, 21)


def test_an_export_signed_by_another_key_is_not_believed(key: SigningKey) -> None:
    lines = export(chained(5), SigningKey(Ed25519PrivateKey.generate()))
    report = verify_export(lambda: lines, key=key.public)
    assert (report.ok, report.lines) == (False, ["The manifest is not signed by this key."])


@pytest.mark.parametrize("lines", [[], [b"{}\n"], [b"no json\n"], [b"[1]\n"], [b'{"manifest":{"a":1}}\n', b"{}\n"]])
def test_what_is_no_export_is_refused(lines: list[bytes]) -> None:
    with pytest.raises(Unreadable):
        verify_export(lambda: lines, key=None)


def test_the_file_alone_verifies_without_anything_installed(key: SigningKey, tmp_path: Path) -> None:
    """Run as somebody else would: isolated, in another folder, with the standard library only."""
    verifier = tmp_path / "audit_verifier.py"
    verifier.write_text(Path(audit_verifier.__file__).read_text())
    (tmp_path / "public.pem").write_text(key.public_pem)
    for name, lines in (
        ("whole", export(chained(9), key)),
        ("broken", _edited(export(chained(9), key))),
        ("none", [b"x"]),
    ):
        (tmp_path / name).write_bytes(b"".join(lines))
    ended = {}
    for name in ("whole", "broken", "none"):
        command = [sys.executable, "-I", "-S", str(verifier), name, "--key", "public.pem"]
        ended[name] = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert [each.returncode for each in ended.values()] == [0, 1, 2]
    assert ended["broken"].stdout.splitlines()[1].startswith("The first wrong row is 5")


def test_the_key_is_made_once_and_for_its_user_alone(tmp_path: Path) -> None:
    first = signing_key(tmp_path)
    assert signing_key(tmp_path).key_id == first.key_id
    assert (tmp_path / "keys" / "audit-signing.pem").stat().st_mode & 0o777 == 0o600
    assert audit_verifier.public_key_of((tmp_path / "keys" / "audit-public.pem").read_text()) == first.public


def _flip(data: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << rng.randrange(8)]) + data[place + 1 :]
