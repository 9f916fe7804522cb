"""Drawn faces: a bust of one look on any background, as portrait or selfie; who it is was decided in looks.py."""

from dataclasses import replace

from PIL import Image, ImageDraw, ImageFilter

from .easel import CENTRE_X, TALL, Easel, curve, gradient, shade
from .hair import hair_behind, hair_in_front
from .looks import Colour, Look


def _body(bust: Easel) -> None:
    look, skin = bust.look, bust.look.skin
    bust.shape([*curve([(1, 130), (5, 98), (37, 92)]), *curve([(63, 92), (95, 98), (99, 130)])], look.clothes)
    bust.shape(
        [(40.5, 74), (59.5, 74), (60, 90), (62, 93), (56, 99), (50, 101), (44, 99), (38, 93), (40, 90)],
        shade(skin, 0.9),
    )
    if look.collar == "v":
        bust.shape([(38, 92), (62, 92), (50, 112)], shade(skin, 0.93))
    elif look.collar == "shirt":
        pale = shade(look.clothes, 1.75)
        bust.shape([(38, 90), (50, 103), (42, 114), (33, 95)], pale)
        bust.shape([(62, 90), (50, 103), (58, 114), (67, 95)], pale)
    else:
        bust.line(curve([(37, 92), (50, 107), (63, 92)]), shade(look.clothes, 0.8), 2.4)
    everything = bust.image.getchannel("A")
    bust.veil("ellipse", [(36, 70), (64, 94)], shade(skin, 0.5), 0.45, 2.2, everything)
    bust.veil("polygon", [(70, 90), (100, 90), (100, 130), (70, 130)], (0, 0, 0), 0.22, 7, everything)


def _skull(bust: Easel) -> None:
    look = bust.look
    for side in (-1, 1):
        bust.oval(CENTRE_X + side * (look.half_width + 0.6), 57, 3.1, 5.6, shade(look.skin, 0.88))
        bust.oval(CENTRE_X + side * (look.half_width + 0.8), 57, 1.6, 3.4, shade(look.skin, 0.76))
    bust.shape(bust.outline(), look.skin)
    dark = shade(look.skin, 0.62)
    bust.veil("polygon", [(62, 20), (80, 20), (80, 95), (62, 95)], dark, 0.34, 5, bust.head)
    bust.veil("polygon", [(20, 78), (80, 78), (80, 95), (20, 95)], dark, 0.3, 4, bust.head)
    bust.veil("ellipse", [(34, 30), (52, 48)], shade(look.skin, 1.5), 0.5, 5, bust.head)
    for x in (37.5, 62.5):
        bust.veil("ellipse", [(x - 5, 61), (x + 5, 69)], (205, 96, 84), 0.22, 2.4, bust.head)


def _features(bust: Easel) -> None:
    look = bust.look
    for side in (-1, 1):
        _eye(bust, CENTRE_X + side * look.eye_gap, 54.5, side)
    dark = shade(look.skin, 0.66)
    bust.line(curve([(51.2, 55), (52.6 + look.nose * 0.2, 62), (50 + look.nose, 65.6)]), shade(look.skin, 0.78), 0.9)
    bust.line(curve([(50 - look.nose, 65.6), (50, 68.6), (50 + look.nose, 65.6)]), dark, 1.0)
    red, green, blue = look.skin
    lips = (int(red * 0.84), int(green * look.lips), int(blue * look.lips))
    wide, y = look.mouth, 74.2
    upper = [
        *curve([(50 - wide, y - look.smile), (47, y - 3), (50, y - 1.7)]),
        *curve([(50, y - 1.7), (53, y - 3), (50 + wide, y - look.smile)]),
    ]
    lower = curve([(50 + wide, y - look.smile), (50, y + 6.4 + look.smile), (50 - wide, y - look.smile)])
    bust.shape([*upper, *lower], lips)
    bust.line(
        curve([(50 - wide, y - look.smile), (50, y + 1.6 + look.smile), (50 + wide, y - look.smile)]),
        shade(lips, 0.58),
        0.7,
    )


def _eye(bust: Easel, x: float, y: float, side: int) -> None:
    look = bust.look
    top, bottom = (
        curve([(x - 4.6, y + 0.4), (x, y - 4.4), (x + 4.6, y + 0.2)]),
        curve([(x + 4.6, y + 0.2), (x, y + 3.6), (x - 4.6, y + 0.4)]),
    )
    bust.shape([*top, *bottom], (248, 246, 243))
    bust.oval(x, y - 0.3, 1.95, 1.95, shade(look.eyes, 0.8))
    bust.oval(x, y - 0.3, 1.5, 1.5, look.eyes)
    bust.oval(x, y - 0.3, 0.8, 0.8, (16, 14, 14))
    bust.oval(x - 0.7, y - 1.0, 0.45, 0.45, (255, 255, 255))
    bust.line(top, shade(look.skin, 0.36), 0.8)
    bust.line(curve([(x - 4.4, y - 2.6), (x, y - 5.8), (x + 4.4, y - 2.6)]), shade(look.skin, 0.76), 0.6)
    inner, outer = x - side * 4.8, x + side * 5.4
    bust.line(curve([(inner, y - 6.4), (x + side, y - 9.6), (outer, y - 6.2)]), shade(look.hair, 0.86), look.brow)


def _beard(bust: Easel) -> None:
    look = bust.look
    if look.beard in {"full", "stubble"}:
        points = [(26, 60), (33, 68), (41, 70), (50, 69.5), (59, 70), (67, 68), (74, 60), (76, 90), (24, 90)]
        strength = 0.95 if look.beard == "full" else 0.34
        bust.veil("polygon", points, look.hair, strength, 1.0, bust.head)
    if look.beard in {"full", "moustache"}:
        bust.line(curve([(42, 72.6), (46, 69), (50, 70.4)]), look.hair, 2.4)
        bust.line(curve([(50, 70.4), (54, 69), (58, 72.6)]), look.hair, 2.4)


def _glasses(bust: Easel) -> None:
    if not bust.look.glasses:
        return
    frame, width = (*shade(bust.look.hair, 0.5), 255), max(int(0.9 * bust.unit), 1)
    for side in (-1, 1):
        x = CENTRE_X + side * bust.look.eye_gap
        bust.pen.rounded_rectangle(
            bust.at([(x - 7, 49.4), (x + 7, 60.4)]), radius=3.4 * bust.unit, outline=frame, width=width
        )
        bust.line([(x + side * 7, 53), (CENTRE_X + side * bust.look.half_width, 54)], frame[:3], 0.9)
    bust.line(
        curve([(CENTRE_X - bust.look.eye_gap + 7, 53.5), (50, 51.8), (CENTRE_X + bust.look.eye_gap - 7, 53.5)]),
        frame[:3],
        0.9,
    )


def bust(look: Look, width: int) -> Image.Image:
    """Head and shoulders on nothing (RGBA), `width` pixels wide and 1.28 times as high."""
    drawing = Easel(look, width)
    hair_behind(drawing)
    _body(drawing)
    if look.style in {"long"}:
        drawing.shape([(29, 70), (35, 96), (27, 108), (22, 90)], shade(look.hair, 0.86))
        drawing.shape([(71, 70), (65, 96), (73, 108), (78, 90)], shade(look.hair, 0.8))
    _skull(drawing)
    _beard(drawing)
    _features(drawing)
    hair_in_front(drawing)
    _glasses(drawing)
    return drawing.image.resize((width, int(width * TALL)), Image.Resampling.LANCZOS)


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
    figure = bust(
        replace(look, clothes=look.selfie_clothes, collar="crew", smile=look.smile + 0.5), int(size[0] * 1.14)
    )
    tilted = figure.rotate(-3.5, resample=Image.Resampling.BICUBIC)
    picture = _room(size, (176, 164, 150) if look.clothes[2] > 70 else (150, 160, 168))
    picture.paste(tilted, (int(-size[0] * 0.05), size[1] - figure.height + int(size[1] * 0.16)), tilted)
    warm = Image.new("RGB", size, (255, 214, 170))
    return Image.blend(picture, warm, 0.06)
