"""Signing in, and making the first administrator."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import Email, EqualTo, InputRequired, Length

from webapp.actions.sign_ins import MIN_PASSWORD


class SignInForm(FlaskForm):  # type: ignore[misc]
    """E-mail and password; `next` is the page to go on to."""

    email = StringField("E-mail", validators=[InputRequired("Type your e-mail address."), Length(max=254)])
    password = PasswordField("Password", validators=[InputRequired("Type your password."), Length(max=1000)])
    next = HiddenField()


class WelcomeForm(FlaskForm):  # type: ignore[misc]
    """The first administrator."""

    name = StringField("Your name", validators=[InputRequired("Type your name."), Length(max=200)])
    email = StringField(
        "E-mail",
        validators=[
            InputRequired("Type your e-mail address."),
            Email("This is not an e-mail address. Example: name@example.com"),
            Length(max=254),
        ],
    )
    password = PasswordField(
        "Password",
        validators=[
            InputRequired("Choose a password."),
            Length(min=MIN_PASSWORD, max=1000, message=f"Use {MIN_PASSWORD} characters or more."),
        ],
    )
    again = PasswordField(
        "Password again",
        validators=[EqualTo("password", "The two passwords are not the same. Type them again.")],
    )
