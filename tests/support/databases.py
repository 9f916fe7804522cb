"""A fresh, migrated database for each test, made cheaply: a copied file on SQLite, a copied template on PostgreSQL."""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.postgres import Postgres
from webapp.migrate import migrate

_numbers = itertools.count(1)


class SqliteMaker:
    """SQLite files; the first one is migrated, the others are copies of it."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.sqlite"
        migrate(f"sqlite:///{self._template}")

    @contextmanager
    def migrated(self, folder: Path) -> Iterator[str]:
        """A copy of the migrated file in `folder`."""
        path = folder / "app.sqlite"
        shutil.copyfile(self._template, path)
        yield f"sqlite:///{path}"

    @contextmanager
    def empty(self, folder: Path) -> Iterator[str]:
        """A file that does not exist yet."""
        yield f"sqlite:///{folder / 'empty.sqlite'}"


class PostgresMaker:
    """Databases on one server; the template is migrated, the others are copies of it."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        server.execute("CREATE DATABASE vouchdesk_template")
        migrate(server.url("vouchdesk_template"))

    @contextmanager
    def migrated(self, folder: Path) -> Iterator[str]:
        """A copy of the migrated template."""
        with self._made("TEMPLATE vouchdesk_template") as url:
            yield url

    @contextmanager
    def empty(self, folder: Path) -> Iterator[str]:
        """A database without any table."""
        with self._made("") as url:
            yield url

    @contextmanager
    def _made(self, how: str) -> Iterator[str]:
        name = f"test_{next(_numbers)}"
        self._server.execute(f"CREATE DATABASE {name} {how}")
        try:
            yield self._server.url(name)
        finally:
            self._server.execute(f"DROP DATABASE {name} WITH (FORCE)")
