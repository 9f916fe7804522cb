"""The whole program in its own process, as `python app.py` starts it: real server, sandbox, worker and live hub."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urljoin

import requests
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[2]
ADMIN_EMAIL = "alice.admin@console.test"
ADMIN_PASSWORD = "correct horse battery staple"
START_WITHIN = 60.0


class LiveServer:
    """A running console at `url`; `log` is what it printed. The administrator is ADMIN_EMAIL with ADMIN_PASSWORD."""

    def __init__(self, folder: Path, *, database_url: str = "", settings: dict[str, str] | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.data_dir = folder / "instance"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database_url = database_url or f"sqlite:///{self.data_dir / 'app.sqlite'}"
        self._log = folder / "server.log"
        self._environment = _clean_environment() | {
            "VOUCHDESK_HOST": "127.0.0.1", "VOUCHDESK_PORT": str(self.port), "VOUCHDESK_PUBLIC_URL": self.url,
            "VOUCHDESK_DATA_DIR": str(self.data_dir), "VOUCHDESK_DATABASE_URL": self.database_url,
            "VOUCHDESK_ADMIN_EMAIL": ADMIN_EMAIL, "VOUCHDESK_ADMIN_PASSWORD": ADMIN_PASSWORD,
            "VOUCHDESK_SANDBOX": "on", "VOUCHDESK_SANDBOX_CLOCK": "600", "VOUCHDESK_COMPANY_NAME": "Specimen Bank",
            **{f"VOUCHDESK_{name.upper()}": value for name, value in (settings or {}).items()},
        }  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None
        self._cookies = requests.Session().cookies

    @property
    def pid(self) -> int:
        """The process that was started; it leads the group of all that it starts. 0 when it does not run."""
        return self._process.pid if self._process else 0

    @property
    def log(self) -> str:
        """Everything printed so far."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def start(self) -> None:
        """Start, and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(ROOT / "app.py")], cwd=self.folder, env=self._environment, stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        until = time.monotonic() + START_WITHIN
        while time.monotonic() < until and self._process.poll() is None:
            with contextlib.suppress(requests.RequestException):
                if requests.get(f"{self.url}/healthz", timeout=1).ok:
                    return
            time.sleep(0.1)
        self.stop()
        raise AssertionError(f"the server did not start:\n{self.log[-3000:]}")

    def stop(self, *, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop the whole process group; what does not end within 10 s is killed."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=10)

    def sign_in(self) -> requests.Session:
        """A client signed in as the administrator through the real page; the sign-in is made once and shared."""
        visitor = requests.Session()
        visitor.trust_env = False
        if self._cookies:
            visitor.cookies.update(self._cookies)  # a jar keeps each cookie's domain, so that a new one replaces it
            return visitor
        page = visitor.get(urljoin(self.url, "/sign-in"), timeout=10)
        token = BeautifulSoup(page.text, "html.parser").select_one("input[name=csrf_token]")
        assert token is not None, f"no csrf field on the sign-in page: {page.text[:500]}"
        form = {"csrf_token": str(token["value"]), "email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}
        answer = visitor.post(page.url, data=form, timeout=10, allow_redirects=False)
        assert answer.status_code == 303, f"sign-in answered {answer.status_code}: {answer.text[:500]}"
        self._cookies = visitor.cookies.copy()
        return visitor


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _clean_environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VOUCHDESK_")}
    return {name: value for name, value in kept.items() if not name.lower().endswith("_proxy")} | {
        "PYTHONPATH": str(ROOT)
    }
