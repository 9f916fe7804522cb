"""Every option of a link on the forms: read, checked, loaded again; both kinds."""

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from webapp.forms.options import AML_LISTS, IdentityOptions, SignatureOptions
from webapp.providers.base import Options
from webapp.providers.docupass.codes import AML_DATABASES
from webapp.queries import option_words
from webapp.queries.option_words import OF_KIND

USUAL = {"aml": "y", "check_expiry": "y", "face_threshold": "0.4", "authenticity_threshold": "0.3"}
EVERYTHING = Options(
    biometric="video", face_threshold=0.55, authenticity_threshold=0.125, document_types=("passport", "licence"),
    countries=("CA", "US"), check_expiry=False, aml=True, aml_strict=True, attempts=10, expires_in=9_000,
    language="sr", module="live_mobile", authenticity_module="quick", regions=("California", "TX"), both_sides=True,
    ask_phone=True, aml_databases=("un_sc", "us_ofac"), contract="sign", contract_template="TPL1",
    contract_format="DOCX", contract_prefill='{"agreement_no": "A-1", "rate": 3.5}', keep_at_vendor=True,
    return_document=True, return_face=False, embed_pictures=True, crop_document=True, welcome="Hello\nthere",
    hide_branding=True, logo_url="https://www.example.com/logo.png", custom_page_url="https://www.example.com/page",
    success_url="https://www.example.com/ok?a=1#b", fail_url="https://www.example.com/no", qr_color="1A2B3C",
    qr_background="FEFEFE", qr_size=50, qr_margin=50,
)  # fmt: skip


def sent(kind: type[IdentityOptions] | type[SignatureOptions] = IdentityOptions, **changes: Any) -> Any:
    form = kind(MultiDict({k: v for k, v in (USUAL | changes).items() if v is not None}))
    form.validate()
    return form


def resent(form: Any) -> Any:
    """The form as a browser sends back what it shows."""
    data = MultiDict()
    for field in form:
        if field.type in ("BooleanField",):
            data.setlist(field.name, ["y"] if field.data else [])
        elif field.type == "TicksField":
            data.setlist(field.name, field.data or [])
        else:
            data[field.name] = field._value() if hasattr(field, "_value") else field.data or ""
    again = type(form)(data)
    again.validate()
    return again


@pytest.mark.parametrize("options", [Options(), EVERYTHING], ids=["usual", "everything"])
def test_every_option_survives_loading_showing_and_sending(options: Options) -> None:
    form = IdentityOptions()
    form.load(options)
    assert form.options() == options
    again = resent(form)
    assert not again.errors
    assert again.options() == options


def test_everything_differs_from_the_usual_so_that_no_option_is_forgotten_here() -> None:
    same = [name for name in OF_KIND["identity"] if getattr(EVERYTHING, name) == getattr(Options(), name)]
    assert same == ["aml", "return_document"]  # strict matching and cropping need them


def test_a_loaded_form_opens_every_group_and_says_what_is_in_it() -> None:
    form = IdentityOptions()
    form.load(EVERYTHING)
    assert all(form.folded().values())
    assert all(form.said().values())


def test_loading_takes_the_place_of_what_was_typed_and_of_its_errors() -> None:
    form = sent(attempts="99", countries="Atlantis", qr_size="x")
    assert form.errors
    form.load(Options())
    assert not form.errors
    assert form.attempts._value() == "2"
    assert form.countries._value() == ""


def test_a_signature_has_what_signing_needs_and_nothing_of_identity() -> None:
    form = sent(
        SignatureOptions, contract_template="TPL1", contract_format="PDF", contract_prefill="agreement_no=A-1",
        keep_at_vendor="y", language="de", qr_size="7",
    )  # fmt: skip
    assert not form.errors
    options = form.options()
    assert (options.contract, options.contract_template, options.contract_format) == ("sign", "TPL1", "PDF")
    assert options.contract_prefill == '{"agreement_no": "A-1"}'
    assert (options.biometric, options.aml, options.keep_at_vendor, options.qr_size) == ("none", False, True, 7)
    assert {"biometric", "aml", "countries", "welcome", "logo_url", "fail_url"}.isdisjoint(form.data)


def test_a_signature_needs_its_template_and_has_no_serbian() -> None:
    assert sent(SignatureOptions).errors == {"contract_template": ["Type the ID of the template that is to be signed."]}
    assert "language" in sent(SignatureOptions, contract_template="TPL1", language="sr").errors
    assert "sr" not in [choice[0] for choice in SignatureOptions().language.iter_choices()]


@pytest.mark.parametrize(("changes", "field"), [
    ({"contract": "sign"}, "contract_template"), ({"contract": "generate"}, "contract_template"),
    ({"contract_template": "TPL1"}, "contract"), ({"contract_prefill": "a=1"}, "contract"),
    ({"aml": None, "aml_strict": "y"}, "aml_strict"), ({"aml": None, "aml_databases": "un_sc"}, "aml_databases"),
    ({"returned": "none", "crop_document": "y"}, "crop_document"),
    ({"returned": "face", "crop_document": "y"}, "crop_document"),
])  # fmt: skip
def test_options_that_do_not_go_together_are_named_at_one_field(changes: dict[str, Any], field: str) -> None:
    assert list(sent(**changes).errors) == [field]


@pytest.mark.parametrize(("changes"), [
    {"contract": "sign", "contract_template": "TPL1"}, {"aml_strict": "y", "aml_databases": "un_sc"},
    {"returned": "document", "crop_document": "y"}, {"contract_format": "PDF"},
])  # fmt: skip
def test_options_that_go_together_pass(changes: dict[str, Any]) -> None:
    assert not sent(**changes).errors


@pytest.mark.parametrize(("name", "typed"), [
    ("qr_size", "0"), ("qr_size", "51"), ("qr_margin", "0"), ("qr_margin", "many"), ("qr_color", "red"),
    ("qr_color", "12345"), ("qr_background", "#12345G"), ("qr_color", ""), ("welcome", "x" * 1001),
    ("logo_url", "http://www.example.com/l.png"), ("custom_page_url", "https://user:secret@example.com/"),
    ("success_url", "javascript:alert(1)"), ("fail_url", "https://10.0.0.1/"), ("module", "fax"),
    ("authenticity_module", "3"), ("contract", "maybe"), ("contract_format", "ODT"), ("returned", "some"),
    ("regions", "12"), ("aml_databases", "eu_cors"), ("language", "tlh"), ("contract_template", "x" * 101),
])  # fmt: skip
def test_a_value_out_of_range_is_refused_at_its_field(name: str, typed: str) -> None:
    form = sent(**{name: typed})
    assert name in form.errors
    assert len(form.errors[name]) == 1
    assert form.options() == Options()  # the summary beside shows the usual, not what cannot be


@pytest.mark.parametrize(("name", "typed", "value"), [
    ("qr_color", "#ff00aa", "FF00AA"), ("qr_size", "1", 1), ("qr_margin", "50", 50), ("welcome", "x" * 1000, "x" * 1000),
    ("welcome", "One\r\nTwo", "One\nTwo"), ("regions", "California, TX ; TX", ("California", "TX")),
    ("success_url", "https://www.example.com/a?b=1", "https://www.example.com/a?b=1"),
])  # fmt: skip
def test_a_value_at_the_edge_is_taken(name: str, typed: str, value: Any) -> None:
    form = sent(**{name: typed})
    assert not form.errors
    assert getattr(form.options(), name) == value


def test_all_thirteen_lists_are_offered_with_their_names() -> None:
    assert [code for code, _ in AML_LISTS] == list(AML_DATABASES)
    assert dict(AML_LISTS)["un_sc"] == "UN Security Council (sanctions)"


def test_changes_are_said_with_both_values() -> None:
    [change] = option_words.changes(Options(), Options(aml_databases=("un_sc",)))
    assert (change.name, change.label, change.old, change.new) == (
        "aml_databases", "AML lists", "all", "UN Security Council"
    )  # fmt: skip
    assert len(option_words.changes(Options(), EVERYTHING)) == len(OF_KIND["identity"]) - 2
