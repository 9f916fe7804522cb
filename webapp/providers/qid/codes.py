"""QiD's 39 codes in plain words (seed "API Response Codes"): what each means, what follows, what to tell whom; no logic.

Keyed on the code alone: the vendor's texts differ between its own pages, and its types have misprints (016, 017).
"""

from dataclasses import replace
from typing import Any

from webapp.providers.base import CheckMeaning, CodeMeaning, DatabaseMeaning

COMPLETED, READY, TOKEN_MADE = "101", "100", "055"
EXPIRED = "006"
TOKEN_REFUSED = ("053", "056")
"""Refusals of a token that another token may help against."""

NEW_LINK = "Make a new link."
NO_REMEDY = ""
SUPPORT = "Contact the vendor's support."
_AGAIN = "The check was not finished. Please try again."
_OURS = "The check could not be started. We are looking into it."


def _code(
    code: str, meaning: str, short: str, kind: str, route: str, officer: str, applicant: str, *, remedy: str = NEW_LINK,
    cause: str = "other", **more: Any,
) -> CodeMeaning:  # fmt: skip
    return CodeMeaning(
        code=code, meaning=meaning, short=short, cause=cause, kind=kind, route=route, officer=officer,
        applicant=applicant, remedy=remedy, **more,
    )  # fmt: skip


def _setup(code: str, meaning: str, short: str, officer: str, remedy: str = SUPPORT, **more: Any) -> CodeMeaning:
    """A refusal that only whoever runs the console can mend."""
    usual: dict[str, Any] = {"priority": "high", "ask_again": "no", "alarm": True}
    return _code(code, meaning, short, "setup", "review", officer, _OURS, remedy=remedy, **(usual | more))


def _left(
    during: str, what: str, short: str, officer: str, hint: str, *, review_at: int = 0
) -> tuple[CodeMeaning, CodeMeaning]:  # fmt: skip
    """The two codes of one fault of the picture: left while it was shown (odd), and after it (even)."""
    after = f"{int(during) + 1:03d}"
    said = (("while told that", during), ("after being told that", after))
    first, second = (
        _code(
            code,
            f"Left {when} {what}",
            short,
            "capture",
            "failed",
            officer,
            f"{_AGAIN} {hint}",
            cause="capture",
            hint=hint,
            review_at=review_at,
        )
        for when, code in said
    )
    return first, second


_NO_HUMAN = (
    "Something other than a face was held up: an object, a picture, a mask. If it happens again, have a person look."
)

CODES: dict[str, CodeMeaning] = {
    each.code: each
    for each in (
        _code("000", "Unknown error at the vendor", "unknown error", "unknown", "review",
              "The vendor gave no reason. The link may still bring a result; else ask the vendor's support.",
              "Something went wrong. Please try again later.", remedy=SUPPORT, priority="high", alarm=True, soft=True),
        _setup("001", "No subscriber ID was sent", "no subscriber",
               "QID_SUBSCRIBER_ID is not set. An administrator has to set it to the vendor's subscriber ID.",
               "Provide a subscriber ID."),
        _setup("002", "The vendor does not know the subscriber ID", "unknown subscriber",
               "Compare QID_SUBSCRIBER_ID with the ID that the vendor gave you; if it is the same, ask its support."),
        _setup("003", "The subscriber is not active", "inactive subscriber",
               "The account behind QID_SUBSCRIBER_ID is not active at the vendor. Ask its support."),
        _setup("004", "The vendor does not accept this server's address", "wrong address",
               "The vendor takes requests from the network addresses it knows. Start from one of these, or have this "
               "server's outgoing address registered.", "Ask from a valid network address."),
        _setup("005", "This server's address is not active at the vendor", "inactive address",
               "This server's outgoing network address is not registered, or no longer. Have the vendor register it.",
               "Ask from a registered network address."),
        _code("006", "The link expired", "expired", "time", "expired",
              "Nobody finished within 12 hours of the last activity.", "Your link has expired; here is a new one."),
        _code("007", "The vendor does not take this link any more", "invalid link", "time", "review",
              "The vendor calls the request invalid: used before, damaged, or no longer known.",
              "This link can no longer be used; here is a new one.", ask_again="yes"),
        _code("008", "Opened on a device that cannot do it", "wrong device", "device", "failed",
              "The link was opened on something other than a mobile phone. It still works: send it again.",
              "Please open the link on a mobile phone.", remedy="Open it on a mobile phone.",
              hint="Open the link on a mobile phone.", final=False, priority="low"),
        _code("009", "Opened in a browser that cannot do it", "wrong browser", "device", "failed",
              "The phone's browser is not compatible. The link still works in another one.",
              "Please open the link in another browser, such as Chrome or Safari.",
              remedy="Install a compatible browser.", hint="Open the link in another browser, such as Chrome or Safari.",
              final=False, priority="low"),
        _code("010", "Left before finishing", "left", "time", "failed", "The person closed the check before its end.",
              _AGAIN),
        _code("011", "The 3D selfie was not taken in time", "time ran out", "time", "failed",
              "The person did not take the 3D selfie within the time the vendor allows.",
              f"{_AGAIN} Hold the phone ready.", hint="Hold the phone at eye level before you begin.", cause="capture"),
        _code("012", "Left after the time for the 3D selfie had run out", "left after time-out", "time", "failed",
              "The time for the 3D selfie ran out; the person then closed the check.", _AGAIN,
              hint="Hold the phone at eye level before you begin.", cause="capture"),
        *_left("013", "no face could be seen", "no face", "No face was in the picture.",
               "Hold the phone so that your whole face is in the frame."),
        *_left("015", "no human face could be seen", "no human face", _NO_HUMAN,
               "Show your own face, and nothing in front of it.", review_at=3),
        *_left("017", "it was too dark", "too dark", "The picture was too dark.", "Go where there is more light."),
        *_left("019", "it was too bright", "too bright", "The picture was too bright.",
               "Turn away from bright light, such as a window or the sun."),
        *_left("021", "sunglasses were in the way", "sunglasses", "The person wore sunglasses.", "Take off sunglasses."),
        *_left("023", "the picture was blurred", "blurred", "The picture was blurred.",
               "Wipe the camera and hold the phone still."),
        *_left("025", "the head was not held right", "bad pose", "The head was turned or tilted.",
               "Look straight at the camera and follow the instructions."),
        *_left("027", "the face was not well in the frame", "bad frame", "The face was too near, too far or cut off.",
               "Hold the phone at arm's length, with your face in the middle."),
        _code("029", "The liveness check failed", "liveness failed", "fraud", "review",
              "The vendor did not take the person for alive and present. Look at how often, and from where, it was tried.",
              "We could not complete the check.", cause="liveness", priority="high", ask_again="after_review"),
        _code("030", "The liveness check could not be completed", "liveness unclear", "capture", "failed",
              "The vendor can say neither yes nor no. If it happens a second time, have a person look.", _AGAIN,
              cause="liveness", hint="Go where there is more light, and hold the phone still.", review_at=2),
        _setup("051", "No address for results was sent", "no webhook address",
               "The vendor has no address to send results to. Have one registered for this subscriber, or check "
               "QID_WEBHOOK_HEADER."),
        _setup("052", "The address for results is not valid", "wrong webhook address",
               "The vendor does not accept the address for results. PUBLIC_URL has to be one that it can reach, over https."),
        _setup("053", "The vendor does not accept the token", "invalid token",
               "A new token was refused as well. Check QID_SUBSCRIBER_ID and the QID_ settings of paths and headers.",
               ask_again="yes"),
        _setup("054", "The vendor could not make a token", "no token",
               "The fault is the vendor's. Retry in a few minutes; ask its support if it lasts.", ask_again="yes"),
        _code("055", "A new token was made", "token made", "setup", "review",
              "This belongs to the console's own exchange with the vendor and is no result.", _OURS, remedy=NO_REMEDY),
        _setup("056", "The token has expired", "token expired",
               "A new token was refused as well. Check this machine's clock and QID_TOKEN_MINUTES, then retry.",
               "Refresh the token or make a new one; the console has tried both.", ask_again="yes"),
        _code("100", "Waiting for the person", "waiting", "time", "review",
              "The vendor has the request; the person has not begun.", "Your link is ready.", remedy=NO_REMEDY,
              ask_again="no", final=False),
        _code("101", "Completed", "completed", "capture", "review",
              "The 3D selfie was taken. It says who the person is to the vendor, not whether it is the one you expect: "
              "compare the vendor's id with the person's.", "Thank you, that is all.", remedy=NO_REMEDY, ask_again="no"),
    )
}  # fmt: skip
"""Every code of the seed, in its order."""

_LEFT = {f"{number:03d}": "abandoned" for number in (10, *range(12, 29))}
RESULTS = {
    COMPLETED: "captured", EXPIRED: "expired", **_LEFT, "011": "timed_out", "029": "liveness_failed", "030": "inconclusive",
    "008": "none", "009": "none", READY: "none",
}  # fmt: skip
"""Code of a webhook -> outcome (product rules 5.5); what is not here is `error`."""
LIVENESS = {COMPLETED: "passed", "029": "failed", "030": "unclear"}
"""What a code says about liveness, if it was asked for."""
REFUSED_FOR_GOOD = ("001", "002", "003", "004", "005", "051", "052")
"""Asking the same again cannot help: somebody has to change a setting, here or at the vendor."""

_UNKNOWN = _code(
    "", "Unknown result code", "unknown code", "unknown", "review",
    "Vouchdesk does not know this code. Read the vendor's own text and the raw delivery.", "Something went wrong.",
    remedy=NO_REMEDY, priority="high", ask_again="after_review", alarm=True, soft=True,
)  # fmt: skip
_MISSING = replace(_UNKNOWN, meaning="No result code", short="no code", officer="The vendor gave no code.")


def meaning(code: str) -> CodeMeaning:
    """What a code means; an unknown or missing one goes to review with an alarm."""
    if not code:
        return _MISSING
    return CODES.get(code) or replace(
        _UNKNOWN, code=code, meaning=f"Unknown result code {code}", short=f"code {code[:12]}"
    )


OUR_CODES = {
    "kind": "QiD has no links of this kind. Make a liveness link.",
    "option": "The link asks for something that QiD cannot do. The text names it; make the link again without it.",
    "unreachable": "The vendor could not be reached. Nothing is wrong with the link's options: retry in a few minutes.",
    "timeout": "The vendor did not answer in time. It may have made the link all the same; a retry makes a new one.",
    "bad_answer": "The vendor answered with something other than an answer. Retry in a few minutes.",
}
"""Our own codes for what is no answer."""


def error_help(code: str) -> str:
    """What a refusal means and what to do; empty when the code is not known."""
    if code in OUR_CODES:
        return OUR_CODES[code]
    known = CODES.get(code)
    return f"{known.meaning}. {known.officer}" if known else ""


def check(name: str) -> CheckMeaning:
    """QiD checks no documents: the name stays as it is."""
    label = name.replace("_", " ").capitalize()
    return CheckMeaning(
        name=name, label=label, passed=f"{label}: passed.", failed=f"{label}: failed.",
        reads="is a check Vouchdesk does not know yet",
    )  # fmt: skip


def database(code: str) -> DatabaseMeaning:
    """QiD searches no lists: the code stays as it is."""
    return DatabaseMeaning(
        code=code, name=code or "List not named", kind="unknown",
        means="Vouchdesk does not know this list; read the entry itself.",
    )  # fmt: skip
