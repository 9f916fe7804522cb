"""Werkzeug's own server, made to pass on the headers with underscores that QiD's options travel in."""

from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

NAMES = ("webhook_url", "metadata_list", "mode_id", "livecheck_id", "location_id")


class KeepsUnderscores(WSGIRequestHandler):
    """Werkzeug drops every header with an underscore, since such a name can pose as another; these five cannot."""

    def make_environ(self) -> "WSGIEnvironment":
        environ = super().make_environ()
        for name in NAMES:
            if name in self.headers:
                environ[f"HTTP_{name.upper()}"] = self.headers[name]
        return environ
