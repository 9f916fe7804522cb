"""What the answer to each page of the hosted way means: kept in the draft, sent, or refused with a word of help."""

import secrets
from collections.abc import Callable
from typing import Any

from flask import Request

from .contract import Contract, Signature
from .countries import COMMON, country, is_country
from .draft import accepted
from .files import NotAPicture, as_jpeg, as_signature
from .making import Found
from .pages import OWN, Visit, default_country
from .parts import parts
from .people import DOCUMENTS
from .phones import reachable
from .scenarios import FAILURES, SCENARIOS, choose
from .sessions import Result
from .tester import TWIST_LABELS
from .twists import TWISTS

NAMES = {"passport": "Passport", "licence": "Driving licence", "card": "Identity card"}
_WRONG_CODES = 5


class Wrong(Exception):
    """The answer needs a change; the message is for the applicant."""


def _phone(visit: Visit, request: Request) -> bool:
    fixed = visit.session.options.verify_phone
    number = fixed or request.form.get("phone", "").strip()[:40]
    if not reachable(number):
        raise Wrong("We cannot reach that number. Write it with + and the country code, such as +44 7700 900123.")
    visit.draft.phone, visit.draft.code = number, f"{secrets.randbelow(1_000_000):06d}"
    text = f"{visit.draft.code} is your code for {visit.session.options.companyname}."
    parts().store.send_sms(visit.session.reference, number, "Code", text, parts().clock.now())
    visit.draft.done = []
    visit.draft.answer("phone")
    visit.save()
    return False


def _code(visit: Visit, request: Request) -> bool:
    if "".join(request.form.get("code", "").split()) == visit.draft.code:
        visit.draft.answer("code")
        visit.save()
        return False
    visit.draft.wrong_codes += 1
    if visit.draft.wrong_codes < _WRONG_CODES:
        visit.save()
        raise Wrong("That is not the code we sent. Look at the newest message, or ask for another code.")
    result = parts().sessions.phone_failed(visit.session)
    visit.draft.wrong_codes, visit.draft.done = 0, []
    return _after(visit, result)


def _upload(visit: Visit, request: Request, name: str, side: str) -> bool:
    """Keep the applicant's own picture of a side, or go back to the specimen's; whether there was one."""
    content = request.files[name].read() if name in request.files else b""
    visit.draft.own = [kept for kept in visit.draft.own if kept != side]
    if content:
        try:
            parts().store.supply(visit.session.reference, {OWN + side: as_jpeg(content)})
        except NotAPicture:
            raise Wrong("That file is not a picture we can read. Choose a JPEG or PNG photo.") from None
        visit.draft.own.append(side)
    return bool(content)


def _document(visit: Visit, request: Request) -> bool:
    form, draft = request.form, visit.draft
    document, iso2 = form.get("document", ""), form.get("country", "").upper()
    if document not in DOCUMENTS or not is_country(iso2):
        raise Wrong("Choose one of the documents and countries shown.")
    draft.document, draft.country, draft.name = document, iso2, form.get("name", "").strip()[:200]
    _upload(visit, request, "front", "FRONT")
    draft.answer("document")
    visit.save()
    return False


def _side(page: str, side: str) -> Callable[[Visit, Request], bool]:
    def answer(visit: Visit, request: Request) -> bool:
        _upload(visit, request, page, side)
        visit.draft.answer(page)
        visit.save()
        return False

    return answer


def _check(visit: Visit, request: Request) -> bool:
    form, draft = request.form, visit.draft
    draft.scenario, draft.callback = form.get("scenario") or "auto", form.get("callback", "")
    if choose(draft.scenario) is None or draft.callback not in {"", *TWISTS}:
        raise Wrong("Choose one of the outcomes shown.")
    found = parts().maker.find(visit.session, visit.submission())
    failed = found is None or not found.verdict.passed
    if visit.session.options.contract_sign and not failed:
        draft.verified = True
        draft.answer("check")
        visit.save()
        return False
    sent = visit.submission(all_attempts=form.get("all_attempts") == "1")
    return _after(visit, parts().sessions.attempt(visit.session, sent))


def _after(visit: Visit, result: Result) -> bool:
    if not result.final:
        visit.draft.begin_again(result.code or 0)
        visit.save()
    return result.final


def _read(visit: Visit, request: Request) -> bool:
    visit.draft.answer("read")
    visit.save()
    return False


def _sign(visit: Visit, request: Request) -> bool:
    form = request.form
    name = form.get("name", "").strip()[:200]
    if not name or form.get("agree") != "1":
        raise Wrong("Type your full name and tick the box to sign.")
    try:
        drawn = as_signature(form["drawing"]) if form.get("drawing") else b""
    except NotAPicture:
        raise Wrong("Your drawing did not arrive whole. Draw it again, or sign with your typed name alone.") from None
    signature, sessions = Signature(name, drawn), parts().sessions
    if visit.session.kind == "signature":
        sessions.sign(visit.session, signature, form.get("callback", "") if form.get("callback") in TWISTS else "")
        return True
    return _after(visit, sessions.attempt(visit.session, visit.submission(), signature))


ANSWERS: dict[str, Callable[[Visit, Request], bool]] = {
    "phone": _phone, "code": _code, "document": _document, "back": _side("back", "BACK"),
    "face": _side("face", "FACE"), "check": _check, "read": _read, "sign": _sign,
}  # fmt: skip
"""Page -> what its answer does; True when the session has ended with it."""


def context(visit: Visit, page: str) -> dict[str, Any]:
    """What a page shows beyond the session itself."""
    options, draft = visit.session.options, visit.draft
    chosen = draft.document or accepted(options)[0]
    codes = dict.fromkeys([*options.countries, *COMMON])
    more: dict[str, Any] = {
        "documents": NAMES, "accepted": accepted(options), "document": chosen, "spared": visit.spared,
        "countries": [country(code) for code in codes], "country": draft.country or default_country(visit.session),
        "failures": FAILURES, "scenarios": SCENARIOS, "twists": TWIST_LABELS, "place": country,
    }  # fmt: skip
    if page in ("read", "sign"):
        more["contract"] = _contract(visit)
    return more


def _contract(visit: Visit) -> Contract:
    found: Found | None = None
    if visit.session.kind == "identity":
        found = parts().maker.find(visit.session, visit.submission())
    return parts().maker.contract(visit.session, found.showing if found else None)
