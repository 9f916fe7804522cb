"""The commands behind `flask --app app`: the same actions and queries as the pages, for operators and scripts."""

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlmodel import col, select

from webapp import doctor, live
from webapp.actions import links as link_actions
from webapp.actions import sign_ins
from webapp.actions.actor import Actor
from webapp.actions.links import webhook_address
from webapp.db import Database, current_database
from webapp.exports import FORMATS
from webapp.forms.links import options_from_words
from webapp.migrate import migrate as migrate_database
from webapp.models import User
from webapp.models.words import ROLES
from webapp.worker import Context, Worker

OPERATOR = Actor(kind="system", name="command line")
users = AppGroup("users", help="Team members.")
links = AppGroup("links", help="Verification links.")
sessions = AppGroup("sessions", help="Verification sessions.")
deliveries = AppGroup("deliveries", help="What the vendors posted.")
sandbox = AppGroup("sandbox", help="The stand-in for the vendors.")
as_json = click.option("--json", "json_wanted", is_flag=True, help="Print JSON.")


def register(app: Flask) -> None:
    """Add every command to the application."""
    for command in (users, links, sessions, deliveries, sandbox, migrate, worker, doctor_command):
        app.cli.add_command(command)
