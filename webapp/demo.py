"""`make demo`: about 200 invented people through the true path (link, short address, sandbox, webhook, worker)."""

import random
import secrets
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import requests

from webapp.actions import links
from webapp.actions.actor import Actor
from webapp.db import Database
from webapp.models import Link
from webapp.providers.base import Expected, Options, Provider
from webapp.settings import Settings

BY = Actor(kind="system", name="demo")
FIRST = (
    "Ada", "Björn", "Chloé", "Dmitri", "Eszter", "Fatima", "Giulia", "Håkon", "Ines", "João", "Keiko", "Łukasz", "Maren",
    "Ngozi", "Óscar", "Priya", "Quentin", "Rosa", "Søren", "Thandi", "Umut", "Vesna", "Wanjiru", "Xenia", "Youssef", "Zoë",
)  # fmt: skip
LAST = (
    "Specimen", "Muster", "Sample", "Exemple", "Voorbeeld", "Próba", "Ejemplo", "Esempio", "Exempel", "Näyte", "Primer",
    "Testsson", "O’Sample", "van der Specimen", "Sample-Muster", "Specimen y Ejemplo",
)  # fmt: skip
WORLD = ("Παράδειγμα Δείγμα", "Образец Пробный", "示例 样本", "نموذج تجريبي", "दमूना नमूना", "Ví Dụ Mẫu")
SCENARIOS = (
    ("passed", 56), ("aml1", 14), ("aml3", 6), ("suspicious", 5), ("narrow", 6), ("fail1", 5), ("fail2", 8), ("fail3", 9),
    ("noface", 2), ("fail4", 4), ("fail5", 7), ("fail6", 3), ("fail7", 4), ("fail8", 2), ("fail9", 2), ("fail10", 2),
    ("fail11", 2), ("fail12", 2), ("fail14", 2), ("fail16", 3), ("fail99", 2), ("expired", 6), ("opened", 14), ("ready", 20),
    ("refused", 4), ("live101", 4), ("live008", 1), ("live010", 1), ("live017", 1), ("live029", 1), ("live030", 1),
    ("live999", 1),
)  # fmt: skip
"""How it ends -> how many of 200. `live` and a code is a liveness check that ends so."""
LIVE = "live"


@dataclass(frozen=True)
class Visitor:
    """One invented person and how his verification ends."""

    name: str
    own_reference: str
    scenario: str
    document: str

    @property
    def kind(self) -> str:
        """The kind of link."""
        return "liveness" if self.scenario.startswith(LIVE) else "identity"


def visitors(count: int, seed: int = 7) -> Iterator[Visitor]:
    """Invented people, the same ones for the same seed; endings in the proportions of SCENARIOS."""
    dice = random.Random(seed)  # noqa: S311 - invented names, not secrets
    endings = [word for word, share in SCENARIOS for _ in range(share)]
    dice.shuffle(endings)
    for number in range(count):
        name = dice.choice(WORLD) if number % 23 == 11 else f"{dice.choice(FIRST)} {dice.choice(LAST)}"
        document = dice.choice(("passport", "licence", "card"))
        yield Visitor(name, f"CUST-{1000 + number}", endings[number % len(endings)], document)


def fill(
    database: Database, *, providers: Mapping[str, Provider], settings: Settings, count: int = 200
) -> dict[str, int]:
    """Bring `count` people through; returns how many ended how. The console must be running.

    `providers` has one for each kind of link that is to be made; who would need another is left out.
    """
    requests.get(f"{settings.public_url}/healthz", timeout=5).raise_for_status()
    done: dict[str, int] = {}
    started = time.monotonic()
    with ThreadPoolExecutor(max_workers=3) as pool:
        people = [visitor for visitor in visitors(count) if visitor.kind in providers]
        work = (pool.submit(_visit, database, providers[each.kind], settings, each) for each in people)
        for number, future in enumerate(list(work), start=1):
            ending = future.result()
            done[ending] = done.get(ending, 0) + 1
            if number % 10 == 0 or number == len(people):
                rate = number / (time.monotonic() - started)
                print(f"\r{number} of {len(people)} people, {rate:.1f} a second ", end="", file=sys.stderr, flush=True)  # noqa: T201
    print(file=sys.stderr)  # noqa: T201
    return done


def _visit(database: Database, provider: Provider, settings: Settings, visitor: Visitor) -> str:
    link = links.create(
        database, by=BY, provider=provider, form_key=secrets.token_urlsafe(18), person_name=visitor.name,
        own_reference=visitor.own_reference, email="", kind=visitor.kind, options=_options(visitor),
        expected=Expected(name=visitor.name if visitor.kind == "identity" else ""),
        public_url=settings.public_url, company_name=settings.company_name, data_dir=settings.data_dir,
    )  # fmt: skip
    if link.state != "active" or visitor.scenario == "ready":
        return "refused" if link.state == "create_failed" else link.state
    _get(f"{settings.public_url}/v/{link.token}")
    if visitor.scenario == "opened":
        return "opened"
    _complete(link, visitor)
    return visitor.scenario


def _options(visitor: Visitor) -> Options:
    wrong = visitor.scenario == "refused"  # more attempts than the vendor takes: refused in its own words
    if visitor.kind == "liveness":
        return Options(location=visitor.scenario == "live101")
    return Options(attempts=11 if wrong else 2, countries=(), aml=True, expires_in=7 * 24 * 3600)


def _get(url: str) -> None:
    requests.get(url, timeout=10, headers={"User-Agent": "Mozilla/5.0 (demo)"}).raise_for_status()


def _ending(visitor: Visitor) -> dict[str, str]:
    """What the sandbox's panel is told."""
    if visitor.kind == "liveness":
        return {"code": visitor.scenario.removeprefix(LIVE), "person": "new", "location": "48.20849 16.37208"}
    return {"document": visitor.document, "scenario": visitor.scenario, "name": visitor.name}


def _complete(link: Link, visitor: Visitor) -> None:
    answer = requests.post(
        f"{link.vendor_url}/complete",
        data=_ending(visitor),
        timeout=60,
        allow_redirects=False,
    )
    answer.raise_for_status()
