"""What a link's page offers to hand out, what it says of preset, contract and given pictures, and the list's filter."""

from typing import Any

import pytest
from bs4 import Tag
from sqlmodel import Session

from tests.conftest import BOTH
from tests.support.factory import Make
from tests.support.pages import Page, PageClient
from webapp.models import Link, LinkPicture, Preset, PresetVersion
from webapp.providers.base import Options

pytestmark = pytest.mark.database(*BOTH)
ANSWER = {
    "module": "mobile", "qr_url": "https://api.vendor.example/qr/R1.png", "base_url": "https://docupass.example",
    "snippets": {"html": '</pre><script>alert(1)</script><img src="https://api.vendor.example/qr/R1.png" onerror="x()">'},
}  # fmt: skip


def shown(rachel: PageClient, make: Make, **fields: Any) -> tuple[Page, Link]:
    link = make.link(**{"vendor_answer": ANSWER, **fields})
    make.session(link=link)
    return rachel.get(f"/links/{link.id}"), link


def text(page: Page, selector: str) -> str:
    found = page.soup.select_one(selector)
    assert found is not None, selector
    return found.get_text()


def groups(page: Page) -> list[Tag]:
    return page.soup.select("#ways > details")


def test_every_way_is_there_closed_and_to_copy(rachel: PageClient, make: Make) -> None:
    page, link = shown(rachel, make)
    assert [str(group["id"]) for group in groups(page)] == ["way-qr", "way-code", "way-web", "way-app", "way-vendor"]
    assert not [group for group in groups(page) if group.has_attr("open")]
    address = f"http://console.test/v/{link.token}"
    assert text(page, "#address") == address
    assert text(page, "#vendor-qr") == ANSWER["qr_url"]
    assert (text(page, "#base-url"), text(page, "#type-code")) == (ANSWER["base_url"], link.vendor_reference)
    assert text(page, "#vendor-address") == link.vendor_url
    assert address in text(page, "#web-link") and address in text(page, "#app-ios")
    assert f"{address}/done" in text(page, "#way-web") and f"{address}/done/failed" in text(page, "#way-web")
    for button in page.soup.select("#ways [data-copy]"):
        assert page.soup.select_one(str(button["data-copy"])), button


def test_what_goes_around_us_says_so(rachel: PageClient, make: Make) -> None:
    page, _ = shown(rachel, make)
    for way in ("qr", "code", "web", "vendor"):
        assert "neither pausing nor revoking this link stops it" in text(page, f"#way-{way}")


def test_the_vendors_html_is_never_markup(rachel: PageClient, make: Make) -> None:
    page, _ = shown(rachel, make)
    assert text(page, "#vendor-html-1") == ANSWER["snippets"]["html"]  # type: ignore[index]
    assert not page.soup.select("#ways img, #ways script, #ways iframe")


def test_a_link_made_for_a_frame_opens_with_the_frame(rachel: PageClient, make: Make) -> None:
    page, _ = shown(rachel, make, options=Options(module="iframe"), vendor_answer={**ANSWER, "module": "iframe"})
    first = groups(page)[0]
    assert (first["id"], first.has_attr("open")) == ("way-web", True)
    assert 'allow="camera https://vendor.example; microphone https://vendor.example"' in text(page, "#web-frame")


def test_live_capture_says_where_it_works(rachel: PageClient, make: Make) -> None:
    page, _ = shown(rachel, make, vendor_answer={**ANSWER, "module": "live_mobile"})
    assert "only on a phone" in text(page, "#way-web")
    assert "iOS 14 or earlier" in text(page, "#way-app")


def test_an_older_link_without_these_offers_what_it_has(rachel: PageClient, make: Make) -> None:
    page, _ = shown(rachel, make, vendor_answer={})
    assert [str(group["id"]) for group in groups(page)] == ["way-web", "way-app", "way-vendor"]


def test_a_link_that_is_over_offers_nothing_to_hand_out(rachel: PageClient, make: Make) -> None:
    page, _ = shown(rachel, make, state="revoked")
    assert not page.soup.select("#ways, #mail-text, #result .qr")


@pytest.mark.parametrize(
    ("answer", "words"),
    [({"sms_sent_to": "+447700900123"}, "Sent to +44 **** 123 by ID Analyzer DocuPass"), ({}, "did not confirm")],
)
def test_an_sms_shows_its_state_and_a_masked_number(
    rachel: PageClient, make: Make, answer: dict[str, str], words: str
) -> None:
    page, _ = shown(rachel, make, sms_to="+447700900123", vendor_answer={**ANSWER, **answer})
    assert words in page.text
    assert "447700900123" not in page.html


def test_where_people_go_on_to_is_shown_as_text(rachel: PageClient, make: Make) -> None:
    page, _ = shown(rachel, make, options=Options(success_url="https://shop.example/thanks?a=<b>"))
    assert "https://shop.example/thanks?a=<b>" in text(page, "#way-web")


# -- what it asks -------------------------------------------------------------------------------------------------


def preset(make: Make, name: str = "Onboarding") -> PresetVersion:
    made = make.save(Preset(name=name, name_key=name.lower(), version=3))
    version: PresetVersion = make.save(PresetVersion(preset_id=made.id, number=3, name=name))
    return version


def test_the_preset_is_named_with_its_version(rachel: PageClient, make: Make) -> None:
    version = preset(make, "Onboarding <b>")
    page, link = shown(rachel, make, preset_version_id=version.id, preset_changed=True)
    assert page.soup.select_one(f"a[href='/settings/presets/{version.preset_id}']")
    assert "Onboarding <b> , version 3 , changed for this link" in page.text
    row = rachel.get("/links").soup.select_one(f"#link-{link.id}")
    assert row is not None and "Onboarding <b>" in row.get_text()


def test_a_preset_can_begin_here_for_those_who_may(alice: PageClient, rachel: PageClient, make: Make) -> None:
    link = make.link()
    start = f"a[href='/settings/presets/new?from_link={link.id}']"
    assert alice.get(f"/links/{link.id}").soup.select_one(start)
    assert not rachel.get(f"/links/{link.id}").soup.select_one(start)


def test_a_signature_link_shows_template_and_values(rachel: PageClient, make: Make) -> None:
    options = Options(
        contract_template="TPL1", contract_format="PDF", contract_prefill='{"sum":"<b>12</b>","on":"1 May"}'
    )
    page, link = shown(rachel, make, kind="signature", options=options)
    values = [cell.get_text() for cell in page.soup.select("section[aria-labelledby=contract] td")]
    assert values == ["sum", "<b>12</b>", "on", "1 May"]
    assert "TPL1" in text(page, "section[aria-labelledby=contract]")
    assert "read and sign a document" in text(page, "#mail-text")
    assert "attempts" not in text(page, "#result")
    assert "allow=" not in text(page, "#web-frame")
    assert f"/v/{link.token}/done/failed" not in page.html


def test_given_pictures_are_listed_with_their_hash(rachel: PageClient, make: Make) -> None:
    link = make.link()
    make.session(link=link)
    make.save(LinkPicture(link_id=link.id, part="face", url="https://pictures.example/<b>.jpg"))
    make.save(
        LinkPicture(link_id=link.id, part="document", path="x", sha256="ab" * 32, bytes=52_000, media_type="image/png")
    )
    page = rachel.get(f"/links/{link.id}")
    given = text(page, "section[aria-labelledby=given]")
    assert given.index("Document") < given.index("Face")
    assert "52.0 kB" in given and "ab" * 32 in given and "https://pictures.example/<b>.jpg" in given


# -- the list -----------------------------------------------------------------------------------------------------


def listed(page: Page) -> list[int]:
    return [int(str(row["id"]).removeprefix("link-")) for row in page.soup.select("tbody tr")]


def test_the_list_can_be_of_one_state(rachel: PageClient, make: Make) -> None:
    works, revoked = make.link(), make.link(state="revoked")
    paused = make.link(state="paused", reusable=True, person_id=None, label="Open day", session_cap=5)
    assert listed(rachel.get("/links")) == [paused.id, revoked.id, works.id]
    for state, link in (("active", works), ("revoked", revoked), ("paused", paused)):
        page = rachel.get(f"/links?state={state}")
        assert listed(page) == [link.id]
        assert page.soup.select_one(f"nav [aria-current][href='/links?state={state}']")
    page = rachel.get("/links?state=expired")
    assert "No link is in this state" in page.text and page.soup.select_one(".empty a[href='/links']")


def test_a_state_that_is_none_shows_all(rachel: PageClient, make: Make) -> None:
    link = make.link()
    assert listed(rachel.get("/links?state=%27; DROP TABLE link")) == [link.id]


def test_a_filtered_list_pages_within_its_state(rachel: PageClient, make: Make) -> None:
    person = make.person()
    mine = [make.link(person=person, state=("active", "revoked")[one % 2]).id for one in range(120)][::2]
    page = rachel.get("/links?state=active")
    assert listed(page) == mine[:-51:-1]
    page = rachel.get(page.soup.select_one("a[rel=next]")["href"])  # type: ignore[index, arg-type]
    assert listed(page) == mine[9::-1]
    page = rachel.get(page.soup.select_one("a[rel=prev]")["href"])  # type: ignore[index, arg-type]
    assert listed(page) == mine[:-51:-1]


def test_a_reusable_link_is_listed_by_label_and_what_it_brought(rachel: PageClient, make: Make, db: Session) -> None:
    link = make.link(reusable=True, person_id=None, label="Open day", session_cap=50)
    for number, outside in ((1, False), (2, False), (3, True)):
        make.session(
            link=link,
            reference=f"R{number}",
            capture="finished",
            outcome="passed",
            person_id=None,
            outside_link=outside,
        )
    row = rachel.get("/links").soup.select_one(f"#link-{link.id}")
    assert row is not None
    words = " ".join(row.get_text(" ").split())
    assert "Works 2 of 50 sessions" in words and "Reusable: Open day" in words


def test_the_list_asks_the_database_little(rachel: PageClient, make: Make) -> None:
    version = preset(make)
    for _ in range(60):
        make.link(reusable=True, person_id=None, label="Open day", preset_version_id=version.id)
    page = rachel.get("/links?state=active")
    assert len(listed(page)) == 50 and page.queries <= 6, page.statements
