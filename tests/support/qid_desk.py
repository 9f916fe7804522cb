"""Liveness links whose vendor posts results to this console, and the worker that takes them in; nobody is asked."""

from typing import Any

from flask import Flask
from sqlmodel import col, select

from tests.support.factory import Make
from tests.support.kits import qid, raw
from tests.support.worker import TestWorker
from webapp.models import Delivery, Job, Link, Matter, Person, SessionResult, VerificationSession
from webapp.models.columns import utc_now

TOKEN = "a specimen of a long secret token"


class QidDesk:
    """`desk.link(person)` makes an opened link, `desk.post(link, code, ...)` delivers to its address."""

    def __init__(self, app: Flask, make: Make, worker: TestWorker) -> None:
        self.client, self.make, self.worker, self.database = app.test_client(), make, worker, make.database
        self._number = 0

    def link(self, person: Person | None = None, **fields: Any) -> Link:
        """An active link with its opened session."""
        self._number += 1
        reference = f"66af-2613-df8d-5614-6392-{self._number:04d}"
        usual = {"vendor_reference": reference, "vendor_answer": {"idle_seconds": 12 * 3600}}
        made = self.make.link(person=person, provider="qid", kind="liveness", **{**usual, **fields})
        if made.state == "active":
            self.make.session(link=made, capture="opened", opened_at=utc_now())
        return made

    def post(
        self, link: Link, code: str, *, subject: str = "", token: str = "", reference: str = "", run: bool = True,
        address: str = "127.0.0.1", **more: Any,
    ) -> int:  # fmt: skip
        """Deliver a code about the link, to its own address unless `token` is another; the answer's status."""
        body = qid(code, subject=subject, **more)(reference or link.vendor_reference, "")
        answer = self.client.post(
            f"/webhooks/qid/{token or link.webhook_token}", data=raw(body), environ_base={"REMOTE_ADDR": address}
        )
        if run:
            self.worker.run()
        return answer.status_code

    def session(self, link: Link) -> VerificationSession:
        """The link's session as it is now."""
        return self._one(VerificationSession, VerificationSession.link_id == link.id)

    def result(self, link: Link) -> SessionResult:
        """The link's result."""
        return self._one(SessionResult, SessionResult.session_id == self.session(link).id)

    def kept(self, link: Link) -> Link:
        """The link as it is now."""
        return self._one(Link, Link.id == link.id)

    def matters(self, link: Link) -> list[str]:
        """The kinds of what is open on the link's session."""
        with self.database.reading() as db:
            return list(db.exec(select(Matter.kind).where(Matter.session_id == self.session(link).id)))

    @property
    def deliveries(self) -> list[Delivery]:
        """All deliveries, oldest first."""
        with self.database.reading() as db:
            return list(db.exec(select(Delivery).order_by(col(Delivery.id))))

    @property
    def jobs(self) -> list[Job]:
        """The jobs not done."""
        return self.worker.waiting

    def _one(self, model: Any, condition: Any) -> Any:
        with self.database.reading() as db:
            return db.exec(select(model).where(condition)).one()
