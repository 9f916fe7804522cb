"""Fonts inside a PDF: only the glyphs that were drawn, each with the text that it stands for, so that it can be copied."""

import struct
import zlib
from typing import Any

from reportlab.pdfbase import pdfdoc

from webapp.exports.pdf.fonts import Face
from webapp.exports.pdf.lines import Line, Piece
from webapp.exports.pdf.subset import subset


class _Used:
    """The glyphs of one font in one document. A glyph has a code for every text that it stands for."""

    def __init__(self, face: Face, name: str) -> None:
        self.face, self.name = face, name
        self.codes: dict[tuple[int, str], int] = {}

    def code(self, number: int, text: str) -> int:
        return self.codes.setdefault((number, text), len(self.codes) + 1)


class Embedded:
    """The fonts of one document."""

    def __init__(self) -> None:
        self._used: dict[str, _Used] = {}
        self._drawn: dict[tuple[int, float], tuple[Piece, str]] = {}

    def draw(self, line: Line, size: float, *, bold: bool) -> str:
        """The operators of a line, after its place was set."""
        parts, font = [], ""
        for piece in line.pieces:
            used = self._font(piece.face)
            if used.name != font:
                font = used.name
                parts.append(f"/{font} {size:g} Tf")
            key = (id(piece), size)
            if key not in self._drawn:
                self._drawn[key] = (piece, _operators(piece, used, size))  # kept with it, so that the id stays its own
            drawn = self._drawn[key][1]
            # A font without a bold cut is drawn with an edge.
            parts.append(f"2 Tr {size / 32:.2f} w {drawn} 0 Tr" if bold and "Bold" not in piece.face.name else drawn)
        return " ".join(parts)

    def _font(self, face: Face) -> _Used:
        if face.name not in self._used:
            self._used[face.name] = _Used(face, f"V{len(self._used) + 1}")
        return self._used[face.name]

    def add_to(self, document: Any) -> None:
        """Put the fonts into the document, when all is drawn."""
        resources = document.idToObject["BasicFonts"].dict
        resources.clear()  # the library's own first font is not drawn with
        for used in self._used.values():
            resources[used.name] = document.Reference(_font(document, used), f"font:{used.name}")


def _operators(piece: Piece, used: _Used, size: float) -> str:
    """Glyphs with what shaping moved. Text that they do not tell one by one is written beside them."""
    out: list[str] = []
    array: list[str] = []
    shift = 0.0
    for glyph in piece.glyphs:
        shift -= glyph.right
        if glyph.up:
            out += [_array(array), f"{glyph.up * size / 1000:.2f} Ts"]
        if abs(shift) >= 0.5:
            array.append(f"{shift:.0f}")
            shift = 0.0
        array.append(f"<{used.code(glyph.number, glyph.text if piece.told else ''):04X}>")
        if glyph.up:
            out += [_array(array), "0 Ts"]
        shift += used.face.width(glyph.number) - glyph.advance + glyph.right
    if abs(shift) >= 0.5:
        array.append(f"{shift:.0f}")
    drawn = " ".join(part for part in (*out, _array(array)) if part)
    return drawn if piece.told else f"/Span<</ActualText<FEFF{_hex(piece.text)}>>>BDC {drawn} EMC"


def _array(parts: list[str]) -> str:
    drawn = f"[{''.join(parts)}]TJ".replace("><", "") if parts else ""
    parts.clear()
    return drawn


def _hex(text: str) -> str:
    return text.encode("utf-16-be", "replace").hex().upper()


def _font(document: Any, used: _Used) -> Any:
    face, scale = used.face, used.face.scale
    name = f"{_tag(used)}+{face.name.removesuffix('.ttf')}"
    glyphs = sorted({number for number, _ in used.codes} | {0})
    data, places = subset(face, glyphs)
    box = struct.unpack_from(">4h", face.tables["head"], 36)
    up, down = struct.unpack_from(">2h", face.tables["hhea"], 4)
    descriptor = {
        "Type": pdfdoc.PDFName("FontDescriptor"), "FontName": pdfdoc.PDFName(name), "Flags": 4,
        "FontBBox": pdfdoc.PDFArray([round(value * scale) for value in box]), "ItalicAngle": 0,
        "Ascent": round(up * scale), "Descent": round(down * scale), "CapHeight": 714, "StemV": 80,
        "FontFile2": _stream(document, data, f"file:{used.name}", Length1=len(data)),
    }  # fmt: skip
    order = sorted(used.codes.items(), key=lambda each: each[1])
    to_glyph = struct.pack(f">{len(order) + 1}H", 0, *(places[number] for (number, _), _ in order))
    widths = [round(face.width(number)) for (number, _), _ in order]
    inner = {
        "Type": pdfdoc.PDFName("Font"), "Subtype": pdfdoc.PDFName("CIDFontType2"), "BaseFont": pdfdoc.PDFName(name),
        "CIDSystemInfo": pdfdoc.PDFDictionary(
            {"Registry": pdfdoc.PDFString("Adobe"), "Ordering": pdfdoc.PDFString("Identity"), "Supplement": 0}
        ),
        "FontDescriptor": document.Reference(pdfdoc.PDFDictionary(descriptor), f"descriptor:{used.name}"),
        "DW": 0, "W": pdfdoc.PDFArray([1, pdfdoc.PDFArray(widths)]),
        "CIDToGIDMap": _stream(document, to_glyph, f"glyphs:{used.name}"),
    }  # fmt: skip
    return pdfdoc.PDFDictionary({
        "Type": pdfdoc.PDFName("Font"), "Subtype": pdfdoc.PDFName("Type0"), "BaseFont": pdfdoc.PDFName(name),
        "Encoding": pdfdoc.PDFName("Identity-H"),
        "DescendantFonts": pdfdoc.PDFArray([document.Reference(pdfdoc.PDFDictionary(inner), f"inner:{used.name}")]),
        "ToUnicode": _stream(document, _to_unicode(order), f"text:{used.name}"),
    })  # fmt: skip


def _tag(used: _Used) -> str:
    """Six letters that tell this cut of the font from another."""
    number, letters = zlib.crc32(repr((used.name, sorted(used.codes))).encode()), ""
    for _ in range(6):
        number, rest = divmod(number, 26)
        letters += chr(65 + rest)
    return letters


def _stream(document: Any, data: bytes, name: str, **entries: int) -> Any:
    stream = pdfdoc.PDFStream(pdfdoc.PDFDictionary(dict(entries)), data, [pdfdoc.PDFStreamFilterZCompress()])
    return document.Reference(stream, name)


def _to_unicode(order: list[tuple[tuple[int, str], int]]) -> bytes:
    lines = [f"<{code:04X}> <{_hex(text)}>" for (_, text), code in order if text]
    blocks = "".join(
        f"{len(lines[at : at + 100])} beginbfchar\n" + "\n".join(lines[at : at + 100]) + "\nendbfchar\n"
        for at in range(0, len(lines), 100)
    )
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        f"{blocks}endcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode()
