"""Raw deliveries as readable text: nothing in them is changed, lost or able to break the view."""

import json

from hypothesis import given
from hypothesis import strategies as st

from tests.support.applied import payload
from webapp.queries.raw_text import readable

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


def test_duplicate_keys_and_broken_json_stay_visible() -> None:
    text, cut = readable(b'{"a":1,"a":[1,{}],"b":NaN,}')
    assert text == '{\n  "a": 1,\n  "a": [\n    1,\n    {}\n  ],\n  "b": NaN,\n}' and not cut


@given(JSON)
def test_indenting_changes_no_value(value: object) -> None:
    text, _ = readable(json.dumps(value).encode())
    assert json.loads(text) == value


@given(st.binary(max_size=300))
def test_any_bytes_can_be_shown(body: bytes) -> None:
    text, cut = readable(body)
    assert isinstance(text, str) and not cut


def test_a_picture_inside_a_body_does_not_bury_the_rest() -> None:
    body = {**payload("callback_identity_failed"), "documentimage": [{"content": "QUJD" * 100_000}], "last": "seen"}
    text, cut = readable(json.dumps(body).encode())
    assert cut and "399,800 more characters" in text and '"last": "seen"' in text and len(text) < 20_000


def test_what_is_no_json_is_shown_as_it_is_up_to_the_limit() -> None:
    assert readable(b"<html>  two  spaces") == ("<html>  two  spaces", False)
    assert readable(b"x" * 50, limit=10) == ("x" * 10, True)
    assert readable(b"") == ("", False)
