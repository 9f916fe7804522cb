"""Signing in, its second step, and making an account from a one-time address."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import Email, EqualTo, InputRequired, Length

from webapp.actions.sign_ins import MIN_PASSWORD


class SignInForm(FlaskForm):  # type: ignore[misc]
    """E-mail and password; `next` is the page to go on to."""

    email = StringField("E-mail", validators=[InputRequired("Type your e-mail address."), Length(max=254)])
    password = PasswordField("Password", validators=[InputRequired("Type your password."), Length(max=1000)])
    next = HiddenField()


class SecondStepForm(FlaskForm):  # type: ignore[misc]
    """The code of the second factor, or a recovery code; `next` is the page to go on to."""

    code = StringField("Code", validators=[InputRequired("Type the code."), Length(max=60)])
    next = HiddenField()


class JoinForm(FlaskForm):  # type: ignore[misc]
    """Somebody who was invited: the e-mail address is the invitation's."""

    name = StringField("Your name", validators=[InputRequired("Type your name."), Length(max=200)])
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


class WelcomeForm(JoinForm):
    """The first administrator, whose address nobody knows yet."""

    email = StringField(
        "E-mail",
        validators=[
            InputRequired("Type your e-mail address."),
            Email("This is not an e-mail address. Example: name@example.com"),
            Length(max=254),
        ],
    )
