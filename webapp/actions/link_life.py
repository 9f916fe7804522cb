"""How long a link lives where the vendor counts the time without use: each use gives it as much again."""

from datetime import datetime, timedelta

from webapp.models import Link


def used(link: Link, at: datetime) -> None:
    """The link's end moves on from `at`, if the vendor said that it ends for want of use; any other end stays."""
    idle = timedelta(seconds=int(link.vendor_answer.get("idle_seconds") or 0))
    if idle and link.expires_at is not None:
        link.expires_at = max(link.expires_at, at + idle)
