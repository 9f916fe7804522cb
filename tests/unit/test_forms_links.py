"""The form for a new link: what it takes, what it refuses and in which words."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from webapp.forms.links import NewLink, new_form_key
from webapp.providers.base import Expected, Options

SENT = {
    "form_key": "k" * 24, "person_name": "Anna Specimen", "own_reference": "CASE-0001", "email": "",
    "biometric": "photo", "aml": "y", "check_expiry": "y", "face_threshold": "0.4", "authenticity_threshold": "0.3",
    "compare_name": "y", "countries": "", "expected_name": "", "birth": "", "address": "", "postcode": "",
    "document_number": "", "age": "", "expires": "604800", "expires_hours": "", "language": "", "attempts": "2",
}  # fmt: skip


def sent(**changes: Any) -> NewLink:
    """The form as a browser sends it; None leaves a field out."""
    form = NewLink(MultiDict({k: v for k, v in (SENT | changes).items() if v is not None}))
    form.validate()
    return form


def test_an_untouched_form_asks_the_usual() -> None:
    form = sent()
    assert not form.errors
    assert form.options() == Options()
    assert form.expected() == Expected(name="Anna Specimen")


def test_a_fresh_form_shows_the_defaults_folded() -> None:
    form = NewLink(form_key=new_form_key())
    assert form.options() == Options()
    assert not any(form.folded().values())
    assert not any(form.said().values())


def test_every_field_reaches_the_options() -> None:
    form = sent(
        biometric="video", face_threshold="0,55", authenticity_threshold="0", document_types=["passport", "licence"],
        countries="Canada, us; Germany", check_expiry=None, aml=None, attempts="10", expires="other",
        expires_hours="36", language="zh-TW",
    )  # fmt: skip
    assert not form.errors
    assert form.options() == Options(
        biometric="video", face_threshold=0.55, authenticity_threshold=0.0, document_types=("passport", "licence"),
        countries=("CA", "US", "DE"), check_expiry=False, aml=False, attempts=10,
        expires_in=36 * 3600, language="zh-TW",
    )  # fmt: skip


def test_every_detail_reaches_the_comparison() -> None:
    form = sent(
        expected_name="Anna Maria Specimen", birth="12/08/1974", address=" 1  Specimen Street ", postcode="V8W 3Y8",
        document_number="L898902C3", age="18 - 99",
    )  # fmt: skip
    assert not form.errors
    assert form.expected() == Expected(
        name="Anna Maria Specimen", birth="1974-08-12", address="1 Specimen Street", postcode="V8W 3Y8",
        document_number="L898902C3", age="18-99",
    )  # fmt: skip


def test_the_name_is_not_compared_when_it_is_not_ticked() -> None:
    assert sent(compare_name=None).expected().name == ""


def test_strict_means_nothing_without_aml() -> None:
    assert sent(aml=None, aml_strict="y").options().aml_strict is False


def test_a_link_needs_a_name_or_an_own_reference() -> None:
    assert "person_name" in sent(person_name=" ", own_reference="").errors
    assert not sent(person_name="", own_reference="CASE-0001").errors
    assert not sent(own_reference="").errors


@pytest.mark.parametrize("typed", ["03/08/1989", "3.8.1989", "3-8-1989", "3 8 1989", "1989-08-03", "1989/8/3"])
def test_a_birthday_is_read_day_first_or_year_first(typed: str) -> None:
    assert sent(birth=typed).birth.data == date(1989, 8, 3)


@pytest.mark.parametrize("typed", ["31/02/1989", "08/13/1989", "03/08/89", "yesterday", "1989", "1899-12-31", "٣/٨/١٩"])
def test_a_birthday_that_cannot_be_is_refused_and_kept_as_typed(typed: str) -> None:
    form = sent(birth=typed)
    assert len(form.birth.errors) == 1
    assert form.birth._value() == typed


def test_a_birthday_in_the_future_is_refused() -> None:
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    assert "future" in " ".join(sent(birth=tomorrow.isoformat()).birth.errors)


@pytest.mark.parametrize("typed", ["-0.1", "1.01", "nan", "inf", "high", "", "1e999"])
@pytest.mark.parametrize("name", ["face_threshold", "authenticity_threshold"])
def test_a_score_outside_0_to_1_is_refused(name: str, typed: str) -> None:
    assert len(sent(**{name: typed}).errors[name]) == 1


@pytest.mark.parametrize("typed", ["0", "11", "-1", "2.5", "two", "", "9" * 5000])
def test_attempts_outside_1_to_10_are_refused(typed: str) -> None:
    assert sent(attempts=typed).errors["attempts"] == ["Use a whole number from 1 to 10."]


@pytest.mark.parametrize("typed", ["0.1", "4321", "-1", "nan", "soon", ""])
def test_hours_outside_10_minutes_to_180_days_are_refused(typed: str) -> None:
    assert len(sent(expires="other", expires_hours=typed).errors["expires_hours"]) == 1


@pytest.mark.parametrize(("typed", "seconds"), [("0.17", 612), ("4320", 15_552_000), ("1,5", 5400)])
def test_hours_at_the_ends_are_taken(typed: str, seconds: int) -> None:
    assert sent(expires="other", expires_hours=typed).options().expires_in == seconds


def test_hours_do_not_count_unless_another_length_is_chosen() -> None:
    form = sent(expires="3600", expires_hours="1e9")
    assert not form.errors
    assert form.options().expires_in == 3600


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("Canada, US", ("CA", "US")), ("ca;CAN;canada", ("CA",)), ("Korea, Republic of, fr", ("KR", "FR")),
        ("UK", ("GB",)), (" , ;", ()), ("Türkiye, turkey", ("TR",)), ("Côte d'Ivoire", ("CI",)),
    ],
)  # fmt: skip
def test_countries_are_read_by_name_or_code(typed: str, codes: tuple[str, ...]) -> None:
    form = sent(countries=typed)
    assert not form.errors
    assert form.countries.data == codes


def test_countries_are_shown_back_as_names_that_are_read_again() -> None:
    form = sent(countries="ca,KR,CD,fm,VI,BO")
    again = sent(countries=form.countries._value())
    assert "Canada" in form.countries._value()
    assert again.countries.data == form.countries.data == ("CA", "KR", "CD", "FM", "VI", "BO")


def test_an_unknown_country_is_named_and_kept_as_typed() -> None:
    form = sent(countries="Canada, Atlantis")
    assert "“Atlantis”" in form.countries.errors[0]
    assert form.countries._value() == "Canada, Atlantis"


@pytest.mark.parametrize("typed", ["99-18", "18", "18-", "a-b", "18-200", "18--99"])
def test_an_age_range_must_be_two_ages_in_order(typed: str) -> None:
    assert len(sent(age=typed).errors["age"]) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email", "not an address"), ("biometric", "dance"), ("language", "tlh"), ("expires", "42"),
        ("document_types", ["library-card"]), ("person_name", "x" * 201), ("own_reference", "x" * 101),
    ],
)  # fmt: skip
def test_a_value_the_form_never_offered_is_refused(name: str, value: Any) -> None:
    assert name in sent(**{name: value}).errors


@pytest.mark.parametrize("key", [None, "", "short", "k" * 65, "k" * 20 + "<script>"])
def test_a_form_without_its_key_gets_a_new_one(key: str | None) -> None:
    form = sent(form_key=key)
    assert "form_key" in form.errors
    assert len(form.form_key.data or "") >= 16
    assert form.form_key.data != key


def test_control_characters_never_reach_the_database() -> None:
    assert sent(person_name="An\x00na\r\n Spe\x1bcimen").person_name.data == "Anna Specimen"


def test_a_folded_group_opens_for_an_error_or_a_value_of_its_own() -> None:
    assert [name for name, opened in sent(age="18").folded().items() if opened] == ["details"]
    assert sent(face_threshold="0.6").folded()["face_aml"]
    assert sent(check_expiry=None).folded()["document"]
    assert sent(attempts="3").folded()["handing"]
    assert sent(expires="other", expires_hours="2").folded()["handing"]
    assert sent(customid="mine").folded()["after"]
    assert sent(sms_to="+44").folded()["sms"]


def test_the_line_of_a_folded_group_says_what_is_set() -> None:
    said = sent(countries="Canada", both_sides="y", expires="other", expires_hours="2", sms_to="+44 7400 123456").said()
    assert said["document"] == "Countries: Canada; Front and back: must agree"
    assert said["handing"] == "Works for: 2 hours"
    assert said["sms"] == "+447400123456"
    assert said["looks"] == ""
