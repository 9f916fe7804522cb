"""A contract as a small real PDF of one page; the wording is elsewhere."""

import io
import textwrap

from PIL import Image

from .contract import Contract
from .names import latin

_LINES_FROM_TOP, _LEADING, _COLUMNS = 780, 16, 86
_DRAWN_WIDTH, _DRAWN_HEIGHT = 210, 70


def _shown(text: str) -> bytes:
    """Text for a PDF string in WinAnsi: accents stay, words of other scripts are spelled in Latin letters."""
    plain = " ".join(latin(word) or "?" for word in text.split()).encode("cp1252", "replace")
    return plain.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _page(lines: list[str], drawn_at: int) -> bytes:
    parts = [b"BT /F1 18 Tf 72 %d Td (%s) Tj /F1 11 Tf" % (_LINES_FROM_TOP, _shown(lines[0]))]
    parts += [b"0 -%d Td (%s) Tj" % (_LEADING, _shown(line) if line else b"") for line in lines[1:]]
    parts.append(b"ET")
    if drawn_at:
        parts.append(b"q %d 0 0 %d 72 %d cm /S1 Do Q" % (_DRAWN_WIDTH, _DRAWN_HEIGHT, drawn_at))
    return b"\n".join(parts)


def _lines(made: Contract) -> list[str]:
    found = [made.title, ""]
    for paragraph in made.paragraphs:
        found += [*textwrap.wrap(paragraph, _COLUMNS), ""]
    return [*found, *made.closing]


def contract_pdf(made: Contract) -> bytes:
    """An A4 page, valid PDF 1.4, with the drawn signature as a picture below the text."""
    lines = _lines(made)
    below = _LINES_FROM_TOP - _LEADING * len(lines) - _DRAWN_HEIGHT
    stream = _page(lines, below if made.drawn else 0)
    resources = b"/Font << /F1 5 0 R >>" + (b" /XObject << /S1 6 0 R >>" if made.drawn else b"")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << %s >> >>" % resources,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    return _assemble([*objects, _picture(made.drawn)] if made.drawn else objects)


def _picture(drawn: bytes) -> bytes:
    with Image.open(io.BytesIO(drawn)) as picture:
        out = io.BytesIO()
        picture.convert("L").save(out, "JPEG", quality=85)
        width, height = picture.size
    data = out.getvalue()
    return (
        b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8"
        b" /Filter /DCTDecode /Length %d >>\nstream\n%s\nendstream" % (width, height, len(data), data)
    )


def _assemble(objects: list[bytes]) -> bytes:
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)
