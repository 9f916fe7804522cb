"""The form of one routing rule: every fact that can be asked about, each left out, asked or denied; and of saving them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from wtforms import BooleanField, Form, SelectField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.widgets import HiddenInput

from webapp.actions.rules import LONGEST_NOTE
from webapp.checks.rule_facts import FACTS, Fact
from webapp.checks.rules import LONGEST_REASON, MOST_VALUES, THEN, Condition, Rule
from webapp.forms.fields import CountriesField, ParsedField, TextField, TicksField, WholeField, choices

COUNTRIES = ("issuer", "nationality")
INCOMPLETE = "This form was incomplete. Load the page again."
_ANY = ("", "does not matter")
_OPS = {
    "word": (("is", "is one of"), ("is_not", "is none of")),
    "words": (("any", "include any of"), ("none", "include none of")),
}
_PRIORITIES = (("high", "High"), ("normal", "Normal"), ("low", "Low"))


class NumberField(ParsedField):
    """A number, a comma taken for the point; empty is none."""

    def shown(self, value: float | None) -> str:
        return "" if value is None else f"{value:g}"

    def parsed(self, text: str) -> float:
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            raise ValueError("Type a number, such as 0.05.") from None
        return number


class ListField(ParsedField):
    """Words separated by commas."""

    empty = ()

    def shown(self, value: Any) -> str:
        return ", ".join(value or ())

    def parsed(self, text: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(word for word in (part.strip() for part in text.split(",")) if word))


@dataclass(frozen=True)
class Asked:
    """A fact with its fields in the form: `op` and `values`, or `least` and `most` of a number."""

    fact: Fact
    op: Any = None
    values: Any = None
    least: Any = None
    most: Any = None

    @property
    def in_use(self) -> bool:
        """Whether it is asked about, or was sent wrongly."""
        fields = [each for each in (self.op, self.values, self.least, self.most) if each is not None]
        return any(each.data not in (None, "", (), []) or each.errors for each in fields)


class RuleForm(Form):
    """What follows, and how it is told; the conditions are added below, for each fact."""

    place = WholeField(
        "Place in the order", [InputRequired("Type its place."), NumberRange(1, 60, "Type a number from 1 to 60.")]
    )
    then = SelectField("Then", choices=choices(tuple(THEN.items())), default="review")
    priority = SelectField("Priority", choices=choices(_PRIORITIES), default="normal")
    reason = TextField(
        "Reason shown",
        [DataRequired("Say why, in a sentence that colleagues read."),
         Length(max=LONGEST_REASON, message=f"Use {LONGEST_REASON} characters at most.")],
    )  # fmt: skip
    on = BooleanField("Switched on", default=True)

    def offer(self, presets: Mapping[str, str]) -> "RuleForm":
        """The presets that a rule can ask for, by number."""
        named: Any = self["preset"]
        named.choices = choices(tuple(presets.items()))
        return self

    def asked(self) -> Iterator[Asked]:
        """Every fact with its fields, in order."""
        for key, fact in FACTS.items():
            if fact.kind == "number":
                yield Asked(fact, least=self[f"{key}_least"], most=self[f"{key}_most"])
            else:
                yield Asked(fact, op=self[f"{key}_op"], values=self[key] if fact.kind != "yes" else None)

    def groups(self) -> list[tuple[str, list[Asked]]]:
        """The same under their headings."""
        return [(name, list(several)) for name, several in groupby(self.asked(), key=lambda each: each.fact.group)]

    def load(self, rule: Rule) -> None:
        """Show a rule."""
        self["then"].data, self["priority"].data, self["on"].data = rule.then, rule.priority, rule.on
        self["reason"].data = rule.reason
        for each in rule.when:
            if each.op in ("at_least", "at_most"):
                self[f"{each.fact}_{'least' if each.op == 'at_least' else 'most'}"].data = each.values[0]
            else:
                self[f"{each.fact}_op"].data = each.op
                if each.values:
                    self[each.fact].data = list(each.values)

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields, and for each fact that op and values go together."""
        sound = super().validate(extra_validators)
        wrong = [each for each in self.asked() if not _sound(each)]  # all of them: every fault is shown at once
        return sound and not wrong

    def rule(self) -> Rule:
        """The rule as sent."""
        when = tuple(condition for each in self.asked() for condition in _conditions(each))
        then = self["then"].data
        priority = self["priority"].data if then == "review" else "normal"
        return Rule(when=when, then=then, priority=priority, reason=self["reason"].data, on=bool(self["on"].data))


def _sound(asked: Asked) -> bool:
    """Whether a fact's fields say something together; what is wrong is put on them."""
    fact = asked.fact
    if fact.kind == "yes":
        return True
    if fact.kind == "number":
        wrong = [
            each
            for each in (asked.least, asked.most)
            if each.data is not None and not fact.least <= each.data <= fact.most
        ]
        for each in wrong:
            each.errors = [f"Type a number from {fact.least:g} to {fact.most:g}."]
        return not wrong
    if asked.op.data and not asked.values.data and not asked.values.errors:
        asked.values.errors = ["Name at least one, or choose that it does not matter."]
    elif asked.values.data and not asked.op.data:
        asked.op.errors = ["Choose whether it must be one of these or none of them."]
    elif len(asked.values.data or ()) > MOST_VALUES or any(len(word) > 64 for word in asked.values.data or ()):
        asked.values.errors = [f"Name {MOST_VALUES} at most, of 64 characters each."]
    return not asked.op.errors and not asked.values.errors


def _conditions(asked: Asked) -> Iterator[Condition]:
    key = asked.fact.key
    if asked.fact.kind == "number":
        for op, field in (("at_least", asked.least), ("at_most", asked.most)):
            if field.data is not None:
                yield Condition(fact=key, op=op, values=(field.data,))
    elif asked.op.data:
        yield Condition(fact=key, op=asked.op.data, values=() if asked.values is None else tuple(asked.values.data))


def _add_facts() -> None:
    for key, fact in FACTS.items():
        label = fact.label[:1].upper() + fact.label[1:]
        if fact.kind == "number":
            setattr(RuleForm, f"{key}_least", NumberField("at least"))
            setattr(RuleForm, f"{key}_most", NumberField("at most"))
            continue
        ops = (("yes", fact.yes), ("no", fact.no)) if fact.kind == "yes" else _OPS[fact.kind]
        setattr(RuleForm, f"{key}_op", SelectField(label, choices=choices((_ANY, *ops)), default=""))
        if key in COUNTRIES:
            setattr(RuleForm, key, CountriesField("Countries"))
        elif fact.choices or key == "preset":
            setattr(RuleForm, key, TicksField("One of", choices=choices(tuple(fact.choices.items()))))
        elif fact.kind != "yes":
            setattr(RuleForm, key, ListField("Separated by commas"))


_add_facts()


class SaveForm(Form):
    """Putting a draft in force. `began_with` is the version it began with, `replacing` the one that it may replace."""

    began_with = WholeField(
        "Version", [InputRequired(INCOMPLETE), NumberRange(0, 2**31 - 1, INCOMPLETE)], widget=HiddenInput(), default=0
    )
    replacing = WholeField(widget=HiddenInput(), default=0)
    note = TextField("Why", [Length(max=LONGEST_NOTE, message=f"Use {LONGEST_NOTE} characters at most.")])
