"""What tests of people share: a user with a second factor, its codes as an authenticator shows them, the second step."""

import time
from dataclasses import dataclass
from typing import Any

import pyotp

from tests.support.factory import PASSWORD, Make
from tests.support.pages import Page, PageClient
from webapp.actions.second_factor import STEP_SECONDS
from webapp.models import Policy, User
from webapp.models.columns import utc_now
from webapp.sealing import Sealer

KEY = "a specimen secret key for tests only"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@dataclass(frozen=True)
class Authenticator:
    """The app on a phone: `code()` is what it shows now, or `steps` later."""

    secret: str = SECRET

    def code(self, steps: int = 0) -> str:
        return pyotp.TOTP(self.secret).generate_otp(int(time.time()) // STEP_SECONDS + steps)

    def wrong(self) -> str:
        """Six digits that are the code of no step around now."""
        near = {self.code(steps) for steps in range(-3, 4)}
        return next(code for code in (f"{number:06}" for number in range(10)) if code not in near)


def with_factor(make: Make, role: str = "reviewer", **fields: Any) -> User:
    """A user whose second factor is `SECRET`."""
    user = make.user(role, **fields)
    with make.database.writing() as db:
        kept = db.get_one(User, user.id)
        kept.totp_secret = Sealer(KEY).seal(SECRET, table="user_account", row=user.id or 0, column="totp_secret")
        kept.totp_confirmed_at = utc_now()
    return user


def ask_of(make: Make, *roles: str) -> None:
    """Have the policy ask these roles for a second factor."""
    make.save(Policy(key="second_factor", value={"roles": list(roles)}, version=1))


def sign_in(
    visitor: PageClient, user: User, *, password: str = PASSWORD, status: int | None = 200, **more: Any
) -> Page:
    """Give the password on the sign-in page, from a browser without our cookie; the page that follows."""
    visitor.http.delete_cookie("vouchdesk", domain="console.test")
    visitor.user = None
    page = visitor.submit(visitor.get("/sign-in"), email=user.email, password=password, status=status, **more)
    visitor.user = user
    return page


def second(visitor: PageClient, code: str, *, status: int | None = None, **more: Any) -> Page:
    """Give a code on the page of the second step."""
    return visitor.submit(visitor.get("/sign-in/second"), "Go on", code=code, status=status, **more)
