"""The names of the commands of `flask --app app`, and where each is; a server loads none of them."""

import click
from flask import Flask
from flask.cli import AppGroup

from webapp.later import Later

COMMANDS = {
    "migrate": Later("webapp.cli:migrate"),
    "users": Later("webapp.cli_users:users"),
    "links": Later("webapp.cli:links"),
    "sessions": Later("webapp.cli:sessions"),
    "deliveries": Later("webapp.cli:deliveries"),
    "worker": Later("webapp.cli:worker"),
    "jobs": Later("webapp.cli_jobs:jobs"),
    "sandbox": Later("webapp.cli:sandbox"),
    "doctor": Later("webapp.cli:doctor"),
    "demo": Later("webapp.cli:demo"),
    "audit": Later("webapp.cli_audit:audit"),
    "evidence": Later("webapp.cli_evidence:evidence"),
    "backup": Later("webapp.cli_backup:backup"),
    "restore": Later("webapp.cli_backup:restore"),
}


class Commands(AppGroup):
    """The application's own commands, each loaded when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every name, in order."""
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; None where there is none."""
        found = COMMANDS.get(cmd_name)
        command: click.Command | None = found.it if found else super().get_command(ctx, cmd_name)
        return command


def register(app: Flask) -> None:
    """Give the application its commands."""
    app.cli = Commands(app.name)
