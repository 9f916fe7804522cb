"""Generated webhooks: whatever comes, `identify` and `read` raise only Unreadable, and only a clear 101 is captured."""

import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from webapp.providers.base import Outcome, Unreadable
from webapp.providers.qid import payloads
from webapp.providers.qid.attributes import IDS
from webapp.providers.qid.codes import CODES
from webapp.providers.qid.payloads import KNOWN_KEYS

RAW = [path.read_bytes() for path in sorted((Path(__file__).parent.parent / "payloads" / "qid").glob("*.json"))]
some_text = st.text(st.characters(exclude_categories=()), max_size=20)
odd = st.sampled_from([0, 1, -1, 2**63, 2**70, 101, "true", "101", "93.5%", "", "\x00", "\ud800", "26-36", "nan", "1e999",
                       "32.4 27.1", "A (90%)", "[1", '{"1":2}', "[[[]]]", [], {}, [[]], [True], {"id": 1}])  # fmt: skip
scalars = st.none() | st.booleans() | st.integers() | st.floats() | some_text | odd
keys = st.sampled_from(["id", "name", "value", "values", "confidence", "low", "high", "lat", "lon", "accuracy"])
keys |= st.sampled_from([*IDS, *IDS.values()])
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys | some_text, inner, max_size=4)
)
bodies = st.dictionaries(st.sampled_from(KNOWN_KEYS) | some_text, values, max_size=8)
few = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def read_or_refuse(raw: bytes) -> Outcome | None:
    """Read the body, holding `identify` and `read` to the same answer."""
    try:
        reference = payloads.identify(raw)
    except Unreadable as refusal:
        assert refusal.reason
        try:
            payloads.read(raw)
        except Unreadable:
            return None
        raise AssertionError("read takes what identify refuses") from None
    outcome = payloads.read(raw)
    assert outcome.reference == reference
    kept = [outcome.attributes, outcome.location, outcome.other, outcome.contradictions, outcome.text, outcome.code,
            outcome.subject]  # fmt: skip
    text = json.dumps(kept, allow_nan=False, ensure_ascii=False)
    assert "\\u0000" not in text
    text.encode()
    assert all(0 <= each.get("confidence", 0) <= 100 for each in outcome.attributes.values())
    assert abs(outcome.location.get("lat", 0)) <= 90 and abs(outcome.location.get("lon", 0)) <= 180
    return outcome


@few
@given(
    st.binary(max_size=200)
    | st.builds(lambda raw, part: raw[: int(len(raw) * part)], st.sampled_from(RAW), st.floats(0, 1))
)
def test_raw_bytes_and_cut_samples_never_break_the_reader(raw: bytes) -> None:
    read_or_refuse(raw)


@few
@given(bodies, st.sampled_from([*CODES, "999", "56"]) | values)
def test_generated_bodies_are_captured_only_with_code_status_and_person(body: dict[str, Any], code: Any) -> None:
    full = {"webid_key": "SPECIMEN", "code": code, **body}
    outcome = read_or_refuse(json.dumps(full).encode())
    if outcome is not None and outcome.result == "captured":
        assert full["status"] is True and full["code"] in ("101", 101) and full["aidx_uuid"]
        assert outcome.liveness == "passed"


@few
@given(values, values)
def test_any_metadata_and_location_leave_the_verdict_alone(metadata: Any, location: Any) -> None:
    body = {
        "status": True,
        "code": "101",
        "webid_key": "K",
        "aidx_uuid": "A",
        "metadata": metadata,
        "location": location,
    }
    outcome = read_or_refuse(json.dumps(body).encode())
    assert outcome is not None and outcome.result == "captured"
