"""`--option KEY=VALUE` of `flask links create`, read by the same forms as the pages; only the keys are its own."""

import re
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import BooleanField, SelectMultipleField

from webapp.checks.countries import country
from webapp.forms.link_parts import new_form_key
from webapp.forms.links import NewLink
from webapp.forms.liveness import NewLiveness
from webapp.forms.pictures import MAX_PICTURE, PARTS
from webapp.forms.shared_options import OTHER
from webapp.forms.signatures import NewSignature

AnyForm = NewLink | NewSignature | NewLiveness
FORMS: dict[str, type[AnyForm]] = {"identity": NewLink, "signature": NewSignature, "liveness": NewLiveness}
RENAMED = {
    "name": "person_name", "expected_name": "expected_name", "expected_birth": "birth", "expected_address": "address",
    "expected_postcode": "postcode", "expected_document_number": "document_number", "expected_age": "age",
    "expected_phone": "phone", "expires_in": "expires_hours",
    "template_id": "contract_template", "contract_prefill_data": "contract_prefill",
}  # fmt: skip
"""Keys that are not called as the field of the form; the last two are the vendor's names."""
RETURNED = ("return_document", "return_face")
HIDDEN = {
    "form_key", "preset", "preset_used", "use", "compare_name", "expires", "expires_hours", "returned", "customid",
    *(field for field in RENAMED.values() if field in ("person_name", "birth", "age")),
    "address", "postcode", "document_number", *(f"{part}_file" for part in PARTS),
}  # fmt: skip
"""Fields of the form that no key is called after."""
OWN_SWITCHES = {"use": "--reusable", "customid": "--customid"}
"""Fields that have a switch of their own."""
TRUE, FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


class WrongOption(ValueError):
    """An option that is unknown or whose value does not fit; the message says which and how."""


def read_options(
    words: Sequence[str], *, kind: str = "identity", reusable: bool = False, customid: str = ""
) -> AnyForm:
    """The form filled with these words and found valid; raises WrongOption. Neither name nor label is needed here."""
    form = FORMS[kind]
    data = _untouched(form)
    data.setlist("use", ["many" if reusable else "one"])
    data.setlist("customid", [customid])
    returned = dict.fromkeys(RETURNED, True)
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            raise WrongOption(f"{word!r} is not KEY=VALUE.")
        if kind == "identity" and key in RETURNED:
            returned[key] = _switch(key, value)
        else:
            _put(form, data, key, value)
    if kind == "identity":
        document, face = returned.values()
        data["returned"] = {(True, True): "both", (True, False): "document", (False, True): "face"}.get(
            (document, face), "none"
        )
    return _checked(form(data))


def _untouched(form: type[AnyForm]) -> MultiDict[str, Any]:
    """A sent form with the usual settings: boxes that are ticked from the start have to be in it."""
    data: MultiDict[str, Any] = MultiDict({"form_key": new_form_key()})
    for field in form():
        if isinstance(field, BooleanField) and field.data and field.name != "compare_name":
            data[field.name] = "y"
    return data


def _put(form: type[AnyForm], data: MultiDict[str, Any], key: str, value: str) -> None:
    fields = {field.name: field for field in form()}
    known = sorted((set(fields) - HIDDEN) | {key for key, name in RENAMED.items() if name in fields})
    if "document_file" in fields:
        known = sorted({*known, *RETURNED, *PARTS})
    if key in PARTS and key in known:
        data[f"{key}_file"] = _file(key, value)
        return
    if key not in known:
        raise WrongOption(f"{key!r} is not an option. Known: {', '.join(known)}.")
    field = fields[RENAMED.get(key, key)]
    if isinstance(field, BooleanField):
        data.setlist(field.name, ["y"] if _switch(key, value) else [])
    elif isinstance(field, SelectMultipleField):
        data.setlist(field.name, [part.strip() for part in value.split(",") if part.strip()])
    else:
        data[field.name] = _text(key, value)
    if key == "expires_in":
        data["expires"] = OTHER
    if key == "expected_name":
        data["compare_name"] = "y"


def _text(key: str, value: str) -> str:
    """The value as the form's field takes it: hours for seconds; countries and birthday in one way only."""
    if key == "countries" and not all(
        country(part.strip()) == part.strip() for part in value.split(",") if part.strip()
    ):
        raise WrongOption(f"{key}={value!r} does not fit: use two-letter codes such as PT,CA.")
    if key == "expires_in":
        try:
            return f"{int(value) / 3600:.10g}"
        except (ValueError, OverflowError):
            raise WrongOption(f"{key}={value!r} does not fit: use a number of seconds.") from None
    if key == "expected_birth" and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise WrongOption(f"{key}={value!r} does not fit: use YYYY-MM-DD, such as 1990-01-31.")
    return value


def _switch(key: str, value: str) -> bool:
    if value.lower() not in TRUE + FALSE:
        raise WrongOption(f"{key}={value!r} does not fit: use yes or no.")
    return value.lower() in TRUE


def _file(key: str, value: str) -> FileStorage:
    if not value.startswith("@"):
        raise WrongOption(f"{key}={value!r} does not fit: use {key}=@FILE, or {key}_url=https://...")
    try:
        with Path(value[1:]).open("rb") as source:
            content = source.read(MAX_PICTURE + 1)  # the form refuses what is longer
    except OSError as error:
        raise WrongOption(f"{key}: {value[1:]} could not be read: {error.strerror}.") from None
    return FileStorage(stream=BytesIO(content), filename=Path(value[1:]).name)


def _checked(form: AnyForm) -> AnyForm:
    form.needs_name = False
    if form.validate():
        return form
    wrong = next(field for field in form if field.errors)
    key = next((key for key, name in RENAMED.items() if name == wrong.name), wrong.name.removesuffix("_file"))
    key = OWN_SWITCHES.get(wrong.name, key)
    raise WrongOption(f"{key} does not fit: {' '.join(map(str, wrong.errors))}")
