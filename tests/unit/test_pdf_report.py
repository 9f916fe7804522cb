"""The report of a session: everything is in it, page by page, read out in order; nothing in it acts, whatever the texts say."""

# ruff: noqa: E501 - what must be found, several a line

import re
from dataclasses import replace

import pytest

from tests.support.pdfs import Pdf
from tests.support.records import empty, sample, saying
from webapp.exports.pdf.sheet import LEFT, RIGHT
from webapp.exports.pdf_report import session_report
from webapp.exports.record import Comparison, Event, Picture, Score

HOSTILE = (
    "<b>=cmd|' /C calc'!A0</b> javascript:alert(1) https://x.example/?a=1 ) Tj ET /URI (x) \\) \x00\x07\u202e"
    + "W" * 60
    + " محمد (Sample) 李明 नमस्ते สมชาย 😀\n\n${x}"
)
RECORDS = {"sample": sample(), "empty": empty(), "hostile": saying(HOSTILE), "long": saying("Word after word " * 12)}


@pytest.fixture(scope="module", params=RECORDS)
def pdf(request: pytest.FixtureRequest) -> Pdf:
    return Pdf(session_report(RECORDS[request.param]))


def test_every_page_says_its_number_the_session_and_who_had_it_made(pdf: Pdf) -> None:
    for number, page in enumerate(pdf.pages, 1):
        assert f"Page {number} of {len(pdf.pages)}" in page.splitlines()
        assert any(line.startswith("Session ") for line in page.splitlines())
        assert "Exported " in page


def test_nothing_in_it_runs_opens_or_fetches(pdf: Pdf) -> None:
    assert pdf.actions() == []


def test_no_line_leaves_the_page_or_its_margins(pdf: Pdf) -> None:
    for page in pdf.reader.pages:
        for said in pdf.said(page):
            assert said.x >= LEFT - 0.1 and said.end <= RIGHT + 0.6, said
            assert 25 < said.y < 842 - 30
            assert said.mark is None or 55 < said.y < 842 - 60, said


def test_it_is_tagged_and_says_its_title_and_language(pdf: Pdf) -> None:
    root = pdf.reader.trailer["/Root"]
    assert str(root["/MarkInfo"]["/Marked"]) == "True"  # type: ignore[index]
    assert root["/Lang"] == "en" and root["/ViewerPreferences"]["/DisplayDocTitle"]  # type: ignore[index]
    assert pdf.reader.metadata and str(pdf.reader.metadata.title).startswith("Verification report, session ")
    assert [page["/StructParents"] for page in pdf.reader.pages] == list(range(len(pdf.pages)))


def test_every_mark_of_every_page_belongs_to_an_element(pdf: Pdf) -> None:
    tree = pdf.reader.trailer["/Root"]["/StructTreeRoot"]["/ParentTree"]["/Nums"]  # type: ignore[index]
    for number, page in enumerate(pdf.reader.pages):
        marks = {said.mark for said in pdf.said(page)} - {None}
        assert marks <= set(range(len(tree[2 * number + 1].get_object())))


def test_it_is_read_out_from_the_name_to_the_proof() -> None:
    elements = Pdf(session_report(sample())).elements()
    headings = ["".join(texts) for kind, texts in elements if kind in ("/H1", "/H2")]
    assert headings == [
        "Maria Sample", "1  Summary", "2  Data expected and found", "3  Pictures", "4  Face and authenticity",
        "5  AML screening", "6  Decision history", "7  Timeline", "8  Manifest and proof",
    ]  # fmt: skip
    assert [kind for kind, _ in elements].count("/Figure") == 2


@pytest.mark.parametrize(
    "words",
    [
        "Approved", "CUST-1029", "EU retail, version 7", "The back of the document is missing", "1989 910 GOVERNMENT STREET VICTORIA BC",
        "Same after normalising", "0.43, needs 0.40: above by 0.03.", "0.10, needs 0.30: below by 0.20.", "No score was returned; 0.50 was needed.",
        "us_ofac, SDN List", "Birth: 1989-08-03 against 1967", "Not the same person", "Jun Ito, 2026-11-21 14:20:11 UTC",
        "The risk is accepted as low", "Rule version 12, policy version 4, preset version 7", "second approval of Jun Ito's proposal",
        "2026-11-21 14:02:11", "callbacks/01.json", "48,212 rows, unbroken", "That a row was true when it was written.",
        "Inspection of November 2026, sample 14 of 30", "Ines Inspector (auditor)",
    ],
)  # fmt: skip
def test_what_the_record_says_is_in_it(words: str) -> None:
    assert words.replace(" ", "") in Pdf(session_report(sample())).text.replace(" ", "")


def test_every_hash_is_whole() -> None:
    record = sample()
    text = Pdf(session_report(record)).text
    hashes = [each.sha256 for each in (*record.pictures, *record.files, *record.proof.rows)] + [
        step.evidence_hash for step in record.steps
    ]
    assert all(digest in text for digest in hashes)


def test_heads_stand_again_on_every_page_that_a_table_reaches() -> None:
    events = tuple(Event(at=sample().exported_at, words=f"Event {number}") for number in range(200))
    pdf = Pdf(session_report(replace(empty(), timeline=events)))
    with_events = [page for page in pdf.pages if "Event 1" in page]
    assert len(with_events) > 3
    assert all(page.count("What happened") == 1 for page in with_events)
    assert all(f"Event {number}\n" in "\n".join(pdf.pages) + "\n" for number in range(200))
    tables = [kind for kind, _ in pdf.elements() if kind == "/TH"]
    assert tables.count("/TH") < 20, "heads that stand again are read out again"


def test_a_value_longer_than_a_page_goes_on_and_loses_nothing() -> None:
    words = " ".join(f"w{number}" for number in range(3000))
    row = Comparison(field="Address", expected=words, found=words, verdict="Same")
    pdf = Pdf(session_report(replace(empty(), comparison=(row,))))
    assert all(pdf.text.count(f"w{number}") >= 2 for number in range(3000))
    reached = [page for page in pdf.pages if re.search(r"w\d+ w\d+", page)]
    assert len(reached) > 3 and all(page.count("On the document") == 1 for page in reached)


@pytest.mark.parametrize("content", [b"", b"no picture", b"\xff\xd8\xff\xe0 cut off", b"%PDF-1.7"])
def test_a_picture_that_is_none_says_so_and_the_report_goes_on(content: bytes) -> None:
    record = replace(empty(), pictures=(Picture(label="Front", size=4, sha256="ab" * 32, content=content),))
    text = Pdf(session_report(record)).text
    assert "cannot be shown on paper" in text
    assert "8  Manifest and proof" in text


@pytest.mark.parametrize("value", [-3.0, 0.0, 0.5, 1.0, 7.25, 0.091])
@pytest.mark.parametrize("threshold", [None, 0.0, 0.5, 1.0])
def test_a_score_anywhere_is_drawn_inside_its_scale_and_told_in_words(value: float, threshold: float | None) -> None:
    score = Score(label="Face", verdict="Said", mark="bad", value=value, threshold=threshold)
    pdf = Pdf(session_report(replace(empty(), scores=(score,))))
    assert ("no threshold was set" if threshold is None else "needs") in pdf.text
    assert all(said.end <= RIGHT + 0.6 for page in pdf.reader.pages for said in pdf.said(page))


def test_the_same_record_says_the_same_twice() -> None:
    assert Pdf(session_report(sample())).pages == Pdf(session_report(sample())).pages
