"""Taking the values of classes of data out of the pages kept with decisions; a page of which nothing else is left goes whole."""

from collections.abc import Collection
from typing import Any

from sqlmodel import Session, col, select

from webapp.actions import erasing_person, snapshots
from webapp.actions.erasing_parts import BY_CLASS, KINDS, MATTERS, PARTS
from webapp.checks.retention import CLASSES
from webapp.models import Decision, DecisionSnapshot, VerificationSession

Content = dict[str, Any]
REDUCED = "reduced"
"""What was taken out of a page since, and whether it had its decision's hash until then: it cannot have it any more."""


def blank(db: Session, session: VerificationSession, classes: Collection[str]) -> int:
    """Reduce, or delete, every page kept with a step of this session; how many."""
    gone = {*session.erased_classes, *classes}
    query = select(DecisionSnapshot, Decision).join(Decision, col(Decision.id) == DecisionSnapshot.decision_id)
    found = db.exec(query.where(Decision.session_id == session.id)).all()
    for page, step in found:
        if gone >= set(CLASSES):
            db.delete(page)
            continue
        before = page.content.get(REDUCED) or {"agreed": snapshots.evidence_hash(page.content) == step.evidence_hash}
        page.content = {**reduced(page.content, classes), REDUCED: {**before, "classes": sorted(gone)}}
        page.content["session"]["erased_classes"] = sorted(gone)
    return len(found)


def reduced(content: Content, classes: Collection[str]) -> Content:
    """A page without these classes: rows lose what the rows themselves lose, and quote nobody any more."""
    result = content["result"] and {**content["result"], **_of_result(classes)}
    kinds = {kind for key in classes for kind in KINDS.get(key, ())}
    parts = {part for key in classes for part in PARTS.get(key, ())}
    matters = {kind for kind, key in MATTERS if key in classes}
    return {
        **content, "result": result, "link": _link(content["link"], classes), "person": _person(content["person"], classes),
        "session": {**content["session"], "outcome_text": ""} if "extracted" in classes else dict(content["session"]),
        "files": [file for file in content["files"] if file["kind"] not in kinds],
        "subject": [] if "biometrics" in classes else content.get("subject", []),
        "given": [part for part in content["given"] if part not in parts],
        "deliveries": [{**each, "source_address": "", "body_file": ""} for each in content["deliveries"]],
        "matches": [_match(match) if "aml" in classes else match for match in content["matches"]],
        "matters": [] if "extracted" in classes else [each for each in content["matters"] if each["kind"] not in matters],
    }  # fmt: skip


def _of_result(classes: Collection[str]) -> Content:
    values = {name: value for key in classes for name, value in BY_CLASS.get(key, {}).items()}
    return {**values, "outcome_log": [], "vault_id": ""}


def _match(match: Content) -> Content:
    return {**match, "entry": {}, "discriminators": [], "entry_key": "", "entry_hash": ""}


def _person(person: Content | None, classes: Collection[str]) -> Content | None:
    return person and {**person, **{name: "" for key in classes for name in erasing_person.BY_CLASS.get(key, ())}}


def _link(link: Content, classes: Collection[str]) -> Content:
    expected, options = dict(link["expected"]), dict(link["options"])
    found = {**link, "vendor_answer": {}, "vendor_url": ""}
    if "extracted" in classes:
        expected = {name: value for name, value in expected.items() if name == "phone"}
        options.pop("contract_prefill", None)
        found["error_text"] = ""
    if "contact" in classes:
        expected.pop("phone", None)
        found["sms_to"] = ""
    return {**found, "expected": expected, "options": options}
