"""The small signs beside words: passed, differs, look here, nothing to say; told apart by shape, not only by colour."""


def draw_mark(code: list[str], mark: str, x: float, y: float, size: float, color: str) -> None:
    """Draw a sign of about a letter's height; `y` is where the letters beside it stand."""
    half = size * 0.38
    middle = x + half
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    ink = f"{red:.3f} {green:.3f} {blue:.3f}"
    drawn = _SHAPES.get(mark, _dash)(middle, y + size * 0.35, half)
    code.append(f"q 1 J 1 j {ink} RG {ink} rg {size * 0.105:.2f} w {drawn} Q")


def _tick(x: float, y: float, half: float) -> str:
    return (
        f"{x - half:.2f} {y:.2f} m {x - half * 0.3:.2f} {y - half * 0.7:.2f} l {x + half:.2f} {y + half * 0.7:.2f} l S"
    )


def _cross(x: float, y: float, half: float) -> str:
    part = half * 0.4
    return (
        f"{_circle(x, y, half)} S {x - part:.2f} {y - part:.2f} m {x + part:.2f} {y + part:.2f} l S "
        f"{x - part:.2f} {y + part:.2f} m {x + part:.2f} {y - part:.2f} l S"
    )


def _triangle(x: float, y: float, half: float) -> str:
    low, high = y - half * 0.85, y + half * 0.95
    point = f"{x:.2f} {y - half * 0.5:.2f} m {x:.2f} {y - half * 0.49:.2f} l S"
    return (
        f"{x - half:.2f} {low:.2f} m {x:.2f} {high:.2f} l {x + half:.2f} {low:.2f} l h S "
        f"{x:.2f} {y + half * 0.35:.2f} m {x:.2f} {y - half * 0.15:.2f} l S {point}"
    )


def _ring(x: float, y: float, half: float) -> str:
    hands = f"{x:.2f} {y + half * 0.5:.2f} m {x:.2f} {y:.2f} l {x + half * 0.4:.2f} {y - half * 0.2:.2f} l S"
    return f"{_circle(x, y, half)} S {hands}"


def _dash(x: float, y: float, half: float) -> str:
    return f"{x - half * 0.7:.2f} {y:.2f} m {x + half * 0.7:.2f} {y:.2f} l S"


def _circle(x: float, y: float, radius: float) -> str:
    bend = radius * 0.5523
    return (
        f"{x + radius:.2f} {y:.2f} m "
        f"{x + radius:.2f} {y + bend:.2f} {x + bend:.2f} {y + radius:.2f} {x:.2f} {y + radius:.2f} c "
        f"{x - bend:.2f} {y + radius:.2f} {x - radius:.2f} {y + bend:.2f} {x - radius:.2f} {y:.2f} c "
        f"{x - radius:.2f} {y - bend:.2f} {x - bend:.2f} {y - radius:.2f} {x:.2f} {y - radius:.2f} c "
        f"{x + bend:.2f} {y - radius:.2f} {x + radius:.2f} {y - bend:.2f} {x + radius:.2f} {y:.2f} c h"
    )


_SHAPES = {"ok": _tick, "bad": _cross, "warn": _triangle, "alt": _ring, "none": _dash}
