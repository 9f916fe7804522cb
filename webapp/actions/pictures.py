"""Telling what a file is by its bytes, and making the display copy: re-encoded, upright, without its metadata."""

import io
import re
import warnings
import zipfile
from dataclasses import dataclass

from PIL import Image, ImageOps

MAX_PIXELS = 50_000_000
DISPLAY_EDGE = 2000  # pixels; larger pictures are scaled down for display, the original is kept
FORMATS = {
    "JPEG": ("image/jpeg", "jpg"),
    "PNG": ("image/png", "png"),
    "WEBP": ("image/webp", "webp"),
    "GIF": ("image/gif", "gif"),
}

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_HTML = re.compile(rb"(?:\xef\xbb\xbf)?(?>\s|<!--.*?-->|<\?xml[^>]*>)*+<(?:!doctype\s+html|html)[\s>]", re.I | re.S)
_ENTRY = b"PK\x01\x02"
MAX_ENTRIES = 5000
"""Most entries of an archive that is looked into: a real DOCX has some dozens, reading a million takes gigabytes."""

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


class NotAPicture(Exception):
    """The bytes are not what the file should be, or a picture that is too large to open safely."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Sniffed:
    """What the bytes are; sizes in pixels, 0 for a document."""

    media_type: str
    extension: str
    width: int = 0
    height: int = 0

    @property
    def is_picture(self) -> bool:
        """Whether a display copy can be made."""
        return self.media_type.startswith("image/")


UNKNOWN = Sniffed("application/octet-stream", "bin")


def sniff(content: bytes) -> Sniffed:
    """A picture or PDF, by the bytes alone; raises NotAPicture. The size comes from the header: nothing is decoded."""
    if content.startswith(b"%PDF-"):
        return Sniffed("application/pdf", "pdf")
    try:
        with Image.open(io.BytesIO(content), formats=tuple(FORMATS)) as picture:
            media_type, extension = FORMATS[picture.format or ""]
            width, height = picture.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotAPicture("The picture has more than 50 megapixels and was not opened.") from None
    except Exception:
        raise NotAPicture("The file is not a picture or PDF by its bytes.") from None
    if width * height > MAX_PIXELS:
        raise NotAPicture("The picture has more than 50 megapixels and was not opened.")
    return Sniffed(media_type, extension, width, height)


def sniff_contract(content: bytes) -> Sniffed:
    """A PDF, DOCX or HTML document, by the bytes alone; raises NotAPicture. Nothing in it is opened or run."""
    if content.startswith(b"%PDF-"):
        return Sniffed("application/pdf", "pdf")
    if content.startswith(b"PK\x03\x04") and _is_docx(content):
        return Sniffed(DOCX, "docx")
    if _HTML.match(content[:4096]) and b"\x00" not in content[:4096]:
        return Sniffed("text/html", "html")
    raise NotAPicture("The contract is not a PDF, DOCX or HTML document by its bytes.")


def _is_docx(content: bytes) -> bool:
    """Whether the archive's list of contents is that of a document without macros; no entry is unpacked."""
    if content.count(_ENTRY) > MAX_ENTRIES:
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except Exception:
        return False
    return {"[Content_Types].xml", "word/document.xml"} <= names and "word/vbaProject.bin" not in names


def display_copy(content: bytes) -> bytes:
    """A JPEG for the screen: decoded and drawn anew, so that nothing hidden in the original is ever served inline."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            picture.draft("RGB", (DISPLAY_EDGE, DISPLAY_EDGE))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            upright.thumbnail((DISPLAY_EDGE, DISPLAY_EDGE))
            bare = Image.new("RGB", upright.size)  # comments, XMP and profiles would be saved along with the old one
            bare.paste(upright)
            out = io.BytesIO()
            bare.save(out, "JPEG", quality=88)
    except Exception:
        raise NotAPicture("The picture is damaged and could not be opened.") from None
    return out.getvalue()
