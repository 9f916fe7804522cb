"""Finding sessions by words: how a search box becomes conditions on the folded column, and which index leads."""

from dataclasses import dataclass
from math import isqrt
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    String,
    column,
    func,
    literal_column,
    select,
    table,
    type_coerce,
    union,
)
from sqlmodel import Session

from webapp.checks.normalise import search_text
from webapp.models import Person, VerificationSession
from webapp.models.columns import table_of
from webapp.providers import PROVIDERS
from webapp.queries.session_filter import SessionFilter

MAX_WORDS = 8
PAGE_OF_ROWS = 51
LEAST = 1000

PERSONS = table_of(Person)
S, P = table_of(VerificationSession).c, PERSONS.c
_index = table("session_search", column("rowid"), column("session_search"))
_terms = table("session_search_terms", column("term"))


@dataclass(frozen=True)
class Search:
    """Folded words that must all occur. `match`: the FTS5 expression where the full-text index leads."""

    words: tuple[str, ...] = ()
    match: str = ""
    nothing: bool = False
    reference: str = ""
    """The whole of an own or vendor's reference, and nothing else is looked at."""

    @property
    def leads(self) -> bool:
        """Whether few enough rows match that finding them all and sorting is cheapest."""
        return bool(self.match or self.reference) or self.nothing


def words_of(text: str) -> tuple[str, ...]:
    """The folded words of what was typed, each once, at most eight."""
    return tuple(dict.fromkeys(search_text(text).split()))[:MAX_WORDS]


def plan(db: Session, text: str) -> Search:
    """Decide how to search. A word of three letters or more is found anywhere, a shorter one at the start of a word.

    Newest first is another order than the full-text index has, so a rare word is looked up and sorted, and a common one
    is met soon enough by walking the list: the cost of both meets at sqrt(page x sessions) rows.
    """
    words = words_of(text)
    if not words:
        return Search(nothing=bool(text.strip()))
    if db.get_bind().dialect.name != "sqlite":
        return Search(words)
    match = _expression(db, words)
    if not match:
        return Search(words, nothing=True)
    newest = db.scalar(select(func.max(S.id))) or 0
    most = max(LEAST, isqrt(PAGE_OF_ROWS * newest))
    hits = select(_index.c.rowid).where(_matches(match)).limit(most + 1).subquery()
    found = db.scalar(select(func.count()).select_from(hits)) or 0
    return Search(words, match if found <= most else "")


def plan_of(db: Session, wanted: SessionFilter) -> Search:
    """How to search for what the filter says. By references only, nothing tells whether a name would be found."""
    text = wanted.q.strip()
    return Search(reference=text) if wanted.references_only and text else plan(db, text)


def conditions(dialect: str, search: Search) -> list[ColumnElement[bool]]:
    """What a session must fulfil, in the SQL of this dialect."""
    if search.nothing:
        return [literal_column("1") == literal_column("0")]
    if search.match:
        rows = select(_index.c.rowid).where(_matches(search.match))
        return [S.id.in_(rows)]
    if search.reference:
        return [S.id.in_(_by_reference(search.reference))]
    text = padded(S.search_text)
    if dialect == "sqlite":
        return [func.instr(text, _needle(word)) > 0 for word in search.words]
    return [text.contains(_needle(word), autoescape=True) for word in search.words]


def _by_reference(text: str) -> CompoundSelect[Any]:
    """Sessions with exactly this reference, in capital or small letters; each side by its own index."""
    ways = sorted({text, text.upper(), text.lower()})
    nothing: ColumnElement[str] = literal_column("''")  # no parameter, so that SQLite sees what the index leaves out
    vendors = select(S.id).where(S.provider.in_(sorted(PROVIDERS)), S.reference.in_(ways), S.reference != nothing)
    own = select(S.id).join(PERSONS, P.id == S.person_id).where(P.own_reference.in_(ways))
    return union(vendors, own)


def padded(text: object) -> ColumnElement[str]:
    """The folded text between spaces, so that " li" means "a word begins with li". The PostgreSQL index is on this."""
    space = literal_column("' '", String)
    return space.concat(type_coerce(text, String)).concat(space)


def _needle(word: str) -> str:
    return word if len(word) > 2 else f" {word}"


def _matches(expression: str) -> ColumnElement[bool]:
    return _index.c.session_search.op("MATCH")(expression)


def _expression(db: Session, words: tuple[str, ...]) -> str:
    """The FTS5 expression for the words, or "" when one of them occurs nowhere."""
    parts = [_first_letter(db, word) if len(word) == 1 else _quoted(_needle(word)) for word in words]
    return " AND ".join(parts) if all(parts) else ""


def _first_letter(db: Session, letter: str) -> str:
    """One letter is less than a trigram: any of the trigrams in use that begin a word with it."""
    begin = f" {letter}"
    terms = select(_terms.c.term).where(_terms.c.term >= begin, _terms.c.term < begin + "\U0010ffff")
    any_of = " OR ".join(_quoted(term) for term in db.scalars(terms))
    return f"({any_of})" if any_of else ""


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
