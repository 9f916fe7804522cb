"""The smallest pieces of a page, in Python because a page has hundreds of them: icons, badges, tags, times, verdicts.

Templates use them as filters: a filter with constant arguments is drawn once, when its template is compiled. What is bigger
than a line is a macro in `templates/components`.
"""

# ruff: noqa: S704 - Markup is what these functions are for: every value in it is escaped or a constant
from datetime import datetime
from functools import lru_cache

from flask import Flask
from markupsafe import Markup, escape

from webapp.filters import day, iso, utc, when
from webapp.models.words import STATUS_WORDS

BRAND = Markup(
    '<svg viewBox="0 0 20 20" aria-hidden="true" focusable="false">'
    '<rect x="1" y="1" width="18" height="18" rx="5" fill="currentColor"/>'
    '<path d="M5.5 10.2l3 3.1 6-6.6" fill="none" stroke="#fff" stroke-width="2.1" stroke-linecap="round"'
    ' stroke-linejoin="round"/></svg>'
)
"""The product's mark; decoration: its name stands beside it."""

STATUS_ICONS = {
    "erased": ("eraser", "none"), "creation_failed": ("alert-triangle", "bad"), "approved": ("circle-check", "ok"),
    "rejected": ("circle-x", "bad"), "awaiting_second": ("users", "alt"), "escalated": ("flag", "alt"),
    "awaiting_applicant": ("hourglass", "none"), "in_review": ("user-check", "warn"), "needs_review": ("eye", "warn"),
    "signed": ("signature", "ok"), "captured": ("scan", "ok"), "failed": ("circle-minus", "bad"),
    "revoked": ("link-off", "none"), "expired": ("calendar-off", "none"), "waiting_for_result": ("loader", "none"),
    "opened": ("device-mobile", "none"), "ready": ("send", "none"), "draft": ("circle-dashed", "none"),
}  # fmt: skip
"""Icon and tone of each status word."""
MUST_ACT = ("creation_failed", "awaiting_second", "escalated", "needs_review")
VERDICT_ICONS = {"ok": "equal", "warn": "alert-triangle", "bad": "circle-x"}
MOST_DRAWN = 512


class Pieces:
    """Draws with the sprite at `sprite`, the address of `icons.svg`. What it has drawn of fixed words it keeps."""

    def __init__(self, sprite: str) -> None:
        self._sprite = escape(sprite)
        self._icon = lru_cache(MOST_DRAWN)(self._draw_icon)
        self._badge = lru_cache(MOST_DRAWN)(self._draw_badge)

    def icon(self, name: str, cls: str = "") -> Markup:
        """One outline icon of static/icons.svg, 16 px, the colour of its text, hidden from screen readers."""
        return self._icon(str(name), str(cls))  # plain: what is kept for a Markup must not serve an equal, unsafe text

    def badge(self, word: str, *, note: str = "", loud: bool | None = None) -> Markup:
        """The one state badge, for the words of `status_words`; `note`: a few quiet words after it ("not opened").

        Tinted where somebody must act; `loud` True or False forces it.
        """
        drawn = self._badge(str(word), (word in MUST_ACT) if loud is None else loud)
        return Markup(f'{drawn} <span class="small dim">{escape(note)}</span>') if note else drawn

    def tag(self, label: str, icon: str = "", tone: str = "") -> Markup:
        """A small bordered word, for open matters. `tone`: ok, warn, bad, alt or ""."""
        drawn = self.icon(icon, tone) if icon else ""
        return Markup(f'<span class="tag">{drawn}{escape(label)}</span>')

    def verdict(self, word: str, note: str = "", tone: str = "") -> Markup:
        """Our verdict in a table cell, always icon and word; `tone`: ok, warn, bad or "" (quiet); `note`: a line below."""
        said = f"<small>{escape(note)}</small>" if note else ""
        strong = " strong" if tone in ("bad", "warn") else ""
        icon = self.icon(VERDICT_ICONS.get(tone, "minus"), tone)
        text = f'<span class="{escape(tone)}{strong}">{escape(word)}</span>'
        return Markup(f'<span class="res">{icon}<span>{text}{said}</span></span>')

    def copy(self, text: str, label: str) -> Markup:
        """A small button that copies the text; `label` says what ("Copy own reference"). Hidden without JavaScript."""
        return Markup(
            f'<button class="tiny js-only" type="button" data-copy-text="{escape(text)}" aria-label="{escape(label)}">'
            f"{self.icon('copy')}</button>"
        )

    def copy_from(self, element: str, label: str, cls: str = "btn") -> Markup:
        """A worded button that copies the text of the element with that id. Hidden without JavaScript."""
        return Markup(
            f'<button class="{escape(cls)} js-only" type="button" data-copy="#{escape(element)}">'
            f"{self.icon('copy')}<span data-copy-word>{escape(label)}</span></button>"
        )

    def _draw_icon(self, name: str, cls: str) -> Markup:
        classes = f"i {escape(cls)}" if cls else "i"
        use = f'<use href="{self._sprite}#{escape(name)}"/>'
        return Markup(f'<svg class="{classes}" aria-hidden="true" focusable="false">{use}</svg>')

    def _draw_badge(self, word: str, tinted: bool) -> Markup:
        name, tone = STATUS_ICONS.get(word, ("help-circle", "none"))
        text = escape(STATUS_WORDS.get(word, word))
        return Markup(f'<span class="state s-{tone} {"loud" if tinted else "quiet"}">{self.icon(name)}{text}</span>')


def more(number: int) -> Markup:
    """The "+n" behind the tags that do not fit."""
    return Markup(f'<span class="tag">+{int(number)}<span class="sr"> more</span></span>')


def ago(moment: datetime | None, *, focusable: bool = True) -> Markup:
    """`20 min ago`, kept fresh by live.js, with the exact UTC on hover and, when focusable, on focus. None draws nothing.

    In long lists not focusable: fifty stops for the Tab key are too many.
    """
    return _time(moment, when(moment), " data-relative", focusable)


def stamp(moment: datetime | None, *, focusable: bool = True) -> Markup:
    """`21 Nov 2026, 14:31 UTC`; the rest as `ago`."""
    return _time(moment, f"{day(moment)}, {utc(moment)[11:16]} UTC", "", focusable)


def clock(moment: datetime, words: str, *, cls: str = "") -> Markup:
    """A word or a short time; the exact UTC is for the style to show, and read out. Focusable."""
    exact = utc(moment)
    kind = f'class="{escape(cls)}" ' if cls else ""
    return Markup(
        f'<time {kind}datetime="{iso(moment)}" data-utc="{exact}" tabindex="0">{escape(words)}'
        f'<span class="sr">, {exact}</span></time>'
    )


def _time(moment: datetime | None, words: str, more: str, focusable: bool) -> Markup:
    if moment is None:
        return Markup()
    stop = ' tabindex="0"' if focusable else ""
    return Markup(f'<time datetime="{iso(moment)}" title="{utc(moment)}"{more}{stop}>{escape(words)}</time>')


def register(app: Flask, *, sprite: str) -> None:
    """Add the pieces to the application's templates as filters; `sprite` is the address of `icons.svg`."""
    draw = Pieces(sprite)
    app.jinja_env.globals["brand"] = BRAND
    app.jinja_env.filters.update(
        icon=draw.icon, badge=draw.badge, tag=draw.tag, verdict=draw.verdict, copy=draw.copy, copy_from=draw.copy_from,
        more=more, ago=ago, stamp=stamp, clock=clock,
    )  # fmt: skip
