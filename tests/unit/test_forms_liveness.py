"""The form for a liveness check: what it takes, what it refuses, what the policy takes out of it."""

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from webapp.forms.liveness import LivenessOptions, NewLiveness
from webapp.providers.base import ATTRIBUTES, Expected, LinkRequest, Options
from webapp.providers.qid.request import request_headers
from webapp.providers.qid.style import HeaderStyle
from webapp.queries.option_words import OF_KIND

SENT = {"form_key": "k" * 24, "person_name": "Anna Specimen", "liveness": "y"}
OFF = {"biometric": "none", "aml": False, "check_expiry": False, "authenticity_threshold": 0.0}
EVERYTHING = Options(liveness=False, dark=True, location=True, attributes=ATTRIBUTES, **OFF)  # type: ignore[arg-type]


def sent(*, forbidden: tuple[str, ...] = (), **changes: Any) -> NewLiveness:
    form = NewLiveness(MultiDict({k: v for k, v in (SENT | changes).items() if v is not None}))
    form.forbid(forbidden)
    form.validate()
    return form


def test_an_untouched_form_checks_liveness_and_nothing_more() -> None:
    form = sent()
    assert not form.errors
    assert form.options() == Options(**OFF)  # type: ignore[arg-type]
    assert (form.options().liveness, form.options().location, form.options().attributes) == (True, False, ())
    assert form.wanted()["expected"] == Expected()
    assert (form.wanted()["kind"], form.wanted()["reusable"]) == ("liveness", False)


def test_a_fresh_form_is_folded_and_says_nothing() -> None:
    form = NewLiveness()
    assert not any(form.folded().values())
    assert not any(form.said().values())


def test_everything_differs_from_the_usual_so_that_no_option_is_forgotten_here() -> None:
    assert all(getattr(EVERYTHING, name) != getattr(Options(), name) for name in OF_KIND["liveness"])


@pytest.mark.parametrize("options", [Options(**OFF), EVERYTHING], ids=["usual", "everything"])  # type: ignore[arg-type]
def test_every_option_survives_loading_showing_and_sending(options: Options) -> None:
    form = LivenessOptions()
    form.load(options)
    assert form.options() == options
    data = MultiDict([("attributes", name) for name in form.attributes.data or []])
    data.update({name: "y" for name in ("liveness", "dark", "location") if form[name].data})
    again = LivenessOptions(data)
    assert again.validate()
    assert again.options() == options


def test_whatever_the_form_makes_the_vendor_can_carry() -> None:
    form = sent(liveness=None, dark="y", location="y", attributes=list(ATTRIBUTES))
    request = LinkRequest(
        kind="liveness", customid="c", company_name="b", callback_url="https://console.test/w", options=form.options()
    )
    headers = request_headers(request, HeaderStyle())
    assert (headers["livecheck_id"], headers["location_id"], headers["metadata"]) == ("0", "1", "1,2,3,4,5,6,7,8,9")


def test_attributes_stand_in_one_order_and_once() -> None:
    form = sent(attributes=["beard", "gender", "beard"])
    assert form.options().attributes == ("gender", "beard")
    assert form.folded() == {"attributes": True}
    assert form.said() == {"attributes": "Attributes: gender, beard"}


@pytest.mark.parametrize("typed", ["many", "<script>", "two", "\x00"])
def test_a_link_for_many_is_refused_with_the_reason(typed: str) -> None:
    assert "for one person" in sent(use=typed).errors["use"][0]
    assert not sent(use="one").errors


@pytest.mark.parametrize("typed", ["height", "1", "", "gender,beard", "<b>", "gender\x00"])
def test_an_attribute_the_form_never_offered_is_refused(typed: str) -> None:
    form = sent(attributes=[typed])
    assert list(form.errors) == ["attributes"]
    assert form.options().attributes == ()


def test_a_person_needs_a_name_or_an_own_reference() -> None:
    assert list(sent(person_name=" ").errors) == ["person_name"]
    assert not sent(person_name="", own_reference="CASE-1").errors
    assert list(sent(email="nobody").errors) == ["email"]


def test_nothing_of_documents_or_texting_is_on_the_form() -> None:
    names = set(sent().data)
    assert {"birth", "countries", "sms_to", "label", "session_cap", "language", "expires", "success_url"}.isdisjoint(
        names
    )


def test_what_is_forbidden_is_refused_once_and_taken_out() -> None:
    form = sent(attributes=["gender"], forbidden=("attributes",))
    assert "forbidden by an administrator" in form.errors["attributes"][0]
    assert form.options().attributes == ()
    assert not sent(forbidden=("attributes",)).errors


def test_what_is_forbidden_is_not_loaded_and_that_is_said() -> None:
    form = LivenessOptions()
    form.forbid(("attributes", "no_such_option"))
    form.load(EVERYTHING)
    assert form.options().attributes == ()
    assert form.options().location
    assert form.left_out(Options(attributes=("gender", "age_range"))) == ("Attributes: gender, age range",)
    assert form.left_out(Options()) == ()
