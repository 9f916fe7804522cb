"""Parts of a page drawn once: what is kept is given again only for the same values and to who may see the same."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask, g
from jinja2 import DictLoader
from markupsafe import Markup

from webapp import masking, once
from webapp.masks import EVERYTHING, NOTHING

drawn: list[str] = []


@dataclass(frozen=True)
class Line:
    text: str


@pytest.fixture
def app() -> Iterator[Flask]:
    app = Flask(__name__)
    masking.register(app)
    once.register(app)
    app.jinja_env.filters["noted"] = lambda value: drawn.append(str(value)) or value
    app.jinja_env.loader = DictLoader(
        {"part.html": "<p>{{ line.text|noted|personal }}</p>", "number.html": "{{ number }}", "text.html": "{{ text }}"}
    )
    once._drawn.cache_clear()
    drawn.clear()
    with app.test_request_context():
        g.sight = EVERYTHING
        yield app
    once._drawn.cache_clear()


def test_the_same_values_are_drawn_once(app: Flask) -> None:
    first, second = (once.once("part.html", line=Line("Maria")) for _ in range(2))
    assert first == second == "<p>Maria</p>"
    assert drawn == ["Maria"]


def test_another_value_is_drawn_anew(app: Flask) -> None:
    assert once.once("part.html", line=Line("Maria")) != once.once("part.html", line=Line("Marie"))


def test_who_may_see_less_is_never_given_what_was_drawn_for_another(app: Flask) -> None:
    assert "Maria" in once.once("part.html", line=Line("Maria"))
    g.sight = NOTHING
    assert "Maria" not in once.once("part.html", line=Line("Maria"))


def test_a_text_equal_to_a_safe_one_is_still_escaped(app: Flask) -> None:
    assert once.once("text.html", text=Markup("<b>")) == "<b>"
    assert once.once("text.html", text="<b>") == "&lt;b&gt;"


def test_one_is_not_taken_for_true(app: Flask) -> None:
    assert once.once("number.html", number=True) == "True"
    assert once.once("number.html", number=1) == "1"
