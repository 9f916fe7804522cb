"""Days, moments and lengths of time as people read them; what is asked is put into words in `link_words`."""

from datetime import UTC, date, datetime

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def day_in_words(day: date | None) -> str:
    """`3 August 1989`: a date read back so that day and month cannot be mistaken."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}" if day else ""


def moment_in_words(moment: datetime | None, *, short: bool = False) -> str:
    """`Saturday 28 November 2026, 14:31 UTC`; short: `Sat 28 Nov 2026, 14:31 UTC`."""
    if moment is None:
        return ""
    at = moment.astimezone(UTC)
    day, month = DAYS[at.weekday()], MONTHS[at.month - 1]
    return f"{day[:3] if short else day} {at.day} {month[:3] if short else month} {at.year}, {at:%H:%M} UTC"


def length_in_words(seconds: int) -> str:
    """`7 days`, `1 hour`, `10 minutes`, `1 day 12 hours`."""
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    parts = [(days, "day"), (hours, "hour"), (round(rest / 60), "minute")]
    return " ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in parts if n)


def from_now(moment: datetime | None, now: datetime) -> str:
    """`7 days from now`, `3 hours ago`: one unit, rounded."""
    if moment is None:
        return ""
    seconds = (moment - now).total_seconds()
    unit = next((size for size in (86400, 3600, 60) if abs(seconds) >= 1.5 * size), 60)
    words = length_in_words(max(unit, round(abs(seconds) / unit) * unit))
    return f"{words} from now" if seconds > 0 else f"{words} ago"
