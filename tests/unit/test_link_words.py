"""What a link asks, in words: steps, minutes, summary, e-mail; for both kinds."""

import pytest

from webapp.providers.base import Expected, Options
from webapp.queries import link_words
from webapp.queries.option_words import LABELS

BANK = "Specimen Bank"
SIGN = Options(contract="sign", contract_template="TPL1", contract_prefill='{"agreement_no": "A-1"}')


def test_the_usual_link_is_said_as_before() -> None:
    assert link_words.asked(Options(), Expected(name="Anna")) == [
        ("Documents", "passport, ID card or driving licence, not expired"), ("Countries", "all"),
        ("Face", "a photo, passes at 0.40"), ("Authenticity", "passes at 0.30"),
        ("AML", "all lists; any match goes to review"), ("Compared", "name"),
    ]  # fmt: skip


def test_what_is_set_is_said_and_what_is_left_out_is_not() -> None:
    options = Options(
        countries=("CA",), regions=("TX",), both_sides=True, authenticity_module="quick", aml_databases=("un_sc",),
        ask_phone=True, welcome="Hello", qr_size=9, **{key: getattr(SIGN, key) for key in ("contract", "contract_template",
        "contract_prefill")},
    )  # fmt: skip
    said = dict(link_words.asked(options, Expected()))
    assert said["Documents"].endswith("front and back must agree")
    assert said["Countries"] == "Canada; only TX"
    assert said["Authenticity"] == "passes at 0.30; quick, only against known fakes"
    assert said["AML"] == "only UN Security Council; any match goes to review"
    assert said["Phone"] == "typed by the person and confirmed with a code"
    assert said["Contract"] == "filled and signed: template TPL1"
    assert said["Filled in"] == "agreement_no"
    assert said["Also set"] == "welcome text, QR size"
    assert (
        dict(link_words.asked(Options(), Expected(phone="+447400123456")))["Phone"] == "+447400123456 must be confirmed"
    )


def test_a_signature_says_that_identity_is_not_checked() -> None:
    said = dict(link_words.asked(SIGN, Expected(), kind="signature"))
    assert said["To sign"] == "template TPL1"
    assert "not checked" in said["Identity"]
    assert not {"Face", "Documents", "AML"} & set(said)


def test_steps_follow_the_options() -> None:
    assert link_words.steps(Options(), BANK) == [
        f"Read one page from {BANK}", "Photograph the passport, ID card or driving licence", "Take a selfie"
    ]  # fmt: skip
    more = link_words.steps(Options(biometric="video", both_sides=True, ask_phone=True, contract="sign"), BANK)
    assert [step.split()[0] for step in more] == ["Read", "Type", "Photograph", "Take", "Read"]
    assert "front and back" in more[2] and "video" in more[3] and "sign" in more[4]
    assert "+447400123456" in link_words.steps(Options(), BANK, expected=Expected(phone="+447400123456"))[1]
    assert len(link_words.steps(SIGN, BANK, kind="signature")) == 3


def test_given_pictures_spare_their_steps() -> None:
    assert link_words.steps(Options(), BANK, pictures=["document", "face"]) == [f"Read one page from {BANK}"]
    assert len(link_words.spared(["document", "document_back", "face"])) == 2
    assert link_words.spared([]) == []
    assert link_words.minutes(Options(), pictures=["document", "face"]) < link_words.minutes(Options())


@pytest.mark.parametrize(("options", "minutes"), [
    (Options(biometric="none"), 2), (Options(), 3), (Options(biometric="video"), 4), (Options(ask_phone=True), 4),
    (Options(contract="sign"), 5),
])  # fmt: skip
def test_minutes_follow_the_steps(options: Options, minutes: int) -> None:
    assert link_words.minutes(options) == minutes


def test_the_applicant_is_told_what_to_have_ready() -> None:
    titles = [need["title"] for need in link_words.needs(Options(ask_phone=True, contract="sign"))]
    assert titles[-2:] == ["Your phone number", "A document to sign"]
    given = link_words.needs(Options(), pictures=["document"])
    assert [need["text"] for need in given] == ["You take a photo of your face", "Take off sunglasses and hats"]
    assert link_words.needs(Options(), pictures=["document", "face"]) == []
    assert len(link_words.needs(SIGN, kind="signature")) == 2


def test_the_mail_says_what_this_kind_of_link_wants() -> None:
    mail = {"person": None, "company": BANK, "address": "https://console.test/v/x", "until": None}
    assert "confirm who you are. It takes about 3 minutes. Have your passport" in link_words.mail_text(
        options=Options(), **mail
    )  # type: ignore[arg-type]
    signing = link_words.mail_text(options=SIGN, kind="signature", **mail)  # type: ignore[arg-type]
    assert "read and sign a document" in signing and "Have your" not in signing
    assert "and to sign a document" in link_words.mail_text(options=SIGN, **mail)  # type: ignore[arg-type]
    assert link_words.mail_subject(BANK, kind="signature") == "Specimen Bank: please sign a document"


def test_hostile_values_are_said_like_any_other() -> None:
    said = link_words.asked(
        Options(contract="sign", contract_template="<b>{{ 7*7 }}</b>", welcome="x" * 900), Expected()
    )
    assert ("Contract", "filled and signed: template <b>{{ 7*7 }}</b>") in said
    assert max(len(words) for _, words in said) < 200
    assert set(link_words.SAID) <= set(LABELS)
