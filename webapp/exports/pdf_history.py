"""Sections 6 to 8 of a report: how it was decided, what happened when, and what proves that the record is the record."""

from webapp.exports.pdf.sheet import Sheet, Words
from webapp.exports.pdf.table import Head, draw_facts, draw_table
from webapp.exports.pdf_words import hashed, heading, moment, plain, quiet, size_of, value_of
from webapp.exports.record import SessionRecord, Step


def draw_history(sheet: Sheet, record: SessionRecord) -> None:
    """Each step of deciding, the first one first."""
    heading(sheet, 6, "Decision history")
    if not record.steps:
        sheet.text(quiet("Nobody has decided, and no rule has.", size=8.5))
        return
    heads = (Head("When", 20), Head("Step", 26), Head("Reasons and note", 54))
    draw_table(sheet, heads, [_step(step) for step in record.steps])


def _step(step: Step) -> list[list[Words]]:
    day, _, time = moment(step.at).partition(" ")
    did = [Words(step.words, style="bold", mark=step.mark), Words(step.by)]
    did += [quiet(text) for text in (step.role, step.second) if text]
    why = [Words(reason) for reason in step.reasons]
    if step.note:
        why.append(Words(f"\u201c{step.note}\u201d"))
    if step.versions:
        why.append(quiet(step.versions))
    if step.evidence_hash:
        why += [quiet("SHA-256 of what was decided on"), hashed(step.evidence_hash)]
    return [[Words(day), quiet(time)], did, why or [quiet("No reason is on the record.")]]


def draw_timeline(sheet: Sheet, record: SessionRecord) -> None:
    """What happened, the earliest first."""
    heading(sheet, 7, "Timeline")
    if not record.timeline:
        sheet.text(quiet("Nothing is on the record.", size=8.5))
        return
    told = any(event.by for event in record.timeline)
    heads = (Head("When (UTC)", 21), Head("What happened", 56 if told else 79), *((Head("By", 23),) if told else ()))
    rows = [
        [Words(moment(event.at).removesuffix(" UTC")), Words(event.words), *((Words(event.by),) if told else ())]
        for event in record.timeline
    ]
    draw_table(sheet, heads, rows)


def draw_proof(sheet: Sheet, record: SessionRecord) -> None:
    """The files with their hashes, the audit rows, what they prove and what they do not."""
    heading(sheet, 8, "Manifest and proof")
    if record.files:
        heads = (Head("File", 30), Head("Size", 12, right=True), Head("SHA-256", 58))
        draw_table(
            sheet,
            heads,
            [
                [plain(each.path), Words(size_of(each.size), size=7.5), plain(each.sha256, size=6.7)]
                for each in record.files
            ],
        )
    if record.proof.facts:
        draw_facts(sheet, [(fact.label, value_of(fact)) for fact in record.proof.facts])
    if record.proof.rows:
        chain = (Head("Row", 8, right=True), Head("When (UTC)", 17), Head("Action", 19), Head("SHA-256 of the row", 56))
        draw_table(sheet, chain, [
            [quiet(str(row.seq)), quiet(moment(row.at).removesuffix(" UTC")), plain(row.action), plain(row.sha256, size=6.7)]
            for row in record.proof.rows
        ])  # fmt: skip
    if not record.files and not record.proof.facts and not record.proof.rows:
        sheet.text(quiet("This report stands alone: it names no files and no rows of the audit log.", size=8.5))
    _list(sheet, "This proves", record.proof.proved, "ok")
    _list(sheet, "This does not prove", record.proof.not_proved, "none")


def _list(sheet: Sheet, title: str, texts: tuple[str, ...], mark: str) -> None:
    if not texts:
        return
    sheet.need(40)
    sheet.text(Words(title, style="bold", size=9), kind="H3", after=2)
    with sheet.tags.node("L"):
        for text in texts:
            with sheet.tags.node("LI"):
                sheet.text(Words(text, mark=mark), kind="LBody", after=2)
    sheet.y -= 6
