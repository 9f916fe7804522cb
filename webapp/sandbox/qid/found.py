"""What QiD would say about a face and a place: guessed from the request, edited by a tester, in a shape of his choice."""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .asked import ATTRIBUTES
from .store import StoredRequest

PLACES = {
    "london": ("London", "51.50735 -0.12776"),
    "berlin": ("Berlin", "52.52001 13.40495"),
    "new-york": ("New York", "40.71278 -74.00594"),
    "sao-paulo": ("São Paulo", "-23.55052 -46.63331"),
    "nairobi": ("Nairobi", "-1.28639 36.81722"),
    "mumbai": ("Mumbai", "19.07598 72.87766"),
    "tokyo": ("Tokyo", "35.67620 139.65030"),
    "sydney": ("Sydney", "-33.86882 151.20930"),
}
"""Key -> city and its place as the vendor writes it: latitude, a space, longitude."""
NO_PLACE = "none"
SHAPES = {"names": "By name", "ids": "By id, confidence as text", "list": "As a list"}
EMOTIONS = ("Calm", "Happy", "Surprised", "Confused", "Sad", "Angry", "Disgusted", "Fear")
_GENDERS = ("Female", "Male")
BOOLEANS = {3: "beard", 4: "spectacles", 5: "eyes_open", 6: "face_mask", 7: "mouth_open", 8: "moustache"}
_OLDEST = 120


class Wrong(Exception):
    """What was sent cannot be used; the message says what can."""


@dataclass(frozen=True)
class Face:
    """What is seen in a face, whether asked for or not."""

    gender: str
    age_low: int
    age_high: int
    yes: dict[str, bool]
    emotion: str
    confidence: float


def guess(request: StoredRequest) -> Face:
    """A face that could be anybody's, the same each time for one request."""
    dice = random.Random(request.webid_key)  # noqa: S311 - variety, not secrets
    gender, low = dice.choice(_GENDERS), dice.randint(19, 58)
    hairy = gender == "Male"
    yes = {
        "beard": hairy and dice.random() < 0.4, "spectacles": dice.random() < 0.3, "eyes_open": True,
        "face_mask": False, "mouth_open": dice.random() < 0.1, "moustache": hairy and dice.random() < 0.2,
    }  # fmt: skip
    high = low + dice.randint(5, 11)
    return Face(gender, low, high, yes, dice.choice(EMOTIONS[:2]), round(dice.uniform(91, 99.9), 2))


def read_face(form: Mapping[str, str], request: StoredRequest) -> Face:
    """The guess with what the form says instead; Wrong where that makes no sense."""
    usual = guess(request)
    yes = {name: _yes(form.get(name, ""), seen) for name, seen in usual.yes.items()}
    low, high = (_number(form, f"age_{end}", getattr(usual, f"age_{end}"), _OLDEST) for end in ("low", "high"))
    if low > high:
        if form.get("age_low") and form.get("age_high"):
            raise Wrong("The lower age is above the higher one.")
        low, high = (low, low + 8) if form.get("age_low") else (max(high - 8, 0), high)
    emotion = form.get("emotion") or usual.emotion
    gender = form.get("gender") or usual.gender
    if emotion.capitalize() not in EMOTIONS or gender.capitalize() not in _GENDERS:
        raise Wrong(f"Gender is Female or Male, and the emotion one of {', '.join(EMOTIONS)}.")
    sure = _number(form, "confidence", usual.confidence, 100)
    return Face(gender.capitalize(), int(low), int(high), yes, emotion.capitalize(), sure)


def _yes(text: str, usual: bool) -> bool:
    words = {"": usual, "yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    if text.strip().lower() not in words:
        raise Wrong("What is seen or not is answered with yes or no.")
    return words[text.strip().lower()]


def _number(form: Mapping[str, str], name: str, usual: float, most: float) -> float:
    text = form.get(name, "").strip() or str(usual)
    if not re.fullmatch(r"\d{1,3}(\.\d{1,4})?", text) or float(text) > most:
        raise Wrong(f"{name.replace('_', ' ').capitalize()} is a number from 0 to {most:g}.")
    return float(text)


def metadata(request: StoredRequest, face: Face, shape: str) -> Any:
    """The attributes that were asked for. The vendor shows no sample: each shape is as good as the others."""
    if shape not in SHAPES:
        raise Wrong(f"The shape is one of {', '.join(SHAPES)}.")
    values = {number: _value(number, face) for number in request.asked.metadata}
    if shape == "names":
        return {ATTRIBUTES[number]: value for number, value in values.items()}
    if shape == "ids":
        return {str(number): _in_percent(value) for number, value in values.items()}
    return [_listed(number, value) for number, value in values.items()]


def _value(number: int, face: Face) -> Any:
    if number == 1:
        return {"value": face.gender, "confidence": face.confidence}
    if number == 2:
        return {"low": face.age_low, "high": face.age_high}
    if number in BOOLEANS:
        return {"value": face.yes[BOOLEANS[number]], "confidence": face.confidence}
    rest = round(100 - face.confidence, 2)
    others = [emotion for emotion in EMOTIONS if emotion != face.emotion]
    shares = [(face.emotion, face.confidence), (others[0], round(rest * 0.7, 2)), (others[1], round(rest * 0.3, 2))]
    return [{"value": emotion, "confidence": share} for emotion, share in shares]


def _in_percent(value: Any) -> Any:
    if isinstance(value, list):
        return {each["value"]: f"{each['confidence']}%" for each in value}
    return value | {"confidence": f"{value['confidence']}%"} if "confidence" in value else value


def _listed(number: int, value: Any) -> dict[str, Any]:
    name = {"id": number, "name": ATTRIBUTES[number]}
    return name | ({"values": value} if isinstance(value, list) else value)


def place(text: str) -> str:
    """The location to send: a city of PLACES, or any text as it stands (also a wrong one: that is for tests)."""
    text = text.strip() or "london"
    if text == NO_PLACE:
        return ""
    return PLACES[text.lower()][1] if text.lower() in PLACES else text[:60]
