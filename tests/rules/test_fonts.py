"""The fonts of the reports are the ones that their list names, each with a licence that lets them be shipped."""

import hashlib
import tomllib

from webapp.exports.pdf.fonts import FOLDER

FONTS = tomllib.loads((FOLDER / "fonts.toml").read_text(encoding="utf-8"))["font"]
LICENSES = {"OFL-1.1": "OFL-1.1.txt", "Apache-2.0": "Apache-2.0.txt"}


def test_every_font_is_as_it_was_listed_and_no_other_is_shipped() -> None:
    listed = {font["file"]: font["sha256"] for font in FONTS}
    assert listed == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.glob("*.ttf")}


def test_every_licence_is_shipped_and_every_owner_named() -> None:
    for font in FONTS:
        assert (FOLDER / LICENSES[font["license"]]).is_file()
        assert font["package"]
    notice = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(word in notice for word in ("Google", "Adobe", "Unifoundry", "reserved font name"))


def test_the_fonts_stay_small_enough_to_ship() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 25_000_000
