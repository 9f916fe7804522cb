"""A vendor that answers what the test tells it to, and counts what it is asked."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from webapp.providers.base import LinkRequest, Outcome, Provider, Unreadable, VendorLink

Answer = Any
"""A value to return, an exception to raise, or a function of the arguments that does either."""


class FakeProvider:
    """Set `create_answer`, `confirm_answer`, `erase_answer`; `created`, `confirmed`, `erased`, `read_bodies` hold what was
    asked, in order.

    `body(outcome)` gives bytes that this provider reads as that outcome. What it does not answer itself (what codes
    and checks mean) comes from the real provider it stands in for.
    """

    key = "docupass"

    def __init__(self, real: Provider | None = None) -> None:
        self.real = real
        self.created: list[LinkRequest] = []
        self.confirmed: list[Outcome] = []
        self.erased: list[str] = []
        self.read_bodies: list[bytes] = []
        self.create_answer: Answer = _vendor_link
        self.confirm_answer: Answer = True
        self.erase_answer: Answer = None
        self.files: dict[tuple[str | int, ...], bytes] = {}
        self._outcomes: dict[bytes, Outcome] = {}

    def body(self, outcome: Outcome) -> bytes:
        """Bytes that `read` will read as this outcome."""
        number = len(self._outcomes) + 1
        raw = f'{{"reference":"{outcome.reference}","hash":"{outcome.proof or "proof"}","number":{number}}}'.encode()
        self._outcomes[raw] = outcome
        return raw

    def create(self, request: LinkRequest) -> VendorLink:
        """Note the request and give `create_answer`."""
        self.created.append(request)
        answer: VendorLink = _give(self.create_answer, request, len(self.created))
        return answer

    def identify(self, body: bytes) -> str:
        """The reference of a body made by `body()`, else what the real provider says."""
        return self._outcomes[body].reference if body in self._outcomes else self._real().identify(body)

    def read(self, body: bytes, *, today: date | None = None) -> Outcome:
        """The outcome of a body made by `body()`, else what the real provider reads."""
        self.read_bodies.append(body)
        return self._outcomes[body] if body in self._outcomes else self._real().read(body, today=today)

    def embedded_file(self, body: bytes, pointer: tuple[str | int, ...]) -> bytes:
        """`files[pointer]`, else what the real provider finds."""
        return self.files[pointer] if pointer in self.files else self._real().embedded_file(body, pointer)

    def confirm(self, outcome: Outcome) -> bool:
        """Note the outcome and give `confirm_answer`."""
        self.confirmed.append(outcome)
        return bool(_give(self.confirm_answer, outcome))

    def erase_copy(self, copy_id: str) -> None:
        """Note the id; deleted, unless `erase_answer` raises."""
        self.erased.append(copy_id)
        _give(self.erase_answer, copy_id)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real(), name)

    def _real(self) -> Provider:
        if self.__dict__.get("real") is None:
            raise Unreadable("the fake provider has no such body")
        return self.real  # type: ignore[return-value]


def _give(answer: Answer, *arguments: Any) -> Any:
    if isinstance(answer, BaseException):
        raise answer
    return answer(*arguments) if isinstance(answer, Callable) else answer  # type: ignore[arg-type]


def _vendor_link(request: LinkRequest, number: int) -> VendorLink:
    reference = f"SPECIMEN{number:03d}"
    expires = datetime.now(UTC) + timedelta(seconds=request.options.expires_in)
    return VendorLink(reference=reference, url=f"https://vendor.example/s/{reference}", expires_at=expires)
