"""Section 5 of a report: what was screened, and each list entry with what agrees, what differs, and who said what of it."""

from webapp.exports.pdf.sheet import INK, SECOND, TONES, Sheet, Words
from webapp.exports.pdf.table import Head, draw_facts, draw_table
from webapp.exports.pdf_words import NOTHING, heading, moment, quiet, value_of
from webapp.exports.record import Attribute, Hit, SessionRecord

HEADS = (
    Head("Attribute", 16),
    Head("Applicant", 27),
    Head("List entry", 29),
    Head("Agreement", 21),
    Head("Points", 7, right=True),
)


def draw_aml(sheet: Sheet, record: SessionRecord) -> None:
    """All of it; an entry that nobody settled says so."""
    heading(sheet, 5, "AML screening")
    if record.screened:
        draw_facts(sheet, [(fact.label, value_of(fact)) for fact in record.screened])
    if not record.hits:
        said = "The vendor returned no list entry." if record.screened else "No list was searched for this session."
        sheet.text(quiet(said, size=8.5))
    for number, hit in enumerate(record.hits, 1):
        _hit(sheet, hit, number, len(record.hits))


def _hit(sheet: Sheet, hit: Hit, number: int, total: int) -> None:
    sheet.need(110)
    sheet.text(Words(f"Entry {number} of {total}", size=7.5, color=SECOND))
    sheet.text(Words(hit.name, style="bold", size=10), kind="H3", after=1)
    about = " \u00b7 ".join(part for part in (hit.kind, hit.list_name, hit.strength) if part)
    sheet.text(Words(about, size=8, color=SECOND), after=4)
    if hit.attributes:
        draw_table(sheet, HEADS, [_attribute(each) for each in hit.attributes])
        sheet.y += 3
    if hit.about:
        sheet.text(quiet(hit.about), after=4)
    draw_facts(sheet, _verdict(hit), label=84)
    if number < total:
        sheet.y -= 4


def _attribute(row: Attribute) -> list[Words]:
    return [
        Words(row.name, color=SECOND), Words(row.applicant or NOTHING), Words(row.entry or NOTHING),
        Words(row.agreement, color=TONES.get(row.mark, INK) if row.mark == "bad" else INK, mark=row.mark),
        Words(row.points or NOTHING),
    ]  # fmt: skip


def _verdict(hit: Hit) -> list[tuple[str, Words]]:
    rows = [("Verdict", Words(hit.verdict, style="bold", color=TONES.get(hit.mark, INK), mark=hit.mark))]
    rows += [("Because" if at == 0 else "", Words(text)) for at, text in enumerate(hit.because)]
    if hit.note:
        rows.append(("Note", Words(hit.note)))
    if hit.by:
        rows.append(("By", Words(f"{hit.by}, {moment(hit.at)}")))
    return rows
