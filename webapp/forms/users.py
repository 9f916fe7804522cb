"""Inviting somebody, changing roles, resetting a second factor."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField
from wtforms.validators import DataRequired, Email, InputRequired, Length

from webapp.actions.second_factor import RESET_REASONS
from webapp.forms.fields import TextField, TicksField, choices
from webapp.models.rights import ROLE_WORDS

NO_ROLE = "Tick at least one role."


class RolesForm(FlaskForm):  # type: ignore[misc]
    """A user's roles; `was` is what the change began with."""

    roles = TicksField("Roles", validators=[DataRequired(NO_ROLE)], choices=choices(list(ROLE_WORDS.items())))
    was = HiddenField()


class InviteForm(FlaskForm):  # type: ignore[misc]
    """Whom to invite, and with which roles."""

    name = TextField("Name", [DataRequired("Type the person’s name."), Length(max=200)])
    email = TextField(
        "E-mail",
        [
            DataRequired("Type the person’s e-mail address."),
            Email("This is not an e-mail address. Example: name@example.com"),
            Length(max=254),
        ],
    )
    roles = TicksField("Roles", validators=[DataRequired(NO_ROLE)], choices=choices(list(ROLE_WORDS.items())))


class ResetForm(FlaskForm):  # type: ignore[misc]
    """Why a second factor is reset."""

    reason = RadioField("Why", choices=choices(list(RESET_REASONS.items())), validators=[InputRequired("Choose why.")])
