"""Telling what a file is by its bytes, and making the display copy: re-encoded, upright, without its metadata."""

import io
import warnings
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

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


class NotAPicture(Exception):
    """The bytes are neither a picture nor a PDF that we keep, or a picture too large to open safely."""

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
    """Tell the kind by the bytes alone; raises NotAPicture. The size comes from the header: nothing is decoded."""
    if content.startswith(b"%PDF-"):
        return Sniffed("application/pdf", "pdf")
    if content.startswith(b"PK\x03\x04") and b"word/" in content[:4096]:
        return Sniffed("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx")
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


def display_copy(content: bytes) -> bytes:
    """A JPEG for the screen: decoded and drawn anew, so that nothing hidden in the original is ever served inline."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            picture.draft("RGB", (DISPLAY_EDGE, DISPLAY_EDGE))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            upright.thumbnail((DISPLAY_EDGE, DISPLAY_EDGE))
            out = io.BytesIO()
            upright.save(out, "JPEG", quality=88)
    except Exception:
        raise NotAPicture("The picture is damaged and could not be opened.") from None
    return out.getvalue()
