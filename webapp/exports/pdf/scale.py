"""A score as a line from 0 to 1: a tick where the threshold stood, a dot at the value, the gap between them tinted."""

from webapp.exports.pdf.sheet import LINE, LINE_2, SECOND, TONES, Sheet, Words, color_of


def draw_scale(
    sheet: Sheet, x: float, y: float, width: float, *, value: float, threshold: float | None, mark: str
) -> None:
    """Draw it with its line at `y`. Values out of the scale are drawn at its end; the words beside say the figure."""
    tone = TONES.get(mark, TONES["none"])
    at = x + width * min(1.0, max(0.0, value))
    with sheet.aside():
        _bar(sheet, x, y, width, LINE)
        if threshold is not None:
            need = x + width * min(1.0, max(0.0, threshold))
            _bar(sheet, need, y, x + width - need, LINE_2)
            _bar(sheet, min(at, need), y, abs(at - need), tone)
            sheet.code.append(f"{color_of('#1a1b1f')} RG 1.1 w {need:.2f} {y - 5:.2f} m {need:.2f} {y + 5:.2f} l S")
            _under(sheet, f"needs {threshold:.2f}", need, y, x, width, middle=True)
        _dot(sheet, at, y, tone)
        _over(sheet, f"{value:.2f}" if round(value, 2) == value else f"{value:g}", at, y, x, width, tone)
        if threshold is None or threshold > 0.16:
            _under(sheet, "0", x, y, x, width)
        if threshold is None or threshold < 0.84:
            _under(sheet, "1", x + width, y, x, width)


def _bar(sheet: Sheet, x: float, y: float, width: float, color: str) -> None:
    sheet.code.append(f"{color_of(color)} rg {x:.2f} {y - 1.5:.2f} {width:.2f} 3 re f")


def _dot(sheet: Sheet, x: float, y: float, color: str) -> None:
    white = color_of("#ffffff")
    for radius, ink in ((4.6, white), (3.4, color_of(color))):
        bend = radius * 0.5523
        sheet.code.append(
            f"{ink} rg {x + radius:.2f} {y:.2f} m "
            f"{x + radius:.2f} {y + bend:.2f} {x + bend:.2f} {y + radius:.2f} {x:.2f} {y + radius:.2f} c "
            f"{x - bend:.2f} {y + radius:.2f} {x - radius:.2f} {y + bend:.2f} {x - radius:.2f} {y:.2f} c "
            f"{x - radius:.2f} {y - bend:.2f} {x - bend:.2f} {y - radius:.2f} {x:.2f} {y - radius:.2f} c "
            f"{x + bend:.2f} {y - radius:.2f} {x + radius:.2f} {y - bend:.2f} {x + radius:.2f} {y:.2f} c f"
        )


def _over(sheet: Sheet, text: str, at: float, y: float, x: float, width: float, color: str) -> None:
    _label(sheet, Words(text, style="bold", size=7.5, color=color), at, y + 16.5, x, width)


def _under(sheet: Sheet, text: str, at: float, y: float, x: float, width: float, *, middle: bool = False) -> None:
    _label(sheet, Words(text, size=7, color=TONES[""] if middle else SECOND), at, y - 5.5, x, width)


def _label(sheet: Sheet, words: Words, at: float, y: float, x: float, width: float) -> None:
    line = words.lines(200)
    left = min(max(x, at - line[0].width / 2), x + width - line[0].width)
    sheet.draw(words, line, left, y)
