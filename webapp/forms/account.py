"""One's own account: password, setting up the second factor, and what is asked before it is changed."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, ValidationError

from webapp.settings import MIN_PASSWORD


class ChangePasswordForm(FlaskForm):  # type: ignore[misc]
    """The password in force and the new one, twice."""

    old = PasswordField("Password now", validators=[InputRequired("Type your password."), Length(max=1000)])
    new = PasswordField(
        "New password",
        validators=[
            InputRequired("Choose a new password."),
            Length(min=MIN_PASSWORD, max=1000, message=f"Use {MIN_PASSWORD} characters or more."),
        ],
    )
    again = PasswordField(
        "New password again",
        validators=[EqualTo("new", "The two passwords are not the same. Type them again.")],
    )

    def validate_new(self, field: PasswordField) -> None:
        """A password is changed to another one."""
        if field.data and field.data == self.old.data:
            raise ValidationError("This is the password you have. Choose another one.")


class SetUpForm(FlaskForm):  # type: ignore[misc]
    """The first code of a new second factor; `offer` is its sealed secret. The password is asked of who came by choice."""

    code = StringField("Code", validators=[InputRequired("Type the code that the app shows."), Length(max=60)])
    password = PasswordField("Your password", validators=[InputRequired("Type your password."), Length(max=1000)])
    offer = HiddenField()


class ProveForm(FlaskForm):  # type: ignore[misc]
    """Password and code, before the second factor or its recovery codes are changed."""

    prove_password = PasswordField("Your password", validators=[InputRequired("Type your password."), Length(max=1000)])
    prove_code = StringField("Code", validators=[InputRequired("Type a code."), Length(max=60)])
