"""The fixtures, one line each; what they are made of is in `tests/support`."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlmodel import Session

pytest.register_assert_rewrite("tests.support")

from tests.support import sockets  # noqa: E402
from tests.support.databases import PostgresMaker, SqliteMaker  # noqa: E402
from tests.support.factory import Make  # noqa: E402
from tests.support.fake_provider import FakeProvider  # noqa: E402
from tests.support.kept_counts import hold_against_counting_again  # noqa: E402
from tests.support.live_server import LiveServer  # noqa: E402
from tests.support.pages import BASE_URL, PageClient  # noqa: E402
from tests.support.postgres import NoPostgres, Postgres  # noqa: E402
from webapp.db import Database  # noqa: E402
from webapp.models.rights import FIRST_ROLES  # noqa: E402
from webapp.settings import Settings  # noqa: E402

BOTH = ("sqlite", "postgresql")
Visit = Callable[[str, str], PageClient]
MakerOf = Callable[[str], Any]


def pytest_configure(config: pytest.Config) -> None:
    """Close the sockets and forget this machine's own settings before anything of the console is imported."""
    sockets.close()
    for name in [name for name in os.environ if name.startswith("VOUCHDESK_")]:
        del os.environ[name]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests in tests/integration that touch a database run on both; elsewhere, and by the marker, on those named."""
    if "database_url" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("database")
        usual = BOTH if "integration" in metafunc.definition.path.parts else BOTH[:1]
        metafunc.parametrize("database_url", marker.args if marker else usual, indirect=True)


def cannot(reason: str) -> None:
    """Skip what this machine cannot do, saying why; on CI that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must be able to do this: {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(autouse=True)
def closed_sockets() -> Iterator[None]:
    """No test reaches another machine; one that tried fails, even if the code swallowed the error."""
    sockets.ATTEMPTS.clear()
    yield
    tried, sockets.ATTEMPTS[:] = list(sockets.ATTEMPTS), []
    assert not tried, f"the test tried to reach {tried}"


@pytest.fixture(autouse=True)
def counts_that_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """No page tells a count that is no longer true."""
    hold_against_counting_again(monkeypatch)


@pytest.fixture
def module_now(request: pytest.FixtureRequest) -> Iterator[None]:
    """The `NOW` of the test's module is the present, however long the run before it took."""
    with time_machine.travel(request.module.NOW, tick=True):
        yield


@pytest.fixture
def still_clock() -> Iterator[None]:
    """Time stands still: on a busy machine a test must not outwait a delay of two seconds."""
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield


@pytest.fixture(scope="session")
def sqlite_maker(tmp_path_factory: pytest.TempPathFactory) -> SqliteMaker:
    """Makes migrated SQLite files."""
    return SqliteMaker(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A private PostgreSQL server, started once for the whole run."""
    try:
        server = Postgres()
    except NoPostgres as reason:
        cannot(f"no PostgreSQL: {reason}")
        return
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_maker(postgres: Postgres) -> PostgresMaker:
    """Makes migrated databases on the server."""
    return PostgresMaker(postgres)


@pytest.fixture
def database_maker(request: pytest.FixtureRequest) -> MakerOf:
    """The maker for `sqlite` or `postgresql`; the server starts only when a test needs it."""
    return lambda kind: request.getfixturevalue("sqlite_maker" if kind == "sqlite" else "postgres_maker")


@pytest.fixture
def database_url(request: pytest.FixtureRequest, database_maker: MakerOf, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated database; tests in tests/integration run once for each kind."""
    with database_maker(getattr(request, "param", "sqlite")).migrated(tmp_path) as url:
        yield url


@pytest.fixture
def settings(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Settings:
    """Settings of a console without sandbox, worker or vendor; `@pytest.mark.settings(sandbox="on")` changes any."""
    usual: dict[str, Any] = {
        "data_dir": tmp_path / "instance", "database_url": database_url, "public_url": BASE_URL, "port": 1,
        "secret_key": "a specimen secret key for tests only", "company_name": "Specimen Bank", "sandbox": "off",
        "docupass_base_url": "http://127.0.0.1:1/", "docupass_api_key": "specimen-key", "embedded_worker": False,
    }  # fmt: skip
    for marker in reversed(list(request.node.iter_markers("settings"))):
        usual |= marker.kwargs
    return Settings(_env_file=None, **usual)


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates compiled once for the run, not once for each test's application."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(settings: Settings, compiled_templates: FileSystemBytecodeCache) -> Iterator[Flask]:
    """The application on its own fresh database; nothing runs in the background."""
    from webapp import create_app

    made = create_app(settings)
    made.jinja_env.bytecode_cache = compiled_templates
    yield made
    made.extensions["vouchdesk.database"].dispose()


@pytest.fixture
def database(app: Flask) -> Database:
    """The application's Database, for actions that need transactions of their own."""
    found: Database = app.extensions["vouchdesk.database"]
    return found


@pytest.fixture
def db(database: Database) -> Iterator[Session]:
    """A reading session; it sees what was committed before its first question (`db.rollback()` to look again)."""
    with database.reading() as session:
        yield session


@pytest.fixture
def make(database: Database) -> Make:
    """Writes straight rows: make.user(role), .person(), .link(), .session(), .finished(), .result(), ..."""
    return Make(database)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A plain werkzeug client, signed out and unchecked."""
    return app.test_client()


@pytest.fixture
def visit(app: Flask, make: Make, database: Database) -> Visit:
    """Makes a page client signed in as a new user: `visit("Alice Admin", "admin")`."""
    from webapp.actions.actor import Actor
    from webapp.actions.sign_ins import open_sign_in

    def sign_in(name: str, role: str) -> PageClient:
        user = make.user(role, name=name)
        with database.writing() as db:
            secret = open_sign_in(db, by=Actor(kind="applicant", ip="127.0.0.1"), user=user)
        visitor = PageClient(app, user=user)
        visitor.sign_in_with(secret)
        return visitor

    return sign_in


@pytest.fixture
def alice(visit: Visit) -> PageClient:
    """A page client signed in as the first administrator, who is the compliance lead too."""
    return visit("Alice Admin", FIRST_ROLES)


@pytest.fixture
def rachel(visit: Visit) -> PageClient:
    """A page client signed in as a reviewer."""
    return visit("Rachel Reviewer", "reviewer")


@pytest.fixture
def victor(visit: Visit) -> PageClient:
    """A page client signed in as a viewer."""
    return visit("Victor Viewer", "viewer")


@pytest.fixture
def nobody(app: Flask) -> PageClient:
    """A page client that is not signed in."""
    return PageClient(app)


@pytest.fixture
def provider(app: Flask) -> FakeProvider:
    """A vendor that answers what the test tells it to, in place of DocuPass."""
    providers = app.extensions["vouchdesk.providers"]
    fake = FakeProvider(providers["docupass"])
    providers["docupass"] = fake
    return fake


@pytest.fixture
def worker(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs due jobs in the test itself: worker.run(), .run_later(), .waiting, .faults."""
    from tests.support.worker import TestWorker

    return TestWorker(app, monkeypatch)


@pytest.fixture(scope="module")
def live_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The whole program on a free port with sandbox and worker, one for each test file; on SQLite unless parametrised."""
    folder, kind = tmp_path_factory.mktemp("live"), getattr(request, "param", "sqlite")
    maker = request.getfixturevalue("sqlite_maker" if kind == "sqlite" else "postgres_maker")
    with maker.empty(folder) as url:
        server = LiveServer(folder, database_url=url)
        server.start()
        yield server
        server.stop()
