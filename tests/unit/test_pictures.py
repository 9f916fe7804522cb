"""Telling files by their bytes, and the copy for the screen: hostile files, and what must not survive the copying."""

import io
import time
import zipfile

import pytest
from PIL import Image

from webapp.actions.pictures import DOCX, MAX_ENTRIES, NotAPicture, display_copy, sniff, sniff_contract

SECRET = b"SECRET PLACE 52.3676 N 4.9041 E"
HTML = b"<!DOCTYPE html><html><body>Contract<script>alert(1)</script></body></html>"


def picture(kind: str = "JPEG", **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "navy").save(out, kind, **more)
    return out.getvalue()


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, b"specimen")
    return out.getvalue()


def docx(*more: str) -> bytes:
    return archive("[Content_Types].xml", "_rels/.rels", "word/document.xml", *more)


@pytest.mark.parametrize(
    ("content", "media", "extension"),
    [
        (b"%PDF-1.7\n%specimen", "application/pdf", "pdf"), (docx(), DOCX, "docx"), (HTML, "text/html", "html"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- made by -->\n<HTML lang=en>", "text/html", "html"),
        (b"\n\n  <html\n>", "text/html", "html"),
    ],
    ids=["pdf", "docx", "html", "xhtml", "spaced"],
)  # fmt: skip
def test_a_contract_is_told_by_its_bytes(content: bytes, media: str, extension: str) -> None:
    found = sniff_contract(content)
    assert (found.media_type, found.extension, found.is_picture) == (media, extension, False)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"Contract", picture(), b"\x7fELF", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<script>alert(1)</script>",
        archive("a.txt"), archive("word/document.xml"), archive("[Content_Types].xml", "xl/workbook.xml"),
        docx("word/vbaProject.bin"), docx()[:60], b"PK\x03\x04" + b"x" * 100, b"<html>\x00", b"x<html>", b"<htmlx>",
        b"MZ" + HTML,
    ],
    ids=map(str, range(16)),  # the archives hold the time, so their bytes name no test twice
)  # fmt: skip
def test_what_is_no_contract_by_its_bytes_is_refused(content: bytes) -> None:
    with pytest.raises(NotAPicture, match="not a PDF, DOCX or HTML"):
        sniff_contract(content)


@pytest.mark.parametrize("content", [docx(), HTML, archive("a.jpg"), b"<svg/>", b"", b"MZ"])
def test_a_document_other_than_pdf_is_no_picture(content: bytes) -> None:
    with pytest.raises(NotAPicture):
        sniff(content)


def test_an_archive_with_very_many_entries_is_not_looked_into() -> None:
    with pytest.raises(NotAPicture):
        sniff_contract(docx(*(f"word/{number}" for number in range(MAX_ENTRIES))))


@pytest.mark.parametrize("content", [b"<!--a-->" * 500, b"<!--" * 1000, b" " * 5000, b"<?xml " * 700, b"<?xml>" * 700])
def test_telling_html_takes_no_time_on_hostile_bytes(content: bytes) -> None:
    started = time.monotonic()
    with pytest.raises(NotAPicture):
        sniff_contract(content)
    assert time.monotonic() - started < 0.2


@pytest.mark.parametrize("where", ["comment", "xmp", "icc_profile", "exif"])
def test_nothing_written_beside_the_pixels_survives_in_the_display_copy(where: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    given = picture(**{where: exif if where == "exif" else SECRET * 20})
    assert SECRET in given
    assert SECRET not in display_copy(given)


@pytest.mark.parametrize(
    "tail", [HTML, b"<?php system('x') ?>", docx(), b"%PDF-1.7"], ids=["html", "php", "zip", "pdf"]
)
def test_what_hides_behind_a_picture_does_not_survive_in_the_display_copy(tail: bytes) -> None:
    for kind in ("JPEG", "PNG", "GIF", "WEBP"):
        polyglot = picture(kind) + tail
        assert sniff(polyglot).is_picture
        copy = display_copy(polyglot)
        assert tail not in copy and sniff(copy).media_type == "image/jpeg"


def test_a_picture_that_is_html_too_by_its_comment_is_drawn_anew() -> None:
    polyglot = picture("GIF", comment=HTML)
    assert HTML in polyglot and HTML not in display_copy(polyglot)
