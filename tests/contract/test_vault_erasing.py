"""Erasing at the vendor from end to end: the worker, our own client and the sandbox's vault, over a socket."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlmodel import select

from tests.support.factory import Make
from tests.support.worker import TestWorker
from webapp.actions import vendor_copies
from webapp.models import AuditEvent, Erasure, Job
from webapp.models.columns import utc_now
from webapp.providers.docupass.client import DocuPass
from webapp.sandbox.store import Store


@pytest.fixture
def store(tmp_path: Path, sandbox: Any) -> Store:
    return Store(tmp_path / "sandbox" / "sandbox.sqlite")


@pytest.fixture
def left(app: Flask, make: Make, sandbox: Any, receiver: Any) -> Erasure:
    """An erasure of which the sandbox keeps a copy, with the question queued."""
    app.extensions["vouchdesk.providers"]["docupass"] = DocuPass(base_url=sandbox.base, api_key="sandbox")
    sandbox.complete(sandbox.create(callbackurl=receiver.url, vault_save=True))
    entry = receiver.wait()[0]["vaultid"]
    made = make.save(Erasure(session_id=make.finished().id, cause="request", state="partly", vendor_state="pending",
                             classes=["pictures"], tombstone={"vault_id": entry}, done_at=utc_now()))  # fmt: skip
    make.save(Job(kind="erase_copy", subject_id=made.id or 0))
    return made


def row(make: Make) -> Erasure:
    with make.database.reading() as db:
        return db.exec(select(Erasure)).one()


def test_the_worker_has_the_vault_emptied(make: Make, worker: TestWorker, left: Erasure, store: Store) -> None:
    entry = left.tombstone["vault_id"]
    assert store.in_vault(entry)
    worker.run()
    assert not store.in_vault(entry)
    assert (row(make).state, row(make).vendor_state, row(make).tombstone["vault_id"]) == ("done", "confirmed", "")
    assert worker.waiting == []


def test_a_worker_killed_before_it_could_write_leaves_a_doubt_that_a_person_ends(
    make: Make, worker: TestWorker, left: Erasure, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """No handler of ours sees it."""

    def killed(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as meanwhile, pytest.raises(Killed):
        meanwhile.setattr(vendor_copies, "_called", killed)
        worker.run()
    assert not store.in_vault(left.tombstone["vault_id"]) and row(make).state == "partly"
    worker.run_later()
    assert row(make).error == f"Invalid vault entry ID (error 1002). {vendor_copies.DOUBT}"
    with make.database.reading() as db:
        [call] = db.exec(select(AuditEvent).where(AuditEvent.action == "vendor.call"))
        assert (call.object_type, call.object_id, call.outcome) == ("erasure", left.id, "error")


def test_a_wrong_key_is_a_refusal_and_a_right_one_ends_it(
    app: Flask, make: Make, worker: TestWorker, left: Erasure, sandbox: Any, store: Store
) -> None:
    providers = app.extensions["vouchdesk.providers"]
    providers["docupass"] = DocuPass(base_url=sandbox.base, api_key="wrong")
    worker.run()
    assert (row(make).vendor_state, row(make).error) == ("refused", "Invalid API key (error 1).")
    assert store.in_vault(left.tombstone["vault_id"])
    providers["docupass"] = DocuPass(base_url=sandbox.base, api_key="sandbox")
    worker.run_later()
    assert row(make).state == "done" and not store.in_vault(left.tombstone["vault_id"])
