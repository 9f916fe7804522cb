"""Peer: Flask with Flask-SQLAlchemy, served by gunicorn's threads. The webhook as its tutorials write one."""

import hashlib
import os
from datetime import UTC, datetime

from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["BENCH_DATABASE_URL"]
if "sqlite" in os.environ["BENCH_DATABASE_URL"]:
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"connect_args": {"timeout": 30}}
db = SQLAlchemy(app)


class Link(db.Model):
    """Where a result may be posted."""

    id = db.Column(db.Integer, primary_key=True)
    token = db.Column(db.String(64), unique=True)


class Delivery(db.Model):
    """One distinct body."""

    id = db.Column(db.Integer, primary_key=True)
    link_id = db.Column(db.ForeignKey("link.id"), nullable=False)
    reference = db.Column(db.String(64), nullable=False)
    sha256 = db.Column(db.String(64), unique=True, nullable=False)
    body = db.Column(db.LargeBinary, nullable=False)
    received_at = db.Column(db.DateTime, default=lambda: datetime.now(UTC), index=True)
    copies = db.Column(db.Integer, default=1)


@app.post("/webhooks/docupass/<token>")
def receive(token):
    """Store once, answer."""
    link = Link.query.filter_by(token=token).first_or_404()
    payload = request.get_json()
    digest = hashlib.sha256(request.data).hexdigest()
    delivery = Delivery.query.filter_by(sha256=digest).first()
    if delivery is None:
        row = Delivery(link_id=link.id, reference=payload["reference"], sha256=digest, body=request.data)
        db.session.add(row)
    else:
        delivery.copies += 1
    db.session.commit()
    return {"status": "stored"}


with app.app_context():
    if "sqlite" in os.environ["BENCH_DATABASE_URL"]:

        @event.listens_for(db.engine, "connect")
        def pragmas(connection, _record):
            """Durable, as ours is."""
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")

    if os.environ.get("BENCH_MAKE_TABLES"):
        db.create_all()
        db.session.add_all(Link(token=token) for token in os.environ["BENCH_TOKENS"].split())
        db.session.commit()
