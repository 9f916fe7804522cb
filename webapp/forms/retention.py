"""The forms of retention: the end of a relationship, holds, erasing on request, and the periods of the policy."""

from typing import Any

from wtforms import BooleanField, Form, RadioField, SelectField
from wtforms.validators import InputRequired, Length, NumberRange

from webapp.actions.policies import MOST_GRACE
from webapp.checks.retention import CLASSES, LONGEST, Period, Retention
from webapp.forms.fields import DateField, TextField, WholeField, choices
from webapp.forms.policy import Versioned
from webapp.models.words import RETENTION_CLASS_WORDS

WHY = Length(min=3, max=500, message="Say why, in 3 to 500 characters.")
BASE_WORDS = {"relationship_ended": "days after the end of the relationship", "decided": "days after the decision"}


class EndForm(Form):
    """When the business with the person ended; empty: it has not."""

    ended = DateField("The relationship ended on")


class HoldForm(Form):
    """A legal hold."""

    on = RadioField(
        "What is held", choices=choices([("person", "Everything of this person"), ("session", "This session alone")]),
        default="person",
    )  # fmt: skip
    owner = TextField("Who owns the hold", [Length(min=2, max=200, message="Name who can say when the hold is over.")])
    reason = TextField("Why", [WHY], id="hold-reason")


class ReleaseForm(Form):
    """Why a hold is over."""

    reason = TextField("Why it is over", [WHY], id="release-reason")


class EraseForm(Form):
    """Erasing on request."""

    reason = TextField("Who asked for it, and how", [WHY], id="erase-reason")
    sure = BooleanField(
        "I understand that what is erased cannot be brought back", [InputRequired("Tick this to go on.")]
    )


def _days(label: str) -> WholeField:
    words = f"Type a whole number from 1 to {LONGEST}."
    return WholeField(label, [InputRequired(words), NumberRange(1, LONGEST, words)])


class _Periods(Versioned):
    """How long each class is kept. The fields of the classes are named after them, `pictures_days` and `pictures_base`."""

    abandoned_days = _days("Never completed: days after the end")
    rejected_days = _days("Rejected or failed without business: days after the end")
    grace_days = WholeField(
        "Days of grace before a due erasure is carried out",
        [NumberRange(0, MOST_GRACE, f"Type a whole number from 0 to {MOST_GRACE}.")],
    )

    def wanted(self) -> Retention:
        """The policy as sent."""
        return Retention(
            periods={key: Period(days=self[f"{key}_days"].data or 0, base=self[f"{key}_base"].data) for key in CLASSES},
            abandoned_days=self.abandoned_days.data or 0, rejected_days=self.rejected_days.data or 0,
            grace_days=self.grace_days.data or 0,
        )  # fmt: skip

    def refuse(self, faults: dict[str, str]) -> None:
        """Put what is too short beside its field."""
        for key, words in faults.items():
            self[f"{key}_days"].errors = [words]


def begin(now: Retention) -> dict[str, Any]:
    """What the form begins with."""
    return {
        "abandoned_days": now.abandoned_days, "rejected_days": now.rejected_days, "grace_days": now.grace_days,
        **{f"{key}_days": each.days for key, each in now.periods.items()},
        **{f"{key}_base": each.base for key, each in now.periods.items()},
    }  # fmt: skip


_FIELDS: dict[str, Any] = {}
for _key in CLASSES:
    _FIELDS[f"{_key}_days"] = _days(RETENTION_CLASS_WORDS[_key])
    _FIELDS[f"{_key}_base"] = SelectField(
        f"{RETENTION_CLASS_WORDS[_key]}: counted from", choices=choices(list(BASE_WORDS.items()))
    )
RetentionForm = type("RetentionForm", (_Periods,), _FIELDS)
