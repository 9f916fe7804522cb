"""`python app.py` sets up and serves the console; `app:app` is for `flask --app app` and any WSGI server."""

import gc
import sys
from typing import Any

from webapp import create_app, start_background
from webapp.ending import when_asked_to_stop
from webapp.settings import WrongSettings


def __getattr__(name: str) -> Any:
    """Build `app` when a server or the flask command asks for it, and not on import."""
    if name == "app":
        return _or_exit(create_app)
    raise AttributeError(name)


def serving() -> Any:
    """The application with its background parts running: what each server process loads."""
    app = create_app()
    gc.collect()
    gc.freeze()  # what was loaded stays: going through all of it again costs an answer a tenth of a second now and then
    when_asked_to_stop(start_background(app))  # a job at hand is finished, so that it need not wait for its lease
    return app


def main() -> None:
    """Migrate, say where the console is (and how to make the first administrator), and serve."""
    from webapp.startup import prepare, serve  # noqa: PLC0415 - a wrong setting is told before anything is loaded

    settings = _or_exit(prepare)
    serve(settings)


def _or_exit(build: Any) -> Any:
    try:
        return build()
    except WrongSettings as error:
        print(error, file=sys.stderr)  # noqa: T201 - the one line an operator needs
        sys.exit(2)


if __name__ == "__main__":
    main()
