"""Presets: made, changed by versions, archived, restored, and kept by links; the pages are in `test_preset_pages.py`."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlmodel import Session, col, select

from tests.support.factory import Make
from tests.support.pages import Page, PageClient
from webapp.actions import presets
from webapp.actions.actor import SYSTEM, Actor
from webapp.db import Database
from webapp.forms.presets import IdentityPreset
from webapp.models import AuditEvent, Link, Preset, PresetVersion
from webapp.providers.base import Options
from webapp.queries import presets as queries

LIST = "/settings/presets"
SAVE = "#preset-form"
ANNA = Actor(kind="person", id=None, name="Anna Other")


def rows(db: Session, table: Any) -> list[Any]:
    db.rollback()
    return list(db.exec(select(table).order_by(col(table.seq if table is AuditEvent else table.id))))


def written(db: Session) -> list[AuditEvent]:
    return [row for row in rows(db, AuditEvent) if row.action.startswith("preset.")]


def new(visitor: PageClient, *, status: int = 200, kind: str = "identity", **fields: Any) -> Page:
    page = visitor.get(f"{LIST}/new?kind={kind}")
    return visitor.submit(page, "Save preset", status=status, **{"preset_name": "Account opening"} | fields)


def edit(visitor: PageClient, preset: Preset, *, status: int = 200, **fields: Any) -> Page:
    return visitor.submit(visitor.get(f"{LIST}/{preset.id}/edit"), SAVE, status=status, **fields)


def changed_by_anna(database: Database, preset: Preset, **options: Any) -> None:
    with database.writing() as db:
        presets.change(
            db, by=ANNA, preset_id=preset.id or 0, name=preset.name, options=Options(**options), version=preset.version
        )


# -- making -------------------------------------------------------------------------------------------------------


def test_a_preset_keeps_its_name_and_options_as_version_1(alice: PageClient, db: Session) -> None:
    page = new(alice, biometric="video", attempts="4", countries="Canada, nl")
    assert "Account opening" in page.text and "version 1" in page.text and "Canada" in page.text
    [preset], [version] = rows(db, Preset), rows(db, PresetVersion)
    assert (preset.name_key, preset.kind, preset.version) == ("account opening", "identity", 1)
    assert queries.options_of(version) == Options(biometric="video", attempts=4, countries=("CA", "NL"))
    assert (version.name, version.created_by_id, version.created_by_name) == (
        "Account opening", alice.user.id, "Alice Admin",
    )  # fmt: skip
    [audit] = written(db)
    assert (audit.action, audit.object_id) == ("preset.create", preset.id)
    assert audit.after == {"kind": "identity", "version": 1}


def test_a_signature_preset_has_its_template(alice: PageClient, db: Session) -> None:
    page = new(alice, kind="signature", preset_name="House rules", contract_template="TPL-SPECIMEN-1")
    assert "TPL-SPECIMEN-1" in page.text and "Signature" in page.text
    assert rows(db, Preset)[0].kind == "signature"
    assert queries.options_of(rows(db, PresetVersion)[0]).contract_template == "TPL-SPECIMEN-1"


def test_a_preset_begins_from_a_link_with_its_options(alice: PageClient, make: Make, db: Session) -> None:
    link = make.link(label="Counter 3", options=Options(attempts=7, aml=False))
    page = alice.get(f"{LIST}/new?from_link={link.id}")
    assert page.soup.select_one(f'#from-link a[href="/links/{link.id}"]')
    alice.submit(page, "Save preset")
    assert (rows(db, Preset)[0].name, queries.options_of(rows(db, PresetVersion)[0]).attempts) == ("Counter 3", 7)
    assert queries.options_of(rows(db, PresetVersion)[0]).aml is False


def test_values_filled_in_for_one_person_are_pointed_out(alice: PageClient, make: Make) -> None:
    options = Options(contract="sign", contract_template="T1", contract_prefill='{"name": "Anna Specimen"}')
    page = alice.get(f"{LIST}/new?from_link={make.link(options=options).id}")
    assert "belongs to one person" in page.text


@pytest.mark.parametrize("query", ["from_link=999", "from_link=x", "from_link=99999999999", "from_link=", "kind=cake"])
def test_a_preset_cannot_begin_from_what_is_not_there(alice: PageClient, query: str) -> None:
    alice.get(f"{LIST}/new?{query}", status=404)


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "Type a name"), ("  ", "Type a name"), ("!?…", "one letter or digit"), ("x" * 81, "80 characters at most")],
)
def test_a_preset_needs_a_name(alice: PageClient, db: Session, name: str, words: str) -> None:
    page = new(alice, preset_name=name, attempts="5", status=422)
    assert words in page.soup.select_one("#preset_name-error").get_text()  # type: ignore[union-attr]
    assert page.soup.select_one("[name=attempts]")["value"] == "5"  # type: ignore[index]
    assert rows(db, Preset) == []


def test_a_wrong_option_is_refused_on_its_field(alice: PageClient, db: Session) -> None:
    page = new(alice, attempts="11", status=422)
    assert page.soup.select_one("#attempts-error")
    assert page.soup.select_one("[name=preset_name]")["value"] == "Account opening"  # type: ignore[index]
    assert rows(db, Preset) == []


@pytest.mark.parametrize("name", ["Account opening", "ACCOUNT  Opening", "Accóunt-opening!"])
def test_two_presets_never_read_the_same(alice: PageClient, make: Make, db: Session, name: str) -> None:
    make.preset("Account opening")
    page = new(alice, preset_name=name, status=422)
    assert "“Account opening” already" in page.soup.select_one("#preset_name-error").get_text()  # type: ignore[union-attr]
    assert len(rows(db, Preset)) == 1


def test_an_archived_preset_keeps_its_name(alice: PageClient, make: Make, database: Database) -> None:
    preset = make.preset("Account opening")
    with database.writing() as db:
        presets.archive(db, by=SYSTEM, preset_id=preset.id or 0)
    page = new(alice, status=422)
    assert "archived preset is called “Account opening”" in page.text


def test_a_name_taken_at_the_same_moment_is_refused_too(
    alice: PageClient, make: Make, monkeypatch: pytest.MonkeyPatch, db: Session
) -> None:
    make.preset("Account opening")
    monkeypatch.setattr(presets, "_holder", lambda *_: None)  # as if the other one was not there yet when we looked
    page = new(alice, status=422)
    assert "just got this name" in page.text
    assert len(rows(db, Preset)) == 1


# -- changing -----------------------------------------------------------------------------------------------------


def test_a_change_makes_a_version_and_leaves_the_old_one(alice: PageClient, make: Make, db: Session) -> None:
    preset = make.preset("Account opening")
    page = edit(alice, preset, attempts="5", face_threshold="0.6")
    assert "Version 2 is saved" in page.text
    first, second = rows(db, PresetVersion)
    assert (queries.options_of(first), first.number) == (Options(), 1)
    assert (queries.options_of(second), second.number) == (Options(attempts=5, face_threshold=0.6), 2)
    assert rows(db, Preset)[0].version == 2
    [audit] = written(db)
    assert (audit.action, audit.before, audit.after) == (
        "preset.change", {"version": 1}, {"version": 2, "fields": ["face_threshold", "attempts"]},
    )  # fmt: skip


def test_saving_an_unchanged_form_makes_no_version_and_says_so(alice: PageClient, make: Make, db: Session) -> None:
    preset = make.preset(options=Options(countries=("CA",), expires_in=5400, welcome="Hello\nthere"))
    page = edit(alice, preset)
    assert "Nothing was changed, so version 1 stays" in page.text
    assert len(rows(db, PresetVersion)) == 1
    assert written(db) == []


def test_a_new_name_is_a_change(alice: PageClient, make: Make, db: Session) -> None:
    preset = make.preset("Account opening")
    page = edit(alice, preset, preset_name="Accounts")
    assert "Name: Account opening → became Accounts" in page.text
    assert [(each.number, each.name) for each in rows(db, PresetVersion)] == [(1, "Account opening"), (2, "Accounts")]
    assert (rows(db, Preset)[0].name, rows(db, Preset)[0].name_key) == ("Accounts", "accounts")
    assert written(db)[0].after == {"version": 2, "fields": ["name"]}


def test_a_preset_may_keep_its_own_name_in_another_spelling(alice: PageClient, make: Make, db: Session) -> None:
    edit(alice, make.preset("Account opening"), preset_name="Account Opening")
    assert rows(db, Preset)[0].name == "Account Opening"


def test_the_name_of_another_preset_is_refused_in_a_change(alice: PageClient, make: Make, db: Session) -> None:
    make.preset("Accounts")
    preset = make.preset("Account opening")
    page = edit(alice, preset, preset_name="accounts", attempts="5", status=422)
    assert page.soup.select_one("#preset_name-error")
    assert page.soup.select_one("[name=attempts]")["value"] == "5"  # type: ignore[index]
    assert rows(db, Preset)[1].version == 1


def test_a_stale_form_shows_what_changed_and_by_whom_and_keeps_what_was_typed(
    alice: PageClient, make: Make, database: Database, db: Session
) -> None:
    preset = make.preset("Account opening")
    page = alice.get(f"{LIST}/{preset.id}/edit")
    changed_by_anna(database, preset, aml=False)
    page = alice.submit(page, SAVE, attempts="5", status=409)
    told = page.soup.select_one("#conflict").get_text(" ")  # type: ignore[union-attr]
    assert "version 2 meanwhile" in told and "Anna Other" in told and "AML:" in told
    assert page.soup.select_one("[name=attempts]")["value"] == "5"  # type: ignore[index]
    assert page.soup.select_one(f'#conflict a[href="{LIST}/{preset.id}/edit"]')
    assert rows(db, Preset)[0].version == 2


def test_sending_a_stale_form_again_is_still_a_conflict(
    alice: PageClient, make: Make, database: Database, db: Session
) -> None:
    preset = make.preset()
    page = alice.get(f"{LIST}/{preset.id}/edit")
    changed_by_anna(database, preset, aml=False)
    for _ in range(2):
        alice.submit(page, SAVE, attempts="5", status=409)
    assert rows(db, Preset)[0].version == 2


def test_a_stale_form_can_be_saved_over_the_version_it_was_shown(
    alice: PageClient, make: Make, database: Database, db: Session
) -> None:
    preset = make.preset()
    page = alice.get(f"{LIST}/{preset.id}/edit")
    changed_by_anna(database, preset, aml=False)
    page = alice.submit(page, SAVE, attempts="5", status=409)
    alice.submit(page, "Save mine as version 3")
    assert queries.options_of(rows(db, PresetVersion)[2]) == Options(attempts=5)


def test_saving_over_a_version_that_is_not_the_newest_any_more_is_a_conflict_again(
    alice: PageClient, make: Make, database: Database, db: Session
) -> None:
    preset = make.preset()
    page = alice.get(f"{LIST}/{preset.id}/edit")
    changed_by_anna(database, preset, aml=False)
    page = alice.submit(page, SAVE, attempts="5", status=409)
    changed_by_anna(database, rows(db, Preset)[0], aml=False, attempts=9)
    page = alice.submit(page, "Save mine as version 3", status=409)
    assert "version 3 meanwhile" in page.text and "Save mine as version 4" in page.text
    told = page.soup.select_one("#conflict").get_text(" ")  # type: ignore[union-attr]
    assert "Attempts:" in told and "AML:" not in told, "only what was not shown before"
    assert rows(db, Preset)[0].version == 3


def test_a_stale_form_that_says_what_was_saved_meanwhile_is_no_conflict(
    alice: PageClient, make: Make, database: Database, db: Session
) -> None:
    preset = make.preset()
    page = alice.get(f"{LIST}/{preset.id}/edit")
    changed_by_anna(database, preset, attempts=5)
    page = alice.submit(page, SAVE, attempts="5")
    assert "Nothing was changed, so version 2 stays" in page.text
    assert rows(db, Preset)[0].version == 2


def test_what_is_saved_while_a_form_is_being_checked_is_shown_too(
    alice: PageClient, make: Make, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    preset = make.preset()
    page = alice.get(f"{LIST}/{preset.id}/edit")
    check = IdentityPreset.validate

    def slowly(form: IdentityPreset) -> bool:
        changed_by_anna(database, preset, aml=False)
        return check(form)

    monkeypatch.setattr(IdentityPreset, "validate", slowly)
    page = alice.submit(page, SAVE, attempts="5", status=409)
    assert "AML:" in page.soup.select_one("#conflict").get_text(" ")  # type: ignore[union-attr]


def test_of_two_who_save_at_once_one_is_told_that_the_other_was_faster(
    make: Make, database: Database, db: Session
) -> None:
    preset = make.preset()
    start = Barrier(2)

    def save(attempts: int) -> str:
        start.wait()
        try:
            changed_by_anna(database, preset, attempts=attempts)
        except presets.Stale as stale:
            return f"stale {stale.newest}"
        return "saved"

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(save, (5, 6))) == ["saved", "stale 2"]
    assert [each.number for each in rows(db, PresetVersion)] == [1, 2]


@pytest.mark.parametrize("began_with", ["", "x", "-1", "99999999999999999999"])
def test_a_form_that_names_no_version_is_a_conflict(
    alice: PageClient, make: Make, db: Session, began_with: str
) -> None:
    preset = make.preset("Account opening")
    data = {"preset_name": "Account opening", "began_with": began_with, "attempts": "5"}
    alice.post(f"{LIST}/{preset.id}/edit", usual() | data, status=409)
    assert rows(db, Preset)[0].version == 1


def usual() -> dict[str, Any]:
    """What the form would send untouched, as far as a preset needs it."""
    return {
        "biometric": "photo", "face_threshold": "0.4", "authenticity_threshold": "0.3", "authenticity_module": "2",
        "expires": "604800", "module": "mobile", "contract": "none", "qr_color": "000000", "qr_background": "FFFFFF",
        "qr_size": "5", "qr_margin": "1", "language": "", "contract_format": "",
    }  # fmt: skip


# -- archiving ----------------------------------------------------------------------------------------------------


def test_an_archived_preset_is_not_offered_and_can_be_restored(alice: PageClient, make: Make, db: Session) -> None:
    preset = make.preset("Account opening")
    page = alice.submit(alice.get(f"{LIST}/{preset.id}"), "Archive")
    assert "Archived" in page.soup.select_one("#archived").get_text()  # type: ignore[union-attr]
    assert "Archived just now by Alice Admin" in page.text
    assert not page.soup.select("a[href^='/links/new?preset']")
    assert queries.choices(db, "identity") == ()
    alice.submit(page, "Restore")
    db.rollback()
    assert [choice.name for choice in queries.choices(db, "identity")] == ["Account opening"]
    assert [(row.action, row.object_id) for row in written(db)] == [
        ("preset.archive", preset.id), ("preset.restore", preset.id),
    ]  # fmt: skip


def test_no_new_link_begins_with_an_archived_preset(alice: PageClient, make: Make) -> None:
    preset = make.preset("Account opening")
    alice.get(f"/links/new?preset={preset.id}", status=200)
    alice.submit(alice.get(f"{LIST}/{preset.id}"), "Archive")
    alice.get(f"/links/new?preset={preset.id}", status=404)


def test_archiving_or_restoring_twice_changes_and_records_nothing(alice: PageClient, make: Make, db: Session) -> None:
    preset = make.preset()
    alice.post(f"{LIST}/{preset.id}/restore")
    assert written(db) == []
    alice.post(f"{LIST}/{preset.id}/archive")
    before = rows(db, Preset)[0].archived_at
    alice.post(f"{LIST}/{preset.id}/archive")
    assert rows(db, Preset)[0].archived_at == before
    assert len(written(db)) == 1


def test_a_preset_archived_meanwhile_is_not_changed(
    alice: PageClient, make: Make, database: Database, db: Session
) -> None:
    preset = make.preset()
    page = alice.get(f"{LIST}/{preset.id}/edit")
    with database.writing() as writing:
        presets.archive(writing, by=ANNA, preset_id=preset.id or 0)
    page = alice.submit(page, SAVE, attempts="5", status=409)
    assert "archived meanwhile" in page.text
    assert page.soup.select_one("[name=attempts]")["value"] == "5"  # type: ignore[index]
    assert rows(db, Preset)[0].version == 1


def test_the_form_of_an_archived_preset_leads_back_to_its_page(
    alice: PageClient, make: Make, database: Database
) -> None:
    preset = make.preset()
    with database.writing() as db:
        presets.archive(db, by=ANNA, preset_id=preset.id or 0)
    page = alice.get(f"{LIST}/{preset.id}/edit")
    assert page.url == f"{LIST}/{preset.id}" and "Restore it first" in page.text


# -- what links keep ----------------------------------------------------------------------------------------------


def test_a_link_shows_the_version_it_used_by_the_name_it_had_then(make: Make, db: Session) -> None:
    preset = make.preset("Account opening")
    choice = queries.choices(db, "identity")[0]
    link = make.link(preset_version_id=choice.version_id, preset_changed=True)
    with make.database.writing() as writing:
        presets.change(
            writing, by=ANNA, preset_id=preset.id or 0, name="Accounts", options=Options(attempts=3), version=1
        )
    db.rollback()
    shown = queries.shown(db, link)
    assert shown == queries.PresetShown(name="Account opening", number=1, changed=True, preset_id=preset.id or 0)
    assert queries.choices(db, "identity")[0].number == 2


@pytest.mark.usefixtures("provider")
def test_a_link_made_from_a_preset_keeps_its_version_when_the_preset_changes(
    alice: PageClient, make: Make, database: Database, db: Session
) -> None:
    preset = make.preset("Account opening", options=Options(attempts=7))
    page = alice.get(f"{LIST}/{preset.id}")
    page = alice.get(str(page.soup.select_one("a[href^='/links/new?preset=']")["href"]))  # type: ignore[index]
    assert page.soup.select_one("[name=attempts]")["value"] == "7"  # type: ignore[index]
    page = alice.submit(page, "Create link", person_name="Anna Specimen")
    changed_by_anna(database, preset, attempts=2)
    page = alice.get(page.url)
    assert "Account opening , version 1" in page.text and "changed for this link" not in page.text
    link = rows(db, Link)[0]
    assert (link.options["attempts"], link.preset_changed) == (7, False)
    assert "1 link uses it" in alice.get(f"{LIST}/{preset.id}/versions/1").text


def test_a_link_without_a_preset_shows_none(make: Make, db: Session) -> None:
    assert queries.shown(db, make.link()) is None
    assert queries.shown(db, None) is None


def test_only_presets_of_the_kind_are_offered(make: Make, db: Session) -> None:
    make.preset("For signing", kind="signature")
    make.preset("For checking")
    assert [each.name for each in queries.choices(db, "identity")] == ["For checking"]
    assert [each.name for each in queries.choices(db, "signature")] == ["For signing"]


@pytest.mark.parametrize("version_id", [0, -1, 999, 2**31, 2**70])
def test_an_unknown_version_is_none(db: Session, version_id: int) -> None:
    assert queries.version(db, version_id) is None


def test_options_of_an_older_release_read_as_a_new_link_has_them(make: Make, db: Session) -> None:
    preset = make.preset()
    with make.database.writing() as writing:
        stored = writing.exec(select(PresetVersion).where(PresetVersion.preset_id == preset.id)).one()
        stored.options = {"attempts": 4, "no_longer_known": True}
    [version] = rows(db, PresetVersion)
    assert queries.options_of(version) == Options(attempts=4)
