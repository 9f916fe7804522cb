"""What the one who looks may see, decided once a request, and the template filters that mask the rest."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Flask, g, has_request_context
from flask_login import current_user

from webapp import masks
from webapp.masks import EVERYTHING, NOTHING, RESTRICTED, Sight
from webapp.models.columns import utc_now
from webapp.queries import reveals
from webapp.queries.link_words import ASKED_PHONE, DETAIL_WORDS, MUST_BE_CONFIRMED
from webapp.queries.retention import is_restricted
from webapp.request_db import current_db


def sight() -> Sight:
    """What this request may show. Without anybody signed in, or outside a request: nothing."""
    if not has_request_context():
        return NOTHING
    if "sight" not in g:
        g.sight = Sight.of(current_user.rights) if current_user.is_authenticated else NOTHING
    found: Sight = g.sight
    return found


def uncovers() -> int | None:
    """The visitor's number, if there is something masked that he may uncover; None spares asking whether he has."""
    may = not sight().whole and "reveal" in current_user.rights
    return current_user.user_id if may else None


def look(until: datetime | None) -> Sight:
    """From here on this request is about one session that the visitor has uncovered, until then; or has not."""
    if until is not None:
        g.sight = replace(EVERYTHING, until=until, restricted=sight().restricted)
    return sight()


def restrict(restricted: bool) -> Sight:
    """Nothing personal of a restricted person is shown to who does not manage retention, whatever his role else."""
    g.sight = sight().of_person(restricted)
    return sight()


def look_at(session_id: int) -> Sight:
    """The same, asking whether he has and whether the person is restricted. One query or two."""
    user_id = uncovers()
    if user_id is not None:
        look(reveals.open_until(current_db(), user_id=user_id, session_id=session_id, now=utc_now()))
    return restrict(is_restricted(current_db(), session_id))


def _masked_unless(part: str, mask: masks.Mask) -> Callable[[object], str]:
    """A filter that shows a text to those who may see that part of the data, and its mask to others. Who is restricted, is
    masked for all who do not manage that, whatever else they may see: in a list each row is of another person."""

    def shown(text: object) -> str:
        plain = str(text if text is not None else "")
        seen = sight().of_person(plain.startswith(RESTRICTED))
        plain = plain.removeprefix(RESTRICTED)
        return plain if getattr(seen, part) else mask(plain)

    return shown


def who(text: object, named: bool = True) -> str:
    """What a list calls somebody: masked where it is a name (`named`), not where it is a reference or a number."""
    return person_name(text) if named else str(text if text is not None else "")


def of_field(text: object, key: str) -> str:
    """One field of a comparison, by its key."""
    return masks.field(key, str(text if text is not None else ""), sight())


def shown_whole(key: str) -> bool:
    """Whether the value of that field of a comparison is shown as it is."""
    return masks.may_see_field(key, sight())


def of_detail(text: object, label: str) -> str:
    """What a link asks or compares, by its label on screen: only what belongs to the person is masked."""
    words, key = str(text), _DETAILS.get(label)
    if label == ASKED_PHONE and words.endswith(MUST_BE_CONFIRMED):
        return f"{FILTERS['personal'](words.removesuffix(MUST_BE_CONFIRMED))}{MUST_BE_CONFIRMED}"
    return of_field(words, key) if key else words


_DETAILS = {words.capitalize(): key for key, words in DETAIL_WORDS.items()}
person_name = _masked_unless("personal", masks.name)
FILTERS: dict[str, Callable[..., Any]] = {
    "person_name": person_name,
    "email_address": _masked_unless("personal", masks.email),
    "birth_date": _masked_unless("personal", masks.birth),
    "personal": _masked_unless("personal", masks.stars),
    "document_number": _masked_unless("document_numbers", masks.document_number),
    "who": who,
    "of_field": of_field,
    "of_detail": of_detail,
    "shown_whole": shown_whole,
}
"""Every personal value in a template goes through one of these: a template cannot forget who looks."""


def register(app: Flask) -> None:
    """Add the filters, and `sight()` for what is left out whole."""
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals["sight"] = sight
