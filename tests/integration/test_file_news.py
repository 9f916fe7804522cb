"""What came of a file is told to whoever asked for it, on every page, and to nobody else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from tests.support.export_files import again, ask
from tests.support.factory import Make
from tests.support.pages import Page, PageClient
from tests.support.worker import TestWorker
from webapp.actions.exports import expire_due
from webapp.db import Database
from webapp.models import Export, User
from webapp.models.columns import utc_now
from webapp.models.words import EXPORT_KIND, EXPORT_KIND_WORDS, EXPORT_NEWS_WORDS, EXPORT_STATE
from webapp.queries.counts import files, sidebar_counts


def user(database: Database, name: str) -> User:
    with database.reading() as db:
        return db.exec(select(User).where(col(User.name) == name)).one()


def news(page: Page) -> list[str]:
    return [str(link["href"]) for link in page.soup.select("#counts [data-news]")]


def marker(page: Page) -> str:
    found = page.soup.select_one(".side [data-count=files]")
    assert found is not None
    return found.get_text()


def test_a_file_that_is_ready_is_told_on_every_page_to_whoever_asked(
    rachel: PageClient, visit: Callable[[str, str], PageClient], worker: TestWorker, database: Database
) -> None:
    robert = visit("Robert Reviewer", "reviewer")
    export = ask(database, user(database, "Rachel Reviewer"))
    for address in ("/links", "/sessions", "/account"):
        assert news(rachel.get(address)) == []
    worker.run()
    for address in ("/links", "/sessions", "/account"):
        page = rachel.get(address)
        assert news(page) == [f"/exports/{export.id}"]
        assert marker(page) == "1"
        assert "Sessions: the file is ready." in page.text
    assert (news(robert.get("/links")), marker(robert.get("/links"))) == ([], "")


def test_the_open_page_hears_of_it_and_asks_no_second_time(
    rachel: PageClient, worker: TestWorker, database: Database
) -> None:
    def region(page: Page) -> dict[str, str]:
        found = page.soup.select_one("#counts")
        assert found is not None
        return {"X-Seen": str(found["data-seen"])}

    seen = region(rachel.get("/links"))
    export = ask(database, user(database, "Rachel Reviewer"))
    assert rachel.get("/review/counts", htmx=True, headers=seen, status=None).status == 204
    worker.run()
    told = rachel.get("/review/counts", htmx=True, headers=seen)
    assert news(told) == [f"/exports/{export.id}"]
    assert told.soup.select_one("span[hx-swap-oob*=files]").get_text() == "1"  # type: ignore[union-attr]
    assert told.queries <= 2
    assert rachel.get("/review/counts", htmx=True, headers=region(told), status=None).status == 204


def test_once_downloaded_or_over_it_is_no_news(
    rachel: PageClient, worker: TestWorker, database: Database, make: Make
) -> None:
    asker = user(database, "Rachel Reviewer")
    export = ask(database, asker)
    worker.run()
    rachel.submit(rachel.get(f"/exports/{export.id}"), "#export form")
    assert (news(rachel.get("/links")), marker(rachel.get("/links"))) == ([], "")
    late = make.export(asker, state="ready", path="1-0.csv", expires_at=utc_now() - timedelta(seconds=1))
    assert news(rachel.get("/links")) == [f"/exports/{late.id}"]
    expire_due(database, worker.context.data_dir)
    assert again(database, late).state == "expired"
    assert news(rachel.get("/links")) == []


def test_another_ones_download_takes_nothing_from_the_news(
    rachel: PageClient, visit: Callable[[str, str], PageClient], worker: TestWorker, database: Database
) -> None:
    export = ask(database, user(database, "Rachel Reviewer"))
    worker.run()
    auditor = visit("Aud Auditor", "auditor")
    auditor.submit(auditor.get(f"/exports/{export.id}"), "#export form")
    assert news(rachel.get("/links")) == [f"/exports/{export.id}"]


@pytest.mark.parametrize("state", EXPORT_STATE)
def test_only_what_is_over_is_told_and_only_what_is_there_is_counted(
    state: str, rachel: PageClient, make: Make, database: Database
) -> None:
    asker = user(database, "Rachel Reviewer")
    made: Any = make.export(asker, state=state, expires_at=utc_now() + timedelta(hours=1))
    page = rachel.get("/links")
    assert news(page) == ([f"/exports/{made.id}"] if state in EXPORT_NEWS_WORDS else [])
    assert marker(page) == ("1" if state == "ready" else "")
    assert bool(page.soup.select("#counts [data-bad]")) == (state in EXPORT_NEWS_WORDS and state != "ready")


def test_everybodys_are_kept_apart_and_the_oldest_comes_first(make: Make, database: Database) -> None:
    first, second = make.user("reviewer", name="First"), make.user("reviewer", name="Second")
    until = utc_now() + timedelta(hours=1)
    made = [
        make.export(who, kind=kind, state="ready", expires_at=until)
        for who, kind in ((first, "links"), (second, "pack"), (first, "audit"), (None, "links"))
    ]
    with database.reading() as db:
        assert [(each.export_id, each.kind) for each in files(db, first.id or 0)] == [
            (made[0].id, "links"), (made[2].id, "audit"),
        ]  # fmt: skip
        assert [each.words for each in files(db, second.id or 0)] == ["Evidence pack: the file is ready."]
        assert sidebar_counts(db, first.id or 0)["files"] == "2"


def test_every_kind_of_file_has_its_words() -> None:
    assert set(EXPORT_KIND_WORDS) == set(EXPORT_KIND)


def test_who_may_not_export_any_more_is_told_nothing(make: Make, victor: PageClient, database: Database) -> None:
    make.export(user(database, "Victor Viewer"), state="ready", expires_at=utc_now() + timedelta(hours=1))
    page = victor.get("/links")
    assert news(page) == []
    with database.reading() as db:
        assert db.exec(select(Export)).one().state == "ready"
