"""Files the sandbox hosts: pictures and contracts under unguessable names for seven days; no drawing here."""

import base64
import io
import secrets

from PIL import Image, ImageOps, UnidentifiedImageError

from .callbacks import Clock
from .store import Store

KEPT_SECONDS = 7 * 86_400
_LONGEST_SIDE = 2_000


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
