"""A TrueType font cut down to some of its glyphs, without what a PDF has no use for: names, characters, shaping."""

import struct
from collections.abc import Iterable, Iterator

from webapp.exports.pdf.fonts import Face

_WIDE_ARGUMENTS, _ONE_SCALE, _MORE, _TWO_SCALES, _FOUR_SCALES = 0x0001, 0x0008, 0x0020, 0x0040, 0x0080


def subset(face: Face, wanted: Iterable[int]) -> tuple[bytes, dict[int, int]]:
    """The font file, and the new number of each glyph. Parts of composed glyphs come along; glyph 0 stays glyph 0."""
    tables = face.tables
    outlines = _Outlines(tables)
    places: dict[int, int] = {}
    waiting = [0, *wanted]
    while waiting:
        number = waiting.pop(0)
        if number not in places:
            places[number] = len(places)
            waiting += [part for _, part in _parts(outlines[number])]
    glyf, loca = bytearray(), [0]
    for number in places:
        outline = bytearray(outlines[number])
        for at, part in _parts(bytes(outline)):
            struct.pack_into(">H", outline, at, places[part])
        glyf += outline + b"\0" * (-len(outline) % 4)
        loca.append(len(glyf))
    return _file(tables, places, bytes(glyf), struct.pack(f">{len(loca)}I", *loca)), places


class _Outlines:
    def __init__(self, tables: dict[str, bytes]) -> None:
        self._glyf = tables["glyf"]
        long = struct.unpack_from(">h", tables["head"], 50)[0]
        number = len(tables["loca"]) // (4 if long else 2)
        self._places = struct.unpack(f">{number}{'I' if long else 'H'}", tables["loca"])
        self._step = 1 if long else 2

    def __getitem__(self, number: int) -> bytes:
        return self._glyf[self._places[number] * self._step : self._places[number + 1] * self._step]


def _parts(outline: bytes) -> Iterator[tuple[int, int]]:
    """Where a composed glyph names its parts, and which."""
    if len(outline) < 10 or struct.unpack_from(">h", outline)[0] >= 0:
        return
    at, flags = 10, _MORE
    while flags & _MORE:
        flags, number = struct.unpack_from(">2H", outline, at)
        yield at + 2, number
        at += 8 if flags & _WIDE_ARGUMENTS else 6
        at += 2 if flags & _ONE_SCALE else 4 if flags & _TWO_SCALES else 8 if flags & _FOUR_SCALES else 0


def _metrics(tables: dict[str, bytes], number: int) -> bytes:
    """How wide a glyph is, and where it begins. After the last width the table goes on with beginnings alone."""
    widths, hmtx = struct.unpack_from(">H", tables["hhea"], 34)[0], tables["hmtx"]
    if number < widths:
        return hmtx[4 * number :][:4]
    return hmtx[4 * widths - 4 :][:2] + hmtx[4 * widths + 2 * (number - widths) :][:2]


def _file(tables: dict[str, bytes], places: dict[int, int], glyf: bytes, loca: bytes) -> bytes:
    head, hhea, maxp = bytearray(tables["head"]), bytearray(tables["hhea"]), bytearray(tables["maxp"])
    struct.pack_into(">I", head, 8, 0)
    struct.pack_into(">h", head, 50, 1)
    struct.pack_into(">H", hhea, 34, len(places))
    struct.pack_into(">H", maxp, 4, len(places))
    hmtx = b"".join(_metrics(tables, number) for number in places)
    parts = {"glyf": glyf, "head": bytes(head), "hhea": bytes(hhea), "hmtx": hmtx, "loca": loca, "maxp": bytes(maxp)}
    directory, body = b"", b""
    start = 12 + 16 * len(parts)
    for tag, data in parts.items():
        padded = data + b"\0" * (-len(data) % 4)
        total = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        directory += struct.pack(">4s3I", tag.encode(), total, start + len(body), len(data))
        body += padded
    return struct.pack(">I4H", 0x00010000, len(parts), 64, 2, 32) + directory + body
