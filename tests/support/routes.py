"""Every route of the application with a true address for it: rules are held against all of them, listed or new."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask

from tests.support.factory import Make


@dataclass(frozen=True)
class Route:
    """One method of one endpoint, and an address that leads to something real."""

    endpoint: str
    method: str
    url: str

    def __str__(self) -> str:
        return f"{self.method} {self.url} ({self.endpoint})"


def routes(app: Flask, make: Make, **given: Any) -> list[Route]:
    """Every GET and POST of the application. An argument of an unknown name needs a value in `_values`; `given` ones go first."""
    values = _values(make) | given
    adapter = app.url_map.bind("console.test")
    found: list[Route] = []
    for rule in app.url_map.iter_rules():
        unknown = rule.arguments - set(values)
        assert not unknown, f"{rule}: tests/support/routes.py needs a value for {sorted(unknown)}"
        url = adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})
        found += [Route(rule.endpoint, method, url) for method in _methods(rule.methods)]
    return sorted(found, key=str)


def _methods(methods: Any) -> Iterator[str]:
    return (method for method in ("GET", "POST") if method in methods)


def _values(make: Make) -> dict[str, Any]:
    """A finished session with everything that a page about it may show."""
    session = make.finished()
    delivery = make.delivery(session=session)
    make.result(session, delivery_id=delivery.id)
    evidence = make.evidence(delivery)
    match = make.match(session)
    make.matter(session)
    with make.database.reading() as db:
        from webapp.models import Erasure, LegalHold, Link

        link = db.get_one(Link, session.link_id)
    return {
        "session_id": session.id, "link_id": link.id, "delivery_id": delivery.id, "file_id": evidence.id,
        "match_id": match.id, "export_id": make.export().id, "proposal_id": make.proposal().id,
        "dismissal_id": make.dismissal(match).id,
        "token": link.token, "provider": "docupass", "format": "csv", "form": "svg", "kind": "svg",
        "filename": "app.css", "user_id": 1, "sign_in_id": 1, "invitation_id": 1, "preset_id": make.preset().id, "number": 1,
        "decision_id": make.decision(session).id,
        "erasure_id": make.save(Erasure(session_id=session.id, cause="request", state="done")).id,
        "hold_id": make.save(LegalHold(session_id=session.id, reason="Court", owner_name="Eve")).id,
    }  # fmt: skip
