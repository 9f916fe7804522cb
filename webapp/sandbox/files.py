"""Files the sandbox hosts: pictures and contracts under unguessable names for seven days; no drawing here."""

import base64
import io
import secrets

from PIL import Image, ImageChops, ImageOps, UnidentifiedImageError

from .callbacks import Clock
from .store import Store

KEPT_SECONDS = 7 * 86_400
_LONGEST_SIDE = 2_000
_MARGIN = 24  # grey levels within which a margin counts as even


class NotAPicture(ValueError):
    """The bytes are no picture Pillow can read."""


def as_jpeg(content: bytes) -> bytes:
    """Any readable picture, upright, at most 2,000 px, as JPEG without its metadata; NotAPicture otherwise."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise NotAPicture from error
    upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=85)
    return out.getvalue()


def cropped(content: bytes) -> bytes:
    """A JPEG without the even margin around what it shows (seed, crop_document); as it is when there is none."""
    with Image.open(io.BytesIO(content)) as picture:
        plain = Image.new(picture.mode, picture.size, picture.getpixel((0, 0)))
        box = ImageChops.difference(picture, plain).convert("L").point(lambda value: 255 * (value > _MARGIN)).getbbox()
        if box is None or box == (0, 0, *picture.size):
            return content
        out = io.BytesIO()
        picture.crop(box).save(out, "JPEG", quality=85)
    return out.getvalue()


def as_signature(text: str) -> bytes:
    """A drawn signature, from the page's `data:image/png;base64,...`, as a small PNG on white; NotAPicture otherwise."""
    kind, _, data = text.partition(",")
    try:
        if kind != "data:image/png;base64":
            raise NotAPicture
        with Image.open(io.BytesIO(base64.b64decode(data)), formats=["PNG"]) as picture:
            if max(picture.size) > _LONGEST_SIDE:
                raise NotAPicture
            drawn = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotAPicture from error
    sheet = Image.new("RGB", drawn.size, "white")
    sheet.paste(drawn, mask=drawn)
    sheet.thumbnail((840, 280))
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


class Host:
    """Turns bytes into what a callback carries: a hosted URL, or base64."""

    def __init__(self, store: Store, clock: Clock, public_url: str) -> None:
        self._store, self._clock, self._public_url = store, clock, public_url

    def url(self, content: bytes, suffix: str, media_type: str) -> str:
        name = f"{secrets.token_hex(16)}.{suffix}"
        self._store.keep_file(name, media_type, content, self._clock.after(KEPT_SECONDS))
        return f"{self._public_url}/files/{name}"

    def picture(self, content: bytes, *, return_type: int, side: str = "") -> dict[str, str]:
        """One entry of documentimage or faceimage; return_type 0 is base64, 1 a URL (seed l.104)."""
        text = self.url(content, "jpg", "image/jpeg") if return_type == 1 else base64.b64encode(content).decode()
        return ({"side": side} if side else {}) | {"type": "jpg", "content": text}

    def _hosted(self, content: str) -> tuple[str, bytes] | None:
        if not content.startswith(f"{self._public_url}/files/"):
            return None
        return self._store.file(content.rpartition("/")[2], self._clock.now())

    def content(self, picture: dict[str, str]) -> bytes:
        """The bytes of one entry; none when its file is gone."""
        text = picture["content"]
        if text.startswith("http"):
            found = self._hosted(text)
            return found[1] if found else b""
        return base64.b64decode(text)

    def again(self, content: str) -> str:
        """A fresh address of the same file; base64, and what is not ours or gone, stays as it is."""
        found = self._hosted(content)
        return self.url(found[1], content.rpartition(".")[2], found[0]) if found else content
