"""Peer: FastAPI with SQLModel, served by uvicorn. The webhook as the documentation of both writes one."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from sqlalchemy import event
from sqlmodel import Field, Session, SQLModel, create_engine, select

URL = os.environ["BENCH_DATABASE_URL"]
engine = create_engine(URL, connect_args={"timeout": 30, "check_same_thread": False} if "sqlite" in URL else {})

if "sqlite" in URL:

    @event.listens_for(engine, "connect")
    def pragmas(connection, _record):
        """Durable, as ours is."""
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")


class Link(SQLModel, table=True):
    """Where a result may be posted."""

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(unique=True)


class Delivery(SQLModel, table=True):
    """One distinct body."""

    id: int | None = Field(default=None, primary_key=True)
    link_id: int = Field(foreign_key="link.id")
    reference: str
    sha256: str = Field(unique=True)
    body: bytes
    received_at: datetime = Field(default_factory=lambda: datetime.now(UTC), index=True)
    copies: int = 1


@asynccontextmanager
async def lifespan(_app):
    """Make the tables."""
    SQLModel.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Link(token=token) for token in os.environ["BENCH_TOKENS"].split()])
        session.commit()
    yield


app = FastAPI(lifespan=lifespan)


def get_session() -> Iterator[Session]:
    """A session a request."""
    with Session(engine) as session:
        yield session


async def raw_body(request: Request) -> bytes:
    """The bytes as they came; read on the loop, so that the endpoint may block in its thread."""
    return await request.body()


@app.post("/webhooks/docupass/{token}")
def receive(
    token: str,
    payload: dict,
    body: Annotated[bytes, Depends(raw_body)],
    session: Annotated[Session, Depends(get_session)],
):
    """Store once, answer."""
    link = session.exec(select(Link).where(Link.token == token)).first()
    if link is None:
        raise HTTPException(404)
    digest = hashlib.sha256(body).hexdigest()
    delivery = session.exec(select(Delivery).where(Delivery.sha256 == digest)).first()
    if delivery is None:
        delivery = Delivery(link_id=link.id, reference=payload["reference"], sha256=digest, body=body)
    else:
        delivery.copies += 1
    session.add(delivery)
    session.commit()
    return {"status": "stored"}
