"""Pictures given with a link: as a file, as base64 text or by address; read and judged by their bytes, kept nowhere."""

import base64
import binascii
import re
from typing import Any, ClassVar

from wtforms import Field, FileField, Form

from webapp.actions.pictures import NotAPicture, sniff
from webapp.forms.fields import LinesField, ValueField
from webapp.forms.web_address import https_address
from webapp.providers.base import SuppliedPicture

MAX_PICTURE = 10 * 1024 * 1024
PARTS = {"document": "Front of the document", "document_back": "Back of the document", "face": "Face"}
WAYS = ("file", "base64", "url")
TOO_LARGE = "The picture is larger than 10 MB. Give a smaller one."
HOW = "Give this picture in one way only: as a file, as text or by its address."


def picture(content: bytes) -> bytes:
    """The bytes again when they are a picture of 10 MB at most; else ValueError."""
    if not content:
        raise ValueError("The file is empty.")
    if len(content) > MAX_PICTURE:
        raise ValueError(TOO_LARGE)
    try:
        kind = sniff(content)
    except NotAPicture as wrong:
        raise ValueError(_plain(wrong.reason)) from None
    if not kind.is_picture:
        raise ValueError("This is a document, not a picture. Use JPEG, PNG, WebP or GIF.")
    return content


def picture_text(text: str) -> bytes:
    """The picture in base64 text, with or without `data:image/...;base64,` before it; else ValueError."""
    body = re.sub(r"\s+", "", re.sub(r"^\s*data:[^,]{0,100},", "", text, count=1))
    if len(body) > MAX_PICTURE * 4 // 3 + 4:
        raise ValueError(TOO_LARGE)
    try:
        content = base64.b64decode(body.replace("-", "+").replace("_", "/") + "=" * (-len(body) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("This is not base64 text. Paste all of it, or choose the file instead.") from None
    return picture(content)


def _plain(reason: str) -> str:
    return reason if "megapixels" in reason else "This is not a picture. Use JPEG, PNG, WebP or GIF."


class TextOfPicture(LinesField):
    """Base64 text; kept as typed, however long."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = valuelist[0].strip() if valuelist else ""


class Pictures(Form):
    """Each part in one of three ways. After `validate()`, `pictures()` has what was given."""

    PARTS: ClassVar[dict[str, str]] = PARTS

    document_file = FileField("Front of the document, file")
    document_base64 = TextOfPicture("Front of the document, base64 text")
    document_url = ValueField("Front of the document, address", read=https_address)
    document_back_file = FileField("Back of the document, file")
    document_back_base64 = TextOfPicture("Back of the document, base64 text")
    document_back_url = ValueField("Back of the document, address", read=https_address)
    face_file = FileField("Face, file")
    face_base64 = TextOfPicture("Face, base64 text")
    face_url = ValueField("Face, address", read=https_address)

    def pictures(self) -> tuple[SuppliedPicture, ...]:
        """The pictures that could be read; a field with an error gives none."""
        return tuple(found for part in PARTS for found in [self._picture(part)] if found is not None)

    def given(self) -> dict[str, Field]:
        """The parts that somebody gave, right or wrong, and the field of each."""
        return {part: field for part in PARTS for field in [self._given(part)] if field is not None}

    def files_to_choose_again(self) -> list[str]:
        """Files that came with this form: a browser does not keep them over an answer."""
        return [words for part, words in PARTS.items() if _has_file(self[f"{part}_file"])]

    def check_pictures(self) -> None:
        """Put an error at each part given twice, or that is no picture."""
        for part in PARTS:
            filled = [self[f"{part}_{way}"] for way in WAYS if self._filled(part, way)]
            for field in filled[1:]:
                _object_to(field, HOW)
            for field in filled[:1]:
                try:
                    self._content(part)
                except ValueError as wrong:
                    _object_to(field, str(wrong))

    def _given(self, part: str) -> Field | None:
        return next((self[f"{part}_{way}"] for way in WAYS if self._filled(part, way)), None)

    def _filled(self, part: str, way: str) -> bool:
        field = self[f"{part}_{way}"]
        return _has_file(field) if way == "file" else bool(field.data or (way == "url" and field.errors))

    def _picture(self, part: str) -> SuppliedPicture | None:
        field = self._given(part)
        if field is None or field.errors:
            return None
        url: str = self[f"{part}_url"].data
        try:
            return SuppliedPicture(part=part, content=self._content(part), url="" if self._content(part) else url)
        except ValueError:
            return None

    def _content(self, part: str) -> bytes:
        """The bytes of a file or of text, read once; b"" for an address."""
        known: dict[str, bytes] = self.__dict__.setdefault("_contents", {})
        if part not in known:
            if self._filled(part, "file"):
                known[part] = picture(self[f"{part}_file"].data.stream.read(MAX_PICTURE + 1))
            else:
                text = self[f"{part}_base64"].data
                known[part] = picture_text(text) if text else b""
        return known[part]


def _has_file(field: Field) -> bool:
    return bool(getattr(field.data, "filename", ""))


def _object_to(field: Any, sentence: str) -> None:
    if not field.errors:
        field.errors = [sentence]
