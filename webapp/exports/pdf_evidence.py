"""Sections 2 to 4 of a report: the data beside what was expected, the pictures, the scores on their scales."""

from webapp.exports.pdf.scale import draw_scale
from webapp.exports.pdf.sheet import BOTTOM, INK, LEFT, LINE_2, ROOM, SECOND, SUNKEN, TONES, Sheet, Words
from webapp.exports.pdf.table import Head, draw_table
from webapp.exports.pdf_words import NOTHING, figure, hashed, heading, moment, quiet, size_of
from webapp.exports.record import Check, Comparison, Picture, Score, SessionRecord

WIDE, HIGH, NONE = 220.0, 150.0, 64.0
"""A picture's place in points, and how high it is where there is no picture."""


def draw_comparison(sheet: Sheet, record: SessionRecord) -> None:
    """What was expected beside what the document says; what differs comes as the screen orders it."""
    heading(sheet, 2, "Data expected and found")
    if not record.comparison:
        sheet.text(quiet("No data were compared: the vendor returned none.", size=8.5))
        return
    heads = (
        Head("Field", 14),
        Head("Expected", 24),
        Head("On the document", 26),
        Head("Our verdict", 25),
        Head("Vendor", 11.5),
    )
    draw_table(sheet, heads, [_compared(row) for row in record.comparison])


def _compared(row: Comparison) -> list[Words | list[Words]]:
    verdict = [Words(row.verdict, style="bold", color=TONES.get(row.mark, INK), mark=row.mark)]
    if row.note:
        verdict.append(quiet(row.note))
    return [
        Words(row.field, color=SECOND), Words(row.expected or NOTHING), Words(row.found or NOTHING), verdict,
        Words(row.vendor or NOTHING, color=SECOND),
    ]  # fmt: skip


def draw_pictures(sheet: Sheet, record: SessionRecord) -> None:
    """Each picture with what proves that it is the one."""
    heading(sheet, 3, "Pictures", _kept(record.pictures), room=HIGH + 60 if record.pictures else 60)
    for picture in record.pictures:
        sheet.need(HIGH if picture.content else NONE)
        _picture(sheet, picture)


def _kept(pictures: tuple[Picture, ...]) -> str:
    if not pictures:
        return "The vendor returned no pictures."
    missing = sum(1 for picture in pictures if picture.missing)
    kept = f"{len(pictures) - missing} of {len(pictures)} kept."
    return (
        kept
        + " A hash is of the original bytes; what is shown is a copy for the eye."
        + (" What is missing says why." if missing else "")
    )


def _picture(sheet: Sheet, picture: Picture) -> None:
    top, pages = sheet.y, sheet.pages
    with sheet.tags.node("Sect"):
        high = sheet.picture(picture.content, picture.label, LEFT, top, WIDE, HIGH) if picture.content else 0.0
        if not high:
            sheet.box(LEFT, top - NONE, WIDE, NONE, fill=SUNKEN, edge=LINE_2)
            with sheet.cell("P"):
                sheet.draw(quiet("No picture"), quiet("No picture").lines(WIDE), LEFT + 12, top - 10)
        sheet.y -= 1
        for words in _captions(picture, shown=bool(high)):
            sheet.text(words, x=LEFT + WIDE + 18, width=ROOM - WIDE - 18, after=2.5)
    low = top - (high or NONE)
    sheet.y = (min(sheet.y, low) if sheet.pages == pages else sheet.y) - 14


def _captions(picture: Picture, *, shown: bool) -> list[Words]:
    lines = [Words(picture.label, style="bold", size=9)]
    if picture.missing:
        lines.append(Words(picture.missing, size=8, color=TONES["warn"], mark="warn"))
    elif picture.withheld:
        lines.append(Words(picture.withheld, size=8, mark="none"))
    elif not shown:
        lines.append(Words("It cannot be shown on paper. Its bytes are kept as they came.", size=8, mark="none"))
    if picture.size:
        lines.append(Words(", ".join(part for part in (picture.media_type, size_of(picture.size)) if part), size=8))
    if picture.saved_at:
        lines.append(Words(f"Saved {moment(picture.saved_at)}", size=8))
    if picture.sha256:
        lines += [quiet("SHA-256 of the original"), hashed(picture.sha256)]
    return lines


def draw_scores(sheet: Sheet, record: SessionRecord) -> None:
    """Every score on its scale with the threshold that was in force, then the checks, those that failed first."""
    heading(sheet, 4, "Face and authenticity", _in_force(record), room=140)
    if not record.scores and not record.checks:
        sheet.text(quiet("Neither was asked for or returned.", size=8.5))
    for score in record.scores:
        _score(sheet, score)
    if record.checks:
        draw_table(
            sheet,
            (Head("Check of the document", 26), Head("What was found", 74)),
            [_check(each) for each in record.checks],
        )


def _in_force(record: SessionRecord) -> str:
    return "Thresholds are those that were in force when the result came." if record.scores else ""


def _score(sheet: Sheet, score: Score) -> None:
    words = [
        Words(score.label, size=8, color=SECOND),
        Words(score.verdict, style="bold", size=10, color=TONES.get(score.mark, INK), mark=score.mark),
        *([Words(margin(score))] if margin(score) else []),
        *([quiet(score.note)] if score.note else []),
    ]
    width = ROOM * 0.52
    height = max(sum(len(each.lines(width)) * each.leading for each in words), 46.0)
    sheet.need(min(height, 300.0) + 8)
    top = sheet.y
    if score.value is not None:
        draw_scale(
            sheet,
            LEFT + ROOM * 0.58,
            top - 24,
            ROOM * 0.42,
            value=score.value,
            threshold=score.threshold,
            mark=score.mark,
        )
    low = top - 46
    with sheet.tags.node("Sect"):
        for each in words:
            if sheet.y - each.leading < BOTTOM:
                sheet.next_page()
                low = sheet.y
            sheet.text(each, width=width)
    sheet.y = min(sheet.y, low) - 8


def margin(score: Score) -> str:
    """`0.43, needs 0.40: above by 0.03`."""
    if score.value is None:
        return (
            "No score was returned."
            if score.threshold is None
            else f"No score was returned; {figure(score.threshold)} was needed."
        )
    if score.threshold is None:
        return f"{figure(score.value)}; no threshold was set."
    gap = round(score.value - score.threshold, 6)
    side = "exactly at it" if gap == 0 else f"{'above' if gap > 0 else 'below'} by {figure(abs(gap))}"
    return f"{figure(score.value)}, needs {figure(score.threshold)}: {side}."


def _check(check: Check) -> list[Words | list[Words]]:
    found = [
        Words(check.words, color=TONES.get(check.mark, INK) if check.mark in ("bad", "warn") else INK, mark=check.mark)
    ]
    return [Words(check.name), [*found, quiet(check.note)] if check.note else found]
