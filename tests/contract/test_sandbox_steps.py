"""The hosted pages one by one, as a browser without JavaScript sends them; over a real socket."""

import io
import re
from typing import Any
from urllib.parse import urljoin

import pytest
import requests
from bs4 import BeautifulSoup
from PIL import Image, ImageDraw


class Applicant:
    """Follows the pages: `send` fills in the form of the page at hand, `page` is where it led."""

    def __init__(self, created: dict[str, Any]) -> None:
        self.page = requests.get(created["url"], timeout=10)
        self.send(0)

    def send(self, form: int = 0, files: dict[str, Any] | None = None, **fields: str) -> None:
        forms = BeautifulSoup(self.page.text, "html.parser").select(".card-page form")
        url = urljoin(self.page.url, str(forms[form].get("action") or self.page.url))
        self.page = requests.post(url, data=fields, files=files, timeout=20)

    @property
    def step(self) -> str:
        return self.page.url.rpartition("/")[2]

    @property
    def words(self) -> str:
        return BeautifulSoup(self.page.text, "html.parser").get_text(" ", strip=True)


def code_sent_to(sandbox: Any, number: str) -> str:
    """The newest code in the outbox, which must have gone to this number."""
    soup = BeautifulSoup(requests.get(f"{sandbox.base}outbox", timeout=10).text, "html.parser")
    newest = soup.select(".sessions > li")[0].get_text(" ", strip=True)
    assert number in newest
    found = re.search(r"\b(\d{6}) is your code", newest)
    assert found
    return found[1]


def test_the_whole_way_leads_from_welcome_to_a_signed_contract(sandbox: Any, receiver: Any) -> None:
    created = sandbox.create(
        callbackurl=receiver.url, phoneverification=True, biometric=1, contract_sign="TPL1",
        contract_prefill_data={"email": "user@example.com", "fullName": "Not This One"}, welcomemessage="Hello you",
    )  # fmt: skip
    assert "Hello you" in requests.get(created["url"], timeout=10).text
    person = Applicant(created)
    assert "Step 1 of 6" in person.words
    person.send(phone="+44 7700 900123")
    person.send(code=code_sent_to(sandbox, "+44 7700 900123"))
    person.send(document="licence", country="DE", name="Maria Specimen")
    assert (person.step, "Step 2 of 6" in person.words) == ("back", True)
    person.send()
    person.send()
    assert "Maria Specimen" in person.words
    person.send(scenario="auto")
    assert (person.step, receiver.bodies) == ("read", [])
    # The ID says who it is, whatever was prefilled; what the ID does not say comes from the customer.
    assert "between Specimen Bank and MARIA SPECIMEN" in person.words
    assert "messages to user@example.com" in person.words
    assert "%{contractnumber}" in person.words
    person.send()
    person.send(name="Maria Specimen", agree="1")
    body = receiver.wait()[0]
    assert "You are done" in person.words
    assert (body["success"], body["phone"]) == (True, {"number": "+44 7700 900123", "type": "mobile"})
    assert body["contract"]["document_url"].endswith(".pdf")


@pytest.mark.parametrize(
    ("options", "pages"),
    [
        ({}, ["document", "check"]),
        ({"biometric": 2}, ["document", "face", "check"]),
        ({"dualsidecheck": True}, ["document", "back", "check"]),
        ({"verify_phone": "+447700900123"}, ["phone", "code", "document", "check"]),
        ({"sms_verification_link": "+447700900123", "phoneverification": True}, ["document", "check"]),
    ],
    ids=["document alone", "video", "both sides", "fixed phone", "phone reached by the link"],
)
def test_a_session_has_the_steps_it_asks_for(sandbox: Any, options: dict[str, Any], pages: list[str]) -> None:
    person = Applicant(sandbox.create(**options))
    seen = [person.step]
    while person.step != "check":
        code = code_sent_to(sandbox, "+447700900123") if person.step == "code" else ""
        person.send(document="passport", country="GB", code=code)
        seen.append(person.step)
    assert seen == pages


def test_pictures_given_beforehand_spare_their_steps_and_are_returned(sandbox: Any, receiver: Any) -> None:
    given = {
        "document": ("f.png", picture("navy")),
        "document_back": ("b.png", picture("olive")),
        "face": ("p.png", picture("maroon")),
    }
    fields = {
        "apikey": "sandbox",
        "companyname": "Specimen Bank",
        "type": "1",
        "biometric": "1",
        "callbackurl": receiver.url,
    }
    created = sandbox.post("docupass/create", data=fields, files=given)
    person = Applicant(created)
    assert (person.step, "Step 1 of 1" in person.words) == ("check", True)
    person.send()
    body = receiver.wait()[0]
    assert [colour(image) for image in body["documentimage"]] == [(0, 0, 128), (128, 128, 0)]
    assert [colour(image) for image in body["faceimage"]] == [(128, 0, 0)]


def test_an_applicants_own_pictures_replace_the_specimens_and_are_cropped_when_asked(
    sandbox: Any, receiver: Any
) -> None:
    person = Applicant(sandbox.create(callbackurl=receiver.url, biometric=1, crop_document=True))
    person.send(files={"front": ("f.png", picture("navy", margin=60))}, document="passport", country="GB")
    person.send(files={"face": ("p.png", picture("maroon"))})
    person.send()
    body = receiver.wait()[0]
    with Image.open(io.BytesIO(requests.get(body["documentimage"][0]["content"], timeout=10).content)) as shown:
        assert abs(shown.width - 180) < 6
    assert colour(body["faceimage"][0]) == (128, 0, 0)


def test_five_wrong_codes_fail_the_attempt_and_at_last_the_session(sandbox: Any, receiver: Any) -> None:
    person = Applicant(sandbox.create(callbackurl=receiver.url, phoneverification=True, maxattempt=2))
    for attempt in range(2):
        person.send(phone="+447700900123")
        for _ in range(4):
            person.send(code="no")
            assert person.page.status_code == 422
        person.send(code="no")
        assert ("1 attempt left" in person.words) is (attempt == 0)
    body = receiver.wait()[0]
    assert {key: body[key] for key in body if key not in ("hash", "reference")} == {
        "success": False, "customid": "case-1", "failreason": "Phone verification failed", "failcode": 15,
    }  # fmt: skip


@pytest.mark.parametrize("number", ["07700900123", "+44 20 7946 0000", "+1", "nobody"])
def test_a_number_that_cannot_be_reached_is_asked_again(sandbox: Any, number: str) -> None:
    person = Applicant(sandbox.create(phoneverification=True))
    person.send(phone=number)
    assert (person.page.status_code, "cannot reach that number" in person.words) == (422, True)


def test_a_fixed_number_cannot_be_changed_on_the_page(sandbox: Any) -> None:
    person = Applicant(sandbox.create(verify_phone="+442079460001"))
    person.send(phone="+447700900999")
    assert code_sent_to(sandbox, "+442079460001")


def test_a_failed_attempt_starts_again_at_the_document(sandbox: Any, receiver: Any) -> None:
    person = Applicant(sandbox.create(callbackurl=receiver.url, phoneverification=True, maxattempt=3))
    person.send(phone="+447700900123")
    person.send(code=code_sent_to(sandbox, "+447700900123"))
    person.send(document="passport", country="GB")
    person.send(scenario="fail2")
    assert (person.step, "2 attempts left" in person.words, receiver.bodies) == ("document", True, [])
    person.send(document="passport", country="GB")
    person.send(scenario="fail4", all_attempts="1")
    assert receiver.wait()[0]["failcode"] == 4


def test_no_step_can_be_skipped_and_an_end_is_an_end(sandbox: Any) -> None:
    created = sandbox.create(biometric=1)
    assert requests.get(f"{created['url']}/check", timeout=10).url == created["url"]
    person = Applicant(created)
    assert requests.get(f"{created['url']}/check", timeout=10).url.endswith("/document")
    person.send(document="passport", country="GB")
    assert requests.get(created["url"], timeout=10).url.endswith("/face")
    requests.post(f"{created['url']}/expire", timeout=10)
    assert "This link has expired" in requests.get(f"{created['url']}/face", timeout=10).text


def test_the_callback_comes_before_the_browser_goes_on(sandbox: Any, receiver: Any) -> None:
    receiver.delay = 0.4
    person = Applicant(sandbox.create(callbackurl=receiver.url, successredir="https://shop.example/yes#top"))
    person.send(document="passport", country="GB")
    person.send()
    assert len(receiver.bodies) == 1
    reference = receiver.bodies[0]["reference"]
    assert (
        person.page.headers["Refresh"] == f"0; url=https://shop.example/yes?reference={reference}&customid=case-1#top"
    )


def test_a_file_that_is_no_picture_is_asked_again(sandbox: Any) -> None:
    person = Applicant(sandbox.create())
    person.send(files={"front": ("f.jpg", b"<svg/>")}, document="passport", country="GB")
    assert (person.page.status_code, person.step) == (422, "document")


def test_what_was_asked_for_and_is_not_done_is_said(sandbox: Any) -> None:
    created = sandbox.create(
        language="fr",
        logo="https://cdn.example/logo.png",
        customhtmlurl="https://cdn.example/page.html",
        nobranding=True,
    )
    words = Applicant(created).words
    for said in ("French was asked for", "Custom logo set: https://cdn.example/logo.png", "page.html, not loaded"):
        assert said in words
    assert "Verification by DocuPass" not in words


def picture(colour: str, margin: int = 0) -> bytes:
    sheet, out = Image.new("RGB", (300, 200), "white" if margin else colour), io.BytesIO()
    if margin:
        ImageDraw.Draw(sheet).rectangle((margin, margin, 299 - margin, 199 - margin), fill=colour)
    sheet.save(out, "PNG")
    return out.getvalue()


def colour(image: dict[str, str]) -> tuple[int, ...]:
    """The middle of a hosted picture, as near as JPEG keeps it to steps of 64."""
    with Image.open(io.BytesIO(requests.get(image["content"], timeout=10).content)) as shown:
        found = shown.getpixel((shown.width // 2, shown.height // 2))
    assert isinstance(found, tuple)
    return tuple(round(part / 64) * 64 for part in found)
