"""What `flask doctor` looks at, and the sandbox on its own port."""

import shutil
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import requests
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import make_server

from webapp.actions import audit_checks
from webapp.db import Database
from webapp.filters import visible
from webapp.migrate import alembic_config
from webapp.models.columns import utc_now
from webapp.queries import eligible, policies, retention
from webapp.queries.health import set_aside, worker_seen_at
from webapp.sandbox import create_sandbox
from webapp.sandbox.qid.serving import KeepsUnderscores
from webapp.settings import Settings

LEAST_DISK = 1024**3
LEAST_TOKEN = 20


@dataclass(frozen=True)
class Finding:
    """One line of the check-up."""

    name: str
    ok: bool
    text: str


def run(settings: Settings, database: Database) -> list[Finding]:
    """Look at everything; nothing is changed."""
    revision = _revision(database)
    return [
        revision,
        *(
            [
                _worker(database),
                _jobs(database),
                _audit(settings, database),
                _second_approval(database),
                _erasures(database),
            ]
            if revision.ok
            else []
        ),
        _storage(settings),
        _address(settings),
        *_vendors(settings),
    ]


def serve_sandbox(settings: Settings, port: int) -> None:
    """Serve the sandbox alone until interrupted; its base address ends in /sandbox/."""
    settings.prepare_data_dir()
    url = f"http://127.0.0.1:{port}/sandbox"
    sandbox = create_sandbox(data_dir=settings.data_dir, public_url=url, clock=settings.sandbox_clock)
    nothing = lambda _environ, start: (start("404 Not Found", []), [b""])[1]  # noqa: E731
    mounted = DispatcherMiddleware(nothing, {"/sandbox": sandbox.wsgi_app})
    server = make_server("127.0.0.1", port, mounted, threaded=True, request_handler=KeepsUnderscores)
    sandbox.start()
    print(f"The sandbox is at {url}/ (API key: sandbox; QiD subscriber: SANDBOX). Stop it with Ctrl+C.", flush=True)  # noqa: T201
    try:
        server.serve_forever()
    finally:
        sandbox.stop()


def _revision(database: Database) -> Finding:
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    try:
        with database.reader.connect() as connection:
            now = MigrationContext.configure(connection).get_current_revision()
    except Exception as error:
        return Finding("database", False, f"does not answer ({type(error).__name__})")
    text = f"at revision {now}" if now == head else f"at revision {now}, needs {head}: run `flask --app app migrate`"
    return Finding("database", now == head, text)


def _worker(database: Database) -> Finding:
    with database.reading() as db:
        seen = worker_seen_at(db)
    if seen is None or utc_now() - seen > timedelta(seconds=30):
        return Finding(
            "worker", False, "no worker was seen in the last 30 s: start the console or `flask --app app worker`"
        )
    return Finding("worker", True, "running")


def _jobs(database: Database) -> Finding:
    """Whether there is work that nobody does any more."""
    with database.reading() as db:
        aside = set_aside(db)
    if not aside:
        return Finding("jobs", True, "none was set aside")
    return Finding(
        "jobs", False, f"{aside} set aside: `flask --app app jobs list` says which, `jobs retry` tries again"
    )


def _second_approval(database: Database) -> Finding:
    """Whether somebody else could confirm a proposal, where the policy asks for that."""
    with database.reading() as db:
        alone, people = eligible.missing(db), eligible.second_persons(db)
        asked = policies.second_approval(db).actions
    name = "second approval"
    if alone is None:
        one = ", one of whom nobody else can confirm" if people.only_one else ""
        return Finding(name, True, f"{len(people.approvers)} may give it{one}{_not_in_force(asked, people)}")
    return Finding(
        name,
        False,
        "the policy asks for a second person and nobody else may confirm: invite an approver, or change the policy",
    )


def _not_in_force(asked: Collection[str], people: eligible.SecondPersons) -> str:
    """What the policy wants two people for and one person alone may do, so that it waits for nobody."""
    kinds = (
        (policies.EXPORT_OVER_100, people.exporters, "large exports"),
        (policies.POLICY_CHANGE, people.policy_makers, "changes of the policy"),
    )
    lacking = [words for key, who, words in kinds if key in asked and len(who) < 2]
    return f"; in force only from a second person on: {' and '.join(lacking)}" if lacking else ""


def _audit(settings: Settings, database: Database) -> Finding:
    found = audit_checks.look(database, settings)
    return Finding("audit log", found.ok, found.text)


def _erasures(database: Database) -> Finding:
    """Whether erased sessions still have a copy at the vendor."""
    with database.reading() as db:
        left, (vain, said) = retention.at_vendor(db), retention.vendors_words(db)
    if not left:
        return Finding("erasures", True, "nothing erased here is left at a vendor")
    words = f"; {vain} asked for in vain, the last time: {visible(said)}" if vain else ""
    return Finding("erasures", False, f"{left} partly erased, the vendor is asked to delete its copies{words}")


def _storage(settings: Settings) -> Finding:
    try:
        free = shutil.disk_usage(settings.data_dir).free
    except OSError as error:
        return Finding("storage", False, f"{settings.data_dir} cannot be read: {error.strerror}")
    return Finding("storage", free > LEAST_DISK, f"{free // 1024**2:,} MB free in the data folder")


def _address(settings: Settings) -> Finding:
    try:
        answer = requests.get(f"{settings.public_url}/healthz", timeout=5, allow_redirects=False)
    except requests.RequestException:
        return Finding("webhook address", False, f"{settings.public_url} cannot be reached from here")
    return Finding("webhook address", answer.status_code == 200, f"{settings.public_url} answered {answer.status_code}")


def _vendors(settings: Settings) -> list[Finding]:
    """One line for each provider."""
    found = []
    for key, stands_in in settings.stood_in_for.items():
        name = f"vendor {key}"
        if stands_in:
            found.append(Finding(name, True, "the sandbox stands in; no real person is verified"))
        else:
            found.append({"docupass": _docupass, "qid": _qid}[key](name, settings))
    return found


def _docupass(name: str, settings: Settings) -> Finding:
    host = urlsplit(settings.docupass_api_url).hostname
    key = settings.docupass_key
    return Finding(name, bool(key), f"DocuPass at {host}, key ending {key[-4:] or 'MISSING'}")


def _qid(name: str, settings: Settings) -> Finding:
    """QiD is optional: without a subscriber ID nothing is wrong. In production it needs an address of its own."""
    subscriber, mode = settings.qid_subscriber, settings.qid_mode_in_force
    if not subscriber:
        return Finding(name, True, "QiD is not connected: VOUCHDESK_QID_SUBSCRIBER_ID is not set")
    said = f"QiD at {urlsplit(settings.qid_api_url).hostname}, subscriber ending {subscriber[-4:]}, {mode} results"
    if mode == "production" and not settings.qid_webhook_token:
        return Finding(name, False, f"{said}; VOUCHDESK_QID_WEBHOOK_TOKEN is not set, so its results cannot arrive")
    if 0 < len(settings.qid_webhook_token) < LEAST_TOKEN:
        return Finding(
            name, False, f"{said}; VOUCHDESK_QID_WEBHOOK_TOKEN can be guessed: use {LEAST_TOKEN} characters or more"
        )
    if not settings.qid_webhook_addresses:
        said += "; VOUCHDESK_QID_WEBHOOK_ADDRESSES is not set: results are taken from any address"
    return Finding(name, True, said)
