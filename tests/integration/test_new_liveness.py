"""Links of the kind liveness: made on their form and by command, handed out, with presets; what is forbidden stays out."""

import json
from collections.abc import Iterator

import pytest
from click.testing import Result
from flask import Flask
from sqlmodel import Session

from tests.conftest import BOTH
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.making import rows
from tests.support.pages import PageClient
from tests.support.qid_vendor import CREATE, INITIATE, QidVendor, refused
from tests.support.stand_in import stand_in
from webapp.actions import links, policies
from webapp.actions.actor import SYSTEM
from webapp.db import Database
from webapp.models import AuditEvent, Link, Person, PresetVersion, VerificationSession
from webapp.providers.base import Expected, Options, ProviderError
from webapp.providers.qid.client import QiD

pytestmark = pytest.mark.database(*BOTH)
FORM = "/links/new/liveness"
GUESSES = Options(attributes=("gender", "emotions"), biometric="none", aml=False, check_expiry=False,
                  authenticity_threshold=0.0)  # fmt: skip


@pytest.fixture
def qid(app: Flask) -> FakeProvider:
    """A fake vendor in place of QiD."""
    return stand_in(app, "qid")


def forbid(database: Database) -> None:
    with database.writing() as db:
        policies.forbid_options(db, by=SYSTEM, names=["attributes"], version=0)


def create(app: Flask, *options: str, more: tuple[str, ...] = ()) -> Result:
    words = [word for option in options for word in ("--option", option)]
    command = ["links", "create", "--provider", "qid", "--kind", "liveness", *more, *words, "--json"]
    return app.test_cli_runner().invoke(args=command)


# -- on the page ---------------------------------------------------------------------------------------------------


def test_a_liveness_link_is_made_from_its_form(rachel: PageClient, qid: FakeProvider, db: Session) -> None:
    page = rachel.get("/links/new")
    form = rachel.get(str(page.soup.select_one(".kinds a:last-child")["href"]))  # type: ignore[index]
    assert form.url == FORM
    assert "12 hours" in form.text and "not to be used for the decision" in form.text
    page = rachel.submit(
        form, "Create link", person_name="Anna Specimen", location=True, dark=True, attributes=["gender", "beard"]
    )
    [asked], [link], [session] = qid.created, rows(db, Link), rows(db, VerificationSession)
    assert (asked.kind, asked.options.location, asked.options.dark) == ("liveness", True, True)
    assert (asked.options.liveness, asked.options.attributes) == (True, ("gender", "beard"))
    assert (link.provider, link.kind, page.url) == ("qid", "liveness", f"/links/{link.id}")
    assert (session.provider, session.kind, rows(db, Person)[0].name) == ("qid", "liveness", "Anna Specimen")


@pytest.mark.parametrize("address", ["/links/new", "/links/new/signature", FORM])
def test_every_form_leads_to_the_others_and_marks_itself(rachel: PageClient, address: str) -> None:
    shown = rachel.get(address).soup.select(".kinds a")
    assert [str(link["href"]) for link in shown] == ["/links/new", "/links/new/signature", FORM]
    assert [str(link["href"]) for link in shown if link.get("aria-current") == "page"] == [address]


def test_attributes_are_off_folded_away_and_fees_are_said(rachel: PageClient) -> None:
    page = rachel.get(FORM)
    assert not page.soup.select("[name=attributes][checked], #group-attributes[open], [name=location][checked]")
    assert len(page.soup.select("[name=attributes]")) == 9
    assert page.soup.select("[name=liveness][checked]")
    assert page.text.count("may charge for") == 3
    assert not page.soup.select("[name=expires], [name=language], [name=sms_to], [name=use]")


def test_a_forged_form_for_many_people_makes_nothing(rachel: PageClient, qid: FakeProvider, db: Session) -> None:
    page = rachel.post(FORM, {"form_key": "k" * 24, "label": "All", "use": "many", "person_name": "A"}, status=422)
    assert "many people cannot use one link" in page.text
    assert rows(db, Link) == []


def test_a_mistake_keeps_all_and_makes_nothing(rachel: PageClient, qid: FakeProvider) -> None:
    page = rachel.submit(
        rachel.get(FORM), "Create link", email="nobody", location=True, attributes=["age_range"], liveness=False,
        status=422,
    )  # fmt: skip
    assert page.soup.select("#location[checked], [value=age_range][checked]")
    assert page.soup.select("#group-attributes[open]") and not page.soup.select("#liveness[checked]")
    beside = page.soup.select_one(".aside").get_text(" ")  # type: ignore[union-attr]
    assert "say where it is" in beside and "age range: estimates, not to be used for the decision" in beside
    assert not qid.created


def test_hostile_words_stay_words(rachel: PageClient, qid: FakeProvider) -> None:
    pairs = [
        ("form_key", "k" * 24),
        ("attributes", "<script>x</script>"),
        ("attributes", "gender"),
        ("use", "\u202e<b>"),
    ]
    page = rachel.post(FORM, [*pairs, ("person_name", "<script>y</script>")], status=422)
    assert not page.soup.select("main script, main b b")
    assert "<script>" not in page.html.replace("<script src", "")
    assert not qid.created


def test_a_form_sent_twice_is_one_link(rachel: PageClient, qid: FakeProvider) -> None:
    form = rachel.get(FORM)
    first = rachel.submit(form, "Create link", person_name="Anna Specimen")
    assert rachel.submit(form, "Create link", person_name="Anna Specimen").url == first.url
    assert len(qid.created) == 1


def test_the_links_page_offers_address_and_code_and_no_other_way(
    rachel: PageClient, alice: PageClient, qid: FakeProvider
) -> None:
    page = rachel.submit(rachel.get(FORM), "Create link", person_name="Anna Specimen")
    assert page.soup.select("#address, img.qr") and not page.soup.select("#ways")
    assert "Can be used once Q" in page.text and "attempt" not in page.text
    assert page.soup.select_one(".head a.btn")["href"] == FORM  # type: ignore[index]
    assert "3D selfie" in page.soup.select_one("#mail-text").get_text()  # type: ignore[union-attr]


def test_only_an_administrator_sees_where_results_of_production_arrive(
    rachel: PageClient, alice: PageClient, make: Make
) -> None:
    link = make.link(provider="qid", kind="liveness")
    page = alice.get(f"/links/{link.id}")
    assert "VOUCHDESK_QID_WEBHOOK_TOKEN" in page.text
    assert not rachel.get(f"/links/{link.id}").soup.select("#arrives")
    assert not alice.get(f"/links/{make.link().id}").soup.select("#arrives")


@pytest.mark.settings(qid_webhook_token="a-specimen-secret-of-the-installation")
def test_the_registered_address_is_told_to_administrators_alone(
    rachel: PageClient, victor: PageClient, alice: PageClient, make: Make
) -> None:
    link = make.link(provider="qid", kind="liveness")
    whole = "http://console.test/webhooks/qid/a-specimen-secret-of-the-installation"
    assert whole in alice.get(f"/links/{link.id}").text
    for visitor in (rachel, victor):
        assert "a-specimen-secret" not in visitor.get(f"/links/{link.id}").html


@pytest.mark.settings(qid_mode="sandbox", qid_webhook_token="a-specimen-secret-of-the-installation")
def test_in_sandbox_mode_a_link_has_its_own_address(alice: PageClient, make: Make) -> None:
    link = make.link(provider="qid", kind="liveness")
    assert not alice.get(f"/links/{link.id}").soup.select("#arrives")


def test_the_persons_page_leads_a_computer_to_the_phone(nobody: PageClient, make: Make) -> None:
    link = make.link(provider="qid", kind="liveness", options=Options(location=True, attributes=("gender",)))
    page = nobody.get(f"/v/{link.token}", headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"})
    assert page.soup.select_one(".scan .qr svg")
    assert "works only on a phone." in page.text and "tablet" not in page.text
    assert "You may ask us" in page.text and "guesses whether you are a woman or a man" in page.text


# -- presets -------------------------------------------------------------------------------------------------------


def test_a_preset_of_the_kind_is_made_used_and_shown(alice: PageClient, qid: FakeProvider, db: Session) -> None:
    page = alice.get("/settings/presets/new?kind=liveness")
    page = alice.submit(page, "Save preset", preset_name="At the counter", location=True, attributes=["emotions"])
    assert "Liveness check, version 1" in page.text
    assert rows(db, PresetVersion)[0].options["attributes"] == ["emotions"]
    made_from = alice.get(str(page.soup.select_one(".acts a.btn-go")["href"]))  # type: ignore[index]
    assert made_from.soup.select("#location[checked], [value=emotions][checked]")
    alice.submit(made_from, "Create link", person_name="Anna Specimen")
    [link] = rows(db, Link)
    assert (link.preset_changed, link.options["attributes"]) == (False, ["emotions"])
    assert "Liveness 1" in alice.get("/settings/presets").text
    assert alice.get(f"/settings/presets/new?from_link={link.id}").soup.select("[value=emotions][checked]")


def test_a_preset_is_only_for_its_kind(rachel: PageClient, make: Make) -> None:
    preset = make.preset(kind="liveness", options=Options(dark=True))
    rachel.get(f"/links/new?preset={preset.id}", status=404)
    assert rachel.get(f"{FORM}?preset={preset.id}").soup.select("#dark[checked]")


# -- what is forbidden ---------------------------------------------------------------------------------------------


def test_forbidden_attributes_are_not_on_the_form(rachel: PageClient, qid: FakeProvider, database: Database) -> None:
    forbid(database)
    page = rachel.get(FORM)
    assert not page.soup.select("[name=attributes]")
    assert "An administrator has forbidden links that ask for attributes" in page.text
    rachel.submit(page, "Create link", person_name="Anna Specimen")
    assert qid.created[0].options.attributes == ()


def test_a_form_opened_before_they_were_forbidden_is_refused_once_with_words(
    rachel: PageClient, qid: FakeProvider, database: Database, db: Session
) -> None:
    page = rachel.get(FORM)
    forbid(database)
    page = rachel.submit(page, "Create link", person_name="Anna Specimen", attributes=["gender"], status=422)
    assert "forbidden by an administrator" in page.soup.select_one("#error-summary").get_text()  # type: ignore[union-attr]
    assert page.soup.select_one("#error-summary a[href='#attributes']") and page.soup.select_one("div#attributes")
    assert rows(db, Link) == []
    rachel.submit(page, "Create link")
    assert [asked.options.attributes for asked in qid.created] == [()]


def test_the_action_refuses_them_whoever_calls_it(
    app: Flask, qid: FakeProvider, database: Database, db: Session
) -> None:
    forbid(database)
    with pytest.raises(links.PolicyForbids) as refused:
        made(app, database, qid, GUESSES)
    assert (refused.value.option, str(refused.value)) == (
        "attributes", "An administrator has forbidden links that ask for attributes.",
    )  # fmt: skip
    assert (rows(db, Link), rows(db, Person), qid.created) == ([], [], [])
    assert made(app, database, qid, Options()).state == "active"


def made(app: Flask, database: Database, provider: FakeProvider, options: Options) -> Link:
    return links.create(
        database, by=SYSTEM, provider=provider, form_key="a-form-key-of-a-test", person_name="Anna Specimen",
        own_reference="", email="", options=options, expected=Expected(), public_url="https://console.example",
        company_name="Specimen Bank", data_dir=app.extensions["vouchdesk.settings"].data_dir, kind="liveness",
    )  # fmt: skip


def test_the_same_form_again_finds_its_link_although_it_is_forbidden_by_now(
    app: Flask, qid: FakeProvider, database: Database
) -> None:
    first = made(app, database, qid, GUESSES)
    forbid(database)
    assert made(app, database, qid, GUESSES).id == first.id
    assert len(qid.created) == 1


def test_a_failed_link_that_asks_for_them_cannot_be_tried_again(
    app: Flask, rachel: PageClient, qid: FakeProvider, database: Database, db: Session
) -> None:
    qid.create_answer = ProviderError("Unknown Subscriber", code="002", permanent=True)
    link = made(app, database, qid, GUESSES)
    forbid(database)
    page = rachel.post(f"/links/{link.id}/retry", status=409)
    assert "forbidden links that ask for attributes" in page.text
    assert len(qid.created) == 1 and rows(db, Link)[0].state == "create_failed"


def test_presets_that_hold_them_say_so_and_make_links_without(
    rachel: PageClient, alice: PageClient, qid: FakeProvider, database: Database, db: Session, make: Make
) -> None:
    preset = make.preset("Guessing", kind="liveness", options=GUESSES)
    make.preset("Plain", kind="liveness", options=Options(location=True))
    forbid(database)
    page = rachel.get(f"{FORM}?preset={preset.id}")
    assert "left out" in page.soup.select_one("#left-out").get_text()  # type: ignore[union-attr]
    page = rachel.submit(page, "Create link", status=422)
    assert "Attributes: gender, emotions" in page.soup.select_one("#left-out").get_text()  # type: ignore[union-attr]
    rachel.submit(page, "Create link", person_name="Anna Specimen")
    [link] = rows(db, Link)
    assert (link.options["attributes"], link.preset_changed) == ([], True)
    listed = alice.get("/settings/presets")
    assert len(listed.soup.select(".asks .warn")) == 1 and "Forbidden now" in listed.text
    assert alice.get(f"/settings/presets/{preset.id}").soup.select("#left-out")
    edited = alice.get(f"/settings/presets/{preset.id}/edit")
    assert "Saving makes a version without it" in edited.text
    alice.submit(edited, "Save as version 2")
    assert not alice.get(f"/settings/presets/{preset.id}").soup.select("#left-out")


def test_a_preset_cannot_take_them_up(alice: PageClient, database: Database, db: Session) -> None:
    page = alice.get("/settings/presets/new?kind=liveness")
    forbid(database)
    alice.submit(page, "Save preset", preset_name="Guessing", attributes=["gender"], status=422)
    assert rows(db, PresetVersion) == []


# -- by command ----------------------------------------------------------------------------------------------------


def test_the_command_prints_what_the_contract_promises(app: Flask, qid: FakeProvider) -> None:
    result = create(app, "name=Anna Specimen", "location=yes", "attributes=gender, beard", "dark=on", "liveness=no",
                    more=("--customid", "mine-7"))  # fmt: skip
    assert result.exit_code == 0, result.output
    row = json.loads(result.stdout)
    assert set(row) == {"id", "token", "short_url", "vendor_url", "reference", "webhook_url", "expires_at"}
    assert "/webhooks/qid/" in row["webhook_url"]
    [asked] = qid.created
    assert (asked.kind, asked.customid, asked.options.attributes) == ("liveness", "mine-7", ("gender", "beard"))
    assert (asked.options.location, asked.options.dark, asked.options.liveness) == (True, True, False)
    assert create(app).exit_code == 0


@pytest.mark.parametrize("option", [
    "nonsense", "location=perhaps", "attributes=height", "attributes=gender;beard", "liveness=maybe", "sms_to=+447400123456",
    "expires_in=3600", "language=en", "label=Mine", "use=many", "countries=GB", "form_key=x", "email=nobody", "face=@x",
])  # fmt: skip
def test_an_option_that_does_not_fit_is_named(app: Flask, qid: FakeProvider, option: str) -> None:
    result = create(app, option)
    assert result.exit_code == 2, result.output
    assert option.partition("=")[0] in result.output and "Traceback" not in result.output
    assert qid.created == []


def test_the_command_refuses_many_people_with_the_reason(app: Flask, qid: FakeProvider) -> None:
    result = create(app, more=("--reusable",))
    assert result.exit_code == 2
    assert "--reusable" in result.output and "many people cannot use one link" in " ".join(result.output.split())


@pytest.mark.parametrize(
    ("vendor", "kind"), [("qid", "identity"), ("qid", "signature"), ("docupass", "liveness"), ("other", "identity")]
)
def test_a_kind_the_vendor_does_not_make_is_refused(
    app: Flask, provider: FakeProvider, qid: FakeProvider, vendor: str, kind: str
) -> None:
    result = app.test_cli_runner().invoke(args=["links", "create", "--provider", vendor, "--kind", kind, "--json"])
    assert result.exit_code == 2
    assert provider.created == qid.created == []


def test_the_command_refuses_what_is_forbidden(app: Flask, qid: FakeProvider, database: Database, db: Session) -> None:
    forbid(database)
    result = create(app, "attributes=gender")
    assert result.exit_code == 1
    assert "Nothing was created: An administrator has forbidden" in result.output
    assert (qid.created, rows(db, Link)) == ([], [])
    assert create(app, "location=yes").exit_code == 0


# -- what the vendor is asked ----------------------------------------------------------------------------------------


@pytest.fixture
def vendor(app: Flask) -> Iterator[QidVendor]:
    """The real client, with a stand-in for the vendor at the other end of its socket."""
    made = QidVendor()
    app.extensions["vouchdesk.providers"]["qid"] = QiD(base_url=made.url, subscriber_id="SPECIMEN", mode="production")
    yield made
    made.stop()


def asked_for(db: Session) -> list[tuple[str, str, str]]:
    calls = [row for row in rows(db, AuditEvent) if row.action == "vendor.call"]
    assert all((row.object_type, row.after["provider"]) == ("link", "qid") for row in calls)
    return [(row.after["call"], row.after.get("code", ""), row.outcome) for row in calls]


def test_each_question_to_the_vendor_is_on_record_the_token_among_them(
    app: Flask, vendor: QidVendor, db: Session
) -> None:
    another = {"status": True, "code": "100", "webid_key": "77af-0001", "webid_url": "https://web.qid.bio/7GtRdjIG"}
    vendor.answers[INITIATE] = [None, refused("056"), another]
    assert create(app).exit_code == create(app).exit_code == 0
    assert asked_for(db) == [
        ("token", "", "ok"), ("initiate", "", "ok"),
        ("initiate", "056", "error"), ("refresh_token", "", "ok"), ("initiate", "", "ok"),
    ]  # fmt: skip


def test_a_token_that_is_refused_is_on_record_with_its_code(app: Flask, vendor: QidVendor, db: Session) -> None:
    vendor.answers[CREATE] = [refused("001")]
    create(app)
    assert asked_for(db) == [("token", "001", "error")]


# -- cost ----------------------------------------------------------------------------------------------------------


def test_the_form_asks_the_database_little(rachel: PageClient, make: Make, database: Database) -> None:
    preset = make.preset(kind="liveness", options=GUESSES)
    forbid(database)
    assert rachel.get(FORM).queries <= 6
    assert rachel.get(f"{FORM}?preset={preset.id}").queries <= 7
