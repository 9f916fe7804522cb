"""What is said of a liveness link, to the officer and to the person."""

from dataclasses import asdict, replace
from typing import Any

import pytest

from webapp.models import Link, Person
from webapp.providers.base import ATTRIBUTES, Expected, Options
from webapp.queries import link_words, liveness_words, share_words
from webapp.queries.link_ways import ways
from webapp.queries.links import LinkDetail
from webapp.queries.option_words import ATTRIBUTE_WORDS

BANK = "Specimen Bank"
ALL = Options(location=True, dark=True, attributes=ATTRIBUTES)


def page(options: Options, **link: Any) -> share_words.ShareWords:
    made = Link(**{"kind": "liveness", "options": asdict(options), "expected": {}, **link})
    return share_words.words(LinkDetail(link=made, person=Person(name="Anna Specimen"), session=None), company=BANK)


def everything(said: share_words.ShareWords) -> str:
    needs = " ".join(f"{need['title']} {need['text']}" for need in said.needs)
    return " ".join([said.title, said.heading, said.why, said.also, needs, *said.steps, *said.privacy])


def test_what_is_asked_is_said_and_what_is_off_is_said_to_be_off() -> None:
    usual = dict(link_words.asked(Options(), Expected(), kind="liveness"))
    assert usual["Live person"].startswith("checked")
    assert (usual["Location"], usual["Attributes"]) == ("not asked for", "none")
    assert "no document" in usual["Identity"]
    said = dict(link_words.asked(replace(ALL, liveness=False), Expected(), kind="liveness"))
    assert said["Live person"] == "not checked"
    assert "not to be used for the decision" in said["Attributes"] and "age range" in said["Attributes"]
    assert (said["Location"][:9], said["Also set"]) == ("asked for", "dark colours")


def test_steps_follow_the_options() -> None:
    assert link_words.steps(Options(), BANK, kind="liveness") == [
        "Read one page from Specimen Bank", "Let the phone use its camera", "Look into the camera for a 3D selfie",
    ]  # fmt: skip
    assert "where it is" in link_words.steps(ALL, BANK, kind="liveness")[1]
    assert link_words.minutes(ALL, kind="liveness") == 1


def test_a_phone_is_needed_and_no_document() -> None:
    titles = [need["title"] for need in link_words.needs(Options(), kind="liveness")]
    assert titles == ["A phone with a camera", "A bright place"]
    assert link_words.needs(ALL, kind="liveness")[-1]["icon"] == "map-pin"


def test_the_mail_asks_for_a_selfie_on_a_phone() -> None:
    mail = {"person": None, "company": BANK, "address": "https://console.test/v/x", "until": None, "kind": "liveness"}
    text = link_words.mail_text(options=Options(), **mail)  # type: ignore[arg-type]
    assert "asks you to take a 3D selfie" in text and "about 1 minute." in text
    assert "does not work on a computer" in text and "Have your" not in text
    assert "where it is" not in text
    assert "where it is" in link_words.mail_text(options=ALL, **mail)  # type: ignore[arg-type]
    assert link_words.mail_subject(BANK, kind="liveness") == "Specimen Bank: please take a 3D selfie"


@pytest.mark.parametrize("module", ["mobile", "redirect", "iframe", "live_mobile"])
def test_the_persons_page_works_on_a_phone_only_whatever_the_module(module: str) -> None:
    said = page(Options(module=module))
    assert (said.anywhere, said.phone_only, said.tablet) == (False, True, False)
    assert (said.title, said.first_name) == ("Take a 3D selfie", "Anna")


def test_the_person_is_told_what_is_guessed_and_only_what_is() -> None:
    assert "guess" not in everything(page(Options()))
    assert "where it is" not in everything(page(Options()))
    said = everything(page(ALL))
    for words in liveness_words.PLAIN_ATTRIBUTES.values():
        assert words in said
    assert "We do not use that to decide anything." in said
    [one] = [each for each in page(Options(attributes=("gender",))).privacy if "guess" in each]
    assert one == "It also guesses whether you are a woman or a man. We do not use that to decide anything."


def test_no_attribute_is_without_words() -> None:
    assert set(liveness_words.PLAIN_ATTRIBUTES) == set(ATTRIBUTE_WORDS) == set(ATTRIBUTES)


def test_no_page_names_a_reason_of_fraud() -> None:
    spoken = everything(page(ALL)).lower()
    for word in ("fraud", "aml", "sanction", "authentic", "score", "threshold", "document"):
        assert word not in spoken


def test_it_is_handed_out_by_our_address_alone() -> None:
    link = Link(kind="liveness", vendor_url="https://web.qid.bio/6GtRdjIG", vendor_reference="x", vendor_answer={})
    assert ways(link, Options(), address="https://console.test/v/x").order == ()
