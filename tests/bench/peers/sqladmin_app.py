"""Peer: sqladmin's list of a table of sessions, with its search box, filter and paging; on FastAPI and uvicorn."""

import os
from datetime import datetime

from fastapi import FastAPI
from sqladmin import Admin, ModelView
from sqladmin.filters import StaticValuesFilter
from sqlalchemy import create_engine
from sqlmodel import Field, SQLModel

engine = create_engine(os.environ["BENCH_DATABASE_URL"], connect_args={"check_same_thread": False})
app = FastAPI()
admin = Admin(app, engine)


class Session(SQLModel, table=True):
    """One pass of a person through a link, flat."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(index=True)
    own_reference: str = Field(index=True)
    reference: str = Field(unique=True)
    status: str = Field(index=True)
    outcome: str = Field(index=True)
    created_at: datetime = Field(index=True)
    finished_at: datetime | None = None


WORDS = [(word, word.title()) for word in ("approved", "rejected", "failed", "passed", "ready", "opened", "expired")]


class SessionAdmin(ModelView, model=Session):
    """The list."""

    page_size = 50
    column_list = [  # noqa: RUF012 - as its documentation has it
        Session.name,
        Session.own_reference,
        Session.reference,
        Session.status,
        Session.outcome,
        Session.created_at,
        Session.finished_at,
    ]
    column_searchable_list = [Session.name, Session.own_reference, Session.reference]  # noqa: RUF012
    column_filters = [StaticValuesFilter(Session.status, values=WORDS)]  # noqa: RUF012
    column_default_sort = ("created_at", True)


admin.add_view(SessionAdmin)

if os.environ.get("BENCH_MAKE_TABLES"):
    SQLModel.metadata.create_all(engine)
