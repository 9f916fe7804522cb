"""Workers in processes of their own that die by signal 9 in the middle of a job, one after the other."""

import os
import subprocess
import sys
from pathlib import Path

from webapp.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import os, signal, sys
from datetime import timedelta
from importlib import import_module
from sqlalchemy import update
from webapp import create_app
from webapp.db import Database
from webapp.models import Job
from webapp.models.columns import utc_now
from webapp.settings import Settings
from webapp.worker import Context, run_due

folder, url, place, times = sys.argv[1:]
module, _, name = place.partition(":")

def worker():
    app = create_app(Settings(_env_file=None, data_dir=folder, database_url=url, secret_key="x" * 40, sandbox="off",
                              docupass_base_url="http://127.0.0.1:1/", docupass_api_key="k"))
    def die(*_, **__):
        os.kill(os.getpid(), signal.SIGKILL)
    if module == "provider":
        setattr(app.extensions["vouchdesk.providers"]["docupass"], name, die)
    else:
        setattr(import_module(module), name, die)
    run_due(Context.of(app))

for _ in range(int(times)):
    child = os.fork()
    if child == 0:
        worker()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print(os.WTERMSIG(status) if os.WIFSIGNALED(status) else f"ended with {os.waitstatus_to_exitcode(status)}", flush=True)
    database = Database(url)
    with database.writing() as db:
        db.execute(update(Job).values(leased_until=utc_now() - timedelta(seconds=1)).where(Job.leased_until.is_not(None)))
    database.dispose()
"""


def die(settings: Settings, place: str, *, times: int) -> list[str]:
    """Let workers run what is due, each killed where it calls `place` (`module:function` or `provider:method`); the lease of
    what it had is over at once. How each ended: the number of its signal, or in words."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "VOUCHDESK_EVIDENCE_ORIGINS": ",".join(settings.evidence_origins),
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(settings.data_dir), settings.database_url or "", place, str(times)],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.split("\n")[:-1]
