"""The whole server killed by signal 9 while deliveries flow: what was answered 200 is there, once, and is worked off."""

import hashlib
import signal
import threading
import time
from pathlib import Path

import requests
from sqlmodel import col, func, select

from tests.support.factory import Make
from tests.support.live_server import LiveServer
from webapp.audit_chain import verify
from webapp.db import Database
from webapp.models import AuditEvent, Delivery, Job

SENDERS = 8


def test_nothing_answered_200_is_lost_or_doubled_by_killing_the_server(database_url: str, tmp_path: Path) -> None:
    database = Database(database_url)
    link = Make(database).link()
    server = LiveServer(tmp_path / "server", database_url=database_url)
    server.start()
    acknowledged: set[str] = set()
    stop = threading.Event()

    def send(number: int) -> None:
        with requests.Session() as vendor:
            for count in range(100_000):
                body = f'{{"success":false,"reference":"NOBODY{number}","hash":"{count}","failcode":1}}'.encode()
                try:
                    answer = vendor.post(f"{server.url}/webhooks/docupass/{link.webhook_token}", data=body, timeout=5)
                except requests.RequestException:
                    return
                if answer.status_code == 200:
                    acknowledged.add(hashlib.sha256(body).hexdigest())
                if stop.is_set():
                    return

    senders = [threading.Thread(target=send, args=(number,)) for number in range(SENDERS)]
    for sender in senders:
        sender.start()
    time.sleep(1)
    server.stop(how=signal.SIGKILL)
    stop.set()
    for sender in senders:
        sender.join()

    server.start()
    again = requests.post(
        f"{server.url}/webhooks/docupass/{link.webhook_token}", data=b'{"reference":"AFTER","hash":"h"}', timeout=5
    )
    server.stop()

    with database.reading() as db:
        kept = list(db.exec(select(Delivery.body_sha256)))
        jobs = db.exec(select(func.count(col(Job.id)))).one()
        waiting = db.exec(select(func.count(col(Delivery.id))).where(Delivery.state == "received")).one()
        posts = db.exec(select(func.count(col(AuditEvent.seq))).where(AuditEvent.action == "delivery.received")).one()
    chain = verify(database)
    database.dispose()
    assert len(acknowledged) > 50
    assert acknowledged <= set(kept)
    assert len(kept) == len(set(kept))
    assert jobs >= waiting
    assert again.status_code == 200
    assert chain.whole, chain.faults
    assert posts >= len(acknowledged)
