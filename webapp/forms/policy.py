"""The forms of the policy page, one for each policy; they write nothing."""

from typing import Any

from wtforms import BooleanField, Form
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError
from wtforms.widgets import HiddenInput

from webapp.actions.policies import MOST_HOURS, MOST_MONTHS
from webapp.actions.second_person import LONGEST_NOTE, SHORTEST_NOTE
from webapp.forms.fields import TextField, TicksField, WholeField, choices
from webapp.models.rights import ROLE_WORDS
from webapp.queries.policies import MUST_BE_CONFIRMED, Remembering, ReviewHours, SecondApproval

WHY = f"Say why, in {SHORTEST_NOTE} to {LONGEST_NOTE} characters: the second person reads it."
INCOMPLETE = "This form was incomplete. Load the page again."


def _whole(label: str, most: int) -> WholeField:
    words = f"Type a whole number from 1 to {most}."
    return WholeField(label, [InputRequired(words), NumberRange(1, most, words)])


class Versioned(Form):
    """`began_with` is the version of the policy that the form was opened with, 0 where there was none.

    `why` is asked where a second person confirms changes, and is for him.
    """

    began_with = WholeField(
        "Version", [InputRequired(INCOMPLETE), NumberRange(0, 2**31 - 1, INCOMPLETE)], widget=HiddenInput(), default=0
    )
    why = TextField("Why", [Length(max=LONGEST_NOTE, message=WHY)])


class PolicyForm(Versioned):
    """What no link may ask for."""

    attributes = BooleanField("Forbid links that ask for attributes of the face")

    def names(self) -> list[str]:
        """The options that are to be forbidden."""
        return ["attributes"] if self.attributes.data else []


class SecondForm(Versioned):
    """Which decisions a second person confirms."""

    actions = TicksField("A second person confirms", choices=choices(tuple(MUST_BE_CONFIRMED.items())))
    blind = BooleanField("Hide the first person’s decision from the second until the second has decided")
    lapse_hours = _whole("Hours until a proposal lapses", MOST_HOURS)

    def wanted(self) -> SecondApproval:
        """The policy as sent."""
        return SecondApproval(
            actions=frozenset(self.actions.data or ()), blind=bool(self.blind.data),
            lapse_hours=self.lapse_hours.data or 0,
        )  # fmt: skip


class RememberingForm(Versioned):
    """Whether dismissals of list entries may be remembered."""

    allowed = BooleanField("Reviewers may have a dismissal remembered for a person")
    months = _whole("Months at most", MOST_MONTHS)

    def wanted(self) -> Remembering:
        """The policy as sent."""
        return Remembering(allowed=bool(self.allowed.data), months=self.months.data or 0)


class HoursForm(Versioned):
    """Within how many hours a session is to be decided."""

    high = _whole("High priority", MOST_HOURS)
    normal = _whole("Normal priority", MOST_HOURS)
    low = _whole("Low priority", MOST_HOURS)

    def validate_normal(self, field: Any) -> None:
        """What is urgent is never due after what is not."""
        if self.high.data and field.data and field.data < self.high.data:
            raise ValidationError("Give normal priority at least as many hours as high priority.")

    def validate_low(self, field: Any) -> None:
        """What is urgent is never due after what is not."""
        if self.normal.data and field.data and field.data < self.normal.data:
            raise ValidationError("Give low priority at least as many hours as normal priority.")

    def wanted(self) -> ReviewHours:
        """The policy as sent."""
        return ReviewHours(high=self.high.data or 0, normal=self.normal.data or 0, low=self.low.data or 0)


class FactorForm(Versioned):
    """Whose sign-in needs a second factor."""

    roles = TicksField("Roles that sign in with a second factor", choices=choices(tuple(ROLE_WORDS.items())))
