"""What an applicant has said so far, and which steps a session has; a draft lives until the session ends."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from .options import Options
from .people import DOCUMENTS

WORDS = {
    "phone": "Phone number", "document": "Your document", "face": "Your face", "check": "Check and send",
    "read": "Read the agreement", "sign": "Sign",
}  # fmt: skip
_TWO_SIDES = ("licence", "card")


@dataclass
class Draft:
    """Answers by step; `done` names the pages answered, `verdict` what the vendor found before a contract is signed."""

    started: bool = False
    done: list[str] = field(default_factory=list)
    phone: str = ""
    code: str = ""
    wrong_codes: int = 0
    document: str = ""
    country: str = ""
    name: str = ""
    own: list[str] = field(default_factory=list)
    scenario: str = "auto"
    callback: str = ""
    verified: bool = False
    last_failure: int | None = None

    @classmethod
    def of(cls, content: dict[str, Any]) -> "Draft":
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in content.items() if name in known})

    def content(self) -> dict[str, Any]:
        return asdict(self)

    def answer(self, page: str) -> None:
        """Note that a page was answered."""
        self.done = [*dict.fromkeys([*self.done, page])]
        self.last_failure = None

    def begin_again(self, code: int) -> None:
        """After a failed attempt: the phone stays confirmed, the rest is asked once more."""
        self.done = [page for page in self.done if page in ("phone", "code")]
        self.own, self.verified, self.last_failure, self.scenario = [], False, code, "auto"


def pages(kind: str, options: Options, supplied: set[str], draft: Draft) -> list[tuple[str, str]]:
    """Every page in order, each with the step it belongs to; several pages can be one step."""
    if kind == "signature":
        return [("read", "read"), ("sign", "sign")]
    found: list[tuple[str, str]] = []
    if options.asks_for_phone:
        found += [("phone", "phone"), ("code", "phone")]
    if "FRONT" not in supplied:
        found.append(("document", "document"))
        if "BACK" not in supplied and (options.dualsidecheck or draft.document in _TWO_SIDES):
            found.append(("back", "document"))
    if options.biometric and "FACE" not in supplied:
        found.append(("face", "face"))
    found.append(("check", "check"))
    if options.contract_sign:
        found += [("read", "read"), ("sign", "sign")]
    return found


def steps(all_pages: list[tuple[str, str]]) -> list[str]:
    """The steps an applicant counts."""
    return list(dict.fromkeys(step for _, step in all_pages))


def current(all_pages: list[tuple[str, str]], draft: Draft) -> str:
    """The first page not answered yet; the last one when all were."""
    return next((page for page, _ in all_pages if page not in draft.done), all_pages[-1][0])


def accepted(options: Options) -> list[str]:
    """The documents a session takes, by the sandbox's own words."""
    letters = options.documenttype or "PDI"
    return [name for name, letter in DOCUMENTS.items() if letter in letters]
