"""What is loaded when it is first used: each name leads somewhere, no higher than imports may, and a server starts without it."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from webapp.commands import COMMANDS
from webapp.later import Later, later

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("alembic", "psycopg", "reportlab", "uharfbuzz", "webapp.backup", "webapp.cli", "webapp.sandbox", "xlsxwriter")
NOT_FOR_LISTS = (*HEAVY, "cryptography", "flask", "jinja2", "PIL", "requests", "webapp.providers.build", "wtforms")
LAYERS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]["layers"]


def places() -> Iterator[tuple[str, str]]:
    """Every file of ours that names something to load later, and what it names."""
    for path in sorted((ROOT / "webapp").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("later", "Later"):
                (place,) = node.args
                if path.name != "later.py":
                    assert isinstance(place, ast.Constant), f"{path.name}: the place is not written out"
                    yield ".".join(path.relative_to(ROOT).with_suffix("").parts), place.value


def height(module: str) -> int:
    """How high the part of the console stands that a module belongs to; the wiring stands highest."""
    parts = [[part.strip() for part in layer.split(":")] for layer in LAYERS]
    return next((-place for place, names in enumerate(parts) if module.split(".")[1:2][0] in names), 1)


PLACES = sorted(set(places()))


@pytest.mark.parametrize(("module", "place"), PLACES)
def test_what_is_loaded_later_is_there_and_no_higher_than_who_asks(module: str, place: str) -> None:
    assert callable(Later(place).it)
    target = place.partition(":")[0]
    assert height(module) >= height(target) or height(target) == 1
    assert ("webapp.sandbox" in target) <= (module == "webapp.wiring"), "only the wiring knows the sandbox"


def test_there_are_some() -> None:
    assert {place for _, place in PLACES} >= {command.place for command in COMMANDS.values()}


def test_a_server_starts_without_what_only_some_work_needs() -> None:
    program = f"import sys, webapp.wiring; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "[]\n"


def test_the_process_for_long_lists_starts_with_what_lists_need() -> None:
    program = f"import sys, webapp.exports.apart; print([name for name in {NOT_FOR_LISTS} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "[]\n"


def test_a_name_is_loaded_once_and_called_as_what_it_names() -> None:
    join = later("posixpath:join")
    assert join("a", "b") == "a/b"
    assert isinstance(join, Later)
    assert join.it is join.it


def test_every_command_is_named_as_it_calls_itself(app: Flask) -> None:
    assert [command.it.name for command in COMMANDS.values()] == list(COMMANDS)
