"""The contract of the sandbox: placeholders filled, three real formats, a drawn signature inside; no server."""

import base64
import io
import re
import zipfile
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from webapp.sandbox.contract import Signature, closed, contract, fill, placeholders, values_for
from webapp.sandbox.contract_files import FORMATS
from webapp.sandbox.files import NotAPicture, as_signature

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NAME = "Tëst (Person) <Ω> & Co"


def drawing(size: tuple[int, int] = (840, 280)) -> str:
    out = io.BytesIO()
    Image.new("RGBA", size, (0, 0, 0, 0)).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def made(name: str = NAME, *, drawn: bool = True, format_: str = "PDF") -> bytes:
    values = values_for("Specimen Bank", {"email": "user@example.com"}, {"fullName": name})
    signature = Signature(name, as_signature(drawing()) if drawn else b"")
    content: bytes = FORMATS[format_][0](closed(contract(values), "REFERENCE1", 1_790_000_000, signature))
    return content


def test_what_the_id_says_wins_over_what_was_prefilled() -> None:
    values = values_for("Specimen Bank", {"fullName": "From Us", "email": "e@x.example"}, {"fullName": "FROM THE ID"})
    assert fill("%{fullName} %{email} %{companyname}", values) == "FROM THE ID e@x.example Specimen Bank"


@pytest.mark.parametrize("values", [{}, {"who": ""}, {"who": None}])
def test_a_placeholder_without_a_value_stays_to_be_seen(values: dict[str, str | None]) -> None:
    assert fill("for %{who}", values) == "for %{who}"


def test_a_value_is_not_filled_in_its_turn() -> None:
    assert fill("%{a}", {"a": "%{b}", "b": "no"}) == "%{b}"


def test_the_placeholders_are_the_documented_ones() -> None:
    assert placeholders() == [
        "companyname", "fullName", "dob", "documentNumber", "issuerOrg_full", "address1", "email", "contractnumber",
        "myparameter",
    ]  # fmt: skip


@pytest.mark.parametrize("drawn", [True, False])
def test_a_pdf_is_one_whose_table_leads_to_its_objects(drawn: bool) -> None:
    content = made(drawn=drawn)
    start = int(content.rpartition(b"startxref\n")[2].split()[0])
    assert content[start : start + 4] == b"xref"
    offsets = [int(found) for found in re.findall(rb"(\d{10}) 00000 n ", content)]
    for number, offset in enumerate(offsets, 1):
        assert content[offset:].startswith(b"%d 0 obj" % number)
    assert (b"/DCTDecode" in content) is drawn
    assert "Tëst \\(Person\\)".encode("cp1252") in content


@pytest.mark.parametrize("drawn", [True, False])
def test_a_docx_is_a_package_of_well_formed_parts(drawn: bool) -> None:
    with zipfile.ZipFile(io.BytesIO(made(drawn=drawn, format_="DOCX"))) as package:
        assert package.testzip() is None
        for name in package.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(package.read(name))
        texts = [node.text or "" for node in ElementTree.fromstring(package.read("word/document.xml")).iter(f"{WORD}t")]
        assert ("word/media/signature.png" in package.namelist()) is drawn
    assert any(NAME in text for text in texts)
    assert "Reference REFERENCE1" in texts


def test_a_docx_keeps_no_character_that_xml_forbids() -> None:
    with zipfile.ZipFile(io.BytesIO(made("a\x00b\x0b\ufffe\ud800c", format_="DOCX"))) as package:
        ElementTree.fromstring(package.read("word/document.xml"))


def test_html_is_escaped_and_holds_the_drawing() -> None:
    soup = BeautifulSoup(made(format_="HTML").decode(), "html5lib")
    assert NAME in soup.get_text()
    assert soup.find("img", alt="Signature") is not None
    assert not soup.find(["script", "link", "style"])


@pytest.mark.parametrize(
    "text",
    ["", "data:image/png;base64,", "data:image/svg+xml;base64,PHN2Zy8+", "javascript:1", "data:image/png;base64,AAAA"],
)
def test_what_is_no_drawing_is_refused(text: str) -> None:
    with pytest.raises(NotAPicture):
        as_signature(text)


def test_a_drawing_as_large_as_a_wall_is_refused() -> None:
    with pytest.raises(NotAPicture):
        as_signature(drawing((3_000, 10)))
