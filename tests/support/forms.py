"""Filling a form as a browser does: what is in it stays, only what is offered can be chosen."""

from typing import Any
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag

Pairs = list[tuple[str, Any]]


class NoSuchForm(AssertionError):
    """The page has no such form, button, field or choice."""


def find_form(soup: BeautifulSoup, which: str) -> tuple[Tag, Tag | None]:
    """The form and the button pressed: `which` is a button's words, or a CSS selector of a form or button."""
    buttons = [tag for tag in soup.select("button, input[type=submit]") if _label(tag) == which]
    found = buttons[0] if buttons else _select(soup, which)
    if found is None:
        offered = sorted({_label(tag) for tag in soup.select("form button, form input[type=submit]")})
        raise NoSuchForm(f"no form or button {which!r}; the buttons are {offered}")
    if found.name == "form":
        return found, found.select_one("button:not([type=button]), input[type=submit]")
    form = soup.select_one(f"form#{found['form']}") if found.get("form") else found.find_parent("form")
    if form is None:
        raise NoSuchForm(f"the button {which!r} belongs to no form")
    return form, found


def target(form: Tag, button: Tag | None, page_url: str) -> tuple[str, str]:
    """Method and address of the submit."""
    action = (button.get("formaction") if button else None) or form.get("action") or page_url
    method = (button.get("formmethod") if button else None) or form.get("method") or "get"
    return str(method).upper(), urljoin(page_url, str(action))


def filled(soup: BeautifulSoup, form: Tag, button: Tag | None, answers: dict[str, Any]) -> Pairs:
    """The pairs a browser would send. An answer is a text, a list (several boxes) or True/False (one box)."""
    controls = [tag for tag in form.select("input, select, textarea") if tag.get("name")]
    if form.get("id"):
        controls += [tag for tag in soup.select(f'[form="{form["id"]}"]') if tag.get("name") and tag.name != "button"]
    controls = [tag for tag in controls if not tag.has_attr("disabled")]
    unknown = set(answers) - {str(tag["name"]) for tag in controls}
    if unknown:
        raise NoSuchForm(f"no field {sorted(unknown)}; there are {sorted({str(tag['name']) for tag in controls})}")
    pairs: Pairs = []
    for name in dict.fromkeys(str(tag["name"]) for tag in controls):
        group = [tag for tag in controls if tag["name"] == name]
        pairs += [(name, value) for value in (_answer(name, group, answers[name]) if name in answers else _kept(group))]
    if button is not None and button.get("name"):
        pairs.append((str(button["name"]), str(button.get("value", ""))))
    return pairs


def _answer(name: str, group: list[Tag], answer: Any) -> list[Any]:
    offered = _offered(group)
    if offered is None:
        return [answer]
    if isinstance(answer, bool):
        return [offered[0]] if answer else []
    wanted = [str(part) for part in (answer if isinstance(answer, (list, tuple, set)) else [answer])]
    if not set(wanted) <= set(offered):
        raise NoSuchForm(f"{name} offers {offered}, not {wanted}")
    return wanted


def _offered(group: list[Tag]) -> list[str] | None:
    """The choices of boxes, radio buttons or a select; None where anything can be typed."""
    if group[0].name == "select":
        return [_value(option) for option in group[0].find_all("option")]
    if _kind(group[0]) in ("checkbox", "radio"):
        return [str(tag.get("value", "on")) for tag in group]
    return None


def _kept(group: list[Tag]) -> list[Any]:
    first = group[0]
    if first.name == "select":
        options = first.find_all("option")
        chosen = [option for option in options if option.has_attr("selected")]
        return [_value(option) for option in chosen or ([] if first.has_attr("multiple") else options[:1])]
    if first.name == "textarea":
        return [first.get_text().removeprefix("\n")]
    if _kind(first) in ("checkbox", "radio"):
        return [str(tag.get("value", "on")) for tag in group if tag.has_attr("checked")]
    return [str(tag.get("value", "")) for tag in group if _kind(tag) not in ("submit", "button", "file", "image")]


def _kind(tag: Tag) -> str:
    return str(tag.get("type", "text")).lower() if tag.name == "input" else tag.name


def _value(option: Tag) -> str:
    return str(option["value"]) if option.has_attr("value") else option.get_text(strip=True)


def _label(tag: Tag) -> str:
    return " ".join((tag.get_text(" ") or str(tag.get("value", "")) or str(tag.get("aria-label", ""))).split())


def _select(soup: BeautifulSoup, which: str) -> Tag | None:
    try:
        return soup.select_one(which)
    except Exception:
        return None
