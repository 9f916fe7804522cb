"""The rules page and its actions: a draft is changed, tried, refused or saved as a version; nobody overwrites another's."""

import re
import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import Session

from tests.conftest import BOTH
from tests.support.factory import Make
from tests.support.making import rows
from tests.support.pages import Page, PageClient
from webapp.actions import rules as actions
from webapp.actions.actor import Actor
from webapp.checks.default_rules import DEFAULT
from webapp.checks.rules import Condition, Rule, Rules
from webapp.db import Database
from webapp.forms.rule_draft import written
from webapp.models import AuditEvent, RuleSet
from webapp.queries import rule_trial
from webapp.queries import rules as queries

pytestmark = pytest.mark.database(*BOTH)
PAGE, DRAFT = "/settings/rules", "/settings/rules/draft"
CLEAN = Rule(
    when=(Condition(fact="outcome", op="is", values=("passed",)), Condition(fact="aml_open", op="at_most", values=(0,))),
    then="approve", reason="Nothing is open.",
)  # fmt: skip
WITH_CLEAN = (*DEFAULT[:-1], CLEAN, DEFAULT[-1])


def save(database: Database, rules: Rules, *, version: int = 0, note: str = "") -> int:
    with database.writing() as db:
        saved = actions.save(db, by=Actor(kind="system", name="Somebody Else"), rules=rules, version=version, note=note)
    assert isinstance(saved, int)
    return saved


def reasons(page: Page) -> list[str]:
    return [each.get_text(" ", strip=True) for each in page.soup.select(".rules-list > li")]


def fresh(db: Session) -> Session:
    db.rollback()
    return db


def test_the_default_set_is_shown_in_order_beside_what_is_fixed(alice: PageClient) -> None:
    page = alice.get(PAGE)
    assert "In force: version 0, the default set" in page.text
    assert len(reasons(page)) == len(DEFAULT)
    assert "Needs review, normal priority if the number of AML entries not ruled out is at least 1" in reasons(page)[7]
    assert "An AML entry is not ruled out" in page.soup.select_one("section[aria-labelledby=fixed]").get_text()  # type: ignore[union-attr]
    assert page.soup.select(f"nav a[href='{PAGE}'][aria-current=page]") and page.queries <= 7


@pytest.mark.parametrize("who", ["rachel", "victor"])
def test_only_who_may_change_rules_sees_them(who: str, request: pytest.FixtureRequest, db: Session) -> None:
    visitor: PageClient = request.getfixturevalue(who)
    assert "change the routing rules" in visitor.get(PAGE, status=403).text
    visitor.post(f"{PAGE}/save", {"d": written(()), "began_with": "0"}, status=403)
    assert not visitor.get("/").soup.select(f"nav a[href='{PAGE}']")
    assert rows(db, RuleSet) == []


def test_a_draft_is_made_with_buttons_and_saved_as_a_version(alice: PageClient, db: Session) -> None:
    draft = alice.get(DRAFT)
    assert "the same as version 0 so far" in draft.text and not draft.soup.select("#save-form button")
    draft = alice.submit(draft, "button[value='off:12']")
    draft = alice.submit(draft, "button[value='up:2']")
    draft = alice.submit(draft, "button[value='remove:13']")
    assert "not in force until it is saved" in draft.text and "Switched off" in reasons(draft)[11]
    assert rows(db, RuleSet) == [], "a draft writes nothing"
    page = alice.submit(draft, "Save as version 1", note="Addresses alone need nobody.")
    assert "Version 1 is in force from the next result on" in page.text
    words = page.soup.select_one("#version-1").get_text(" ", strip=True)  # type: ignore[union-attr]
    for said in ("by Alice Admin", "Addresses alone need nobody.", "Switched off:", "Removed:", "Reordered:"):
        assert said in words
    now = queries.in_force(fresh(db))
    assert (now.version, len(now.rules), now.rules[0], now.made_by) == (1, 13, DEFAULT[1], "Alice Admin")
    [event] = [row for row in rows(db, AuditEvent) if row.action == "rule.change"]
    assert (event.object_type, event.object_id, event.actor_name_at_time) == ("rules", 1, "Alice Admin")
    assert event.before == {"version": 0, "rules": 14, "on": 14, "approve": 0, "reject": 0}
    assert event.after == {"version": 1, "rules": 13, "on": 12, "approve": 0, "reject": 0}


def test_a_rule_is_added_and_edited_by_a_plain_form(alice: PageClient) -> None:
    form = alice.get(f"{DRAFT}/rule")
    draft = alice.submit(
        form, "Put it into the draft", then="review", priority="high", reason="A country we look at twice.", place="1",
        issuer_op="is", issuer="Netherlands, DE", face_margin_most="0,1", reusable_op="yes",
    )  # fmt: skip
    assert "Needs review, high priority if the margin of the face score" in reasons(draft)[0]
    assert "the margin of the face score is at most 0.1" in reasons(draft)[0]
    assert "the issuing country is Netherlands or Germany" in reasons(draft)[0]
    edit = alice.get(str(draft.soup.select_one("#rule-1 a")["href"]))  # type: ignore[index]
    assert edit.soup.select_one("#issuer")["value"] == "Netherlands, Germany"  # type: ignore[index]
    draft = alice.submit(edit, "Change it in the draft", place="2", then="approve", aml_open_most="0")
    assert "Auto-approve if" in reasons(draft)[1]
    assert len(reasons(draft)) == len(DEFAULT) + 1


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"reason": ""}, "Say why"), ({"reason": "x" * 201}, "200 characters"),
        ({"reason": "x", "outcome_op": "is"}, "Name at least one"),
        ({"reason": "x", "outcome": ["passed"]}, "must be one of these or none"),
        ({"reason": "x", "aml_open_least": "many"}, "Type a number"), ({"reason": "x", "aml_open_least": "-3"}, "from 0 to"),
        ({"reason": "x", "aml_open_least": "nan"}, "from 0 to"),
        ({"reason": "x", "issuer_op": "is", "issuer": "Atlantis"}, "Atlantis"),
        ({"reason": "x", "place": "0"}, "1 to 60"), ({"reason": "x", "code_op": "is", "code": "9" * 65}, "64 characters"),
        ({"reason": "x", "then": "delete"}, "choice"), ({"reason": "x", "outcome_op": "is", "outcome": ["won"]}, "choice"),
    ],
)  # fmt: skip
def test_a_wrong_rule_comes_back_with_what_was_typed(alice: PageClient, fields: dict[str, Any], wrong: str) -> None:
    usual = {"then": "review", "priority": "normal", "place": "3", "on": "y", "provider_op": "is", "provider": ["qid"]}
    page = alice.post(f"{DRAFT}/rule", usual | fields, status=422)
    assert wrong in page.soup.select_one("#error-summary").get_text()  # type: ignore[union-attr]
    assert page.soup.select("input[name=provider][value=qid][checked]")


def test_a_rule_that_could_approve_with_entries_open_is_refused_with_the_reason(alice: PageClient, db: Session) -> None:
    unsafe = Rule(when=CLEAN.when[:1], then="approve", reason="x")
    text = written((unsafe, *DEFAULT))
    assert "This draft cannot be saved yet" in alice.get(f"{DRAFT}?d={text}").text
    page = alice.post(f"{PAGE}/save", {"d": text, "began_with": "0", "note": "My words"}, status=422)
    summary = page.soup.select_one("#error-summary").get_text()  # type: ignore[union-attr]
    assert "Rule 1 could approve with AML entries open" in summary and "at most 0" in summary
    assert page.soup.select_one("#note")["value"] == "My words"  # type: ignore[index]
    assert rows(db, RuleSet) == []


def test_contradictory_and_unreachable_rules_are_named(alice: PageClient, db: Session) -> None:
    never = Rule(when=(Condition(fact="late", op="yes"), Condition(fact="late", op="no")), reason="x")
    page = alice.post(f"{PAGE}/save", {"d": written((never, *DEFAULT, CLEAN)), "began_with": "0"}, status=422)
    summary = page.soup.select_one("#error-summary").get_text(" ")  # type: ignore[union-attr]
    assert "Rule 1 contradicts itself about the late result" in summary
    assert "Rule 16 is never reached: rule 15 says otherwise" in summary
    assert "contradicts itself" in page.soup.select_one("#rule-1 .field-error").get_text()  # type: ignore[union-attr]
    assert rows(db, RuleSet) == []


def test_who_was_slower_sees_it_keeps_the_draft_and_may_still_save(
    alice: PageClient, database: Database, db: Session
) -> None:
    draft = alice.submit(alice.get(DRAFT), "button[value='off:12']")
    save(database, DEFAULT[1:])
    page = alice.submit(draft, "Save as version 1", note="Mine", status=409)
    conflict = " ".join(page.soup.select_one("#conflict").get_text(" ").split())  # type: ignore[union-attr]
    assert "Somebody saved version 1 meanwhile" in conflict and "by Somebody Else" in conflict
    assert len(reasons(page)) == 14 and "Switched off" in reasons(page)[11]
    assert page.soup.select_one("#note")["value"] == "Mine"  # type: ignore[index]
    assert queries.in_force(fresh(db)).rules == DEFAULT[1:]
    alice.submit(page, "Save mine as version 2")
    now = queries.in_force(fresh(db))
    assert (now.version, len(now.rules)) == (2, 14)


def test_saving_what_is_in_force_changes_nothing(alice: PageClient, db: Session) -> None:
    page = alice.post(f"{PAGE}/save", {"d": written(DEFAULT), "began_with": "0"})
    assert "Nothing was changed, so version 0 stays in force" in page.text
    assert rows(db, RuleSet) == []


@pytest.mark.parametrize("text", ["x", "%00", "A" * 13_000, "eJyLjgUAARUA"])
def test_a_broken_draft_begins_anew(alice: PageClient, db: Session, text: str) -> None:
    assert "cannot be read" in alice.get(f"{DRAFT}?d={text}").text
    assert "cannot be read" in alice.get(f"{DRAFT}/rule?d={text}").text
    page = alice.post(f"{PAGE}/save", {"d": text, "began_with": "0"}, status=422)
    assert "Nothing was saved" in page.text
    alice.post(f"{PAGE}/save", {"d": written(()), "began_with": "x"}, status=422)
    alice.post(f"{PAGE}/save", {"d": written(()), "began_with": "0", "note": "x" * 501}, status=422)
    alice.post(f"{PAGE}/save", {"d": written(()), "began_with": "0"}, csrf=False, status=403)
    assert rows(db, RuleSet) == []
    for odd in ("number=99", "number=-1", "number=x", "began=-7", "began=99999999999999999999"):
        alice.get(f"{DRAFT}/rule?{odd}")


def test_versions_are_kept_as_they_were_and_paged(alice: PageClient, database: Database) -> None:
    save(database, DEFAULT[1:], note="<b>Step 1</b>")
    for number in range(1, 23):
        save(database, DEFAULT[(number + 1) % 2 :], version=number)
    page = alice.get(f"{PAGE}/versions/1")
    assert "This version is not in force" in page.text and "<b>Step 1</b>" in page.text
    assert "The default set" in alice.get(f"{PAGE}/versions/0").text
    for missing in ("99", "4294967296"):
        alice.get(f"{PAGE}/versions/{missing}", status=404)
    first = alice.get(PAGE)
    assert len(first.soup.select(".versions > li")) == 20
    older = alice.get(str(first.soup.select_one("a[href*='before=']")["href"]))  # type: ignore[index]
    assert "comes with Vouchdesk" in older.text


def test_of_two_who_save_at_once_one_is_told(database: Database, db: Session) -> None:
    results: list[str] = []
    gate = threading.Barrier(2)

    def change(rules: Rules) -> None:
        gate.wait()
        try:
            save(database, rules)
            results.append("done")
        except actions.StaleRules:
            results.append("stale")

    threads = [threading.Thread(target=change, args=(DEFAULT[cut:],)) for cut in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["done", "stale"]
    assert [row.version for row in rows(db, RuleSet)] == [1]


def test_a_stored_set_that_cannot_be_read_sends_everything_to_a_person(make: Make, db: Session) -> None:
    make.save(RuleSet(version=3, rules=[{"when": "gibberish"}]))
    now = queries.in_force(db)
    assert (now.version, now.rules) == (3, queries.UNREADABLE)


# -- trying --------------------------------------------------------------------------------------------------------


def passed(make: Make, *, days: int = 1, **fields: Any) -> int:
    session = make.finished(finished_at=datetime.now(UTC) - timedelta(days=days), **fields)
    make.result(session, authenticity={"score": 0.9, "checks": [], "warnings": []},
                person={"full_name": "ANNA", "birth": "1980-01-01", "document_number": "X", "expiry": "2035-01-01"})  # fmt: skip
    return session.id or 0


def test_trying_says_how_many_would_go_elsewhere_and_writes_nothing(alice: PageClient, make: Make, db: Session) -> None:
    clean = [passed(make, days=days) for days in (1, 2, 89)]
    hit = passed(make)
    with make.database.reading() as reading:
        from webapp.models import VerificationSession

        make.match(reading.get_one(VerificationSession, hit))
    passed(make, days=91), passed(make, erased=True)
    page = alice.submit(alice.get(f"{DRAFT}?d={written(WITH_CLEAN)}"), "Try on the last 90 days")
    trial = page.soup.select_one("#trial")
    assert trial is not None
    assert "4 results held against version 0 and against this draft" in trial.get_text(" ", strip=True)
    [row] = trial.select("tbody tr")
    assert " ".join(row.get_text(" ").split()).startswith("Needs review, normal priority Approved by a rule 3 Session")
    assert {str(a["href"]) for a in row.select("a")} == {f"/sessions/{number}" for number in clean}
    assert "3 would go elsewhere, 1 where it goes now" in " ".join(trial.get_text(" ").split())
    assert rows(db, RuleSet) == [] and page.soup.select("#save-form button")


def test_trying_the_rules_in_force_moves_nothing(alice: PageClient, make: Make) -> None:
    passed(make)
    assert "Every one of them would go where it goes now" in alice.get(f"{DRAFT}?do=try").text


def test_a_trial_is_read_in_chunks_and_says_where_it_stopped(
    alice: PageClient, make: Make, database: Database, monkeypatch: pytest.MonkeyPatch, app: Any
) -> None:
    monkeypatch.setattr(rule_trial, "CHUNK", 2)
    numbers = [passed(make, days=days) for days in (5, 4, 3, 2, 1)]
    providers = app.extensions["vouchdesk.providers"]
    given: dict[str, Any] = {
        "rules": WITH_CLEAN, "instead_of": DEFAULT, "providers": providers, "now": datetime.now(UTC)
    }  # fmt: skip
    with database.reading() as db:
        every = rule_trial.try_out(db, **given)
        some = rule_trial.try_out(db, **given, most=3)
    assert (every.looked, every.total, every.changed) == (5, 5, 5)
    assert (some.looked, some.total, some.changed) == (3, 5, 3)
    assert some.moves[0].examples == tuple(reversed(numbers))[:3]
    monkeypatch.setattr(rule_trial, "SECONDS", 0)
    with database.reading() as db:
        assert rule_trial.try_out(db, **given).looked == 0, "its time is over before it begins"
    monkeypatch.setattr(rule_trial, "SECONDS", 60)
    monkeypatch.setattr(rule_trial.try_out, "__kwdefaults__", {"most": 3})
    assert re.search(r"newest 3 of 5", alice.get(f"{DRAFT}?do=try").text)


def test_the_draft_travels_in_the_address_alone(alice: PageClient) -> None:
    draft = alice.submit(alice.get(DRAFT), "button[value='remove:1']")
    edit = str(draft.soup.select_one("#rule-1 a")["href"])  # type: ignore[index]
    assert set(parse_qs(urlsplit(edit).query)) == {"d", "began", "number"}
