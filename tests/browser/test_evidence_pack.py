"""An evidence pack in a browser: asked for on the session's page, downloaded, unzipped in an empty folder, and verified."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.factory import Make
from tests.support.live_server import LiveServer
from tests.support.packs import flip, names, unzipped, verify
from webapp.db import Database


@pytest.fixture
def make(live_server: LiveServer) -> Iterator[Make]:
    """Straight rows in the running program's database."""
    database = Database(live_server.database_url)
    yield Make(database)
    database.dispose()


def test_a_pack_made_in_the_browser_verifies_and_one_flipped_byte_in_any_file_is_found(
    officer: Page, make: Make, tmp_path: Path
) -> None:
    session = make.finished()
    make.result(session)
    make.delivery(session=session)
    officer.goto(f"/sessions/{session.id}")
    officer.get_by_role("link", name="Evidence pack").click()
    officer.get_by_label("What it is for").select_option(label="A supervisor or an inspector asked for it")
    officer.get_by_label("In a few words").fill("Letter of 12 May")
    officer.get_by_role("button", name="Make the pack").click()
    download = officer.get_by_role("button", name="Download")
    expect(download).to_be_visible(timeout=20_000)
    with officer.expect_download() as coming:
        download.click()
    folder = unzipped(Path(coming.value.path()).read_bytes(), tmp_path / "empty")

    code, said = verify(folder)
    assert code == 0, said
    assert "Letter of 12 May" in said
    for name in names(folder):
        before = flip(folder / name, (folder / name).stat().st_size // 3)
        code, said = verify(folder)
        assert code in (1, 2), name
        assert name in said
        (folder / name).write_bytes(before)
