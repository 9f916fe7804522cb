"""Field types that several forms share: clean text, scores, dates as people write them, countries, lists of ticks."""

import math
import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import Field, IntegerField, SelectMultipleField, StringField
from wtforms.fields import choices as wtforms_choices
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from webapp.checks.countries import country, country_name


def clean(text: str | None) -> str:
    """The text on one line without control characters (PostgreSQL refuses NUL) and without spaces around it."""
    kept = ("" if unicodedata.category(c) == "Cc" and not c.isspace() else c for c in text or "")
    return " ".join("".join(kept).split())


def choices(pairs: Sequence[tuple[str, str]]) -> list[Any]:
    """Value and label of each option, in the shape WTForms 3.3 wants (its type stubs do not know it yet)."""
    return [wtforms_choices.SelectChoice(value, label) for value, label in pairs]  # type: ignore[attr-defined]


class TextField(StringField):
    """One line of text, cleaned; never None."""

    data: str

    def process_data(self, value: Any) -> None:
        self.data = value or ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = clean(valuelist[0]) if valuelist else ""


class WholeField(IntegerField):
    """A whole number; anything else is None, so that the range's own message is the only one."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            try:
                self.data = int(clean(valuelist[0]))
            except ValueError:
                self.data = None


class _ParsedField(Field):
    """A text field with a parsed value: what was typed is shown again as typed, and an empty field is `empty`."""

    widget = TextInput()
    data: Any
    empty: Any = None

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else self.shown(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            text = clean(valuelist[0])
            self.data = self.empty
            self.data = self.parsed(text) if text else self.empty

    def shown(self, value: Any) -> str:
        return "" if value is None else str(value)

    def parsed(self, text: str) -> Any:
        """What the text means; the text itself where a field does not say otherwise."""
        return text


class ScoreField(_ParsedField):
    """A number from 0 to 1; a comma is taken for the point."""

    def parsed(self, text: str) -> float:
        try:
            value = float(text.replace(",", "."))
        except ValueError:
            raise ValueError("This is not a number. Use one from 0 to 1, such as 0.4") from None
        if not math.isfinite(value) or not 0 <= value <= 1:
            raise ValueError("Use a number from 0 to 1, such as 0.4")
        return round(value, 3)


class HoursField(_ParsedField):
    """A length of time in hours, parsed to whole seconds."""

    def shown(self, value: int | None) -> str:
        return "" if value is None else f"{value / 3600:g}"

    def parsed(self, text: str) -> int:
        try:
            hours = float(text.replace(",", "."))
        except ValueError:
            raise ValueError("This is not a number of hours. Example: 36") from None
        if not math.isfinite(hours):
            raise ValueError("This is not a number of hours. Example: 36")
        return round(hours * 3600)


class DateField(_ParsedField):
    """A date as day/month/year (also with dots or dashes) or as year-month-day."""

    def shown(self, value: date | None) -> str:
        return f"{value:%d/%m/%Y}" if value else ""

    def parsed(self, text: str) -> date:
        found = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text, re.ASCII)
        parts = found.groups() if found else None
        if parts is None:
            found = re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})", text, re.ASCII)
            parts = found.groups()[::-1] if found else None
        if parts is None:
            raise ValueError("Write day, month and year, such as 31/12/1989, or year-month-day, such as 1989-12-31.")
        try:
            return date(*(int(part) for part in parts))
        except ValueError:
            raise ValueError("There is no such day. Check day and month: day first, such as 31/12/1989.") from None


class CountriesField(_ParsedField):
    """Countries by name or code, separated by commas; parsed to ISO 3166-1 alpha-2 codes, shown back as names."""

    empty = ()

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data and self.errors else self.shown(self.data)

    def shown(self, value: Sequence[str] | None) -> str:
        return ", ".join(country_name(code) for code in value or ())

    def parsed(self, text: str) -> tuple[str, ...]:
        codes = [country(part) for part in _country_parts(text)]
        unknown = [part for part, code in zip(_country_parts(text), codes, strict=True) if not code]
        if unknown:
            names = ", ".join(f"“{part[:40]}”" for part in unknown[:5])
            raise ValueError(f"No country is called {names}. Use names or two-letter codes, such as Canada, US.")
        return tuple(dict.fromkeys(codes))


def _country_parts(text: str) -> list[str]:
    """Split at commas, but keep official names that hold a comma ("Korea, Republic of") together."""
    parts: list[str] = []
    pieces = [piece.strip() for piece in re.split("[,;]", text) if piece.strip()]
    while pieces:
        pair = ", ".join(pieces[:2])
        together = len(pieces) > 1 and bool(country(pair))
        parts.append(pair if together else pieces[0])
        pieces = pieces[2 if together else 1 :]
    return parts


class TicksField(SelectMultipleField):
    """Several choices as a list of checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class AgeRange:
    """Validator: two ages as `18-99`, the first not above the second, both 0 to 150."""

    def __call__(self, _form: Any, field: Field) -> None:
        if not field.data:
            return
        found = re.fullmatch(r"(\d{1,3})\s*[-–]\s*(\d{1,3})", field.data, re.ASCII)
        if not found:
            raise ValidationError("Write two ages with a dash between them, such as 18-99.")
        low, high = (int(part) for part in found.groups())
        if low > high or high > 150:
            raise ValidationError("The first age must not be above the second, and neither above 150. Example: 18-99.")
        field.data = f"{low}-{high}"
