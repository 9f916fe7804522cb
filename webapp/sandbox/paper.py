"""The paper of a specimen: fonts, guilloche, overprint, signature, labelled fields; no document's own layout."""

import math
import random
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from .easel import gradient
from .looks import Colour

INK: Colour = (28, 34, 44)
LABEL: Colour = (92, 102, 116)
_FONTS = Path(__file__).parent / "static" / "fonts"
_FACES = {"plain": "DejaVuSansCondensed.ttf", "bold": "DejaVuSansCondensed-Bold.ttf", "mono": "DejaVuSansMono.ttf"}
# Tint of the top left, tint of the bottom right, line colours, deep colour of bands and titles.
_PALETTES: tuple[tuple[Colour, Colour, tuple[Colour, ...], Colour], ...] = (
    ((222, 233, 244), (247, 232, 224), ((150, 182, 208), (208, 168, 160)), (30, 62, 104)),
    ((226, 240, 232), (244, 238, 218), ((146, 192, 168), (202, 186, 136)), (28, 84, 68)),
    ((240, 230, 240), (224, 236, 246), ((190, 158, 194), (146, 178, 206)), (84, 44, 94)),
    ((246, 232, 230), (232, 238, 226), ((212, 160, 156), (160, 188, 150)), (120, 34, 44)),
    ((226, 236, 242), (236, 230, 246), ((140, 178, 196), (180, 168, 210)), (22, 70, 92)),
)


@lru_cache(maxsize=64)
def font(face: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FONTS / _FACES[face], size)


def palette(iso2: str) -> tuple[Colour, Colour, tuple[Colour, ...], Colour]:
    """The colours a country's specimens are printed in; not those of its real documents."""
    return _PALETTES[(ord(iso2[0]) * 3 + ord(iso2[1])) % len(_PALETTES)]


def _wave(x: float, line: int, phase: float, high: float) -> float:
    swing = math.sin(x * 0.0062 + phase) * 120 + math.sin(x * 0.017 - phase + line * 0.11) * (34 + line * 1.4)
    return high / 2 + swing * math.cos(line * 0.085)


@lru_cache(maxsize=8)
def sheet(iso2: str, size: tuple[int, int], variant: int = 0) -> Image.Image:
    """Tinted paper with two wave bundles and a rosette; the same for every document of a country, so kept."""
    start, end, inks, _ = palette(iso2)
    paper = gradient((size[0] * 2, size[1] * 2), start, end)
    pen, (wide, high) = ImageDraw.Draw(paper), paper.size
    for bundle, ink in enumerate(inks):
        for line in range(26):
            points = [
                (x, _wave(x, line, 1.7 * bundle + 0.9 * variant, high) + (bundle - 0.5) * high * 0.34)
                for x in range(0, wide + 24, 24)
            ]
            pen.line(points, fill=ink, width=2)
    for petals, ink in ((13, inks[0]), (9, inks[1])):
        pen.line(_rosette(wide * 0.76, high * 0.46, high * 0.3, petals), fill=ink, width=2)
    return Image.blend(paper.resize(size, Image.Resampling.LANCZOS), gradient(size, start, end), 0.35)


def _rosette(x: float, y: float, radius: float, petals: int) -> list[tuple[float, float]]:
    found = []
    for step in range(721):
        angle = 2 * math.pi * step / 720 * petals
        r = radius * (0.62 + 0.38 * math.cos(angle * (petals + 1) / petals))
        found.append((x + r * math.cos(angle), y + r * math.sin(angle)))
    return found


def write(
    pen: ImageDraw.ImageDraw,
    at: tuple[int, int],
    text: str,
    size: int,
    *,
    face: str = "bold",
    ink: Colour = INK,
    width: int = 0,
) -> None:
    """One line of text; with `width` it is set smaller until it fits, and cut as a last resort."""
    while width and size > 11 and font(face, size).getlength(text) > width:
        size -= 1
    while width and len(text) > 1 and font(face, size).getlength(text) > width:
        text = text[:-1]
    pen.text(at, text, font=font(face, size), fill=ink)


def entry(
    pen: ImageDraw.ImageDraw, at: tuple[int, int], label: str, value: str, *, size: int = 25, width: int = 0
) -> None:
    """A small label with its value below."""
    write(pen, at, label, 14, face="plain", ink=LABEL, width=width)
    write(pen, (at[0], at[1] + 17), value, size, width=width)


def overprint(picture: Image.Image, size: int, *, angle: float = 19.0) -> None:
    """SPECIMEN across the whole face, see-through, spaced; drawn last."""
    text, face = "S P E C I M E N", font("bold", size)
    left, top, right, bottom = (int(side) for side in face.getbbox(text))
    stamp = Image.new("L", (right - left + 20, bottom - top + 20))
    ImageDraw.Draw(stamp).text((10 - left, 10 - top), text, font=face, fill=74)
    turned = stamp.rotate(angle, expand=True, resample=Image.Resampling.BICUBIC)
    picture.paste((196, 52, 52), ((picture.width - turned.width) // 2, (picture.height - turned.height) // 2), turned)


def signature(pen: ImageDraw.ImageDraw, box: tuple[int, int, int, int], seed: str) -> None:
    """A squiggle that is the same for the same person."""
    dice = random.Random(seed)  # noqa: S311 - looks, not secrets
    left, top, right, bottom = box
    tall = [
        dice.uniform(0.85, 1.0),
        *(dice.choice((0.28, 0.34, 0.4, 0.85)) for _ in range(dice.randint(4, 7))),
        0.12,
        0.04,
    ]
    points, slant = [], dice.uniform(0.2, 0.5)
    for step in range(241):
        t = step / 240 * (len(tall) - 1)
        index = min(int(t), len(tall) - 2)
        height = (bottom - top) * (tall[index] + (tall[index + 1] - tall[index]) * (t - index))
        turn = t * 2 * math.pi
        y = bottom - (bottom - top) * 0.2 - height * 0.78 * (1 - math.cos(turn)) / 2
        x = left + (right - left) * step / 250 - 0.1 * (right - left) / 10 * 3 * math.sin(turn) + (bottom - y) * slant
        points.append((x, y))
    pen.line(points, fill=(32, 44, 92), width=3, joint="curve")


def ghost(picture: Image.Image, face: Image.Image, at: tuple[int, int], width: int, ink: Colour) -> None:
    """The portrait again, small and pale in one colour, as security printing does."""
    small = face.convert("L").resize((width, int(width * face.height / face.width)))
    oval = Image.new("L", small.size)
    ImageDraw.Draw(oval).ellipse((0, 0, small.width - 1, small.height - 1), fill=255)
    strength = Image.composite(small.point(lambda value: int((255 - value) * 0.62)), Image.new("L", small.size), oval)
    picture.paste(ink, at, strength)


def drawn(
    size: tuple[int, int], iso2: str, variant: int, draw: Callable[[Image.Image, ImageDraw.ImageDraw], None]
) -> Image.Image:
    """A sheet with a layout drawn on it."""
    picture = sheet(iso2, size, variant).copy()
    draw(picture, ImageDraw.Draw(picture))
    return picture
