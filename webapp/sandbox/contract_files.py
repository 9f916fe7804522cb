"""A contract as DOCX or HTML, and the choice of format; PDF has a module of its own."""

import base64
import io
import re
import zipfile
from html import escape

from .contract import Contract
from .contract_pdf import contract_pdf

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = (
    f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
    '<Override PartName="/word/document.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_UNITS_WIDE, _UNITS_HIGH = 2_667_000, 889_000  # English Metric Units: 7.4 cm by 2.5 cm
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def _relations(kind: str, target: str) -> str:
    return (
        f'{_HEAD}<Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/{kind}" Target="{target}"/></Relationships>'
    )


def _paragraph(text: str, *, bold: bool = False) -> str:
    weight = '<w:rPr><w:b/><w:sz w:val="32"/></w:rPr>' if bold else ""
    plain = escape(_NOT_XML.sub("", text), quote=False)
    return f'<w:p><w:r>{weight}<w:t xml:space="preserve">{plain}</w:t></w:r></w:p>'


def _drawing() -> str:
    size = f'cx="{_UNITS_WIDE}" cy="{_UNITS_HIGH}"'
    return (
        f'<w:p><w:r><w:drawing><wp:inline><wp:extent {size}/><wp:docPr id="1" name="Signature"/>'
        f'<a:graphic><a:graphicData uri="{_DRAWING}/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="1" name="Signature"/>'
        '<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rId1"/><a:stretch><a:fillRect/></a:stretch>'
        f'</pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect">'
        "<a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )


def contract_docx(made: Contract) -> bytes:
    """The smallest package word processors open: one document, and the drawn signature beside it."""
    paragraphs = [_paragraph(text) for text in (*made.paragraphs, *made.closing)]
    if made.drawn:
        paragraphs.append(_drawing())
    document = (
        f'{_HEAD}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="{_OFFICE}"'
        f' xmlns:wp="{_DRAWING}/wordprocessingDrawing" xmlns:a="{_DRAWING}/main" xmlns:pic="{_DRAWING}/picture">'
        f"<w:body>{_paragraph(made.title, bold=True)}{''.join(paragraphs)}</w:body></w:document>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", _TYPES)
        package.writestr("_rels/.rels", _relations("officeDocument", "word/document.xml"))
        package.writestr("word/document.xml", document.encode())
        if made.drawn:
            package.writestr("word/_rels/document.xml.rels", _relations("image", "media/signature.png"))
            package.writestr("word/media/signature.png", made.drawn)
    return out.getvalue()


def contract_html(made: Contract) -> bytes:
    """One page that needs nothing from elsewhere."""
    lines = "".join(f"<p>{escape(_NOT_XML.sub('', text))}</p>\n" for text in (*made.paragraphs, *made.closing))
    drawn = base64.b64encode(made.drawn).decode()
    picture = f'<p><img src="data:image/png;base64,{drawn}" alt="Signature" width="280"></p>\n' if drawn else ""
    title = escape(made.title)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>\n'
        f"<body><h1>{title}</h1>\n{lines}{picture}</body></html>\n"
    ).encode()


_DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMATS = {
    "PDF": (contract_pdf, "pdf", "application/pdf"),
    "DOCX": (contract_docx, "docx", _DOCX_TYPE),
    "HTML": (contract_html, "html", "text/html; charset=utf-8"),
}
"""Format -> how it is made, the ending of its name, its media type."""
