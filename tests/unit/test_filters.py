"""Text and times as templates show them: the short ways come to the same as the long ones."""

import sys
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest

from webapp.filters import day, iso, short, signed, utc, visible, when

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_every_character_that_could_hide_is_shown_and_no_other() -> None:
    hiding = ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp")
    for number in range(sys.maxunicode + 1):
        character = chr(number)
        hidden = unicodedata.category(character) in hiding and character not in "\n\t"
        assert (visible(character) != character) == hidden, f"U+{number:04X}"


def test_long_runs_of_marks_are_cut() -> None:
    assert visible("a" + "\u0301" * 9) == "a" + "\u0301" * 4
    assert visible("Zoë “Ä” – Łukasz") == "Zoë “Ä” – Łukasz"


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=-5, minutes=-30))])
def test_times_are_in_utc_without_fractions(zone: timezone) -> None:
    moment = datetime(2026, 3, 4, 5, 6, 7, 999999, tzinfo=UTC).astimezone(zone)
    assert utc(moment) == f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" == "2026-03-04 05:06:07 UTC"
    assert iso(moment) == "2026-03-04T05:06:07Z"
    assert (utc(None), iso(None), day(None), when(None)) == ("", "", "", "")


def test_a_short_time_says_as_much_as_is_needed() -> None:
    assert short(NOW - timedelta(hours=2), NOW.date()) == "10:00"
    assert short(NOW - timedelta(days=2), NOW.date()) == "19 Nov"
    assert short(NOW - timedelta(days=400), NOW.date()) == "2025-10"


def test_how_long_ago_is_seen_from_the_moment_given() -> None:
    assert when(NOW - timedelta(minutes=20), NOW) == "20 min ago"
    assert when(NOW + timedelta(minutes=20), NOW) == "in 20 min"


def test_points_have_their_sign() -> None:
    assert [signed(number) for number in (25, -15, 0)] == ["+25", "−15", "0"]
