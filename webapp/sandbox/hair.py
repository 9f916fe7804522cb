"""The hair of a drawn face, behind the head and in front of it, by style; nothing else of the face."""

import math

from PIL import Image, ImageChops, ImageDraw

from .easel import Easel, Point, curve, shade

# Each hairline as curves of three points, from the left ear over the forehead to the right ear.
_CURVES: dict[str, tuple[list[Point], ...]] = {
    "short": ([(27, 56), (29, 43), (38, 38.5)], [(38, 38.5), (54, 35), (66, 40)], [(66, 40), (71, 44), (73, 56)]),
    "crop": ([(27, 51), (28.5, 40), (35, 36)], [(35, 36), (50, 32), (65, 36)], [(65, 36), (71.5, 40), (73, 51)]),
    "side": ([(27, 57), (28, 44), (35, 37)], [(35, 37), (48, 44), (70, 40)], [(70, 40), (72, 46), (73, 57)]),
    "curly": ([(27, 54), (31, 44), (38, 40)], [(38, 40), (50, 36), (62, 40)], [(62, 40), (69, 44), (73, 54)]),
    "long": ([(24, 74), (27, 48), (44, 33)], [(44, 33), (68, 42), (76, 74)]),
    "bob": ([(24, 74), (25, 47), (32, 42.5)], [(32, 42.5), (50, 47), (68, 42.5)], [(68, 42.5), (75, 47), (76, 74)]),
    "bun": ([(27, 56), (29, 40), (50, 34.5)], [(50, 34.5), (71, 40), (73, 56)]),
}
_HAIRLINES = {name: [point for part in parts for point in curve(part)] for name, parts in _CURVES.items()}


def hair_behind(bust: Easel) -> None:
    look = bust.look
    wide, dark = look.half_width, shade(look.hair, 0.8)
    if look.style == "long":
        bust.shape(
            [
                *curve([(50 - wide - 3, 50), (50 - wide - 9, 80), (50 - wide - 3, 108)]),
                (50, 104),
                *curve([(50 + wide + 3, 108), (50 + wide + 9, 80), (50 + wide + 3, 50)]),
            ],
            dark,
        )
    if look.style == "bob":
        bust.shape(
            [
                *curve([(50 - wide - 3, 46), (50 - wide - 7, 66), (50 - wide - 2, 84)]),
                (50, 82),
                *curve([(50 + wide + 2, 84), (50 + wide + 7, 66), (50 + wide + 3, 46)]),
            ],
            dark,
        )
    if look.style == "bun":
        bust.oval(50, 19.5, 9, 8.5, dark)
    if look.style in {"long", "bob", "bun"}:
        bust.shape([(x, min(y, 58)) for x, y in bust.outline(grow=3.6, lift=3)], dark)
    if look.style == "curly":
        for step in range(26):
            angle = math.pi * (0.92 + 1.16 * step / 25)
            bust.oval(
                50 + (wide + 2.6) * math.cos(angle),
                50 + 25 * math.sin(angle),
                5.2,
                5.2,
                shade(look.hair, 0.82 + step % 3 * 0.06),
            )


def hair_in_front(bust: Easel) -> None:
    """Hair in front: the head's own outline, grown a little, down to a hairline of the style."""
    look = bust.look
    if look.style == "bald":
        return
    lift = {"crop": 1.0, "short": 2.4, "side": 3.2, "curly": 3.4, "long": 2.6, "bob": 2.8, "bun": 1.6}[look.style]
    cap, above = Image.new("L", bust.size), Image.new("L", bust.size)
    # Below the temples the hair stays on the head, or slivers would stick out beside the ears.
    high = [(x, y) for x, y in bust.outline(grow=1.6, lift=lift) if y < 44]
    ImageDraw.Draw(cap).polygon(bust.at(high), fill=255)
    cap.paste(255, (0, 0), bust.head)
    ImageDraw.Draw(above).polygon(bust.at([(0, 74), *_HAIRLINES[look.style], (100, 74), (100, 0), (0, 0)]), fill=255)
    mask = ImageChops.multiply(cap, above)
    bust.image.paste(Image.new("RGBA", bust.size, (*look.hair, 255)), (0, 0), mask)
    bust.pen = ImageDraw.Draw(bust.image)
    bust.veil("ellipse", [(33, 24), (56, 37)], shade(look.hair, 1.35), 0.35, 4, mask)
