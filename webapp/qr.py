"""QR codes of addresses, drawn without style attributes so that they pass the content security policy."""

import io

import segno

PIXELS = 8  # a module of the PNG
QUIET = 4  # modules of white around the code, as the standard asks


def inline(address: str) -> str:
    """The code as SVG markup for a page, sized by its frame."""
    return str(
        segno.make_qr(address, error="m").svg_inline(
            border=QUIET, dark="#111", light="#fff", svgclass=None, lineclass=None, omitsize=True
        )
    )


def picture(address: str, kind: str) -> bytes:
    """The code as a file of its own: `svg` or `png`."""
    out = io.BytesIO()
    code = segno.make_qr(address, error="m")
    if kind == "svg":
        code.save(out, kind="svg", scale=PIXELS, border=QUIET, dark="#111", light="#fff", svgclass=None, lineclass=None)
    else:
        code.save(out, kind="png", scale=PIXELS, border=QUIET, dark="#111", light="#fff")
    return out.getvalue()
