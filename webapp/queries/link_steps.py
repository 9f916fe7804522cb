"""What the person will do, needs and is spared, and how long it takes; what is checked is in `link_words`."""

from collections.abc import Collection

from webapp.checks.countries import country_name
from webapp.providers.base import Expected, Options
from webapp.queries import liveness_words
from webapp.queries.option_words import documents, either

MINUTES = {"signature": 3, "liveness": liveness_words.MINUTES}
"""How long a link of these kinds takes, whatever it asks."""


def steps(
    options: Options, company: str, *, kind: str = "identity", expected: Expected | None = None,
    pictures: Collection[str] = (),
) -> list[str]:  # fmt: skip
    """What the person will do, one line each. `pictures` names the parts supplied, whose steps are spared."""
    if kind == "liveness":
        return liveness_words.steps(options, company)
    first = [f"Read one page from {company}"]
    if kind == "signature":
        return [*first, "Read the document", "Sign it on the screen"]
    face = {"photo": ["Take a selfie"], "video": ["Take a short video of the face"]}.get(options.biometric, [])
    sides = ", front and back" if options.both_sides else ""
    return [
        *first,
        *_phone_step(options, expected),
        *([] if "document" in pictures else [f"Photograph the {documents(options)}{sides}"]),
        *([] if "face" in pictures else face),
        *(["Read a document and sign it on the screen"] if options.contract == "sign" else []),
    ]


def spared(pictures: Collection[str]) -> list[str]:
    """The steps that the person is spared because the pictures are given, one line each."""
    words = {"document": "No photo of the document: you give it", "face": "No selfie: you give a picture of the face"}
    return [sentence for part, sentence in words.items() if part in pictures]


def _phone_step(options: Options, expected: Expected | None) -> list[str]:
    if expected is not None and expected.phone:
        return [f"Confirm the number {expected.phone} with a code"]
    return ["Type a phone number and confirm it with a code"] if options.ask_phone else []


def minutes(
    options: Options, *, kind: str = "identity", expected: Expected | None = None, pictures: Collection[str] = ()
) -> int:
    """How long it takes the person, roughly."""
    if kind in MINUTES:
        return MINUTES[kind]
    face = 0 if "face" in pictures else {"none": 0, "photo": 1}.get(options.biometric, 2)
    phone = 1 if _phone_step(options, expected) else 0
    sign = 2 if options.contract == "sign" else 0
    return (1 if "document" in pictures else 2) + face + phone + sign


def needs(
    options: Options, *, kind: str = "identity", expected: Expected | None = None, pictures: Collection[str] = ()
) -> list[dict[str, str]]:
    """What the person should have ready, for the applicant's page: icon, title and text of each."""
    if kind == "liveness":
        return [_need(*each) for each in liveness_words.needs(options)]
    if kind == "signature":
        return [
            _need("signature", "A few minutes to read", "You see the whole document before you sign it"),
            _need("device-mobile", "A phone or a computer", "You sign with a finger or a mouse"),
        ]
    phone = [_need("device-mobile", "Your phone number", "We send you a code to confirm it")]
    sign = [_need("signature", "A document to sign", "You read it first, then sign on the screen")]
    return [
        *_picture_needs(options, pictures),
        *(phone if _phone_step(options, expected) else []),
        *(sign if options.contract == "sign" else []),
    ]


def _picture_needs(options: Options, pictures: Collection[str]) -> list[dict[str, str]]:
    taken = [] if "document" in pictures else ["a photo of the document"]
    face = {"photo": "of your face", "video": "a short video of your face"}.get(options.biometric, "")
    if face and "face" not in pictures:
        taken.append(face if taken or options.biometric == "video" else f"a photo {face}")
    selfie = bool(face) and "face" not in pictures
    where = f" from {either([country_name(code) for code in options.countries])}" if options.countries else ""
    found = []
    if "document" not in pictures:
        found.append(_need("id", f"Your {documents(options)}{where}", "The real one, not a copy"))
    if taken:
        light = "Take off sunglasses and hats" if selfie else "So that the document can be read"
        found.append(_need("camera", "A phone with a camera", f"You take {' and '.join(taken)}"))
        found.append(_need("sun", "A bright place", light))
    return found


def _need(icon: str, title: str, text: str) -> dict[str, str]:
    return {"icon": icon, "title": title, "text": text}
