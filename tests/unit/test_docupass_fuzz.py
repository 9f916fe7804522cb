"""Generated bodies: whatever comes, `identify` and `read` raise only Unreadable, and only `true` passes."""

import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from webapp.providers.base import Outcome, Unreadable
from webapp.providers.docupass import payloads
from webapp.providers.docupass.payloads import KNOWN_KEYS

PAYLOADS = Path(__file__).parent.parent / "payloads" / "docupass"
SAMPLES = [json.loads(path.read_bytes()) for path in sorted(PAYLOADS.glob("*.json")) if path.stem != "trailing_comma"]
RAW = [path.read_bytes() for path in sorted(PAYLOADS.glob("*.json"))]

some_text = st.text(st.characters(exclude_categories=()), max_size=20)
odd = st.sampled_from([0, 1, -1, 2**63, 2**70,
                       "true", "false", "0", "3", "", "\x00", "\ud800", "1998/08/18", "2028/10/30",
                       "https://x", "nan", "1e999", [], {}, [[]], [True], {"items": {}}, "..."])  # fmt: skip
scalars = st.none() | st.booleans() | st.integers() | st.floats() | some_text | odd
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(some_text, inner, max_size=4)
)
inner_keys = sorted(
    {key for sample in SAMPLES for block in sample.values() if isinstance(block, dict) for key in block}
)
blocks = st.dictionaries(st.sampled_from(inner_keys) | some_text, values, max_size=4)
bodies = st.dictionaries(st.sampled_from(KNOWN_KEYS), blocks | values, max_size=8)
cut_samples = st.builds(lambda raw, part: raw[: int(len(raw) * part)], st.sampled_from(RAW), st.floats(0, 1))
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
    assert_storable(outcome)
    return outcome


def assert_storable(outcome: Outcome) -> None:
    text = json.dumps([outcome.person, outcome.fields, outcome.other, outcome.matches, outcome.vendor_checks,
                       outcome.contract, outcome.phone, outcome.contradictions, outcome.text, outcome.code,
                       outcome.customid, outcome.proof, outcome.vault_id],
                      allow_nan=False, ensure_ascii=False)  # fmt: skip
    assert "\\u0000" not in text
    text.encode()


def assert_no_false_pass(outcome: Outcome | None, success: Any) -> None:
    assert outcome is None or outcome.result not in ("passed", "signed") or success is True


@few
@given(st.binary(max_size=200) | cut_samples)
def test_raw_bytes_and_cut_samples_never_break_the_reader(raw: bytes) -> None:
    read_or_refuse(raw)


@few
@given(bodies)
def test_generated_bodies_never_pass_without_a_literal_true(body: dict[str, Any]) -> None:
    full = {"reference": "SPECIMEN", "hash": "0" * 32, **body}
    assert_no_false_pass(read_or_refuse(json.dumps(full).encode()), full.get("success"))


@few
@given(st.sampled_from(SAMPLES), st.data())
def test_samples_with_other_values_never_pass_falsely(body: dict[str, Any], data: st.DataObject) -> None:
    changed = json.loads(json.dumps(body))
    for _ in range(data.draw(st.integers(1, 3))):
        block = data.draw(st.sampled_from([changed, *(value for value in changed.values() if isinstance(value, dict))]))
        if block:
            block[data.draw(st.sampled_from(sorted(block)))] = data.draw(values)
    assert_no_false_pass(read_or_refuse(json.dumps(changed).encode()), changed.get("success"))


@few
@given(st.sampled_from(RAW), st.binary(min_size=1, max_size=4), st.data())
def test_samples_with_bytes_overwritten_never_break_the_reader(raw: bytes, noise: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(raw)))
    read_or_refuse(raw[:at] + noise + raw[at + len(noise) :])
