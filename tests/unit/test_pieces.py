"""The small pieces of a page: what they draw, that nothing unsafe gets through, and that what is kept is never another's."""

from datetime import UTC, datetime

import pytest
from jinja2 import DictLoader, Environment
from markupsafe import Markup

from webapp.pieces import Pieces, ago, clock, more, stamp

EVIL = """<b title="x">'&"""
SAFE = "&lt;b title=&#34;x&#34;&gt;&#39;&amp;"
NOON = datetime(2026, 11, 21, 12, 0, 5, tzinfo=UTC)


@pytest.fixture
def draw() -> Pieces:
    return Pieces("/static/icons.svg?v=1")


def test_an_icon_is_decoration_and_takes_its_colour_from_a_class(draw: Pieces) -> None:
    assert draw.icon("plus") == (
        '<svg class="i" aria-hidden="true" focusable="false"><use href="/static/icons.svg?v=1#plus"/></svg>'
    )
    assert 'class="i bad"' in draw.icon("x", "bad")


@pytest.mark.parametrize(
    "drawn",
    [
        lambda draw: draw.icon(EVIL),
        lambda draw: draw.icon("x", EVIL),
        lambda draw: draw.badge(EVIL),
        lambda draw: draw.badge("failed", note=EVIL),
        lambda draw: draw.tag(EVIL),
        lambda draw: draw.tag("Face", EVIL),
        lambda draw: draw.tag("Face", "face-id", EVIL),
        lambda draw: draw.verdict(EVIL),
        lambda draw: draw.verdict("Same", EVIL),
        lambda draw: draw.verdict("Same", tone=EVIL),
        lambda draw: draw.copy(EVIL, "Copy"),
        lambda draw: draw.copy("x", EVIL),
        lambda draw: draw.copy_from(EVIL, "Copy"),
        lambda draw: draw.copy_from("x", EVIL),
        lambda draw: draw.copy_from("x", "Copy", EVIL),
        lambda draw: clock(NOON, EVIL),
        lambda draw: clock(NOON, "12:00", cls=EVIL),
    ],
)
def test_every_value_is_escaped(draw: Pieces, drawn: object) -> None:
    html = drawn(draw)  # type: ignore[operator]
    assert isinstance(html, Markup)
    assert SAFE in html
    assert "<b title" not in html


def test_a_text_is_escaped_although_the_same_text_came_marked_as_safe_before(draw: Pieces) -> None:
    for piece in (draw.icon, draw.badge, draw.tag):
        piece(Markup(EVIL))
        assert SAFE in piece(EVIL)


def test_what_is_kept_of_one_word_is_not_given_for_another(draw: Pieces) -> None:
    assert len({draw.icon("x"), draw.icon("x", "ok"), draw.icon("plus"), draw.icon("plus", "ok")}) == 4
    assert len({draw.badge("failed"), draw.badge("failed", loud=True), draw.badge("ready"), draw.badge("x")}) == 4


def test_a_badge_is_loud_where_somebody_must_act(draw: Pieces) -> None:
    assert 'class="state s-warn loud"' in draw.badge("needs_review")
    assert 'class="state s-warn quiet"' in draw.badge("needs_review", loud=False)
    assert draw.badge("ready", note="not opened").endswith('Ready</span> <span class="small dim">not opened</span>')


def test_a_number_that_is_none_is_refused() -> None:
    assert "+2" in more(2)
    with pytest.raises(ValueError, match="invalid literal"):
        more(EVIL)  # type: ignore[arg-type]


def test_times_carry_the_exact_utc_and_none_draws_nothing() -> None:
    assert stamp(NOON) == (
        '<time datetime="2026-11-21T12:00:05Z" title="2026-11-21 12:00:05 UTC" tabindex="0">21 Nov 2026, 12:00 UTC</time>'
    )
    assert " data-relative>" in ago(NOON, focusable=False)
    assert ago(None) == stamp(None) == ""


def test_a_filter_with_fixed_words_is_drawn_when_the_template_is_compiled() -> None:
    asked: list[str] = []

    def icon(name: str) -> Markup:
        asked.append(name)
        return Markup("<svg/>")

    environment = Environment(autoescape=True, loader=DictLoader({"page": """{{ "plus"|icon }}"""}))
    environment.filters["icon"] = icon
    template = environment.get_template("page")
    drawn = len(asked)
    assert (template.render(), template.render(), len(asked)) == ("<svg/>", "<svg/>", drawn)
