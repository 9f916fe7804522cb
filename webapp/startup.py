"""Starting the console: migrations, the first administrator, the address, the server."""

import socket
import sys

from granian import Granian
from granian.constants import Interfaces
from sqlalchemy.exc import OperationalError

from webapp.actions import invitations, users
from webapp.actions.actor import SYSTEM
from webapp.db import Database
from webapp.migrate import migrate
from webapp.models.rights import FIRST_ROLES
from webapp.settings import Settings, WrongSettings, load_settings


def prepare() -> Settings:
    """Read the settings, bring the database to head, and make or announce the first administrator."""
    settings = load_settings()
    _refuse_taken_port(settings)
    try:
        settings.prepare_data_dir()
    except OSError as error:
        raise WrongSettings(f"VOUCHDESK_DATA_DIR: cannot write to {settings.data_dir}: {error.strerror}") from None
    try:
        migrate(settings.database_url)
    except OperationalError as error:
        raise WrongSettings(f"VOUCHDESK_DATABASE_URL: the database cannot be used: {_first_line(error)}") from None
    _say(f"Vouchdesk is at {settings.public_url}")
    if settings.sandbox_on:
        _say("No vendor is connected: the sandbox stands in, and a banner says so on every page.")
    welcome = first_administrator(settings)
    if welcome:
        _say(f"Make the first administrator at (one time, 24 hours): {settings.public_url}/welcome/{welcome}")
    return settings


def first_administrator(settings: Settings) -> str:
    """Create the administrator of the settings if there is nobody yet, else return the secret of a set-up address."""
    database = Database(settings.database_url)
    try:
        with database.writing() as db:
            if not settings.admin_email:
                return invitations.issue_welcome(db) or ""
            if users.has_users(db):
                return ""
            users.create_user(
                db, by=SYSTEM, email=settings.admin_email, name=settings.admin_email.split("@")[0], role=FIRST_ROLES,
                password=settings.admin_password,
            )  # fmt: skip
            return ""
    finally:
        database.dispose()


def serve(settings: Settings) -> None:
    """Serve until stopped. One process, because SQLite has one writer; its threads also hold the open pages' streams."""
    Granian(
        "app:serving",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=256,
        backlog=1024,
        workers_kill_timeout=3,
        log_enabled=settings.log_level == "DEBUG",
    ).serve()


def _refuse_taken_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise WrongSettings(
                f"VOUCHDESK_HOST, VOUCHDESK_PORT: {settings.host}:{settings.port} cannot be used ({error.strerror or error}); "
                "stop what is listening there, or set another"
            ) from None


def _first_line(error: OperationalError) -> str:
    """What the driver says, without the statement and its values."""
    return str(error.orig).strip().splitlines()[0][:200]


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what the operator reads first
    sys.stdout.flush()
