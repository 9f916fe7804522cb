"""Drawn faces: a bust of one look on any background, as portrait or selfie; who it is was decided in looks.py."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .looks import Colour, Look

Point = tuple[float, float]
_SMOOTH = 2
_TALL = 1.28
_CENTRE_X, _CENTRE_Y = 50.0, 55.0


def shade(colour: Colour, factor: float) -> Colour:
    """A colour made darker (below 1) or lighter (above 1)."""
    mixed = [int(c * factor) if factor <= 1 else int(c + (255 - c) * (factor - 1)) for c in colour]
    return mixed[0], mixed[1], mixed[2]


class _Bust:
    """One drawing in a coordinate system 100 wide and 128 high."""

    def __init__(self, look: Look, width: int) -> None:
        self.look, self.unit = look, width * _SMOOTH / 100
        self.size = (width * _SMOOTH, int(width * _SMOOTH * _TALL))
        self.image = Image.new("RGBA", self.size)
        self.pen = ImageDraw.Draw(self.image)
        self.head = self._head_mask()

    def at(self, points: Iterable[Point]) -> list[Point]:
        return [(x * self.unit, y * self.unit) for x, y in points]

    def shape(self, points: Iterable[Point], colour: Colour) -> None:
        self.pen.polygon(self.at(points), fill=(*colour, 255))

    def oval(self, x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
        self.pen.ellipse(self.at([(x - rx, y - ry), (x + rx, y + ry)]), fill=(*colour, 255))

    def line(self, points: Iterable[Point], colour: Colour, width: float) -> None:
        self.pen.line(self.at(points), fill=(*colour, 255), width=max(int(width * self.unit), 1), joint="curve")

    def veil(self, kind: str, points: Sequence[Point], colour: Colour, strength: float, blur: float, mask: Image.Image) -> None:
        """A soft, see-through `ellipse` or `polygon`, cut to a mask: shadows, cheeks, stubble."""
        # Blurred small and enlarged: looks the same and costs a sixteenth.
        small = Image.new("L", (self.size[0] // 4, self.size[1] // 4))
        placed = [(x * self.unit / 4, y * self.unit / 4) for x, y in points]
        pen = ImageDraw.Draw(small)
        if kind == "ellipse":
            pen.ellipse((placed[0], placed[1]), fill=255)
        else:
            pen.polygon(placed, fill=255)
        soft = small.filter(ImageFilter.GaussianBlur(blur * self.unit / 4)).point(lambda value: int(value * strength))
        layer = ImageChops.multiply(soft.resize(self.size, Image.Resampling.BILINEAR), mask)
        self.image.paste((*colour, 255), (0, 0), layer)
        self.pen = ImageDraw.Draw(self.image)

    def outline(self, grow: float = 0.0, lift: float = 0.0) -> list[Point]:
        """The head: an egg whose lower half narrows by the look's jaw."""
        look, points = self.look, []
        for step in range(120):
            angle = 2 * math.pi * step / 120
            down = max(math.sin(angle), 0.0)
            half = (look.half_width + grow) * (1 - look.jaw * down**2)
            x = half * math.copysign(abs(math.cos(angle)) ** 0.9, math.cos(angle))
            points.append((_CENTRE_X + x, _CENTRE_Y - lift + (look.half_height + grow) * math.sin(angle)))
        return points

    def _head_mask(self) -> Image.Image:
        mask = Image.new("L", self.size)
        ImageDraw.Draw(mask).polygon(self.at(self.outline()), fill=255)
        return mask


def _curve(points: list[Point], steps: int = 14) -> list[Point]:
    """A smooth line through three points (a quadratic)."""
    (x0, y0), (x1, y1), (x2, y2) = points
    found = []
    for step in range(steps + 1):
        t = step / steps
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
        found.append((a * x0 + b * x1 + c * x2, a * y0 + b * y1 + c * y2))
    return found


def _body(bust: _Bust) -> None:
    look, skin = bust.look, bust.look.skin
    bust.shape([*_curve([(1, 130), (5, 98), (37, 92)]), *_curve([(63, 92), (95, 98), (99, 130)])], look.clothes)
    bust.shape([(40.5, 74), (59.5, 74), (60, 90), (62, 93), (56, 99), (50, 101), (44, 99), (38, 93), (40, 90)], shade(skin, 0.9))
    if look.collar == "v":
        bust.shape([(38, 92), (62, 92), (50, 112)], shade(skin, 0.93))
    elif look.collar == "shirt":
        pale = shade(look.clothes, 1.75)
        bust.shape([(38, 90), (50, 103), (42, 114), (33, 95)], pale)
        bust.shape([(62, 90), (50, 103), (58, 114), (67, 95)], pale)
    else:
        bust.line(_curve([(37, 92), (50, 107), (63, 92)]), shade(look.clothes, 0.8), 2.4)
    everything = bust.image.getchannel("A")
    bust.veil("ellipse", [(36, 70), (64, 94)], shade(skin, 0.5), 0.45, 2.2, everything)
    bust.veil("polygon", [(70, 90), (100, 90), (100, 130), (70, 130)], (0, 0, 0), 0.22, 7, everything)


def _skull(bust: _Bust) -> None:
    look = bust.look
    for side in (-1, 1):
        bust.oval(_CENTRE_X + side * (look.half_width + 0.6), 57, 3.1, 5.6, shade(look.skin, 0.88))
        bust.oval(_CENTRE_X + side * (look.half_width + 0.8), 57, 1.6, 3.4, shade(look.skin, 0.76))
    bust.shape(bust.outline(), look.skin)
    dark = shade(look.skin, 0.62)
    bust.veil("polygon", [(62, 20), (80, 20), (80, 95), (62, 95)], dark, 0.34, 5, bust.head)
    bust.veil("polygon", [(20, 78), (80, 78), (80, 95), (20, 95)], dark, 0.3, 4, bust.head)
    bust.veil("ellipse", [(34, 30), (52, 48)], shade(look.skin, 1.5), 0.5, 5, bust.head)
    for x in (37.5, 62.5):
        bust.veil("ellipse", [(x - 5, 61), (x + 5, 69)], (205, 96, 84), 0.22, 2.4, bust.head)


def _features(bust: _Bust) -> None:
    look = bust.look
    for side in (-1, 1):
        _eye(bust, _CENTRE_X + side * look.eye_gap, 54.5, side)
    dark = shade(look.skin, 0.66)
    bust.line(_curve([(51.2, 55), (52.6 + look.nose * 0.2, 62), (50 + look.nose, 65.6)]), shade(look.skin, 0.78), 0.9)
    bust.line(_curve([(50 - look.nose, 65.6), (50, 68.6), (50 + look.nose, 65.6)]), dark, 1.0)
    red, green, blue = look.skin
    lips = (int(red * 0.84), int(green * look.lips), int(blue * look.lips))
    wide, y = look.mouth, 74.2
    upper = [*_curve([(50 - wide, y - look.smile), (47, y - 3), (50, y - 1.7)]), *_curve([(50, y - 1.7), (53, y - 3), (50 + wide, y - look.smile)])]
    lower = _curve([(50 + wide, y - look.smile), (50, y + 6.4 + look.smile), (50 - wide, y - look.smile)])
    bust.shape([*upper, *lower], lips)
    bust.line(_curve([(50 - wide, y - look.smile), (50, y + 1.6 + look.smile), (50 + wide, y - look.smile)]), shade(lips, 0.58), 0.7)


def _eye(bust: _Bust, x: float, y: float, side: int) -> None:
    look = bust.look
    top, bottom = _curve([(x - 4.6, y + 0.4), (x, y - 4.4), (x + 4.6, y + 0.2)]), _curve([(x + 4.6, y + 0.2), (x, y + 3.6), (x - 4.6, y + 0.4)])
    bust.shape([*top, *bottom], (248, 246, 243))
    bust.oval(x, y - 0.3, 1.95, 1.95, shade(look.eyes, 0.8))
    bust.oval(x, y - 0.3, 1.5, 1.5, look.eyes)
    bust.oval(x, y - 0.3, 0.8, 0.8, (16, 14, 14))
    bust.oval(x - 0.7, y - 1.0, 0.45, 0.45, (255, 255, 255))
    bust.line(top, shade(look.skin, 0.36), 0.8)
    bust.line(_curve([(x - 4.4, y - 2.6), (x, y - 5.8), (x + 4.4, y - 2.6)]), shade(look.skin, 0.76), 0.6)
    inner, outer = x - side * 4.8, x + side * 5.4
    bust.line(_curve([(inner, y - 6.4), (x + side, y - 9.6), (outer, y - 6.2)]), shade(look.hair, 0.86), look.brow)


def _beard(bust: _Bust) -> None:
    look = bust.look
    if look.beard in {"full", "stubble"}:
        points = [(26, 60), (33, 68), (41, 70), (50, 69.5), (59, 70), (67, 68), (74, 60), (76, 90), (24, 90)]
        strength = 0.95 if look.beard == "full" else 0.34
        bust.veil("polygon", points, look.hair, strength, 1.0, bust.head)
    if look.beard in {"full", "moustache"}:
        bust.line(_curve([(42, 72.6), (46, 69), (50, 70.4)]), look.hair, 2.4)
        bust.line(_curve([(50, 70.4), (54, 69), (58, 72.6)]), look.hair, 2.4)


def _hair_behind(bust: _Bust) -> None:
    look = bust.look
    wide, dark = look.half_width, shade(look.hair, 0.8)
    if look.style == "long":
        bust.shape([*_curve([(50 - wide - 3, 50), (50 - wide - 9, 80), (50 - wide - 3, 108)]), (50, 104), *_curve([(50 + wide + 3, 108), (50 + wide + 9, 80), (50 + wide + 3, 50)])], dark)
    if look.style == "bob":
        bust.shape([*_curve([(50 - wide - 3, 46), (50 - wide - 7, 66), (50 - wide - 2, 84)]), (50, 82), *_curve([(50 + wide + 2, 84), (50 + wide + 7, 66), (50 + wide + 3, 46)])], dark)
    if look.style == "bun":
        bust.oval(50, 19.5, 9, 8.5, dark)
    if look.style in {"long", "bob", "bun"}:
        bust.shape([(x, min(y, 58)) for x, y in bust.outline(grow=3.6, lift=3)], dark)
    if look.style == "curly":
        for step in range(26):
            angle = math.pi * (0.92 + 1.16 * step / 25)
            bust.oval(50 + (wide + 2.6) * math.cos(angle), 50 + 25 * math.sin(angle), 5.2, 5.2, shade(look.hair, 0.82 + step % 3 * 0.06))


def _hair(bust: _Bust) -> None:
    """Hair in front: the head's own outline, grown a little, down to a hairline of the style."""
    look = bust.look
    if look.style == "bald":
        return
    hairlines: dict[str, list[Point]] = {
        "short": [*_curve([(27, 56), (29, 43), (38, 38.5)]), *_curve([(38, 38.5), (54, 35), (66, 40)]), *_curve([(66, 40), (71, 44), (73, 56)])],
        "crop": [*_curve([(27, 51), (28.5, 40), (35, 36)]), *_curve([(35, 36), (50, 32), (65, 36)]), *_curve([(65, 36), (71.5, 40), (73, 51)])],
        "side": [*_curve([(27, 57), (28, 44), (35, 37)]), *_curve([(35, 37), (48, 44), (70, 40)]), *_curve([(70, 40), (72, 46), (73, 57)])],
        "curly": [*_curve([(27, 54), (31, 44), (38, 40)]), *_curve([(38, 40), (50, 36), (62, 40)]), *_curve([(62, 40), (69, 44), (73, 54)])],
        "long": [*_curve([(24, 74), (27, 48), (44, 33)]), *_curve([(44, 33), (68, 42), (76, 74)])],
        "bob": [*_curve([(24, 74), (25, 47), (32, 42.5)]), *_curve([(32, 42.5), (50, 47), (68, 42.5)]), *_curve([(68, 42.5), (75, 47), (76, 74)])],
        "bun": [*_curve([(27, 56), (29, 40), (50, 34.5)]), *_curve([(50, 34.5), (71, 40), (73, 56)])],
    }  # fmt: skip
    lift = {"crop": 1.0, "short": 2.4, "side": 3.2, "curly": 3.4, "long": 2.6, "bob": 2.8, "bun": 1.6}[look.style]
    cap, above = Image.new("L", bust.size), Image.new("L", bust.size)
    # Below the temples the hair stays on the head, or slivers would stick out beside the ears.
    high = [(x, min(y, 46.0)) for x, y in bust.outline(grow=1.6, lift=lift)]
    ImageDraw.Draw(cap).polygon(bust.at(high), fill=255)
    cap.paste(255, (0, 0), bust.head)
    ImageDraw.Draw(above).polygon(bust.at([(0, 74), *hairlines[look.style], (100, 74), (100, 0), (0, 0)]), fill=255)
    mask = ImageChops.multiply(cap, above)
    bust.image.paste(Image.new("RGBA", bust.size, (*look.hair, 255)), (0, 0), mask)
    bust.pen = ImageDraw.Draw(bust.image)
    bust.veil("ellipse", [(33, 24), (56, 37)], shade(look.hair, 1.35), 0.35, 4, mask)


def _glasses(bust: _Bust) -> None:
    if not bust.look.glasses:
        return
    frame, width = (*shade(bust.look.hair, 0.5), 255), max(int(0.9 * bust.unit), 1)
    for side in (-1, 1):
        x = _CENTRE_X + side * bust.look.eye_gap
        bust.pen.rounded_rectangle(bust.at([(x - 7, 49.4), (x + 7, 60.4)]), radius=3.4 * bust.unit, outline=frame, width=width)
        bust.line([(x + side * 7, 53), (_CENTRE_X + side * bust.look.half_width, 54)], frame[:3], 0.9)
    bust.line(_curve([(_CENTRE_X - bust.look.eye_gap + 7, 53.5), (50, 51.8), (_CENTRE_X + bust.look.eye_gap - 7, 53.5)]), frame[:3], 0.9)


def bust(look: Look, width: int) -> Image.Image:
    """Head and shoulders on nothing (RGBA), `width` pixels wide and 1.28 times as high."""
    drawing = _Bust(look, width)
    _hair_behind(drawing)
    _body(drawing)
    if look.style in {"long"}:
        drawing.shape([(29, 70), (35, 96), (27, 108), (22, 90)], shade(look.hair, 0.86))
        drawing.shape([(71, 70), (65, 96), (73, 108), (78, 90)], shade(look.hair, 0.8))
    _skull(drawing)
    _beard(drawing)
    _features(drawing)
    _hair(drawing)
    _glasses(drawing)
    return drawing.image.resize((width, int(width * _TALL)), Image.Resampling.LANCZOS)


def gradient(size: tuple[int, int], top: Colour, bottom: Colour) -> Image.Image:
    """A vertical blend of two colours."""
    ramp = Image.linear_gradient("L").resize(size)
    return Image.composite(Image.new("RGB", size, bottom), Image.new("RGB", size, top), ramp)


def portrait(look: Look, width: int) -> Image.Image:
    """The picture on a document: even light, plain background."""
    figure = bust(look, width)
    picture = gradient(figure.size, (226, 231, 235), (198, 206, 213))
    picture.paste(figure, (0, 0), figure)
    return picture


def _room(size: tuple[int, int], colour: Colour) -> Image.Image:
    wide, high = size
    room = gradient(size, shade(colour, 1.55), shade(colour, 1.2))
    pen = ImageDraw.Draw(room)
    pen.rectangle((wide * 0.06, high * 0.05, wide * 0.34, high * 0.46), fill=(240, 244, 246))
    pen.rectangle((wide * 0.19, high * 0.05, wide * 0.21, high * 0.46), fill=shade(colour, 0.9))
    pen.rectangle((wide * 0.72, high * 0.3, wide * 0.98, high * 0.34), fill=shade(colour, 0.62))
    for index, ink in enumerate(((150, 84, 70), (70, 98, 120), (190, 168, 120), (84, 110, 84))):
        left = wide * (0.75 + index * 0.05)
        pen.rectangle((left, high * (0.2 + index % 2 * 0.02), left + wide * 0.04, high * 0.3), fill=ink)
    pen.ellipse((wide * -0.1, high * 0.6, wide * 0.2, high * 0.95), fill=(86, 122, 92))
    return room.filter(ImageFilter.GaussianBlur(wide / 60))


def selfie_picture(look: Look, size: tuple[int, int] = (600, 800)) -> Image.Image:
    """The same face at arm's length: other clothes, a room behind, warmer light, the head a little tilted."""
    figure = bust(replace(look, clothes=look.selfie_clothes, collar="crew", smile=look.smile + 0.5), int(size[0] * 1.14))
    tilted = figure.rotate(-3.5, resample=Image.Resampling.BICUBIC)
    picture = _room(size, (176, 164, 150) if look.clothes[2] > 70 else (150, 160, 168))
    picture.paste(tilted, (int(-size[0] * 0.05), size[1] - figure.height + int(size[1] * 0.16)), tilted)
    warm = Image.new("RGB", size, (255, 214, 170))
    return Image.blend(picture, warm, 0.06)
