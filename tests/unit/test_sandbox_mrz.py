"""The machine-readable zones against the specimens printed in ICAO Doc 9303; no drawing."""

from datetime import date

import pytest

from webapp.sandbox.mrz import Holder, check_digit, td1, td3
from webapp.sandbox.names import latin, zone

ERIKSSON = Holder(
    last="Eriksson", given="Anna Maria", number="L898902C3", issuer="UTO", nationality="UTO",
    dob=date(1974, 8, 12), sex="F", expiry=date(2012, 4, 15), optional="ZE184226B",
)  # fmt: skip


def test_the_passport_zone_is_the_one_printed_in_doc_9303() -> None:
    assert td3(ERIKSSON) == (
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
    )


def test_the_card_zone_is_the_one_printed_in_doc_9303() -> None:
    card = Holder(**{**vars(ERIKSSON), "number": "D23145890", "optional": ""})
    assert td1(card) == (
        "I<UTOD231458907<<<<<<<<<<<<<<<",
        "7408122F1204159UTO<<<<<<<<<<<6",
        "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
    )


def test_a_check_digit_changes_when_a_character_does() -> None:
    assert check_digit("L898902C3") == "6"
    assert check_digit("L898902C4") != "6"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Åström", "AASTROEM"), ("Sørensen", "SOERENSEN"), ("Müller-Weiß", "MUELLER<WEISS"), ("Łukasz", "LUKASZ"),
        ("Ñandú", "NANDU"), ("O’Brien", "OBRIEN"), ("Щербина", "SHCHERBINA"), ("Παπαδόπουλος", "PAPADOPOULOS"),
        ("김민수", "GIMMINSU"), ("محمد", "MHMD"),
    ],
)  # fmt: skip
def test_letters_beyond_a_to_z_are_spelled_as_icao_spells_them(name: str, written: str) -> None:
    assert zone(name) == written


def test_a_name_in_an_unknown_script_becomes_nothing_rather_than_an_error() -> None:
    assert latin("王小明") == ""
    assert zone("王小明") == ""


def test_zones_keep_their_length_whatever_the_name() -> None:
    long = Holder(
        **{**vars(ERIKSSON), "last": "Papandropoulou" * 4, "given": "Jonathon Alec" * 3, "number": "D2314589012345"}
    )
    assert [len(line) for line in td3(long)] == [44, 44]
    assert [len(line) for line in td1(long)] == [30, 30, 30]
    assert td3(long)[0].rstrip("<").endswith("<<J")
