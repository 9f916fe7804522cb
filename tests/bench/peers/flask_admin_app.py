"""Peer: Flask-Admin's list of a table of sessions, with its search box, filters and paging; served by gunicorn."""

import os

from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["BENCH_DATABASE_URL"]
app.config["SECRET_KEY"] = "a specimen secret key for measuring only"
db = SQLAlchemy(app)


class Session(db.Model):
    """One pass of a person through a link, flat."""

    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(200), index=True)
    own_reference = db.Column(db.String(100), index=True)
    reference = db.Column(db.String(64), unique=True)
    status = db.Column(db.String(20), index=True)
    outcome = db.Column(db.String(20), index=True)
    created_at = db.Column(db.DateTime, index=True)
    finished_at = db.Column(db.DateTime)


class SessionView(ModelView):
    """The list."""

    page_size = 50
    column_list = ("name", "own_reference", "reference", "status", "outcome", "created_at", "finished_at")
    column_searchable_list = ("name", "own_reference", "reference")
    column_filters = ("status", "outcome", "created_at")
    column_default_sort = ("created_at", True)
    named_filter_urls = True


admin = Admin(app, name="peer")
admin.add_view(SessionView(Session, db.session if hasattr(db, "session") else db))

if os.environ.get("BENCH_MAKE_TABLES"):
    with app.app_context():
        db.create_all()
