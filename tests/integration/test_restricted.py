"""Somebody whose data may only be kept is masked wherever a page, list or file could name him, but for who manages retention."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import col, select

from tests.integration.test_masking import addresses, given_away, words
from tests.support.export_files import again, ask, exported_file
from tests.support.factory import Make
from tests.support.marked import NAME, NUMBERS, PERSONAL, Planted, plant
from tests.support.pages import PageClient
from tests.support.worker import TestWorker
from webapp.actions.export_making import exports_folder
from webapp.db import Database
from webapp.exports import FORMATS
from webapp.masks import EVERYTHING, NOTHING, RESTRICTED, Sight
from webapp.models import Note, Person, SessionResult, VerificationSession
from webapp.models.columns import utc_now
from webapp.queries.exports import may_have

SIGNS = PERSONAL + NUMBERS
Visit = Callable[[str, str], PageClient]
LISTS = ("sessions", "links", "deliveries", "matches", "decisions")


@pytest.fixture
def restricted(app: Flask, make: Make) -> Planted:
    """The planted person, whose data may only be kept. A session that is nobody's says nothing of him."""
    planted = plant(app, make)
    with make.database.writing() as db:
        db.get_one(Person, planted.session.person_id).restricted_at = utc_now()
        for session in db.exec(select(VerificationSession).where(col(VerificationSession.person_id).is_(None))):
            result = db.get(SessionResult, session.id)
            if result is not None:
                result.person = {}
    return planted


def test_he_appears_in_no_answer_to_who_does_not_manage_retention(
    app: Flask, make: Make, rachel: PageClient, restricted: Planted
) -> None:
    urls = list(addresses(app, make, restricted))
    assert not given_away(rachel, urls, SIGNS)


def test_who_manages_retention_sees_all_of_him_and_no_mark(
    app: Flask, make: Make, visit: Visit, restricted: Planted
) -> None:
    lena = visit("Lena Lead", "compliance_lead")
    urls = [url for url in addresses(app, make, restricted) if not url.startswith("/settings/rules/versions")]
    told = " ".join(given_away(lena, urls, SIGNS))
    assert not [sign for sign in SIGNS if f" {sign}: …" not in told]
    marks = given_away(lena, urls, (RESTRICTED, "u+0002"))
    assert not [said for said in marks if "\ufffd" not in said], "what is no text has any byte"


def test_others_in_the_same_lists_are_named_as_before(rachel: PageClient, make: Make, restricted: Planted) -> None:
    make.finished(person=make.person("Nora Next"))
    said = rachel.get("/sessions").text
    assert "Nora Next" in said and "Z*** Q***" in said and "\x02" not in said


def test_uncovering_him_is_not_offered_and_the_page_says_why(visit: Visit, restricted: Planted) -> None:
    victor = visit("Victor Viewer", "viewer")
    page = victor.get(f"/sessions/{restricted.session.id}")
    assert NAME not in page.text
    assert "The data of this person are restricted" in page.text
    assert not page.soup.select("#reveal")
    assert NAME not in victor.get(f"/links/{restricted.link.id}").text


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("kind", LISTS)
def test_a_file_masks_his_rows_whole_and_leaves_the_others(
    kind: str, format: str, rachel: PageClient, make: Make, worker: TestWorker, restricted: Planted
) -> None:
    other = make.finished(person=make.person("Nora Next"))
    make.delivery(session=other)
    make.match(other)
    note = make.save(Note(session_id=other.id, text="Seen by eye"))
    make.decision(other, note_id=note.id)
    said = words(exported_file(rachel, worker, f"/exports/new?list={kind}", format=format))
    assert not [sign for sign in SIGNS if sign in said.casefold()]
    assert "Z*** Q***" in said and "Nora Next" in said
    assert "\x02" not in said and "_x0002_" not in said and "\\u0002" not in said
    assert kind != "decisions" or "Seen by eye" in said


def test_a_person_without_a_name_has_his_row_masked_too(rachel: PageClient, make: Make, worker: TestWorker) -> None:
    kept = make.person("", own_reference="CASE-R", restricted_at=utc_now())
    make.finished(person=kept, outcome="failed", outcome_text="Born 1931-07-23")
    said = words(exported_file(rachel, worker, "/exports/new?list=sessions"))
    assert "CASE-R" in said and "1931" not in said


def test_the_file_of_who_manages_retention_names_him(visit: Visit, worker: TestWorker, restricted: Planted) -> None:
    lena = visit("Lena Lead", "compliance_lead")
    said = words(exported_file(lena, worker, "/exports/new?list=sessions"))
    assert f'"{NAME}"' in said and "\x02" not in said


def test_a_file_of_who_manages_retention_is_not_for_others(make: Make) -> None:
    seen = {"personal": True, "images": True, "document_numbers": True}
    export = make.export(sight={**seen, "restricted": True})
    assert not may_have(export, EVERYTHING)
    assert may_have(export, Sight(**seen, restricted=True))
    assert may_have(make.export(sight=seen), EVERYTHING)


@pytest.mark.parametrize("kind", ["pack", "sample"])
def test_packs_say_nothing_of_him(
    kind: str, worker: TestWorker, database: Database, restricted: Planted, make: Make, tmp_path: Path
) -> None:
    asker = make.user("reviewer")
    day = f"{utc_now():%Y-%m-%d}"
    options = {"pictures": True, "raw": True, "from": day, "to": day, "outcomes": [], "count": 9, "seed": "1"}
    export = ask(
        database, asker, kind=kind, format="zip", options=options,
        session_id=restricted.session.id if kind == "pack" else None,
    )  # fmt: skip
    worker.run()
    export = again(database, export)
    assert export.state == "ready", export.error
    inside = all_of(exports_folder(worker.context.data_dir) / export.path, tmp_path)
    texts = " ".join(content.decode(errors="replace") for name, content in inside.items() if not name.endswith(".pdf"))
    assert not [sign for sign in SIGNS if sign in texts.casefold()]
    assert not [name for name in inside if "images/" in name]
    assert "Z*** Q***" in texts


def all_of(file: Path, folder: Path) -> dict[str, bytes]:
    """Every file in the ZIP, those in its ZIPs too."""
    found = {}
    with zipfile.ZipFile(file) as outer:
        for name in outer.namelist():
            found[name] = outer.read(name)
    for name in [name for name in found if name.endswith(".zip")]:
        inner = folder / "inner.zip"
        inner.write_bytes(found.pop(name))
        found |= {f"{name}/{each}": content for each, content in all_of(inner, folder).items()}
    return found


def test_restricting_changes_open_pages_that_name_him(rachel: PageClient, visit: Visit, make: Make) -> None:
    session = make.finished(person=make.person("Nora Next"))
    token = rachel.get("/sessions").soup.find(id="sessions")["data-seen"]
    lena = visit("Lena Lead", "compliance_lead")
    lena.submit(lena.get(f"/sessions/{session.id}/retention"), "#form-restrict")
    drawn = rachel.get("/sessions", htmx=True, headers={"X-Seen": token})
    assert drawn.status == 200 and "Nora" not in drawn.html and "N*** N***" in drawn.html


def test_what_is_left_of_a_sight() -> None:
    assert EVERYTHING.of_person(True) == NOTHING
    assert EVERYTHING.of_person(False) == EVERYTHING
    lead = Sight(personal=True, restricted=True)
    assert lead.of_person(True) == lead
    assert lead.key != Sight(personal=True).key
    assert Sight.of({"see_personal", "manage_retention"}) == lead
