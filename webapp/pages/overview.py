"""The overview: what waits, how it runs, what is wrong; routes only."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.db import current_db
from webapp.filters import duration, utc_now
from webapp.pages.session_words import MATTER_ICONS, row_label
from webapp.queries import overview as queries
from webapp.queries import sessions
from webapp.queries.counts import capped, waiting

bp = Blueprint("overview", __name__)
