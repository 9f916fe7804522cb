"""A form's body: what `urlencode` makes of it, only sooner where it holds pictures."""

import base64
import os
import time
from urllib.parse import urlencode

import pytest

from webapp.providers.form_body import LARGE, encoded

PICTURE = base64.b64encode(b"\xfb\xff\xbf" * LARGE + b"\x00").decode()


@pytest.mark.parametrize("value", [
    "", "Zoë & Söhne = 100 %+", "a/b?c\n\td", "\N{GRINNING FACE}", PICTURE, PICTURE + "ë", PICTURE + "&x=1", "=" * (LARGE + 3),
])  # fmt: skip
def test_a_body_is_what_urlencode_makes_of_the_fields(value: str) -> None:
    fields = {"plain": "1", "naïve name": value, "last": "x"}
    assert encoded(fields) == urlencode(fields).encode()


def test_ten_megabytes_take_no_noticeable_time() -> None:
    picture = base64.b64encode(os.urandom(10_000_000)).decode()
    begun = time.process_time()
    body = encoded({"document_base64": picture})
    assert time.process_time() - begun < 0.3
    assert len(body) > len(picture)
