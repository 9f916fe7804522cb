"""What was found, for a report: data, pictures, scores, checks and list entries, each in the words of the session page."""

from webapp.checks.authenticity import AuthReading
from webapp.checks.discriminators import LABELS
from webapp.exports.pack_asked import PackAsked
from webapp.exports.record import Attribute, Check, Comparison, Fact, Hit, Picture, Score
from webapp.masks import may_see_field
from webapp.models import EvidenceFile
from webapp.models.words import LIST_KIND_WORDS, MATCH_KIND_WORDS, VERDICT_WORDS
from webapp.queries.session_matches import MatchCard
from webapp.queries.session_page import SessionPage

VERDICT_MARKS = {"open": "warn", "same": "bad", "not_same": "ok", "unclear": "warn"}
FACES = {"match": ("Matches", "ok"), "no_match": ("Does not match", "bad"), "not_returned": ("Not returned", "warn")}
AGREEMENT_MARKS = {"same": "ok", "close": "warn", "differs": "bad"}
WITHOUT = "Left out, as asked for."
NOT_SHOWN = "Not shown to the role of whoever asked."


def comparison(page: SessionPage, asked: PackAsked) -> tuple[Comparison, ...]:
    """Every field of what was expected beside what was found."""
    rows = page.case.comparisons if page.case else ()
    return tuple(
        Comparison(
            field=row.label, expected=asked.field(row.key, row.expected), found=asked.field(row.key, row.found),
            verdict=row.word, mark=row.tone, note=row.note if may_see_field(row.key, asked.sight) else row.hint,
            vendor=row.vendor,
        )
        for row in rows
    )  # fmt: skip


def pictures(page: SessionPage, asked: PackAsked, contents: dict[int, bytes]) -> tuple[Picture, ...]:
    """Every picture and contract, with a copy for the eye where there is one to be seen."""
    given = [
        *(
            (each.file, f"{each.label}, given with the link" if each.given else each.label)
            for each in page.pictures.all
        ),
        *((each.file, f"Contract, {each.kind}") for each in page.pictures.contracts),
    ]
    return tuple(_picture(file, label, asked, contents.get(file.id or 0)) for file, label in given)


def _picture(file: EvidenceFile, label: str, asked: PackAsked, content: bytes | None) -> Picture:
    withheld = "" if asked.shows_pictures else WITHOUT if asked.sight.images else NOT_SHOWN
    if not file.path:
        words = "It was being fetched when this was made." if file.state == "pending" else file.reason
        return Picture(label=label, missing=words or "It could not be fetched.")
    return Picture(
        label=label, media_type=file.media_type, size=file.bytes, sha256=file.sha256, saved_at=file.saved_at,
        content=content, withheld=withheld,
    )  # fmt: skip


def scores(page: SessionPage) -> tuple[Score, ...]:
    """The face's and the document's, each with the threshold that was in force."""
    if page.case is None:
        return ()
    face, auth = page.case.face, page.case.authenticity
    made = []
    if face.verdict != "not_requested":
        words, mark = FACES.get(face.verdict, ("Not clear", "warn"))
        near = face.near and face.verdict == "match"
        notes = (f"{face.words}." if face.score is None else "", face.vendor_words, face.disagreement)
        made.append(Score(
            label="Face on the document and selfie", verdict=f"{words}, near the threshold" if near else words,
            mark="warn" if near else mark, value=face.score, threshold=face.threshold,
            note=" ".join(part for part in notes if part),
        ))  # fmt: skip
    if auth.requested or auth.score is not None:
        made.append(_authenticity(auth))
    return tuple(made)


def _authenticity(auth: AuthReading) -> Score:
    label = "Authenticity of the document"
    if auth.score is None:
        return Score(label=label, verdict="Not returned", mark="warn", threshold=auth.threshold or None)
    reached = auth.score >= auth.threshold
    words, mark = ("Reached", "ok") if reached else ("Too low", "bad")
    if not auth.threshold:
        words, mark = "Not asked for", "none"
    elif auth.near and reached:
        words, mark = "Reached, near the threshold", "warn"
    return Score(label=label, verdict=words, mark=mark, value=auth.score, threshold=auth.threshold or None)


def checks(page: SessionPage, asked: PackAsked) -> tuple[Check, ...]:
    """Each check of the document, those that failed first, then what else the vendor says."""
    if page.case is None:
        return ()
    auth, words = page.case.authenticity, page.checks
    found = [
        *((each.name, words[each.name].failed, "bad", each.reason) for each in auth.failed),
        *((each.name, "The vendor gave no clear answer.", "warn", each.reason) for each in auth.unclear),
        *((each.name, words[each.name].passed, "ok", "") for each in auth.passed),
        *((name, "Not returned.", "none", "") for name in auth.not_returned),
    ]
    said = {True: ("Passed.", "ok"), False: ("Failed.", "bad"), None: ("No clear answer.", "warn")}
    return (
        *(
            Check(name=name, words=f"{text} \u201c{asked.personal(reason)}\u201d" if reason else text, mark=mark,
                  note=words[name].reads)
            for name, text, mark, reason in found
        ),
        *(Check(name="vendor's warning", words=asked.personal(text), mark="warn") for text in auth.warnings),
        *(Check(name=name, words=said[passed][0], mark=said[passed][1]) for name, passed in page.other_checks),
    )  # fmt: skip


def screened(page: SessionPage) -> tuple[Fact, ...]:
    """What was looked for in which lists, and what came back; nothing where no list was searched."""
    if page.case is None or not (page.options.aml or page.matches):
        return ()
    strict = (
        "strict: birth and nationality must agree too"
        if page.options.aml_strict
        else "not strict: a name or number is enough"
    )
    counts = [
        (word, sum(card.match.verdict == verdict for card in page.matches)) for verdict, word in VERDICT_WORDS.items()
    ]
    split = ", ".join(f"{number} {word.lower()}" for word, number in counts if number)
    return (
        Fact(label="Screened for", value="Name and document number"),
        Fact(label="Lists", value=f"{page.lists[:1].upper()}{page.lists[1:]}; {strict}"),
        Fact(label="Entries", value=f"{len(page.matches)} returned: {split}" if page.matches else "None returned"),
    )


def hits(page: SessionPage, asked: PackAsked) -> tuple[Hit, ...]:
    """Each list entry with what agrees, what differs, and the verdict in force."""
    return tuple(_hit(card, asked) for card in page.matches)


def _hit(card: MatchCard, asked: PackAsked) -> Hit:
    match, reading, last = card.match, card.reading, card.last
    said = [text.strip(".") for text in (*reading.positions, *reading.notes)[:3]] if asked.sight.personal else []
    listed = f"List data of {reading.listed}." if reading.listed else ""
    kind = f", {MATCH_KIND_WORDS[match.kind].lower()}" if match.kind else ""
    by = match.decided_by_name or ("a remembered dismissal" if last.remembered else "")
    return Hit(
        name=asked.name(reading.name) or "Entry without a name", kind=LIST_KIND_WORDS[card.list_kind],
        list_name=", ".join((card.database.name, *reading.programs[:2])), strength=f"strength {reading.strength} of 100",
        verdict=f"{VERDICT_WORDS[match.verdict]}{kind}", mark=VERDICT_MARKS[match.verdict],
        attributes=tuple(
            Attribute(name=row.label, applicant=asked.field(row.key, row.applicant), entry=asked.field(row.key, row.entry),
                      agreement=row.note, mark=AGREEMENT_MARKS.get(row.agreement, "none"), points=_points(row.points))
            for row in reading.attributes
        ),
        because=tuple(because(each, asked) for each in match.discriminators), note=asked.personal(last.note), by=by,
        at=match.decided_at,
        about=" ".join(part for part in (reading.limit, card.database.means, *(f"{text}." for text in said), listed) if part),
    )  # fmt: skip


def _points(points: int) -> str:
    return f"{points:+d}".replace("-", "\u2212") if points else "0"


def because(each: dict[str, str], asked: PackAsked) -> str:
    """`Date of birth: 1989-08-03 against 1967`."""
    key, label = each.get("key", ""), LABELS.get(each.get("key", ""), each.get("key", ""))
    values = [asked.field(key, each.get(side, "")) for side in ("applicant", "entry")]
    said = f": {values[0] or 'nothing'} against {values[1] or 'nothing'}" if any(values) else ""
    note = f" ({asked.personal(each['note'])})" if each.get("note") else ""
    return f"{label[:1].upper()}{label[1:]}{said}{note}"
