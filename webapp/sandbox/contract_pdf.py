"""The one contract the sandbox knows, as lines of text and as a small real PDF; signatures are a typed name."""

from datetime import UTC, datetime

from .names import latin

_LINES_FROM_TOP, _LEADING = 780, 18


def contract_lines(companyname: str, name: str) -> list[str]:
    """The wording of template TPL1, the same on the page and in the file."""
    return [
        f"This specimen agreement is between {companyname} and {name or 'the person signing'}.",
        "It was made by the sandbox to show how signing works.",
        "It binds nobody and says nothing else.",
    ]


def _shown(text: str) -> bytes:
    """Text for a PDF string in WinAnsi: accents stay, other scripts are spelled in Latin letters."""
    plain = (latin(text) or "?").encode("cp1252", "replace")
    return plain.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _page(lines: list[str]) -> bytes:
    parts = [b"BT /F1 18 Tf 72 %d Td (%s) Tj /F1 11 Tf" % (_LINES_FROM_TOP, _shown(lines[0]))]
    parts += [b"0 -%d Td (%s) Tj" % (_LEADING, _shown(line) if line else b"") for line in lines[1:]]
    return b"\n".join([*parts, b"ET"])


def contract_pdf(companyname: str, name: str, reference: str, signed_at: float, *, signed: bool) -> bytes:
    """An A4 page, valid PDF 1.4; `signed_at` is UNIX seconds."""
    moment = f"{datetime.fromtimestamp(signed_at, UTC):%d %B %Y %H:%M} UTC"
    last = f"Signed by {name} on {moment}" if signed else f"Generated on {moment}, not signed"
    stream = _page(["Specimen agreement", "", *contract_lines(companyname, name), "", last, f"Reference {reference}"])
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    return _assemble(objects)


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
