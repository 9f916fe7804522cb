"""The report of one session as a PDF: what was found, what was decided by whom and why, and what ties it to the record.

Every text is drawn as text, whatever it holds; nothing is fetched, and nothing in the file does anything.
"""

from webapp.exports.pdf.sheet import LEFT, RIGHT, ROOM, SECOND, TINTS, Sheet, Words
from webapp.exports.pdf.table import draw_facts
from webapp.exports.pdf_aml import draw_aml
from webapp.exports.pdf_evidence import draw_comparison, draw_pictures, draw_scores
from webapp.exports.pdf_history import draw_history, draw_proof, draw_timeline
from webapp.exports.pdf_words import heading, moment, value_of
from webapp.exports.record import Fact, SessionRecord

GAP = 14.0


def session_report(record: SessionRecord) -> bytes:
    """The whole file."""
    title = f"Verification report, session {record.session_id}"
    sheet = Sheet(
        title=title, language="en", head=("Verification report", f"Session {record.session_id}"),
        foot=f"{_exported(record)}. Purpose: {record.purpose or 'not given'}",
    )  # fmt: skip
    _summary(sheet, record)
    draw_comparison(sheet, record)
    draw_pictures(sheet, record)
    draw_scores(sheet, record)
    draw_aml(sheet, record)
    draw_history(sheet, record)
    draw_timeline(sheet, record)
    draw_proof(sheet, record)
    return sheet.finish()


def _exported(record: SessionRecord) -> str:
    by = f"by {record.exporter}, " if record.exporter else ""
    return f"Exported {by}{moment(record.exported_at)}"


def _summary(sheet: Sheet, record: SessionRecord) -> None:
    sheet.text(Words(record.name, style="bold", size=20), kind="H1", after=2)
    if record.references:
        sheet.text(Words(record.references, size=9, color=SECOND), after=10)
    _outcomes(sheet, (record.vendor_outcome, record.our_outcome, record.decision))
    if record.warnings:
        _warnings(sheet, record.warnings)
    heading(sheet, 1, "Summary")
    about = (
        Fact(label="Purpose of this report", value=record.purpose or "Not given"),
        Fact(label="This report", value=f"{_exported(record)}, with {record.software}"),
    )
    draw_facts(sheet, [(fact.label, value_of(fact)) for fact in (*record.facts, *about)])


def _outcomes(sheet: Sheet, facts: tuple[Fact, ...]) -> None:
    """Three conclusions side by side, in one box."""
    width = ROOM / len(facts)
    looks = [
        (Words(fact.label, size=7.5, color=SECOND), Words(fact.value, style="bold", size=10, mark=fact.mark or "none"))
        for fact in facts
    ]
    inner = width - 2 * GAP + 4
    height = max(sum(len(each.lines(inner)) * each.leading for each in look) for look in looks) + 18
    if height > 160:  # words of that length read better one under the other
        return draw_facts(sheet, [(label.text, value) for label, value in looks])
    sheet.need(height)
    top = sheet.y
    sheet.box(LEFT, top - height, ROOM, height, edge="#cfd0d6")
    with sheet.tags.node("Table"), sheet.tags.node("TR"):
        for at, (label, value) in enumerate(looks):
            x = LEFT + at * width + GAP
            if at:
                with sheet.aside():
                    sheet.code.append(
                        f"0.906 0.906 0.918 RG 0.6 w {LEFT + at * width:.2f} {top:.2f} m "
                        f"{LEFT + at * width:.2f} {top - height:.2f} l S"
                    )
            with sheet.cell("TD"):
                y = sheet.draw(label, label.lines(inner), x, top - 8)
                sheet.draw(value, value.lines(inner), x, y - 1)
    sheet.y = top - height - 10
    return None


def _warnings(sheet: Sheet, warnings: tuple[str, ...]) -> None:
    """What limits this report, before anything else, tinted line by line, so that it may go on over pages."""
    with sheet.tags.node("L"):
        for text in warnings:
            words = Words(text, mark="warn", color="#855000")
            lines = list(words.lines(ROOM - 20))
            first = True
            with sheet.tags.node("LI"):
                while lines:
                    sheet.need(words.leading + 8)
                    fits = max(1, int((sheet.y - 70) / words.leading))
                    height = len(lines[:fits]) * words.leading + 7
                    sheet.box(LEFT, sheet.y - height, RIGHT - LEFT, height, fill=TINTS["warn"])
                    with sheet.cell("LBody"):
                        sheet.draw(words, lines[:fits], LEFT + 10, sheet.y - 3.2, first=first)
                    sheet.y -= height
                    first = False
                    del lines[:fits]
            sheet.y -= 1.5
    sheet.y -= 8
