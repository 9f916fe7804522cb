"""Pictures an applicant shows, as JPEG: sides of the document and selfie; layouts are elsewhere."""

import io
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFilter

from . import layouts
from .looks import look_of, other_than
from .paper import font
from .people import Person
from .portraits import portrait, selfie_picture
from .showing import Showing


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=84, optimize=False)
    return out.getvalue()


def _sides(person: Person, number_on_back: str) -> dict[str, Image.Image]:
    face = portrait(look_of(person.face, person.sex), 300)
    back = number_on_back or person.number
    if person.document == "passport":
        return {"BIODATA": layouts.passport(person, face)}
    if person.document == "licence":
        return {"FRONT": layouts.licence_front(person, face), "BACK": layouts.licence_back(person, back)}
    return {"FRONT": layouts.card_front(person, face), "BACK": layouts.card_back(person, back)}


@lru_cache(maxsize=32)
def _documents(person: Person, number_on_back: str, readable: bool) -> dict[str, bytes]:
    sides = _sides(person, number_on_back)
    if not readable:
        # Out of focus: what an applicant's shaking hand sends.
        sides = {side: picture.filter(ImageFilter.GaussianBlur(12)) for side, picture in sides.items()}
    return {side: _jpeg(picture) for side, picture in sides.items()}


def document_pictures(showing: Showing) -> dict[str, bytes]:
    """The sides by the vendor's names: BIODATA for a passport, FRONT and BACK for a card or licence."""
    return dict(_documents(showing.person, showing.number_on_back, showing.readable))


@lru_cache(maxsize=32)
def _selfie(seed: str, sex: str, same: bool, seen: bool) -> bytes:
    look = look_of(seed, sex)
    picture = selfie_picture(look if same or not seen else other_than(look, seed, sex))
    if not seen:
        picture = picture.filter(ImageFilter.GaussianBlur(38))
    pen = ImageDraw.Draw(picture)
    pen.text(
        (picture.width / 2, picture.height - 34),
        "S P E C I M E N",
        font=font("bold", 26),
        fill=(255, 255, 255),
        anchor="mm",
    )
    return _jpeg(picture)


def selfie(showing: Showing) -> bytes:
    """The selfie: the face of the document, somebody else's, or one nobody can find a face in."""
    return _selfie(showing.person.face, showing.person.sex, showing.same_face, showing.face_error is None)
