"""What a face is drawn on and with: shapes, lines, soft shadows in hundredths of the width; no face here."""

import math
from collections.abc import Iterable, Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .looks import Colour, Look

Point = tuple[float, float]
_SMOOTH = 2
TALL = 1.28
CENTRE_X, CENTRE_Y = 50.0, 55.0


def shade(colour: Colour, factor: float) -> Colour:
    """A colour made darker (below 1) or lighter (above 1)."""
    mixed = [int(c * factor) if factor <= 1 else int(c + (255 - c) * (factor - 1)) for c in colour]
    return mixed[0], mixed[1], mixed[2]


class Easel:
    """One drawing in a coordinate system 100 wide and 128 high."""

    def __init__(self, look: Look, width: int) -> None:
        self.look, self.unit = look, width * _SMOOTH / 100
        self.size = (width * _SMOOTH, int(width * _SMOOTH * TALL))
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

    def veil(
        self, kind: str, points: Sequence[Point], colour: Colour, strength: float, blur: float, mask: Image.Image
    ) -> None:
        """A soft, see-through `ellipse` or `polygon`, cut to a mask: shadows, cheeks, stubble."""
        # Only the part it touches, blurred small and enlarged: looks the same and costs a fraction.
        box = self._around(points, 3 * blur)
        wide, high = box[2] - box[0], box[3] - box[1]
        small = Image.new("L", (max(wide // 4, 1), max(high // 4, 1)))
        placed = [((x * self.unit - box[0]) / 4, (y * self.unit - box[1]) / 4) for x, y in points]
        pen = ImageDraw.Draw(small)
        if kind == "ellipse":
            pen.ellipse((placed[0], placed[1]), fill=255)
        else:
            pen.polygon(placed, fill=255)
        soft = small.filter(ImageFilter.GaussianBlur(blur * self.unit / 4)).point(lambda value: int(value * strength))
        layer = ImageChops.multiply(soft.resize((wide, high), Image.Resampling.BILINEAR), mask.crop(box))
        self.image.paste((*colour, 255), box, layer)
        self.pen = ImageDraw.Draw(self.image)

    def _around(self, points: Sequence[Point], margin: float) -> tuple[int, int, int, int]:
        """The pixels from the leftmost to the rightmost point and so on, with a margin, inside the picture."""
        left, right = min(x for x, _ in points) - margin, max(x for x, _ in points) + margin
        top, bottom = min(y for _, y in points) - margin, max(y for _, y in points) + margin
        return (
            max(int(left * self.unit), 0),
            max(int(top * self.unit), 0),
            min(int(right * self.unit) + 1, self.size[0]),
            min(int(bottom * self.unit) + 1, self.size[1]),
        )

    def outline(self, grow: float = 0.0, lift: float = 0.0) -> list[Point]:
        """The head: an egg whose lower half narrows by the look's jaw."""
        look, points = self.look, []
        for step in range(120):
            angle = 2 * math.pi * step / 120
            down = max(math.sin(angle), 0.0)
            half = (look.half_width + grow) * (1 - look.jaw * down**2)
            x = half * math.copysign(abs(math.cos(angle)) ** 0.9, math.cos(angle))
            points.append((CENTRE_X + x, CENTRE_Y - lift + (look.half_height + grow) * math.sin(angle)))
        return points

    def _head_mask(self) -> Image.Image:
        mask = Image.new("L", self.size)
        ImageDraw.Draw(mask).polygon(self.at(self.outline()), fill=255)
        return mask


def curve(points: list[Point], steps: int = 14) -> list[Point]:
    """A smooth line through three points (a quadratic)."""
    (x0, y0), (x1, y1), (x2, y2) = points
    found = []
    for step in range(steps + 1):
        t = step / steps
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
        found.append((a * x0 + b * x1 + c * x2, a * y0 + b * y1 + c * y2))
    return found


def gradient(size: tuple[int, int], top: Colour, bottom: Colour) -> Image.Image:
    """A vertical blend of two colours."""
    ramp = Image.linear_gradient("L").resize(size)
    return Image.composite(Image.new("RGB", size, bottom), Image.new("RGB", size, top), ramp)
