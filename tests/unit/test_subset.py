"""A font cut down to the glyphs that were drawn draws them as the whole font does."""

import random

import pytest
import uharfbuzz as hb

from webapp.exports.pdf.fonts import Face, faces
from webapp.exports.pdf.subset import subset


def looks(font: hb.Font, number: int) -> list[tuple[str, list[float]]]:
    """The outline of a glyph, as moves of a pen, and how wide it is."""
    moves: list[tuple[str, list[float]]] = [("wide", [font.get_glyph_h_advance(number)])]
    pen = hb.DrawFuncs()
    pen.set_move_to_func(lambda x, y, said: said.append(("move", [x, y])))
    pen.set_line_to_func(lambda x, y, said: said.append(("line", [x, y])))
    pen.set_quadratic_to_func(lambda a, b, x, y, said: said.append(("curve", [a, b, x, y])))
    pen.set_cubic_to_func(lambda a, b, c, d, x, y, said: said.append(("cubic", [a, b, c, d, x, y])))
    pen.set_close_path_func(lambda said: said.append(("close", [])))
    font.draw_glyph(number, pen, moves)
    return moves


@pytest.mark.parametrize("face", faces(), ids=lambda face: face.name)
def test_a_cut_font_draws_the_same(face: Face) -> None:
    whole = hb.Font(hb.Face(hb.Blob(face.data)))
    wanted = random.Random(7).sample(range(whole.face.glyph_count), min(60, whole.face.glyph_count))
    data, places = subset(face, wanted)
    cut = hb.Font(hb.Face(hb.Blob(data)))
    assert places[0] == 0 and set(wanted) <= set(places)
    for number in wanted:
        assert looks(cut, places[number]) == looks(whole, number)


def test_parts_of_composed_letters_come_along() -> None:
    face = faces()[0]
    composed = [number for number in range(1, 900) if len(subset(face, [number])[1]) > 2]
    assert composed, "no letter of this font is composed: the test needs another"


def test_a_cut_font_is_small() -> None:
    face = next(face for face in faces() if face.name.startswith("Droid"))
    data, _ = subset(face, range(1, 40))
    assert len(data) < 30_000
