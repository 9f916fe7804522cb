"""Which pages a session has and where an applicant stands; the draft and its way into the store."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from webapp.sandbox.draft import Draft, current, pages, steps
from webapp.sandbox.options import Options
from webapp.sandbox.store import Store
from webapp.sandbox.stored_callbacks import Extra


def options(**given: Any) -> Options:
    return Options(companyname="Specimen Bank", **given)


def names(asked: Options, *spared: str, document: str = "passport") -> list[str]:
    return [page for page, _ in pages("identity", asked, set(spared), Draft(document=document))]


@pytest.mark.parametrize(
    ("spared", "expected"),
    [
        ((), ["document", "back", "face", "check"]),
        (("FRONT",), ["face", "check"]),
        (("FRONT", "BACK", "FACE"), ["check"]),
        (("BACK",), ["document", "face", "check"]),
        (("FACE",), ["document", "back", "check"]),
    ],
)
def test_a_picture_given_beforehand_spares_its_page(spared: tuple[str, ...], expected: list[str]) -> None:
    assert names(options(biometric=1, dualsidecheck=True), *spared) == expected


@pytest.mark.parametrize(("document", "asked"), [("licence", True), ("card", True), ("passport", False)])
def test_only_a_document_with_two_sides_is_turned_round(document: str, asked: bool) -> None:
    assert ("back" in names(options(), document=document)) is asked


def test_two_pages_can_be_one_step() -> None:
    found = pages("identity", options(phoneverification=True, contract_sign="TPL1"), set(), Draft(document="card"))
    assert steps(found) == ["phone", "document", "check", "read", "sign"]
    assert pages("signature", options(template_id="TPL1"), set(), Draft()) == [("read", "read"), ("sign", "sign")]


def test_the_first_page_not_answered_is_where_one_stands() -> None:
    found, draft = pages("identity", options(biometric=1), set(), Draft()), Draft()
    assert current(found, draft) == "document"
    draft.answer("document")
    assert current(found, draft) == "face"


def test_after_a_failure_the_phone_stays_confirmed() -> None:
    draft = Draft(done=["phone", "code", "document", "check"], own=["FRONT"], verified=True, scenario="fail2")
    draft.begin_again(2)
    assert (draft.done, draft.own, draft.verified, draft.last_failure) == (["phone", "code"], [], False, 2)


def store_with_session(folder: Path) -> Store:
    store = Store(folder / "sandbox.sqlite")
    store.add("ABCDEFGHJK", "identity", options(), now=100.0, expires_at=700.0)
    return store


def end(store: Store, url: str = "http://127.0.0.1:9/") -> None:
    facts: dict[str, object] = {"state": "done", "hash": "f" * 32}
    assert store.finish("ABCDEFGHJK", now=200.0, facts=facts, url=url, body="{}")


def test_a_draft_goes_with_the_end_of_its_session_and_does_not_come_back(tmp_path: Path) -> None:
    store = store_with_session(tmp_path)
    store.keep_draft("ABCDEFGHJK", Draft(phone="+447700900123").content())
    assert Draft.of(store.draft("ABCDEFGHJK")).phone == "+447700900123"
    end(store)
    store.keep_draft("ABCDEFGHJK", Draft(phone="late").content())
    assert store.draft("ABCDEFGHJK") == {}


def test_extras_wait_for_what_is_still_due_and_for_each_other(tmp_path: Path) -> None:
    store = store_with_session(tmp_path)
    end(store)
    store.send_extras("ABCDEFGHJK", "http://127.0.0.1:9/", [Extra("one", "1"), Extra("two", "2")], 201.0)
    for body in ("{}", "1", "2"):
        taken = store.claim(300.0, 30.0)
        assert taken is not None
        assert taken.body == body
        assert store.claim(300.0, 30.0) is None
        store.answered(taken, now=300.0, status=500 if body == "1" else 200, answer="", due_at=None)
    assert store.next_due() is None


def test_a_file_of_the_first_version_gets_the_columns_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.sqlite"
    with sqlite3.connect(path) as old:
        old.execute(
            "create table callback (id integer primary key, reference text not null, url text not null, body text not null,"
            " attempt integer not null default 0, due_at real, state text not null default 'due')"
        )
        old.execute("insert into callback (reference, url, body, due_at) values ('ABCDEFGHJK', 'http://x', '{}', 1)")
    for _ in range(2):
        taken = Store(path).claim(10.0, 30.0)
    assert taken is None
    assert [row["label"] for row in Store(path).attempts(["ABCDEFGHJK"])] == [""]


def test_the_body_of_an_extra_is_not_kept_after_its_answer(tmp_path: Path) -> None:
    store = store_with_session(tmp_path)
    end(store)
    store.send_extras("ABCDEFGHJK", "http://127.0.0.1:9/", [Extra("large", "x" * 1_000)], 201.0)
    for _ in range(2):
        taken = store.claim(300.0, 30.0)
        assert taken is not None
        store.answered(taken, now=300.0, status=200, answer="", due_at=None)
    assert [(row["size"], row["label"]) for row in store.attempts(["ABCDEFGHJK"])] == [(2, ""), (1_000, "large")]
    assert [row["body"] for row in store.rows("select body from callback order by id")] == ["{}", ""]
