"""The table of docs/providers/docupass.md: a row for each name of the reference, and what each row names is there."""

import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from webapp.providers.docupass import codes

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "providers" / "docupass.md"
SEED: dict[str, list[str]] = tomllib.loads((Path(__file__).parent / "seed_docupass.toml").read_text())
NAMED = re.compile(r"`([^`]+)`")


class Row(NamedTuple):
    """One row of the table."""

    section: str
    name: str
    screen: str
    code: list[str]
    tests: list[str]


def rows() -> list[Row]:
    """The rows of the table; a name in bold begins a section."""
    found: list[Row] = []
    section = ""
    for line in PAGE.read_text(encoding="utf-8").partition("| Name | On screen | In the code | Test |")[2].splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) != 4 or set(cells[0]) <= {"-"}:
            continue
        if cells[0].startswith("**"):
            section = cells[0].strip("*")
        else:
            found.append(Row(section, cells[0].strip("`"), cells[1], NAMED.findall(cells[2]), NAMED.findall(cells[3])))
    return found


ROWS = rows()
IDS = [f"{row.section}: {row.name}" for row in ROWS]


@cache
def text(path: str) -> str:
    """A file's text; empty when there is none."""
    file = ROOT / path
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def defines(source: str, name: str) -> bool:
    """Whether a module has a function, a class or a constant of this name."""
    return bool(re.search(rf"^\s*(?:def|class) {name}\b|^{name}\b[^=\n]*=", source, re.MULTILINE))


@pytest.mark.parametrize("section", SEED)
def test_every_name_of_the_reference_has_its_row(section: str) -> None:
    shown = [row.name for row in ROWS if row.section.casefold() == section.casefold()]
    assert not set(SEED[section]) - set(shown), "no row for these"
    assert not set(shown) - set(SEED[section]), "the reference has no such name"
    assert not [name for name, times in Counter(shown).items() if times > 1], "more than one row"


def test_no_section_of_the_table_is_unknown() -> None:
    assert {row.section.casefold() for row in ROWS} == {section.casefold() for section in SEED}


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_a_row_says_where_it_is_on_screen_or_why_it_is_not(row: Row) -> None:
    pages = [name for name in NAMED.findall(row.screen) if name.startswith(("templates/", "webapp/"))]
    assert pages or re.match(r"Not shown: \w+", row.screen), "neither a page nor a reason"
    assert not [page for page in pages if not text(page)]


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_the_code_that_a_row_names_is_there(row: Row) -> None:
    assert row.code
    lost = [place for place in row.code if not defines(text(place.partition(":")[0]), place.partition(":")[2])]
    assert not lost


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_the_tests_that_a_row_names_are_there(row: Row) -> None:
    assert row.tests
    lost = [place for place in row.tests if not defines(text(place.partition("::")[0]), place.partition("::")[2])]
    assert not lost


def test_the_lists_in_the_code_are_those_of_the_reference() -> None:
    assert list(codes.FAIL_CODES) == SEED["fail codes"]
    assert [code for code in codes.ERROR_CODES if code.isdigit()] == SEED["error codes"]
    assert list(codes.CHECKS) == SEED["authentication checks"]
    assert list(codes.AML_DATABASES) == SEED["AML databases"]
