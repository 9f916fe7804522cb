"""The forms that ask for an evidence pack and for an inspector's sample; they write nothing."""

import re
from datetime import date, timedelta

from wtforms import BooleanField, DateField, IntegerField, ValidationError
from wtforms.validators import InputRequired, NumberRange, Optional, Regexp

from webapp.forms.exports import PurposeForm
from webapp.forms.fields import TextField, TicksField, choices
from webapp.models.columns import utc_now
from webapp.models.words import OUTCOME_WORDS
from webapp.queries.sampling import Population

MOST = 1000
"""Sessions in one sample: each has a pack of its own."""
LONGEST_SEED = 64
_SEED = re.compile(r"[A-Za-z0-9._-]*\Z")


class PackForm(PurposeForm):
    """One session's pack."""

    pictures = BooleanField("With pictures", default=True)


class SampleForm(PurposeForm):
    """From which sessions to draw, how many, by which seed; an empty seed is made up."""

    first_day = DateField("From", [InputRequired("Choose the first day.")])
    last_day = DateField("To", [InputRequired("Choose the last day.")])
    outcomes = TicksField("Outcome", choices=choices([(key, words) for key, words in OUTCOME_WORDS.items() if words]))
    count = IntegerField(
        "How many", [InputRequired("Say how many sessions."), NumberRange(1, MOST, f"Use a number from 1 to {MOST:,}.")],
        default=30,
    )  # fmt: skip
    seed = TextField("Seed", [Optional(), Regexp(_SEED, message="Use letters, digits, dots and dashes.")])
    pictures = BooleanField("With pictures", default=True)

    @classmethod
    def fresh(cls) -> "SampleForm":
        """The last three months."""
        today = utc_now().date()
        return cls(data={"first_day": today - timedelta(days=90), "last_day": today, "count": 30, "pictures": True})

    def population(self) -> Population:
        """What to draw from; of a form that is valid."""
        first, last = self.first_day.data, self.last_day.data
        assert first and last
        return Population(first_day=first, last_day=last, outcomes=tuple(sorted(self.outcomes.data or ())))

    def validate_last_day(self, field: DateField) -> None:
        """A period has an end after its beginning."""
        first: date | None = self.first_day.data
        if first and field.data and field.data < first:
            raise ValidationError("The last day is before the first one.")

    def validate_seed(self, field: TextField) -> None:
        """It stands on the first page of what is read aloud to an inspector."""
        if field.data and len(field.data) > LONGEST_SEED:
            raise ValidationError(f"Use {LONGEST_SEED} characters at most.")
