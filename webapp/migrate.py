"""Bringing a database to the newest revision; safe to repeat, done in one step before serving."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from webapp.db import Database

LOCK = 7_306_001
"""Key of PostgreSQL's advisory lock around migrations, so that two starting processes take turns."""


def alembic_config() -> Config:
    """Alembic's configuration, from code: there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def migrate(database_url: str, revision: str = "head") -> None:
    """Upgrade (or, to an older revision, downgrade is `alembic.command`'s) the database to the revision."""
    config = alembic_config()
    if database_url.startswith("sqlite"):
        database = Database(database_url)
        try:
            with database.writer.connect() as connection:
                connection.execute(text("SELECT 1"))
                config.attributes["connection"] = connection
                command.upgrade(config, revision)
                connection.commit()
        finally:
            database.dispose()
        return
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
            connection.commit()
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            connection.commit()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
            connection.commit()
    finally:
        engine.dispose()
