"""Job 1: callbacks of 4 KB taken in, durable before 200, sixteen at a time, three in ten of them repeats."""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.bench.report import emit, short, spread
from tests.bench.validate_stub import validate_stub
from tests.bench.webhooks import Contender, console, peers

GOAL, P99_SHARE = 4.0, 0.2
WITH_WORKER = "ours_worker_on"


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
        stub = stack.enter_context(validate_stub())
        working = console(folder, WITH_WORKER, docupass_base_url=stub, docupass_api_key="specimen")
        stack.callback(working.program.stop)
        working.program.stop()
        others = [] if wanted.ours_only else stack.enter_context(peers(folder))
        contenders = [bare, *others, working]  # the worker's backlog must not fall on another's turn
        figures = _measure(contenders, rounds=wanted.rounds, seconds=wanted.seconds)
        _print(figures, [contender.name for contender in others])


def _measure(contenders: list[Contender], *, rounds: int, seconds: float) -> dict[str, dict[str, Any]]:
    results: dict[str, list[dict[str, Any]]] = {contender.name: [] for contender in contenders}
    for _ in range(rounds):
        for contender in contenders:
            with _running_only_now(contender):
                results[contender.name].append(contender.post(seconds=seconds))
    return {contender.name: _figure(contender, results[contender.name]) for contender in contenders}


@contextmanager
def _running_only_now(contender: Contender) -> Iterator[None]:
    """The console with its worker goes on working off what came in: it runs only in its own turns."""
    if contender.name != WITH_WORKER:
        yield
        return
    contender.program.start()
    yield
    contender.program.stop()


def _figure(contender: Contender, results: list[dict[str, Any]]) -> dict[str, Any]:
    statuses: dict[str, int] = {}
    for result in results:
        for status, count in result["statuses"].items():
            statuses[status] = statuses.get(status, 0) + count
    return {
        "per_second": spread([result["rate"] for result in results]),
        "p50_ms": spread([result["p50_ms"] for result in results]),
        "p99_ms": spread([result["p99_ms"] for result in results]),
        "errors": sum(count for status, count in statuses.items() if status != "200"), "statuses": statuses,
        "unanswered": sum(result["unanswered"] for result in results), **contender.check(),
    }  # fmt: skip


def _print(figures: dict[str, dict[str, Any]], peers: list[str]) -> None:
    ours = figures["ours"]
    clean = all(ours[fault] == 0 for fault in ("errors", "lost", "doubled", "unanswered"))
    facts: dict[str, Any] = {"ours": ours, WITH_WORKER: figures[WITH_WORKER]}
    if peers:
        best = max(peers, key=lambda name: figures[name]["per_second"]["median"])
        ratio = ours["per_second"]["median"] / figures[best]["per_second"]["median"]
        share = ours["p99_ms"]["median"] / figures[best]["p99_ms"]["median"]
        facts |= {
            "peers": {name: figures[name] for name in peers}, "best_peer": best, "ratio": short(ratio),
            "p99_share": short(share), "goal": f"ratio >= {GOAL}, p99_share <= {P99_SHARE}, nothing lost or doubled",
            "met": ratio >= GOAL and share <= P99_SHARE and clean,
        }  # fmt: skip
    emit("intake", **facts, clean=clean)


if __name__ == "__main__":
    main()
