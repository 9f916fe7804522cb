"""The pages about presets: the list, a preset with its versions, who may do what; changing them is in `test_presets.py`."""

import pytest
from sqlmodel import Session, select

from tests.support.factory import Make
from tests.support.pages import Page, PageClient
from webapp.actions import presets
from webapp.actions.actor import SYSTEM
from webapp.db import Database
from webapp.models import Preset
from webapp.providers.base import Options
from webapp.queries import presets as queries

LIST = "/settings/presets"
MOST_QUERIES = 6


def test_the_empty_list_says_what_a_preset_is_for(alice: PageClient, victor: PageClient) -> None:
    page = alice.get(LIST)
    assert "New links start from it in one step" in page.text
    assert page.soup.select_one(f'a[href="{LIST}/new?kind=signature"]')
    page = victor.get(LIST)
    assert "An administrator makes them" in page.text and not page.soup.select(f'.main a[href^="{LIST}/new"]')


def test_the_list_shows_presets_by_name_with_what_each_asks_and_how_many_links_use_it(
    alice: PageClient, make: Make
) -> None:
    second = make.preset("beta", kind="signature")
    first = make.preset("Álpha", options=Options(countries=("CA",)), version=2)
    newest = make.version(first, number=2, options=Options(countries=("NL",)))
    with make.database.reading() as db:
        old = queries.numbered(db, first.id or 0, 1)
    for version_id in (old.id if old else None, newest.id, newest.id):
        make.link(preset_version_id=version_id)
    page = alice.get(LIST)
    lines = [row.get_text(" ", strip=True) for row in page.soup.select("tbody tr")]
    assert lines[0].startswith("Álpha") and "Netherlands" in lines[0] and "Identity 2 3" in lines[0]
    assert lines[1].startswith("beta") and "Signature 1 none" in lines[1]
    assert page.soup.select_one(f'a[href="/links/new?preset={newest.id}"]')
    assert page.soup.select_one(f'#preset-{second.id} a[href^="/links/new/signature?preset="]')


def test_archived_presets_stand_apart(alice: PageClient, make: Make, database: Database) -> None:
    make.preset("Kept")
    gone = make.preset("Gone")
    with database.writing() as db:
        presets.archive(db, by=SYSTEM, preset_id=gone.id or 0)
    page = alice.get(LIST)
    assert [each.get_text() for each in page.soup.select("#archived .name")] == ["Gone"]
    assert not page.soup.select("#archived a[href^='/links/new']")


def test_the_page_shows_what_each_version_changed(alice: PageClient, make: Make) -> None:
    preset = make.preset("Account opening", version=2)
    make.version(preset, number=2, options=Options(attempts=5, countries=("CA", "NL")), created_by_name="Anna Other")
    page = alice.get(f"{LIST}/{preset.id}")
    second, first = [each.get_text(" ", strip=True) for each in page.soup.select(".versions > li")]
    assert "Attempts: 2 → became 5" in second and "Countries: all → became Canada, Netherlands" in second
    assert "by Anna Other" in second and "The first version." in first


def test_an_old_version_has_its_own_page(victor: PageClient, make: Make) -> None:
    preset = make.preset("Account opening", version=2, options=Options(welcome="Hello " * 40))
    make.version(preset, number=2, options=Options(attempts=5))
    page = victor.get(f"{LIST}/{preset.id}/versions/1")
    assert "not the newest version" in page.text and "Hello " * 10 in page.text
    page = victor.get(f"{LIST}/{preset.id}/versions/2")
    assert "Attempts: 2 → became 5" in page.text and not page.soup.select("#not-newest")


def test_a_long_history_is_shown_50_versions_at_a_time(alice: PageClient, make: Make) -> None:
    preset = make.preset(version=53)
    for number in range(2, 54):
        make.version(preset, number=number, options=Options(attempts=number % 9 + 1))
    page = alice.get(f"{LIST}/{preset.id}")
    assert len(page.soup.select(".versions > li")) == 50
    assert all(each.select("li") for each in page.soup.select(".versions > li"))
    page = alice.get(older(page))
    assert [each.get_text() for each in page.soup.select(".versions .when a")] == [
        "Version 3",
        "Version 2",
        "Version 1",
    ]


def older(page: Page) -> str:
    return str(next(link["href"] for link in page.soup.select("a.btn") if "Older versions" in link.get_text()))


def test_hostile_names_are_only_text(alice: PageClient, make: Make) -> None:
    name = "<b>Bo\u202eld</b>" + "x" * 60
    preset = make.preset(name, options=Options(welcome="<script>alert(1)</script>", contract_prefill='{"a":"<i>"}'))
    for url in (LIST, f"{LIST}/{preset.id}", f"{LIST}/{preset.id}/edit", f"{LIST}/{preset.id}/versions/1"):
        page = alice.get(url)
        assert "<b>Bo" not in page.html and "<script>alert" not in page.html


@pytest.mark.parametrize("path", ["999", "999/edit", "999/versions/1", "1/versions/2", "1/versions/99999999999"])
def test_an_unknown_preset_or_version_is_not_found(alice: PageClient, make: Make, path: str) -> None:
    assert make.preset().id == 1
    alice.get(f"{LIST}/{path}", status=404)


@pytest.mark.parametrize("verb", ["archive", "restore", "edit"])
def test_nothing_can_be_done_to_an_unknown_preset(alice: PageClient, verb: str) -> None:
    alice.post(f"{LIST}/999/{verb}", {}, status=404)


@pytest.mark.parametrize("who", ["victor", "rachel"])
def test_only_who_manages_presets_changes_them(
    who: str, request: pytest.FixtureRequest, make: Make, db: Session
) -> None:
    visitor, preset = request.getfixturevalue(who), make.preset()
    page = visitor.get(f"{LIST}/{preset.id}")
    assert not page.soup.select(f"main form[action^='{LIST}'], main a[href$='/edit']")
    for verb in ("edit", "archive", "restore"):
        visitor.post(f"{LIST}/{preset.id}/{verb}", {"preset_name": "Mine"}, status=403)
    assert "manage presets" in visitor.get(f"{LIST}/new", status=403).text
    kept = db.exec(select(Preset)).one()
    assert (kept.version, kept.archived_at) == (1, None)


def test_the_pages_ask_the_database_little_however_much_there_is(alice: PageClient, make: Make) -> None:
    for _ in range(8):
        preset = make.preset(version=9)
        for number in range(2, 10):
            version = make.version(preset, number=number, options=Options(attempts=number))
            make.link(preset_version_id=version.id)
    for url in (LIST, f"{LIST}/1", f"{LIST}/1/edit", f"{LIST}/1/versions/3", f"{LIST}/new"):
        alice.get(url)
        assert alice.get(url).queries <= MOST_QUERIES, url
