"""A part that is drawn once reads only what it is handed: nothing of who asks, when, or with which token."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, meta, nodes

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
ANY_TIME = {"sight", "brand", "discriminator_words"}
"""What is the same for every request, or, as `sight`, part of what is compared."""
ENVIRONMENT = Environment(autoescape=True)


def calls() -> list[tuple[str, str, set[str]]]:
    """Caller, template and names of the values of each part that is drawn once."""
    found = []
    for path in sorted(TEMPLATES.rglob("*.html")):
        for call in ENVIRONMENT.parse(path.read_text()).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "once":
                assert isinstance(call.args[0], nodes.Const)
                found.append((path.name, call.args[0].value, {each.key for each in call.kwargs}))
    return found


def undeclared(template: str) -> set[str]:
    """The names that a template takes from elsewhere."""
    return meta.find_undeclared_variables(ENVIRONMENT.parse(_plain(template)))


def _plain(template: str) -> str:
    return re.sub(r"\|\s*\w+", "", (TEMPLATES / template).read_text())  # our filters are unknown here


@pytest.mark.parametrize(
    ("caller", "template", "values"), calls(), ids=lambda each: each if isinstance(each, str) else ""
)
def test_a_part_drawn_once_reads_only_what_it_is_handed(caller: str, template: str, values: set[str]) -> None:
    text = (TEMPLATES / template).read_text()
    parsed = ENVIRONMENT.parse(_plain(template))
    read = undeclared(template)
    optional = set(re.findall(r"(\w+) \(a refused form, optional\)", text))
    assert read <= values | ANY_TIME | optional
    for name in meta.find_referenced_templates(parsed):
        assert name is not None and name.startswith("components/"), "what it includes would be looked through by nobody"
        assert not undeclared(name)


def test_there_are_such_parts() -> None:
    assert {"session/_match_facts.html", "components/_menu.html"} <= {template for _, template, _ in calls()}
