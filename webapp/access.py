"""Who may do what: rights by role, the right each endpoint needs, and the gate that refuses everything else."""

import hashlib

import structlog
from flask import Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.models.rights import RIGHT_WORDS
from webapp.request_db import current_database

PUBLIC = frozenset(
    {
        "static", "sign_in.index", "sign_in.welcome", "share.show", "share.go", "share.done", "share.done_failed", "share.qr",
        "health.healthz", "health.readyz", "theme.choose",
    }
)  # fmt: skip
"""Endpoints that need no sign-in, each for a reason: assets, signing in, the applicant, the operator's probes."""

ACCESS: dict[str, str] = {
    "overview.index": "view",
    "live.stream": "view",
    "sign_in.sign_out": "view",
    "sign_in.second": "view",
    "account.show": "view",
    "account.second_factor": "view",
    "account.remove_second_factor": "view",
    "account.recovery_codes": "view",
    "account.password": "view",
    "account.end": "view",
    "account.end_others": "view",
    "users.index": "manage_users",
    "users.show": "manage_users",
    "users.roles": "manage_users",
    "users.invite": "manage_users",
    "users.withdraw": "manage_users",
    "users.change_roles": "manage_users",
    "users.disable": "manage_users",
    "users.enable": "manage_users",
    "users.end": "manage_users",
    "users.end_all": "manage_users",
    "users.reset_second_factor": "manage_users",
    "links.index": "view",
    "links.show": "view",
    "links.qr": "view",
    "links.new": "make_links",
    "links.new_signature": "make_links",
    "links.new_liveness": "make_links",
    "links.retry": "make_links",
    "links.revoke": "make_links",
    "links.pause": "make_links",
    "links.resume": "make_links",
    "links.cap": "make_links",
    "presets.index": "view",
    "presets.show": "view",
    "presets.version": "view",
    "presets.new": "manage_presets",
    "presets.edit": "manage_presets",
    "presets.archive": "manage_presets",
    "presets.restore": "manage_presets",
    "policy.index": "manage_policy",
    "policy.confirm": "manage_policy",
    "policy.send_back": "manage_policy",
    "policy.withdraw": "manage_policy",
    "rules.confirm": "manage_rules",
    "rules.send_back": "manage_rules",
    "rules.withdraw": "manage_rules",
    "rules.index": "manage_rules",
    "rules.version": "manage_rules",
    "rules.draft": "manage_rules",
    "rules.rule": "manage_rules",
    "rules.save": "manage_rules",
    "deliveries.index": "view",
    "deliveries.gaps": "view",
    "deliveries.at_risk": "view",
    "deliveries.raw": "see_raw",
    "deliveries.replay": "handle_deliveries",
    "sessions.index": "view",
    "sessions.export": "export",
    "reviews.index": "view",
    "reviews.mine": "decide",
    "approvals.index": "approve_second",
    "reviews.escalated": "handle_escalated",
    "reviews.applicant": "view",
    "reviews.take_next": "decide",
    "reviews.counts": "view",
    "holding.take": "decide",
    "holding.release": "decide",
    "holding.skip": "decide",
    "holding.take_over": "take_over",
    "holding.here": "view",
    "session.show": "view",
    "session.raw": "see_raw",
    "decide.approve": "decide",
    "decide.reject": "decide",
    "decide.ask_again": "decide",
    "decide.escalate": "decide",
    "decide.reopen": "decide",
    "decide.note": "decide",
    "decide.confirm": "approve_second",
    "decide.send_back": "approve_second",
    "decide.as_it_was": "view",
    "reveal.show": "reveal",
    "reveal.hide": "reveal",
    "session.identify": "make_links",
    "matches.index": "view",
    "matches.remembered": "view",
    "matches.end": "decide",
    "session_matches.give": "decide",
    "session_matches.give_several": "decide",
    "session_matches.undo": "decide",
    "evidence.picture": "view",
    "evidence.original": "see_raw",
    "evidence.retry": "make_links",
    "exports.index": "export",
    "exports.new": "export",
    "exports.create": "export",
    "exports.show": "export",
    "exports.cancel": "export",
    "exports.approve": "export",
    "exports.refuse": "export",
    "exports.download": "export",
    "packs.new": "export",
    "packs.create": "export",
    "packs.sample": "export",
    "packs.draw": "export",
    "retention.index": "manage_retention",
    "retention.certificate": "manage_retention",
    "retention.confirm": "manage_retention",
    "retention.withdraw": "manage_retention",
    "retention.vendor_done": "manage_retention",
    "retention.vendor_retry": "manage_retention",
    "retention.release": "manage_retention",
    "session_retention.show": "manage_retention",
    "session_retention.relationship_end": "manage_retention",
    "session_retention.hold": "manage_retention",
    "session_retention.restrict": "manage_retention",
    "session_retention.erase": "manage_retention",
    "audit.index": "read_audit",
    "audit.verify": "read_audit",
    "audit.export": "read_audit",
    "audit.public_key": "read_audit",
    "audit.verifier": "read_audit",
}
"""The right each other endpoint needs. An endpoint in neither table is refused.

The webhook endpoint and the sandbox are no endpoints of this application: they stand beside it (`webapp/wiring.py`)."""


STEPS = {
    "code": ("sign_in.second", "sign_in.sign_out"),
    "set_up": ("account.second_factor", "sign_in.sign_out"),
}
"""What a sign-in reaches whose second factor is due, by `Member.waiting`: the step itself, first, and the way out."""


def guard() -> ResponseReturnValue | None:
    """Before each request: let it pass, send the visitor to sign in, or refuse. Default deny."""
    endpoint = request.endpoint
    if endpoint is None or endpoint in PUBLIC:
        return None
    if not current_user.is_authenticated:
        return _lead_to("sign_in.index")
    if current_user.waiting:
        steps = STEPS[current_user.waiting]
        return None if endpoint in steps else _lead_to(steps[0])
    right = ACCESS.get(endpoint)
    if right is None or right not in current_user.rights:
        deny(right or "use this page")
    return None


def deny(right: str) -> None:
    """Record the refusal and answer 403 naming the missing right."""
    with current_database().writing() as db:
        record(db, by=actor(), action="access.denied", after={"endpoint": request.endpoint}, outcome="denied")
    abort(403, description=RIGHT_WORDS.get(right, right))


def _lead_to(step: str) -> ResponseReturnValue:
    target = request.full_path.rstrip("?") if request.method == "GET" else ""
    if request.headers.get("HX-Request") == "true":
        return Response(status=401, headers={"HX-Redirect": url_for(step)})
    return redirect(url_for(step, next=target or None), code=303)


def actor() -> Actor:
    """The person (or applicant) behind this request, as audit rows keep it."""
    agent = hashlib.sha256((request.user_agent.string or "").encode()).hexdigest()[:16]
    known = current_user.is_authenticated
    return Actor(
        kind="person" if known else "applicant",
        id=current_user.user_id if known else None,
        name=current_user.name if known else "",
        role=current_user.role if known else "",
        ip=request.remote_addr or "",
        user_agent_hash=agent,
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
    )
