"""What came held against what was asked for: the kind of session, AML, phone and contract; details are in `comparison`."""

from dataclasses import replace

from webapp.providers.base import NO_DATA, Expected, Options, Outcome

NO_AML = "An AML check was asked for, but the result says nothing about it."
NO_PHONE = "A verified phone number was asked for, but none was returned."
OTHER_PHONE = "The verified phone number is not the one that was asked for."
NO_LOCATION = "The location was asked for, but the result does not say it."
PERSON_SIGNED = "A signature was asked for, but the result is about a person and a document."


def held_against(outcome: Outcome, *, kind: str, options: Options, expected: Expected) -> Outcome:
    """The outcome of a session of this kind, with a contradiction for everything asked for that a pass lacks.

    A body cannot say which kind of session it ends: `signed` is only what a signature session ends with, and there it is
    all that success can mean, so that neither stands as something that needs nobody on the strength of a thin body.
    """
    if kind == "liveness":
        return _captured(outcome, options)
    if outcome.result not in ("passed", "signed"):
        return outcome
    said = [each for each in outcome.contradictions if kind != "signature" or each != NO_DATA]
    if kind == "signature":
        said += [PERSON_SIGNED] if outcome.person or outcome.face else []
        return replace(outcome, result="signed", contradictions=_once(said))
    if outcome.result == "signed":
        said.append(NO_DATA)
    said += [] if outcome.matches_returned or not options.aml else [NO_AML]
    said += _phone(outcome, options, expected)
    return replace(outcome, result="passed", contradictions=_once(said))


def _captured(outcome: Outcome, options: Options) -> Outcome:
    """A result cannot say whether liveness was asked for: where it was not, nobody passed it."""
    claimed = outcome.liveness if options.liveness or outcome.liveness != "passed" else ""
    lacks = outcome.result == "captured" and options.location and not outcome.location
    said = [*outcome.contradictions, *([NO_LOCATION] if lacks else [])]
    return replace(outcome, liveness=claimed, contradictions=_once(said))


def contract_missing(outcome: Outcome, options: Options) -> str:
    """What to say where a document should have been made and was not; empty when nothing is missing."""
    wanted = outcome.result == "signed" or (outcome.result == "passed" and options.contract != "none")
    if not wanted or outcome.contract.get("document_url"):
        return ""
    if outcome.contract.get("error"):
        return "The contract could not be made."
    return "No signed contract was returned." if _to_sign(outcome, options) else "No contract was returned."


def _to_sign(outcome: Outcome, options: Options) -> bool:
    return outcome.result == "signed" or options.contract == "sign"


def _phone(outcome: Outcome, options: Options, expected: Expected) -> list[str]:
    found = _digits(outcome.phone.get("number", ""))
    if not found:
        return [NO_PHONE] if options.ask_phone or expected.phone else []
    return [OTHER_PHONE] if expected.phone and found != _digits(expected.phone) else []


def _digits(number: str) -> str:
    return "".join(letter for letter in number if letter.isdecimal())


def _once(sentences: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sentences))
