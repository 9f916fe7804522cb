"""Sealed values: they open where they were sealed and nowhere else, and another key is named as such."""

import pytest

from webapp.sealing import Sealer, Unsealable, WrongKey

SEALER = Sealer("a specimen secret key for tests only")
PLACE = {"table": "user_account", "row": 7, "column": "totp_secret"}


def test_what_was_sealed_opens_in_its_own_place() -> None:
    sealed = SEALER.seal("JBSWY3DPEHPK3PXP", **PLACE)

    assert "JBSWY3DPEHPK3PXP" not in sealed
    assert SEALER.open(sealed, **PLACE) == "JBSWY3DPEHPK3PXP"


def test_the_same_text_is_never_sealed_the_same_way_twice() -> None:
    assert len({SEALER.seal("same", **PLACE) for _ in range(50)}) == 50


@pytest.mark.parametrize("other", [{"table": "invitation"}, {"row": 8}, {"column": "totp_setup"}])
def test_a_value_moved_to_another_place_does_not_open(other: dict[str, object]) -> None:
    sealed = SEALER.seal("JBSWY3DPEHPK3PXP", **PLACE)

    with pytest.raises(Unsealable, match="another place"):
        SEALER.open(sealed, **{**PLACE, **other})


def test_another_key_is_named_and_nothing_is_opened() -> None:
    other = Sealer("another specimen secret key for tests")

    with pytest.raises(WrongKey, match=f"under the key {SEALER.key_id}.*SECRET_KEY gives {other.key_id}"):
        other.open(SEALER.seal("text", **PLACE), **PLACE)


def test_every_changed_character_is_noticed() -> None:
    sealed = SEALER.seal("JBSWY3DPEHPK3PXP", **PLACE)
    for place in range(len(sealed)):
        changed = sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]
        with pytest.raises(Unsealable):
            SEALER.open(changed, **PLACE)


@pytest.mark.parametrize("text", ["", "v1", "v1..", "plain", "v2.a.b", "v1.12345678.", "v1.12345678.ü"])
def test_what_is_no_sealed_value_is_refused(text: str) -> None:
    with pytest.raises(Unsealable):
        SEALER.open(text, **PLACE)
    with pytest.raises(Unsealable):
        SEALER.open(text.replace("12345678", SEALER.key_id), **PLACE)


def test_the_key_is_in_no_sealed_value_and_no_error() -> None:
    assert "specimen" not in SEALER.seal("text", **PLACE)
    with pytest.raises(WrongKey) as wrong:
        Sealer("k" * 40).open(SEALER.seal("text", **PLACE), **PLACE)
    assert "specimen" not in str(wrong.value)
