"""Flask, but without what pages need where a vendor posts: there the session and the hooks cost more than storing."""

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue

WEBHOOK = "webhooks.receive"
WEBHOOK_PATH = "/webhooks/"


class Sessions(SecureCookieSessionInterface):
    """Flask's own signed cookie; a vendor's post has none to read."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of the cookie; an empty one for a webhook (asked for before the route is known)."""
        if request.method == "POST" and request.path.startswith(WEBHOOK_PATH):
            return self.session_class()
        return super().open_session(app, request)


class Console(Flask):
    """The webhook endpoint is answered by its view alone: it has no sign-in, no CSRF token, no session and no page."""

    session_interface = Sessions()

    def preprocess_request(self) -> ResponseReturnValue | None:
        """Run the hooks before a request, but not before a webhook's."""
        return None if request.endpoint == WEBHOOK else super().preprocess_request()

    def process_response(self, response: Response) -> Response:
        """Run the hooks after a request and save the session, but not after a webhook's."""
        return response if request.endpoint == WEBHOOK else super().process_response(response)
