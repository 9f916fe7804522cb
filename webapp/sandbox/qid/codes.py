"""QiD's response codes: the vendor's messages, short words for testers, words for the person; when each is sent is elsewhere."""

COMPLETED, EXPIRED, QUEUED, NEW_TOKEN = "101", "006", "100", "055"
GOOD = frozenset({NEW_TOKEN, QUEUED, COMPLETED})
STAYS_OPEN = frozenset({"008", "009"})
"""After these the same link can still be used: on a phone, or in another browser (seed, Remedy)."""
UNKNOWN = "077"
"""In no table of the vendor's."""

_CAUSES = {
    "No Face": "Your face was not in the picture.",
    "No Human Face": "We could not see a living face.",
    "Too Dark": "It was too dark. Find more light.",
    "Too Bright": "It was too bright. Turn away from the light.",
    "Sunglasses": "Take off your sunglasses.",
    "Blur": "The picture was blurred. Hold the phone still.",
    "Bad Pose": "Look straight at the camera.",
    "Bad Frame": "Move your whole face into the ring.",
}
_FIRST_CAUSE = 13


def _causes() -> dict[str, tuple[str, str]]:
    """Code -> cause, and whether the person left during the error or after it: two codes for each cause."""
    both = [(cause, when) for cause in _CAUSES for when in ("during", "following")]
    return {f"{_FIRST_CAUSE + at:03d}": each for at, each in enumerate(both)}


CAUSES = _causes()
MESSAGES = {
    "000": "Unknown error",
    "001": "No Subscriber ID provided",
    "002": "Unknown Subscriber",
    "003": "Inactive Subscriber",
    "004": "Invalid IP address",
    "005": "Inactive IP address",
    "006": "QiD API Service request expired",
    "007": "Invalid QiD Service request",
    "008": "Incompatible capture device",
    "009": "Incompatible mobile browser",
    "010": "User abandoned QiD Service request",
    "011": "User failed to capture the '3D selfie' within the allotted time",
    "012": "User abandoned QiD Service request following '3D selfie' capture timeout",
    **{
        code: f"User abandoned QiD Service request {when} '3D selfie' capture error - '{cause}'"
        for code, (cause, when) in CAUSES.items()
    },
    "029": "User liveness check failed",
    "030": "Liveness check couldn't be completed",
    "051": "Missing Webhook URL",
    "052": "Invalid Webhook URL",
    "053": "Invalid token",
    "054": "Unable to generate a token",
    "055": "New token is generated successfully",
    "056": "Token is expired",
    "100": "QiD Service request queued - awaiting response from User",
    "101": "QiD Service request successfully completed",
}
"""Every code of the seed; 056 in the words of the vendor's sample answer."""

_SHORT = {
    "008": "Not a phone",
    "009": "Browser not fit",
    "010": "Left",
    "011": "Ran out of time",
    "012": "Ran out of time, then left",
    "029": "Liveness failed",
    "030": "Liveness unclear",
    "101": "Completed",
    UNKNOWN: "In no table",
}
_GROUPS = {
    "Completed": ("101",),
    "The link stays open": ("008", "009"),
    "The person left": ("010", "011", "012"),
    "The capture failed": tuple(CAUSES),
    "Liveness": ("029", "030"),
    "Ends otherwise": ("006", "007", "000", UNKNOWN),
    "Codes of the calls, odd in a webhook": (
        "001", "002", "003", "004", "005", "051", "052", "053", "054", "055", "056", "100",
    ),
}  # fmt: skip
_PERSON = {
    "006": "This link has expired.",
    "008": "A 3D selfie needs a phone. Open this link on yours.",
    "009": "This browser cannot take a 3D selfie. Open the link in Chrome or Safari.",
    "011": "Time ran out before the picture was taken.",
    "012": "Time ran out before the picture was taken.",
    "029": "We could not confirm that a living person is in front of the camera.",
    "030": "The liveness check could not be finished.",
    **{code: _CAUSES[cause] for code, (cause, _) in CAUSES.items()},
}


def message(code: str) -> str:
    """The vendor's message; of a code in no table, one that says so little."""
    return MESSAGES.get(code, "A message of tomorrow")


def label(code: str) -> str:
    """A code for testers: `017 Too dark, left during it`."""
    if code in CAUSES:
        cause, when = CAUSES[code]
        return f"{code} {cause.capitalize()}, left {'during' if when == 'during' else 'after'} it"
    return f"{code} {_SHORT.get(code, MESSAGES.get(code, 'In no table'))}"


def choices() -> dict[str, list[tuple[str, str]]]:
    """Every code under its group, with its label, as a select shows them."""
    return {group: [(code, label(code)) for code in codes] for group, codes in _GROUPS.items()}


def for_person(code: str) -> str:
    """What the person at the phone reads when it did not work."""
    return _PERSON.get(code, "It could not be completed.")
