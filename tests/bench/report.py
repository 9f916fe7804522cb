"""What a job prints: one JSON line with our figure, each peer's, the ratio, and the spread of the rounds."""

import json
import os
import statistics
from collections.abc import Sequence
from typing import Any


def spread(values: Sequence[float]) -> dict[str, float]:
    """Least, middle and greatest of the rounds."""
    return {
        "min": short(min(values)), "median": short(statistics.median(values)), "max": short(max(values)),
        "rounds": len(values),
    }  # fmt: skip


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def short(value: float) -> float:
    """A figure with four significant digits."""
    return float(f"{value:.4g}")


def load_average() -> float:
    """How busy the machine was in the last minute: above 1 beside our own work, the figures are worth less."""
    return os.getloadavg()[0]


def emit(job: str, **facts: Any) -> None:
    """Print the line."""
    print(json.dumps({"job": job, **facts, "load_average": short(load_average())}), flush=True)
