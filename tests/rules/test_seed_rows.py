"""The tables of docs/providers: a row for each name of a vendor's reference, and what each row names is there."""

import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from webapp.providers import PROVIDERS
from webapp.providers.docupass import codes
from webapp.providers.qid import codes as qid_codes
from webapp.providers.qid.attributes import IDS

ROOT = Path(__file__).resolve().parents[2]
SEEDS: dict[str, dict[str, list[str]]] = {
    provider: tomllib.loads((Path(__file__).parent / f"seed_{provider}.toml").read_text()) for provider in PROVIDERS
}
NAMED = re.compile(r"`([^`]+)`")


class Row(NamedTuple):
    """One row of a table."""

    provider: str
    section: str
    name: str
    screen: str
    code: list[str]
    tests: list[str]


def rows(provider: str) -> list[Row]:
    """The rows of a provider's table; a name in bold begins a section."""
    found: list[Row] = []
    section = ""
    page = (ROOT / "docs" / "providers" / f"{provider}.md").read_text(encoding="utf-8")
    for line in page.partition("| Name | On screen | In the code | Test |")[2].splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) != 4 or set(cells[0]) <= {"-"}:
            continue
        if cells[0].startswith("**"):
            section = cells[0].strip("*")
        else:
            code, tests = NAMED.findall(cells[2]), NAMED.findall(cells[3])
            found.append(Row(provider, section, cells[0].strip("`"), cells[1], code, tests))
    return found


ROWS = [row for provider in PROVIDERS for row in rows(provider)]
ROW_NAMES = [f"{row.provider}, {row.section}: {row.name}" for row in ROWS]


@cache
def text(path: str) -> str:
    """A file's text; empty when there is none."""
    file = ROOT / path
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def defines(source: str, name: str) -> bool:
    """Whether a module has a function, a class or a constant of this name."""
    return bool(re.search(rf"^\s*(?:def|class) {name}\b|^{name}\b[^=\n]*=", source, re.MULTILINE))


@pytest.mark.parametrize(
    "provider, section", [(provider, section) for provider in SEEDS for section in SEEDS[provider]]
)
def test_every_name_of_the_reference_has_its_row(provider: str, section: str) -> None:
    place, named = (provider, section.casefold()), set(SEEDS[provider][section])
    shown = [row.name for row in ROWS if (row.provider, row.section.casefold()) == place]
    assert not named - set(shown), "no row for these"
    assert not set(shown) - named, "the reference has no such name"
    assert not [name for name, times in Counter(shown).items() if times > 1], "more than one row"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_section_of_the_table_is_unknown(provider: str) -> None:
    shown = {row.section.casefold() for row in ROWS if row.provider == provider}
    assert shown == {section.casefold() for section in SEEDS[provider]}


@pytest.mark.parametrize("row", ROWS, ids=ROW_NAMES)
def test_a_row_says_where_it_is_on_screen_or_why_it_is_not(row: Row) -> None:
    pages = [name for name in NAMED.findall(row.screen) if name.startswith(("templates/", "webapp/"))]
    assert pages or re.match(r"Not shown: \w+", row.screen), "neither a page nor a reason"
    assert not [page for page in pages if not text(page)]


@pytest.mark.parametrize("row", ROWS, ids=ROW_NAMES)
def test_the_code_that_a_row_names_is_there(row: Row) -> None:
    assert row.code
    lost = [place for place in row.code if not defines(text(place.partition(":")[0]), place.partition(":")[2])]
    assert not lost


@pytest.mark.parametrize("row", ROWS, ids=ROW_NAMES)
def test_the_tests_that_a_row_names_are_there(row: Row) -> None:
    assert row.tests
    lost = [place for place in row.tests if not defines(text(place.partition("::")[0]), place.partition("::")[2])]
    assert not lost


def test_the_lists_in_the_code_are_those_of_the_reference() -> None:
    seed = SEEDS["docupass"]
    assert list(codes.FAIL_CODES) == seed["fail codes"]
    assert [code for code in codes.ERROR_CODES if code.isdigit()] == seed["error codes"]
    assert list(codes.CHECKS) == seed["authentication checks"]
    assert list(codes.AML_DATABASES) == seed["AML databases"]
    assert list(qid_codes.CODES) == SEEDS["qid"]["codes"]
    assert list(IDS.values()) == SEEDS["qid"]["metadata ids"]
