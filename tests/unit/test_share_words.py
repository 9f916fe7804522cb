"""The words of the applicant's page for each kind of link and set of options; the page itself is in `test_share.py`."""

from dataclasses import asdict
from typing import Any

import pytest

from webapp.models import Link, Person
from webapp.providers.base import Options
from webapp.queries.links import LinkDetail
from webapp.queries.share_words import ShareWords, words


def said(
    options: Options | None = None, *, kind: str = "identity", given: tuple[str, ...] = (), **more: Any
) -> ShareWords:
    link = Link(**{"kind": kind, "options": asdict(options or Options()), "expected": {}, **more})
    person = None if link.reusable else Person(name="Anna Specimen")
    return words(LinkDetail(link=link, person=person, session=None), company="Specimen Bank", given=given)


def everything(page: ShareWords) -> str:
    needs = " ".join(f"{need['title']} {need['text']}" for need in page.needs)
    return " ".join([page.heading, page.why, page.also, needs, *page.steps, *page.privacy])


def test_a_signature_asks_for_no_photos() -> None:
    page = said(kind="signature")
    assert page.heading == "please read and sign a document"
    assert "Sign it on the screen" in page.steps
    assert "photo" not in everything(page).lower()


def test_a_check_with_a_signature_says_both() -> None:
    page = said(Options(contract="sign", contract_template="T1"))
    assert page.heading == "please show us who you are"
    assert page.also == "After that you read and sign a document."


def test_a_phone_that_is_asked_is_a_step() -> None:
    assert any("number" in step for step in said(Options(ask_phone=True)).steps)


def test_a_number_to_confirm_is_masked_for_whoever_has_the_address() -> None:
    page = said(expected={"phone": "+447400123456"})
    assert [step for step in page.steps if "+44 **** 456" in step]
    assert "447400123456" not in everything(page)


def test_pictures_that_are_given_are_not_asked_for() -> None:
    page = said(given=("document", "face"))
    assert not [step for step in page.steps if "hoto" in step or "selfie" in step]
    assert page.needs == []


@pytest.mark.parametrize(
    ("module", "anywhere", "phone_only"),
    [("iframe", True, False), ("redirect", True, False), ("mobile", False, False), ("live_mobile", False, True)],
)
def test_a_computer_does_where_the_module_works_on_one(module: str, anywhere: bool, phone_only: bool) -> None:
    page = said(Options(module=module))
    assert (page.anywhere, page.phone_only) == (anywhere, phone_only)


def test_a_document_can_be_signed_anywhere() -> None:
    assert said(kind="signature").anywhere


def test_a_computer_with_a_camera_does_where_it_works() -> None:
    assert "A phone or a computer with a camera" in everything(said(Options(module="redirect")))
    assert "A phone or a computer with a camera" not in everything(said(Options(module="mobile")))


def test_nobody_is_greeted_by_name_on_a_link_for_many() -> None:
    assert said(reusable=True, label="Open day").first_name == ""
    assert said().first_name == "Anna"


@pytest.mark.parametrize("kind", ["identity", "signature"])
def test_no_page_names_a_reason_of_fraud(kind: str) -> None:
    spoken = everything(said(kind=kind)).lower()
    for word in ("fraud", "aml", "sanction", "authentic", "score", "threshold"):
        assert word not in spoken
