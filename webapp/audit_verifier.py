"""Verifies an audit export of Vouchdesk with nothing but Python: python audit_verifier.py export.jsonl --key public.pem

One file of standard library, so that someone who has only the export and the public key can run and read all of it. The
console itself verifies with the same code. Ends with 0 (whole), 1 (broken) or 2 (cannot be read).
"""

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ZERO = "0" * 64
BREAK = "audit.break"
"""The action of a row that begins a new segment: it says which row was found to be the first wrong one before it."""
CHECKPOINT_SAYS = "vouchdesk audit checkpoint\n"
MANIFEST_SAYS = "vouchdesk audit export\n"
Verify = Callable[[bytes, bytes, bytes], bool]
"""Public key, signature, message -> whether the signature is true."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, check_circular=False).encode


class Unreadable(Exception):
    """The file is no audit export."""


def canonical(value: dict[str, Any]) -> bytes:
    """The JSON that is hashed and signed: sorted keys, no spaces, UTF-8."""
    return _encode(value).encode("utf-8", "surrogatepass")


def row_hash(row: dict[str, Any]) -> str:
    """SHA-256 of all of a row but its hash."""
    content = {name: value for name, value in row.items() if name != "hash"} if "hash" in row else row
    return hashlib.sha256(canonical(content)).hexdigest()


@dataclass(frozen=True)
class Fault:
    """The first wrong row of a segment, and why in words."""

    seq: int
    why: str


@dataclass
class Chain:
    """Takes rows in order of `seq` and finds the first wrong one of each segment.

    `complete`: every row is expected, from the first on; else only neighbours are linked, as in a filtered export.
    """

    complete: bool = True
    checkpoints: dict[int, str] = field(default_factory=dict)
    rows: int = 0
    first: int | None = None
    last: int = 0
    last_hash: str = ZERO
    linked: int = 0
    matched: int = 0
    faults: list[Fault] = field(default_factory=list)
    recorded: list[int] = field(default_factory=list)
    _open: bool = True
    _signed_until: int = 0

    def take(self, row: dict[str, Any]) -> None:
        """The next row, with the types that it has in JSON."""
        seq = row.get("seq")
        if not isinstance(seq, int):
            self._fault(self.last + 1, "a row has no number")
            return
        if self.first is None:
            self.first = seq
            self.last = 0 if self.complete else seq - 1
            self.last_hash = ZERO if self.complete else str(row.get("prev_hash"))
        self.rows += 1
        self._look(row, seq)
        self.last, self.last_hash = seq, str(row.get("hash"))

    def finish(self, head: tuple[int, str] | None = None) -> "Chain":
        """All rows were taken; `head` is the number and hash of the last one, as kept elsewhere."""
        if head is not None:
            if self.last < head[0]:
                self._fault(self.last + 1, f"missing, with all rows after it up to {head[0]:,}")
            elif self.last > head[0]:
                self._fault(head[0] + 1, "not written by the console: it stands after the last row that was")
            elif self.last_hash != head[1]:
                self._fault(self.last, "not the row that was written last")
        beyond = [seq for seq in self.checkpoints if seq > self.last]
        if beyond and self.complete:
            self._fault(self.last + 1, f"missing: rows up to {max(beyond):,} were signed")
        return self

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong and nothing was ever recorded to be."""
        return not self.faults and not self.recorded

    @property
    def first_bad(self) -> int | None:
        """The number of the first wrong row, now or recorded."""
        return min([*(fault.seq for fault in self.faults), *self.recorded], default=None)

    @property
    def why(self) -> str:
        """What is wrong with the first wrong row."""
        first = self.first_bad
        return next((f.why for f in self.faults if f.seq == first), "recorded as the first wrong row when it was found")

    def _look(self, row: dict[str, Any], seq: int) -> None:
        right = row_hash(row) == row.get("hash")
        if right and row.get("action") == BREAK and row.get("prev_hash") == ZERO:
            self._begin_segment(row, seq)
            return
        follows = seq == self.last + 1
        if seq <= self.last:
            self._fault(seq, "its number comes twice or out of order")
        elif not follows and self.complete:
            self._fault(self.last + 1, "missing")
        elif not right:
            self._fault(seq, "its hash is not the hash of what it says")
        elif follows and row.get("prev_hash") != self.last_hash:
            self._fault(seq, "it does not follow the row before it")
        self.linked += follows
        self._check(row, seq)

    def _begin_segment(self, row: dict[str, Any], seq: int) -> None:
        if seq != self.last + 1 and self.complete:
            self._fault(self.last + 1, "missing")
        found = (row.get("after") or {}).get("first_bad")
        self.recorded.append(found if isinstance(found, int) else seq)
        self._open = True
        self._check(row, seq)

    def _check(self, row: dict[str, Any], seq: int) -> None:
        signed = self.checkpoints.get(seq)
        if signed is None:
            return
        if signed == row.get("hash"):
            self.matched += 1
            self._signed_until = seq
        else:
            since = f"; what was changed stands between row {self._signed_until + 1:,} and this one"
            self._fault(seq, f"not the row that was signed{since}")

    def _fault(self, seq: int, why: str) -> None:
        if self._open:
            self.faults.append(Fault(seq, why))
        self._open = False


# Ed25519 (RFC 8032), verification only, with points as (X, Y, Z, T) where x = X/Z, y = Y/Z, xy = T/Z.

_P = 2**255 - 19
_Q = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
Point = tuple[int, int, int, int]


def verify_signature(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature is this key's over the message."""
    key = _point(public_key) if len(public_key) == 32 else None
    dot = _point(signature[:32]) if len(signature) == 64 else None
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or dot is None or scalar >= _Q:
        return False
    digest = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % _Q
    left, right = _times(scalar, _BASE), _add(dot, _times(digest, key))
    return (left[0] * right[2] - right[0] * left[2]) % _P == 0 and (left[1] * right[2] - right[1] * left[2]) % _P == 0


def _x_of(y: int, odd: int) -> int | None:
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if y >= _P or (x * x - square) % _P or (x == 0 and odd):
        return None
    return _P - x if x & 1 != odd else x


def _point(packed: bytes) -> Point | None:
    y = int.from_bytes(packed, "little")
    x = _x_of(y & ((1 << 255) - 1), y >> 255)
    y &= (1 << 255) - 1
    return None if x is None else (x, y, 1, x * y % _P)


def _add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % _P, (p[1] + p[0]) * (q[1] + q[0]) % _P
    c, d = 2 * p[3] * q[3] * _D % _P, 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(scalar: int, point: Point) -> Point:
    result: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


_BASE_Y = 4 * pow(5, _P - 2, _P) % _P
_BASE: Point = (_x_of(_BASE_Y, 0) or 0, _BASE_Y, 1, (_x_of(_BASE_Y, 0) or 0) * _BASE_Y % _P)


def public_key_of(pem: str) -> bytes:
    """The 32 bytes in a public key as PEM; raises Unreadable."""
    body = "".join(line for line in pem.split("\n") if line and not line.startswith("-"))
    try:
        packed = base64.b64decode(body, validate=True)
    except ValueError:
        packed = b""
    if len(packed) != 44 or packed[:12].hex() != "302a300506032b6570032100":
        raise Unreadable("the key is no Ed25519 public key in PEM")
    return packed[12:]


def signed(record: dict[str, Any], says: str, key: bytes, verify: Verify = verify_signature) -> bool:
    """Whether the record's own signature is this key's over all the rest of it."""
    rest = {name: value for name, value in record.items() if name != "signature"}
    try:
        signature = base64.b64decode(str(record.get("signature")), validate=True)
    except ValueError:
        return False
    return verify(key, signature, says.encode() + canonical(rest))


@dataclass
class Report:
    """What came of verifying one export: in words for people, as values for scripts."""

    ok: bool
    rows: int
    first_bad: int | None
    lines: list[str]


def verify_export(
    read: Callable[[], Iterable[bytes]], *, key: bytes | None, heads: Sequence[dict[str, Any]] = ()
) -> Report:
    """Verify an export in JSON lines whose last line is its manifest. `read` gives the lines, twice. Raises Unreadable."""
    manifest: dict[str, Any] = {}
    digest, count = hashlib.sha256(), 0
    for line, row in _parsed(read()):
        if manifest:
            raise Unreadable(f"line {count + 2} stands after the manifest")
        if isinstance(row.get("manifest"), dict):
            manifest = row["manifest"]
        else:
            digest.update(line)
            count += 1
    if not manifest:
        raise Unreadable("there is no manifest in its last line: it is cut off, or no audit export")
    trusted = _bytes_of(manifest.get("public_key")) if key is None else key
    points = [each for each in manifest.get("checkpoints") or [] if isinstance(each, dict)]
    points += [each for each in heads if str(each.get("utc")) <= str(manifest.get("utc"))]
    bad = _wrong_of(manifest, points, trusted, (count, digest.hexdigest()))
    chain = _chained((row for _, row in _parsed(read()) if "manifest" not in row), manifest, points)
    if not chain.whole:
        bad.insert(0, f"The first wrong row is {chain.first_bad}: {chain.why}.")
    lines = bad or _proved(chain, manifest, key is not None)
    return Report(ok=not bad, rows=count, first_bad=chain.first_bad, lines=lines)


def _parsed(lines: Iterable[bytes]) -> Iterator[tuple[bytes, dict[str, Any]]]:
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            raise Unreadable(f"line {number} is no JSON") from None
        if not isinstance(row, dict):
            raise Unreadable(f"line {number} is no JSON object")
        yield line.rstrip(b"\r\n") + b"\n", row


def _chained(rows: Iterable[dict[str, Any]], manifest: dict[str, Any], points: list[dict[str, Any]]) -> Chain:
    marks = {each["seq"]: str(each.get("hash")) for each in points if isinstance(each.get("seq"), int)}
    chain = Chain(complete=manifest.get("filter") == {}, checkpoints=marks)
    for row in rows:
        chain.take(row)
    return chain.finish()


def _wrong_of(
    manifest: dict[str, Any], points: list[dict[str, Any]], key: bytes, found: tuple[int, str]
) -> list[str]:  # fmt: skip
    wrong = sum(not signed(each, CHECKPOINT_SAYS, key) for each in points)
    bad = []
    if not signed(manifest, MANIFEST_SAYS, key):
        bad.append("The manifest is not signed by this key.")
    if wrong:
        bad.append(f"{wrong} of {len(points)} checkpoints are not signed by this key.")
    if (manifest.get("count"), manifest.get("sha256")) != found:
        bad.append(f"These are not the {manifest.get('count')} rows that the manifest was signed for.")
    return bad


def _proved(chain: Chain, manifest: dict[str, Any], given: bool) -> list[str]:
    last = manifest.get("checkpoints") or [{}]
    said = [
        f"{chain.rows:,} rows, unbroken; checkpoints that fit: {chain.matched}, the last of {last[-1].get('utc', 'none')}.",
        "Proved: each row is as it was when it was hashed, and the console's key signed exactly these rows.",
    ]
    if chain.complete:
        said.append("Proved: no row is missing or was put in between, from row 1 to the last one here.")
    else:
        said.append("Not proved: what the rows left out by the filter say. The key signed that these are all that fit.")
    if not given:
        said.append(f"Not proved: whose key it is. The file names it itself, {manifest.get('key_id')}: compare it.")
    return [*said, "Not proved: that a row was true when it was written."]


def _bytes_of(text: object) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except ValueError:
        return b""


def _lines_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as lines:
        yield from lines


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Verify an audit export of Vouchdesk.")
    parser.add_argument("export", type=Path, help="the export in JSON lines")
    parser.add_argument("--key", type=Path, help="the console's public key in PEM, from somewhere you trust")
    parser.add_argument("--heads", type=Path, help="checkpoints kept elsewhere (audit-heads.jsonl): finds a cut end")
    asked = parser.parse_args(arguments)
    try:
        key = public_key_of(asked.key.read_text()) if asked.key else None
        heads = [row for _, row in _parsed(asked.heads.read_bytes().splitlines())] if asked.heads else []
        report = verify_export(lambda: _lines_of(asked.export), key=key, heads=heads)
    except (OSError, UnicodeDecodeError, Unreadable) as error:
        print(f"Cannot be verified: {error}", file=sys.stderr)  # noqa: T201
        return 2
    print("WHOLE" if report.ok else "BROKEN", *report.lines, sep="\n")  # noqa: T201
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
