"""Field types that several forms share; what a typed value means is in `values`, here is how it is shown again."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from wtforms import Field, IntegerField, SelectMultipleField, StringField
from wtforms.fields import choices as wtforms_choices
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget, TextArea, TextInput

from webapp.checks.countries import country_name
from webapp.forms import prefill, values
from webapp.forms.values import clean as clean


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


class LinesField(TextField):
    """Several lines of text, cleaned; never None."""

    widget = TextArea()

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = values.clean_lines(valuelist[0]) if valuelist else ""


class WholeField(IntegerField):
    """A whole number; anything else is None, so that the range's own message is the only one."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            try:
                self.data = int(clean(valuelist[0]))
            except ValueError:
                self.data = None


class ParsedField(Field):
    """A text field with a parsed value: what was typed is shown again as typed, and an empty field is `empty`."""

    widget: Any = TextInput()
    data: Any
    empty: Any = None

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else self.shown(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            text = self.cleaned(valuelist[0])
            self.data = self.empty
            self.data = self.parsed(text) if text else self.empty

    def cleaned(self, text: str) -> str:
        """The typed text without what no value has; fields of several lines keep these."""
        return clean(text)

    def shown(self, value: Any) -> str:
        return "" if value is None else str(value)

    def parsed(self, text: str) -> Any:
        """What the text means; the text itself where a field does not say otherwise."""
        return text


class ValueField(ParsedField):
    """A text field read by one function of `values`; empty is ""."""

    empty = ""

    def __init__(self, label: str = "", *arguments: Any, read: Callable[[str], str], **more: Any) -> None:
        self._read = read
        super().__init__(label, *arguments, **{"default": ""} | more)

    def parsed(self, text: str) -> str:
        return self._read(text)


class ScoreField(ParsedField):
    """A number from 0 to 1; a comma is taken for the point."""

    def parsed(self, text: str) -> float:
        return values.score(text)


class HoursField(ParsedField):
    """A length of time in hours, parsed to whole seconds."""

    def shown(self, value: int | None) -> str:
        return "" if value is None else f"{value / 3600:.10g}"

    def parsed(self, text: str) -> int:
        return values.hours(text)


class DateField(ParsedField):
    """A date as day/month/year (also with dots or dashes) or as year-month-day."""

    def shown(self, value: date | None) -> str:
        return f"{value:%d/%m/%Y}" if value else ""

    def parsed(self, text: str) -> date:
        return values.day(text)


class CountriesField(ParsedField):
    """Countries by name or code, separated by commas; parsed to ISO 3166-1 alpha-2 codes, shown back as names."""

    empty = ()

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data and self.errors else self.shown(self.data)

    def shown(self, value: Sequence[str] | None) -> str:
        return ", ".join(country_name(code) for code in value or ())

    def parsed(self, text: str) -> tuple[str, ...]:
        return values.countries(text)


class RegionsField(ParsedField):
    """States or regions separated by commas."""

    empty = ()

    def shown(self, value: Sequence[str] | None) -> str:
        return ", ".join(value or ())

    def parsed(self, text: str) -> tuple[str, ...]:
        return values.regions(text)


class PrefillField(ParsedField):
    """A contract's values as JSON or `key=value` lines; parsed to one compact JSON object as text."""

    widget = TextArea()
    empty = ""

    def cleaned(self, text: str) -> str:
        return text.strip()

    def shown(self, value: str | None) -> str:
        return prefill.shown(value or "")

    def parsed(self, text: str) -> str:
        return prefill.prefill(text)


class TicksField(SelectMultipleField):
    """Several choices as a list of checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class AgeRange:
    """Validator: two ages as `18-99`, the first not above the second, both 0 to 150."""

    def __call__(self, _form: Any, field: Field) -> None:
        if field.data:
            try:
                field.data = values.ages(field.data)
            except ValueError as wrong:
                raise ValidationError(str(wrong)) from None
