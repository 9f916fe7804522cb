"""Pictures that come with a create request: as files, base64 or addresses (seed, Supply Existing Document)."""

import base64
import binascii
from collections.abc import Mapping

from werkzeug.datastructures import FileStorage

from .fetching import NotFetched, fetch
from .files import NotAPicture, as_jpeg
from .parameters import invalid

_SIDES = {"document": "FRONT", "document_back": "BACK", "face": "FACE"}


def read_pictures(fields: Mapping[str, str], files: Mapping[str, FileStorage], own: str) -> dict[str, bytes]:
    """Pictures by side, as JPEG; ApiError 1002 names the key of one that is none or cannot be had.

    A file counts before base64, base64 before an address. `own` is the sandbox's own address.
    """
    found: dict[str, bytes] = {}
    for name, side in _SIDES.items():
        key = _given(name, fields, files)
        if key:
            try:
                found[side] = as_jpeg(_content(key, fields, files, own))
            except (NotAPicture, NotFetched, binascii.Error, ValueError):
                raise invalid(key) from None
    return found


def _given(name: str, fields: Mapping[str, str], files: Mapping[str, FileStorage]) -> str:
    """The key a picture came under; empty when it did not come."""
    if name in files and files[name].filename:
        return name
    return next((key for key in (f"{name}_base64", f"{name}_url") if fields.get(key, "").strip()), "")


def _content(key: str, fields: Mapping[str, str], files: Mapping[str, FileStorage], own: str) -> bytes:
    if key in files:
        return bytes(files[key].read())
    text = fields[key].strip()
    if key.endswith("_url"):
        return fetch(text, own)
    return base64.b64decode(text.partition(",")[2] or text)
