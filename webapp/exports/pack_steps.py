"""The steps of deciding for a report and for `decisions.json`, the first one first."""

from typing import Any

from sqlmodel import Session, col, select

from webapp.audit_chain import canonical_time
from webapp.checks.rules import dump
from webapp.exports.pack_asked import PackAsked
from webapp.exports.record import Step
from webapp.models import AmlVerdict, Decision, Note
from webapp.models.rights import role_words
from webapp.models.words import REASON_WORDS, VERDICT_WORDS
from webapp.queries import rules
from webapp.queries.decision_panel import PROPOSED_WORDS, STEP_WORDS
from webapp.queries.session_page import SessionPage
from webapp.queries.session_record import Step as Taken

MARKS = {"approve": "ok", "confirm": "ok", "reject": "bad"}


def steps(page: SessionPage, asked: PackAsked, *, told: frozenset[int] = frozenset()) -> tuple[Step, ...]:
    """Each step and each note without one, but those `told` elsewhere. The notes of an erased session are gone."""
    names = {each.id: each.actor_name for each in page.steps}
    with_step = {each.note_id for each in page.steps}
    taken = [_step(each, names, asked, erased=page.session.erased) for each in page.steps]
    written = [
        Step(at=note.at, words="Note", by=note.name, note=asked.personal(note.text), mark="none")
        for note in page.notes
        if note.id not in with_step and note.id not in told and not page.session.erased
    ]
    return tuple(sorted((*taken, *written), key=lambda each: each.at))


def _step(each: Taken, names: dict[int, str], asked: PackAsked, *, erased: bool) -> Step:
    words = _words(each)
    second = f"answers the proposal of {names.get(each.proposal_id, 'another person')}" if each.proposal_id else ""
    return Step(
        at=each.at, words=words, by=each.actor_name or "Vouchdesk", role=role_words(each.role).lower(),
        mark="alt" if each.stage == "proposed" else MARKS.get(each.kind, "warn"),
        reasons=tuple(REASON_WORDS.get(code, code) for code in each.reason_codes),
        note="" if erased else asked.personal(each.note), second=second, evidence_hash=each.evidence_hash,
        versions=f"Rule version {each.rule_version}, policy version {each.policy_version}",
    )  # fmt: skip


def _words(each: Taken) -> str:
    words = (PROPOSED_WORDS if each.stage == "proposed" else STEP_WORDS).get(each.kind, each.kind)
    return f"{words[:1].upper()}{words[1:]}{' by a rule' if each.actor_type == 'rule' else ''}"


def decisions_json(db: Session, page: SessionPage, asked: PackAsked) -> dict[str, Any]:
    """Proposals, confirmations, reopenings and verdicts as they were stored, with the rules of each version named."""
    rows = db.exec(select(Decision).where(Decision.session_id == page.session.id).order_by(col(Decision.id))).all()
    versions = sorted({row.rule_version for row in rows} | {page.session.rule_version})
    told = {each.id: each for each in page.steps}
    return {
        "schema": "vouchdesk.decisions/1",
        "session": page.session.id,
        "steps": [_stored(row, told.get(row.id or 0), asked, erased=page.session.erased) for row in rows],
        "verdicts": [] if page.session.erased else _verdicts(db, page, asked),
        "rules": {str(number): found for number in versions if (found := _rules(db, number)) is not None},
        "reason_words": REASON_WORDS,
    }


def _stored(row: Decision, taken: Taken | None, asked: PackAsked, *, erased: bool) -> dict[str, Any]:
    return {
        "id": row.id, "kind": row.kind, "stage": row.stage, "proposal": row.proposal_id, "proposer": row.proposer_id,
        "actor_type": row.actor_type, "actor": row.actor_id, "actor_name": row.actor_name, "role": row.role_at_time,
        "reason_codes": row.reason_codes, "rule_version": row.rule_version, "policy_version": row.policy_version,
        "preset_version": row.preset_version_id, "evidence_sha256": row.evidence_hash, "utc": canonical_time(row.created_at),
        "note": None if erased or taken is None else asked.personal(taken.note),
    }  # fmt: skip


def verdict_notes(db: Session, session_id: int) -> frozenset[int]:
    """The numbers of the notes that stand with verdicts."""
    found = db.exec(
        select(AmlVerdict.note_id).where(AmlVerdict.session_id == session_id, col(AmlVerdict.note_id).is_not(None))
    )
    return frozenset(number for number in found if number is not None)


def _verdicts(db: Session, page: SessionPage, asked: PackAsked) -> list[dict[str, Any]]:
    """Each verdict ever given on a list entry, not only those in force."""
    query = select(AmlVerdict, Note).outerjoin(Note, col(Note.id) == AmlVerdict.note_id)
    rows = db.exec(query.where(AmlVerdict.session_id == page.session.id).order_by(col(AmlVerdict.id))).all()
    places = {card.match.id: card.match.position for card in page.matches}
    return [
        {
            "entry": places.get(verdict.match_id), "verdict": verdict.verdict, "words": VERDICT_WORDS[verdict.verdict],
            "kind": verdict.kind, "actor": verdict.actor_id, "actor_name": verdict.actor_name,
            "remembered": verdict.dismissal_id is not None, "utc": canonical_time(verdict.created_at),
            "note": asked.personal(note.text) if note else "",
            "discriminators": [
                {
                    "key": each.get("key", ""), "note": asked.personal(each.get("note", "")),
                    **{side: asked.field(each.get("key", ""), each.get(side, "")) for side in ("applicant", "entry")},
                }
                for each in verdict.discriminators
            ],
        }
        for verdict, note in rows
    ]  # fmt: skip


def _rules(db: Session, version: int) -> list[dict[str, Any]] | None:
    found = rules.numbered(db, version)
    return dump(found.rules) if found else None
