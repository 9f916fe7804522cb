"""QiD over HTTP: makes liveness links, keeps its token; payloads reads results, tokens says when a token is renewed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from webapp.providers.base import (
    CheckMeaning,
    CodeMeaning,
    DatabaseMeaning,
    Denied,
    LinkRequest,
    Networks,
    Outcome,
    ProviderError,
    VendorCall,
    VendorLink,
)
from webapp.providers.http import post_json
from webapp.providers.qid import codes, payloads
from webapp.providers.qid.answers import read_link, read_token
from webapp.providers.qid.request import request_headers
from webapp.providers.qid.style import HeaderStyle
from webapp.providers.qid.tokens import Token, Tokens

SECONDS = 10.0
"""For one call. Making a link takes one, and up to four more where the token has to be renewed on the way."""
DOUBTED = ("bad_answer",)
"""HTTP 401, say, is undocumented, but may well be about the token."""


class QiD:
    """QiD; implements `Provider`. `mode` is production | sandbox: whose results are ours. The token is kept in memory."""

    key = "qid"
    kinds: tuple[str, ...] = ("liveness",)
    asked_to_confirm = False
    issues_references = True
    silent_after = timedelta(minutes=30)  # no retry is documented: what has not come by then does not come
    known_checks: tuple[str, ...] = ()
    file_origins: tuple[str, ...] = ()

    def __init__(
        self, *, base_url: str, subscriber_id: str, mode: str, style: HeaderStyle | None = None, webhook_token: str = "",
        networks: Networks = (),
    ) -> None:  # fmt: skip
        self._base_url = base_url.rstrip("/")
        self._subscriber_id, self._mode, self._style = subscriber_id, mode, style or HeaderStyle()
        self.installation_key = sha256(webhook_token.encode()).hexdigest() if webhook_token else ""
        self.networks = networks
        self._mine = threading.local()  # what this thread has asked for the link that it makes
        self._tokens = Tokens(
            create=self._create_token, refresh=self._refresh_token, life=self._style.token_life,
            lead=self._style.refresh_lead,
        )  # fmt: skip

    def create(self, request: LinkRequest) -> VendorLink:
        """Make a link (seed "Initiate a request"). Asked once only, unless the token was refused: nothing was made then.

        Raises ProviderError with the vendor's exact code. It is permanent where a setting has to change first, here or
        at the vendor, and where the link could not but lose an option; else asking again may help.
        """
        made: list[VendorCall] = []
        self._mine.calls = made
        try:
            return replace(self._asked_for(request), calls=tuple(made))
        except ProviderError as error:  # another one: several threads may wait for the same token, and fail with it
            raise ProviderError(error.text, code=error.code, permanent=error.permanent, calls=tuple(made)) from error

    def _asked_for(self, request: LinkRequest) -> VendorLink:
        if request.kind not in self.kinds:
            raise ProviderError(f"QiD has no links of the kind {request.kind}.", code="kind", permanent=True)
        if not self._subscriber_id:
            raise ProviderError("No subscriber ID is set for QiD (QID_SUBSCRIBER_ID).", code="001", permanent=True)
        headers = request_headers(request, self._style)
        token = self._tokens.current()
        try:
            return self._initiate(headers, token, given_up=DOUBTED)
        except ProviderError as error:
            if error.code not in codes.TOKEN_REFUSED:
                raise
        return self._initiate(headers, self._tokens.replace(token), given_up=(*codes.TOKEN_REFUSED, *DOUBTED))

    def confirm(self, outcome: Outcome) -> bool:
        """Whether the result is of our mode. QiD cannot be asked; a result that does not say its mode is taken.

        Raises Denied for a result of the other mode.
        """
        if outcome.mode and outcome.mode != self._mode:
            raise Denied(f"This is a {outcome.mode} result; this console takes QiD's {self._mode} results (QID_MODE).")
        return True

    def _initiate(self, headers: dict[str, str], token: Token, *, given_up: tuple[str, ...]) -> VendorLink:
        """Ask for the link; after a failure with one of the codes `given_up`, the next link begins with a new token."""
        carried = f"{self._style.auth_scheme} {token.value}".strip()
        expires_at = datetime.now(UTC) + self._style.request_life
        try:
            with self._noted("initiate"):
                answer = self._post(self._style.initiate_path, headers={**headers, self._style.auth_header: carried})
                link = read_link(answer, expires_at=expires_at)
            return replace(link, idle_seconds=int(self._style.request_life.total_seconds()))
        except ProviderError as error:
            if error.code in given_up:
                self._tokens.forget(token)
            raise

    def _create_token(self) -> str:
        with self._noted("token"):
            return read_token(self._post(self._style.create_path, {"subscriber_id": self._subscriber_id}))

    def _refresh_token(self, token: str) -> str:
        with self._noted("refresh_token"):
            return read_token(self._post(self._style.refresh_path, headers={self._style.refresh_header: token}))

    @contextmanager
    def _noted(self, call: str) -> Iterator[None]:
        """Keep for the record what was asked, and how it ended."""
        try:
            yield
        except ProviderError as error:
            self._mine.calls.append(VendorCall(call=call, code=error.code))
            raise
        self._mine.calls.append(VendorCall(call=call))

    def _post(
        self, path: str, data: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        return post_json(f"{self._base_url}/{path.lstrip('/')}", data, headers=headers, timeout=SECONDS)

    def identify(self, body: bytes) -> str:
        """The `webid_key` that a webhook names; raises Unreadable."""
        return payloads.identify(body)

    def read(self, body: bytes, *, today: date | None = None) -> Outcome:
        """Read a webhook; raises Unreadable. The day makes no difference: QiD tells no dates."""
        return payloads.read(body)

    def embedded_file(self, body: bytes, pointer: tuple[str | int, ...]) -> bytes:
        """QiD delivers no files; raises ValueError."""
        raise ValueError("QiD delivers no files.")

    def erase_copy(self, copy_id: str) -> None:
        """QiD names no copy that could be deleted; raises ProviderError."""
        raise ProviderError(
            "QiD keeps no copies that it can be asked to delete.", code="no_copy", permanent=True, calls=()
        )

    def describe_code(self, code: str) -> CodeMeaning:
        """What a code means."""
        return codes.meaning(code)

    def describe_error(self, code: str) -> str:
        """What a refusal's code means and what to do; empty when not known."""
        return codes.error_help(code)

    def describe_check(self, name: str) -> CheckMeaning:
        """QiD checks no documents: the name as it is."""
        return codes.check(name)

    def describe_database(self, code: str) -> DatabaseMeaning:
        """QiD searches no lists: the code as it is."""
        return codes.database(code)
