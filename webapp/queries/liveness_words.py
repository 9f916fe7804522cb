"""What is said of a link of the kind liveness: what it asks, what the person does and needs, the e-mail, privacy."""

from webapp.providers.base import Options
from webapp.queries.option_words import ATTRIBUTE_WORDS

MINUTES = 1
SUBJECT = "please take a 3D selfie"
NO_DECISION = "estimates, not to be used for the decision"
PLAIN_ATTRIBUTES = {
    "gender": "whether you are a woman or a man", "age_range": "about how old you are", "beard": "if you have a beard",
    "spectacles": "if you wear glasses", "eyes_open": "if your eyes are open", "face_mask": "if you wear a face mask",
    "mouth_open": "if your mouth is open", "moustache": "if you have a moustache", "emotions": "how you seem to feel",
}  # fmt: skip
"""The attributes as the person is told of them."""


def asked(options: Options) -> list[tuple[str, str]]:
    """Label and sentence for each thing that is checked; what is off is said to be off."""
    named = ", ".join(ATTRIBUTE_WORDS.get(name, name) for name in options.attributes)
    return [
        (
            "Live person",
            "checked: somebody must look into the camera, not a picture" if options.liveness else "not checked",
        ),
        ("Location", "asked for, by GPS; without it the person cannot go on" if options.location else "not asked for"),
        ("Attributes", f"{named}: {NO_DECISION}" if named else "none"),
        ("Same person", "said from the second check on: the vendor recognises a face"),
        ("Identity", "not checked: no document is asked for"),
        *([("Also set", "dark colours")] if options.dark else []),
    ]


def steps(options: Options, company: str) -> list[str]:
    """What the person will do, one line each."""
    return [
        f"Read one page from {company}",
        f"Let the phone use its camera{' and say where it is' if options.location else ''}",
        "Look into the camera for a 3D selfie",
    ]


def needs(options: Options) -> list[tuple[str, str, str]]:
    """What the person should have ready: icon, title and text of each."""
    where = [("map-pin", "Your location", "The phone asks you if it may say where it is")]
    return [
        ("device-mobile", "A phone with a camera", "This works on phones only"),
        ("sun", "A bright place", "Take off sunglasses and hats"),
        *(where if options.location else []),
    ]


def mail_what() -> str:
    """What the e-mail asks for, after "asks you to"."""
    return "take a 3D selfie: you look into the camera of your phone, and that is all"


def mail_ready(options: Options) -> str:
    """What the e-mail says has to be at hand."""
    where = " Your phone asks you if it may say where it is." if options.location else ""
    return f" Open the link on a phone; it does not work on a computer.{where} You need no document."


def privacy(options: Options) -> list[str]:
    """What the person is told of the use of their data, at a twelve-year-old's reading level."""
    guessed = [PLAIN_ATTRIBUTES.get(name, name) for name in options.attributes]
    listed = " and ".join(filter(None, (", ".join(guessed[:-1]), *guessed[-1:])))
    return [
        "We use your selfie only to check that you are a real person, and the same one as before.",
        "QiD takes the pictures for us and keeps a number for your face, to know it again.",
        *([f"It also guesses {listed}. We do not use that to decide anything."] if guessed else []),
        *(["Your phone tells us where it is, if you allow it."] if options.location else []),
    ]
