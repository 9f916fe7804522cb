"""Job 1b: callbacks of 20 MB with pictures inside, two at a time, and the memory that the server takes meanwhile."""

import argparse
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.bench.programs import group_rss_mb
from tests.bench.report import emit, short, spread
from tests.bench.webhooks import Contender, console, peers

BODY = 20 * 1024 * 1024
GOAL, MOST_MB = 2.0, 300.0


class Watched:
    """The most memory a program's group had inside the block, in MB."""

    def __init__(self, pid: int) -> None:
        self.most = 0.0
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Watched":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            self.most = max(self.most, group_rss_mb(self._pid))


def main() -> None:
    """Start everything, let each take its turn in every round, check, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--ours-only", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vd-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        bare = console(folder, "ours", embedded_worker="off")
        stack.callback(bare.program.stop)
        contenders = [bare, *([] if wanted.ours_only else stack.enter_context(peers(folder)))]
        figures = _measure(contenders, rounds=wanted.rounds, seconds=wanted.seconds)
    _print(figures)


def _measure(contenders: list[Contender], *, rounds: int, seconds: float) -> dict[str, dict[str, Any]]:
    rates: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    most: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    errors: dict[str, int] = {contender.name: 0 for contender in contenders}
    for _ in range(rounds):
        for contender in contenders:
            with Watched(contender.program.pid) as watched:
                result = contender.post(seconds=seconds, warm_up=0.0, connections=2, repeats=0.0, body_bytes=BODY)
            rates[contender.name].append(result["rate"])
            most[contender.name].append(watched.most)
            errors[contender.name] += sum(result["statuses"].values()) - result["statuses"].get("200", 0)
    return {
        contender.name: {
            "per_second": spread(rates[contender.name]), "rss_mb": spread(most[contender.name]),
            "errors": errors[contender.name], **contender.check(),
        }
        for contender in contenders
    }  # fmt: skip


def _print(figures: dict[str, dict[str, Any]]) -> None:
    ours = figures.pop("ours")
    facts: dict[str, Any] = {"ours": ours, "peers": figures}
    met = ours["rss_mb"]["max"] <= MOST_MB and not (ours["lost"] or ours["doubled"] or ours["errors"])
    if figures:
        best = max(figures, key=lambda name: figures[name]["per_second"]["median"])
        ratio = ours["per_second"]["median"] / max(figures[best]["per_second"]["median"], 0.001)
        facts |= {"best_peer": best, "ratio": short(ratio)}
        met = met and ratio >= GOAL
    emit("intake_large", **facts, goal=f"ratio >= {GOAL}, rss_mb <= {MOST_MB}", met=met)


if __name__ == "__main__":
    main()
