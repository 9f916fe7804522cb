"""The DocuPass API v1 over HTTP: makes links, confirms results, deletes from the vault; payloads reads results."""

from datetime import date, timedelta
from typing import Any

from webapp.providers.base import (
    CheckMeaning,
    CodeMeaning,
    DatabaseMeaning,
    LinkRequest,
    Networks,
    Outcome,
    ProviderError,
    VendorLink,
)
from webapp.providers.docupass import codes, payloads
from webapp.providers.docupass.answers import read_link, refusal
from webapp.providers.docupass.form import create_form
from webapp.providers.http import misunderstood, post_form

CREATE_SECONDS = 10.0
CONFIRM_SECONDS = 20.0
ERASE_SECONDS = 20.0
SENT_A_SECOND = 500_000
"""Characters of supplied pictures that even a slow line carries in a second; they lengthen the time to answer in."""
PATHS = {"identity": "docupass/create", "signature": "docupass/sign"}
NOT_ITS_OWN = "1003"
FILE_ORIGINS = (
    "https://api.idanalyzer.com", "https://api-eu.idanalyzer.com", "https://objects.idanalyzer.com",
    "https://docupass.app",
)  # fmt: skip
"""Where the vendor keeps pictures and contracts, as far as its samples tell (vendor facts 4.1)."""


class DocuPass:
    """ID Analyzer DocuPass; implements `Provider`. `base_url` may end with a slash or not, and may have a path."""

    key = "docupass"
    kinds: tuple[str, ...] = ("identity", "signature")
    asked_to_confirm = True
    issues_references = False  # a reusable link brings references of its own
    installation_key = ""
    networks: Networks = ()
    silent_after = timedelta(hours=48)  # after that it has given up posting (product rules 5.2)
    known_checks = tuple(codes.CHECKS)

    def __init__(self, *, base_url: str, api_key: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._api_key = api_key
        self.file_origins: tuple[str, ...] = FILE_ORIGINS

    def create(self, request: LinkRequest) -> VendorLink:
        """Make a link (seed "Creating DocuPass ... Session"). Asked once only: each creation is a session of its own.

        Raises ProviderError: permanent with the vendor's code and text when it refuses, or with ours before it is asked
        when it could not but lose an option; else not permanent.
        """
        path = PATHS.get(request.kind)
        if path is None:
            raise ProviderError(
                f"DocuPass has no links of the kind {request.kind}.", code="kind", permanent=True, calls=()
            )
        form = create_form(request)
        answer = self._post(path, form, CREATE_SECONDS + sum(map(len, form.values())) // SENT_A_SECOND)
        if "error" in answer:
            raise refusal(answer["error"], permanent=True)
        return read_link(answer, request)

    def confirm(self, outcome: Outcome) -> bool:
        """Ask whether reference and hash are the vendor's own (seed "Validating Callback").

        Only a literal `true` for the same reference counts. Error 1003 is a no; any other answer, our own wrong key
        among them, says nothing about the result and raises ProviderError(permanent=False).
        """
        form = {"reference": outcome.reference, "hash": outcome.proof}
        answer = self._post("docupass/validate", form, CONFIRM_SECONDS)
        if "error" in answer:
            said = refusal(answer["error"], permanent=False)
            if said.code == NOT_ITS_OWN and "success" not in answer:
                return False
            raise said
        if answer.get("success") is True and answer.get("reference") == outcome.reference:
            return True
        raise misunderstood("it neither confirms this result nor denies it")

    def erase_copy(self, copy_id: str) -> None:
        """Delete an entry of the vault (the vendor's clients, `Vault.delete`).

        Only a literal `true` or 1 counts. No code is known for an entry that is not there (vendor facts 2.6): any refusal
        may be about something else, and stays one.
        """
        answer = self._post("vault/delete", {"id": copy_id}, ERASE_SECONDS)
        if "error" in answer:
            raise refusal(answer["error"], permanent=True)
        done = answer.get("success")
        if done is not True and not (type(done) is int and done == 1):
            raise misunderstood("it does not say that the copy is deleted")

    def _post(self, path: str, form: dict[str, str], seconds: float) -> dict[str, Any]:
        return post_form(f"{self._base_url}/{path}", {"apikey": self._api_key, **form}, timeout=seconds)

    def identify(self, body: bytes) -> str:
        """The reference that a callback names; raises Unreadable."""
        return payloads.identify(body)

    def read(self, body: bytes, *, today: date | None = None) -> Outcome:
        """Read a callback received on `today` (UTC); raises Unreadable."""
        return payloads.read(body, today=today)

    def embedded_file(self, body: bytes, pointer: tuple[str | int, ...]) -> bytes:
        """The bytes of a picture inside a callback; raises ValueError."""
        return payloads.embedded_file(body, pointer)

    def describe_code(self, code: str) -> CodeMeaning:
        """What a `failcode` means."""
        return codes.fail_code(code)

    def describe_error(self, code: str) -> str:
        """What an `error.code` means and what to do; empty when not known."""
        return codes.error_code(code)

    def describe_check(self, name: str) -> CheckMeaning:
        """A document check in plain words."""
        return codes.check(name)

    def describe_database(self, code: str) -> DatabaseMeaning:
        """An AML list in plain words."""
        return codes.database(code)
