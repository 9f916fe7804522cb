"""The policy page and its action: one switch, kept with its version, on the record; the address to register by hand."""

import threading

import pytest
from sqlmodel import Session

from tests.conftest import BOTH
from tests.support.factory import Make
from tests.support.making import rows
from tests.support.pages import PageClient
from webapp.actions import policies as actions
from webapp.actions.actor import SYSTEM, Actor
from webapp.db import Database
from webapp.models import AuditEvent, Policy
from webapp.providers.base import Options
from webapp.queries import policies

pytestmark = pytest.mark.database(*BOTH)
PAGE = "/settings/policy"
SECRET = "a-specimen-secret-of-the-installation"


def changes(db: Session) -> list[AuditEvent]:
    return [row for row in rows(db, AuditEvent) if row.action == "policy.change"]


def test_nothing_is_forbidden_until_somebody_does(alice: PageClient, db: Session) -> None:
    page = alice.get(PAGE)
    assert not page.soup.select("#attributes[checked]")
    assert "Never changed." in page.text
    assert policies.forbidden_options(db) == frozenset()


def test_forbidding_and_allowing_is_kept_shown_and_on_the_record(alice: PageClient, db: Session) -> None:
    page = alice.submit(alice.get(PAGE), "Save", attributes=True)
    assert "attributes of the face are forbidden" in page.text
    assert page.soup.select("#attributes[checked]") and "by Alice Admin" in page.text
    page = alice.submit(page, "Save", attributes=False)
    assert "attributes of the face are allowed" in page.text
    first, second = changes(db)
    assert (first.before, first.after) == (
        {"policy": "forbidden_options", "names": []},
        {"policy": "forbidden_options", "names": ["attributes"], "version": 1},
    )  # fmt: skip
    assert (first.actor_name_at_time, first.object_type) == ("Alice Admin", "policy")
    assert (second.after or {})["version"] == 2
    [row] = rows(db, Policy)
    assert (row.value, row.version, row.changed_by_name) == ([], 2, "Alice Admin")


def test_saving_what_is_so_already_changes_nothing(alice: PageClient, db: Session) -> None:
    page = alice.submit(alice.get(PAGE), "Save")
    assert "Nothing was changed." in page.text
    assert (changes(db), rows(db, Policy)) == ([], [])


def test_who_was_slower_is_told_what_is_now_and_overwrites_nothing(alice: PageClient, db: Session, make: Make) -> None:
    stale = alice.get(PAGE)
    alice.submit(alice.get(PAGE), "Save", attributes=True)
    alice.submit(alice.get(PAGE), "Save", attributes=False)
    page = alice.submit(stale, "Save", attributes=True, status=409)
    assert "Now attributes of the face are allowed" in page.soup.select_one("#conflict").get_text()  # type: ignore[union-attr]
    assert rows(db, Policy)[0].version == 2
    page = alice.submit(page, "Save", status=409)
    assert page.soup.select_one("#conflict a[href='/settings/policy']")
    alice.submit(alice.get(PAGE), "Save", attributes=True)
    assert policies.forbidden_options(fresh(db)) == {"attributes"}


def fresh(db: Session) -> Session:
    db.rollback()
    return db


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 20, "1.5", "<script>"])
def test_a_broken_form_is_refused(alice: PageClient, db: Session, version: str) -> None:
    page = alice.post(PAGE, {"attributes": "y", "began_with": version}, status=422)
    assert "Load the page again" in page.text
    assert rows(db, Policy) == []


def test_a_forged_form_is_refused(alice: PageClient, db: Session) -> None:
    alice.post(PAGE, {"attributes": "y", "began_with": "0"}, csrf=False, status=403)
    assert rows(db, Policy) == []


@pytest.mark.parametrize("who", ["rachel", "victor"])
def test_only_administrators_see_or_change_it(who: str, request: pytest.FixtureRequest, db: Session) -> None:
    visitor: PageClient = request.getfixturevalue(who)
    assert "change the policy" in visitor.get(PAGE, status=403).text
    visitor.post(PAGE, {"attributes": "y", "began_with": "0"}, status=403)
    assert not visitor.get("/").soup.select(f"nav a[href='{PAGE}']")
    assert rows(db, Policy) == []


def test_an_administrator_finds_it_in_the_sidebar(alice: PageClient) -> None:
    assert alice.get(PAGE).soup.select(f"nav a[href='{PAGE}'][aria-current=page]")


def test_presets_that_ask_for_them_are_named(alice: PageClient, make: Make) -> None:
    make.preset("<b>Guessing</b>", kind="liveness", options=Options(attributes=("gender",)))
    make.preset("Plain", kind="liveness")
    page = alice.get(PAGE)
    assert "One preset asks for them: <b>Guessing</b>" in page.text and "Plain" not in page.text
    assert page.queries <= 6


# -- the address to register ---------------------------------------------------------------------------------------


def test_without_a_secret_the_page_says_how_to_set_one(alice: PageClient) -> None:
    page = alice.get(PAGE)
    assert "VOUCHDESK_QID_WEBHOOK_TOKEN" in page.soup.select_one("#unset-qid").get_text()  # type: ignore[union-attr]
    assert "results of production cannot arrive" in page.text


@pytest.mark.settings(qid_webhook_token=SECRET)
def test_the_address_is_shown_whole_to_be_copied(alice: PageClient) -> None:
    page = alice.get(PAGE)
    assert page.soup.select_one("#registered-qid").get_text() == f"http://console.test/webhooks/qid/{SECRET}"  # type: ignore[union-attr]
    assert page.soup.select("[data-copy='#registered-qid']")


@pytest.mark.settings(qid_mode="sandbox")
def test_in_sandbox_mode_nothing_has_to_be_registered(alice: PageClient) -> None:
    page = alice.get(PAGE)
    assert "nothing has to be registered" in page.text
    assert "cannot arrive" not in page.text


# -- the action ----------------------------------------------------------------------------------------------------


def test_only_what_no_link_needs_can_be_forbidden(database: Database, db: Session) -> None:
    with pytest.raises(ValueError, match="cannot be forbidden"), database.writing() as writing:
        actions.forbid_options(writing, by=SYSTEM, names=["aml"], version=0)
    assert rows(db, Policy) == []


@pytest.mark.parametrize(
    "value", [{"names": ["attributes"]}, "attributes", None, 7, [["attributes"]], ["aml", "nothing"]]
)
def test_a_row_of_another_shape_forbids_nothing(make: Make, db: Session, value: object) -> None:
    make.save(Policy(key=policies.FORBIDDEN_OPTIONS, value=value))
    assert policies.forbidden_options(db) == frozenset()


def test_of_two_first_changes_at_once_one_wins_and_the_other_is_told(database: Database, db: Session) -> None:
    results: list[str] = []
    gate = threading.Barrier(2)

    def change(name: str) -> None:
        gate.wait()
        try:
            with database.writing() as writing:
                actions.forbid_options(writing, by=Actor(kind="system", name=name), names=["attributes"], version=0)
            results.append("done")
        except actions.StalePolicy:
            results.append("stale")

    threads = [threading.Thread(target=change, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(results) <= {"done", "stale"} and "done" in results
    assert [row.version for row in rows(db, Policy)] == [1]
    assert len(changes(db)) == 1
