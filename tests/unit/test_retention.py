"""When each class of data is over: by what the session came to, from what it counts, and what the law says against it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from webapp.checks.retention import CLASSES, Facts, Period, Retention, bound, due, faults, period

END = datetime(2026, 3, 14, 10, tzinfo=UTC)
LAW = {"extracted": 1825, "aml": 1825, "decision": 1825}
GOOD = Facts(final=True, finished=True, good=True, ended_at=END, led_to_business=True)


def test_an_open_session_has_no_date() -> None:
    found = due(replace(GOOD, final=False), Retention())
    assert {each.at for each in found.values()} == {None} and found["aml"].words == "The session is still open."


@pytest.mark.parametrize(("finished", "days"), [(False, 30), (True, 365)])
def test_without_business_everything_goes_together(finished: bool, days: int) -> None:
    facts = replace(GOOD, good=False, led_to_business=False, finished=finished)
    assert {each.at for each in due(facts, Retention()).values()} == {END + timedelta(days=days)}
    assert bound(facts, LAW, END) == {}


def test_a_rejected_session_of_a_customer_is_kept_like_the_others() -> None:
    facts = replace(GOOD, good=False)
    assert due(facts, Retention())["extracted"].at is None and set(bound(facts, LAW, END)) == set(LAW)


def test_each_class_counts_from_its_own_base() -> None:
    found = due(GOOD, Retention())
    assert found["biometrics"].at == END + timedelta(days=180) and found["pictures"].at is None
    ended = replace(GOOD, relationship_ended_at=END + timedelta(days=100))
    found = due(ended, Retention())
    assert found["pictures"].at == END + timedelta(days=465) and found["aml"].at == END + timedelta(days=1925)
    assert found["aml"].words == "5 years after the end of the relationship."


def test_a_session_after_the_noted_end_counts_from_itself() -> None:
    facts = replace(GOOD, relationship_ended_at=END - timedelta(days=900))
    assert due(facts, Retention())["pictures"].at == END + timedelta(days=365)


def test_the_law_says_until_which_day() -> None:
    facts = replace(GOOD, relationship_ended_at=END)
    words = bound(facts, LAW, END + timedelta(days=1824))["aml"]
    assert words == "May not be erased before 2031-03-14 (AML record keeping, 5 years)."
    assert bound(facts, LAW, END + timedelta(days=1825)) == {}
    assert "while the relationship lasts" in bound(GOOD, LAW, END)["decision"]


def test_the_day_named_is_never_one_on_which_it_is_still_refused_in_the_morning() -> None:
    facts = replace(GOOD, relationship_ended_at=END.replace(hour=0))
    late = replace(GOOD, ended_at=END.replace(hour=0), relationship_ended_at=END.replace(hour=23))
    assert "before 2031-03-13" in bound(replace(facts, ended_at=END.replace(hour=0)), LAW, END)["aml"]
    assert "before 2031-03-14" in bound(late, LAW, END)["aml"]


def test_a_policy_is_held_against_the_minimum_and_the_base() -> None:
    assert faults(Retention(), LAW) == {}
    short = {**Retention().periods, "aml": Period(days=400), "decision": Period(days=4000, base="decided")}
    found = faults(Retention(periods=short), LAW)
    assert (
        set(found) == {"aml", "decision"} and "1825 days (5 years)" in found["aml"] and "that base" in found["decision"]
    )
    assert set(Retention().periods) == set(CLASSES)


def test_a_period_is_said_in_years_where_it_is_whole_years() -> None:
    assert [period(days) for days in (1, 30, 365, 400, 1825)] == ["1 day", "30 days", "1 year", "400 days", "5 years"]
