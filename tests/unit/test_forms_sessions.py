"""The sessions filter read from a URL: what it takes, what it leaves out and says, and that it comes back from its own URL."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from webapp.forms.sessions import PARTS, SessionFilterForm, part_in_words
from webapp.models.words import MATTER_KIND, OUTCOME, STATUS_WORDS
from webapp.queries.session_filter import Position, SessionFilter


def read(*pairs: tuple[str, str]) -> SessionFilterForm:
    return SessionFilterForm.read(MultiDict(pairs))


def test_every_word_of_the_status_model_can_be_chosen() -> None:
    assert set(PARTS["status"][1]) == set(STATUS_WORDS)
    assert set(PARTS["outcome"][1]) == set(OUTCOME)
    assert set(PARTS["matter"][1]) == set(MATTER_KIND)


def test_a_full_url_becomes_a_filter() -> None:
    form = read(
        ("q", "  Anna   Specimen "), ("status", "failed"), ("status", "needs_review"), ("outcome", "none"),
        ("matter", "aml"), ("created_from", "2026-11-01"), ("created_to", "2026-11-21"),
    )  # fmt: skip
    assert form.filter == SessionFilter(
        q="Anna Specimen", statuses=("needs_review", "failed"), outcomes=("none",), matters=("aml",),
        created_from=date(2026, 11, 1), created_to=date(2026, 11, 21),
    )  # fmt: skip
    assert form.notices == []


def test_unknown_words_are_left_out_and_said() -> None:
    form = read(("status", "foo"), ("status", "failed"), ("matter", "<b>"), ("unheard", "of"))
    assert form.filter == SessionFilter(statuses=("failed",))
    assert form.notices == ["Unknown status “foo” was left out", "Unknown open matter “<b>” was left out"]


def test_a_flood_of_unknown_words_makes_few_notices() -> None:
    form = read(*[("status", f"x{number}") for number in range(500)])
    assert len(form.notices) == 4
    assert form.notices[-1] == "497 more unknown values were left out"


def test_an_end_before_the_start_is_swapped_and_said() -> None:
    form = read(("created_from", "2026-11-21"), ("created_to", "2026-11-01"))
    assert (form.filter.created_from, form.filter.created_to) == (date(2026, 11, 1), date(2026, 11, 21))
    assert "swapped" in form.notices[0]


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "0001-01-01", "9999-12-31", "2026-11-1"])
def test_what_is_no_day_is_left_out_and_said(text: str) -> None:
    form = read(("created_from", text))
    assert form.filter.is_empty
    assert text in form.notices[0]


@pytest.mark.parametrize(
    "cursor", ["garbage", "~", "2026-11-21T00:00:00.000000~", "x~1", "2026-11-21T00:00:00.000000~-1"]
)
def test_a_garbled_cursor_leads_to_the_first_page_and_says_so(cursor: str) -> None:
    form = read(("after", cursor))
    assert form.bounds.after is None
    assert form.notices == ["The page asked for does not exist; this is the first one"]


def test_a_position_survives_its_text() -> None:
    position = Position.parse("2026-11-21T14:31:00.000123~42")
    assert position is not None
    assert str(position) == "2026-11-21T14:31:00.000123~42"


def test_each_chip_takes_away_only_its_own_part() -> None:
    form = read(("q", "anna"), ("status", "failed"), ("status", "expired"), ("created_to", "2026-11-21"))
    assert [chip.text for chip in form.chips] == [
        "“anna”", "Status: Failed", "Status: Expired", "Created up to 21 Nov 2026",
    ]  # fmt: skip
    assert form.chips[1].less == SessionFilter(q="anna", statuses=("expired",), created_to=date(2026, 11, 21))
    assert form.chips[3].less == SessionFilter(q="anna", statuses=("failed", "expired"))
    assert part_in_words(form.filter, "statuses") == "Status: Failed, Expired"


def test_a_very_long_search_is_cut_and_said() -> None:
    form = read(("q", "x" * 5000))
    assert len(form.filter.q) == 200
    assert form.notices


@given(
    st.lists(
        st.tuples(st.sampled_from(["q", "status", "outcome", "matter", "created_from", "after", "top"]), st.text())
    )
)
def test_no_url_ever_raises_and_a_filter_comes_back_from_its_own_url(pairs: list[tuple[str, str]]) -> None:
    form = read(*pairs)
    again = read(*form.filter.params())
    assert again.filter == form.filter
    assert again.notices == []
