"""The shipped fonts, and which of them has a letter; each is opened when the first letter asks for it."""

import struct
import tomllib
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

import uharfbuzz as hb

FOLDER = Path(__file__).parent.parent / "fonts"
REGULAR, BOLD, MONO = "NotoSans-Regular.ttf", "NotoSans-SemiBold.ttf", "NotoSansMono-Regular.ttf"
STYLES = {"regular": (REGULAR,), "bold": (BOLD,), "mono": (MONO, REGULAR)}
"""The fonts that a style asks first; for what they lack every style asks the others in the order of fonts.toml."""


class Glyph(NamedTuple):
    """One glyph as it was shaped, in thousandths of the size.

    `text` is what it stands for; of glyphs that make one letter together the first has it, and the others have none.
    """

    number: int
    text: str
    advance: float
    right: float
    up: float


class Face:
    """One font file."""

    def __init__(self, name: str) -> None:
        self.name = name

    @cached_property
    def data(self) -> bytes:
        """The file."""
        return (FOLDER / self.name).read_bytes()

    @cached_property
    def tables(self) -> dict[str, bytes]:
        """The tables that a PDF needs: outlines, widths, heads."""
        number = struct.unpack_from(">H", self.data, 4)[0]
        entries = [struct.unpack_from(">4s3I", self.data, 12 + 16 * at) for at in range(number)]
        wanted = (b"head", b"hhea", b"maxp", b"hmtx", b"loca", b"glyf")
        return {tag.decode(): self.data[at : at + size] for tag, _, at, size in entries if tag in wanted}

    @cached_property
    def _font(self) -> hb.Font:
        return hb.Font(hb.Face(hb.Blob(self.data)))

    @cached_property
    def letters(self) -> frozenset[int]:
        """The characters that the font has."""
        return frozenset(self._font.face.unicodes)

    @cached_property
    def scale(self) -> float:
        """Thousandths of the size in one unit of the font."""
        return 1000 / float(self._font.face.upem)

    def width(self, number: int) -> float:
        """How wide a glyph is by itself, in thousandths of the size."""
        return float(self._font.get_glyph_h_advance(number)) * self.scale

    def shape(self, text: str, *, rtl: bool) -> tuple[Glyph, ...]:
        """The glyphs from left to right, letters joined and marks placed as the script does."""
        buffer = hb.Buffer()
        buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if rtl else "ltr"
        hb.shape(self._font, buffer)
        infos, positions = buffer.glyph_infos, buffer.glyph_positions
        ends = dict(zip(starts := sorted({info.cluster for info in infos}), [*starts[1:], len(text)], strict=True))
        scale = self.scale
        return tuple(
            Glyph(
                info.codepoint, text[info.cluster : ends.pop(info.cluster, info.cluster)], place.x_advance * scale,
                place.x_offset * scale, place.y_offset * scale,
            )
            for info, place in zip(infos, positions, strict=True)
        )  # fmt: skip


@cache
def faces() -> tuple[Face, ...]:
    """Every shipped font, in the order in which a letter is looked for."""
    listed = tomllib.loads((FOLDER / "fonts.toml").read_text(encoding="utf-8"))
    return tuple(Face(each["file"]) for each in listed["font"])


@cache
def _named(name: str) -> Face:
    return next(face for face in faces() if face.name == name)


@cache
def _order(style: str) -> tuple[Face, ...]:
    first = tuple(_named(name) for name in STYLES[style])
    return first + tuple(face for face in faces() if face.name not in (*STYLES[style], BOLD, MONO))


@lru_cache(16384)
def face_for(needed: frozenset[int], style: str) -> Face | None:
    """The first font that has all of these characters; None where none has."""
    return next((face for face in _order(style) if needed <= face.letters), None)


@lru_cache(2048)
def shaped(face: Face, text: str, rtl: bool) -> tuple[Glyph, ...]:
    """Glyphs of a word, kept: reports say the same words again and again."""
    return face.shape(text, rtl=rtl)
