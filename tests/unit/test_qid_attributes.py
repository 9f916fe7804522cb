"""Attributes and location in every likely shape, since QiD shows no sample of either; what cannot be read is kept."""

import json
from pathlib import Path
from typing import Any

import pytest

from webapp.providers.base import ATTRIBUTES
from webapp.providers.qid import payloads
from webapp.providers.qid.attributes import IDS, MOST, read_attributes
from webapp.providers.qid.location import read_location
from webapp.providers.shapes import Notes

PAYLOADS = Path(__file__).parent.parent / "payloads" / "qid"
EVERYTHING = {
    "gender": {"value": "Female", "confidence": 99.1},
    "age_range": {"low": 26, "high": 36},
    "beard": {"value": False, "confidence": 98.0},
    "spectacles": {"value": True, "confidence": 97.5},
    "eyes_open": {"value": True, "confidence": 99.0},
    "face_mask": {"value": False, "confidence": 96.0},
    "mouth_open": {"value": False, "confidence": 91.0},
    "moustache": {"value": False, "confidence": 95.0},
    "emotions": {"values": [{"name": "CALM", "confidence": 88.25}, {"name": "HAPPY", "confidence": 9.5}]},
}


@pytest.mark.parametrize("shape", ["by_name", "by_id", "as_list"])
def test_all_nine_are_read_from_each_shape(shape: str) -> None:
    outcome = payloads.read((PAYLOADS / f"webhook_101_{shape}.json").read_bytes())
    assert outcome.attributes == EVERYTHING
    assert {**outcome.location, "accuracy": 0} == {"lat": 32.40338, "lon": 27.17403, "accuracy": 0}


def test_the_nine_ids_are_those_of_the_reference_under_our_words() -> None:
    assert tuple(IDS) == ATTRIBUTES
    assert list(IDS.values()) == [str(number) for number in range(1, 10)]


@pytest.mark.parametrize("number, name, spellings", [
    ("1", "gender", ["Gender", "GENDER", "sex"]), ("2", "age_range", ["Age Range", "AgeRange", "age-range"]),
    ("3", "beard", ["Beard"]), ("4", "spectacles", ["Spectacles", "Eyeglasses", "glasses"]),
    ("5", "eyes_open", ["Eyes Open", "EyesOpen", "eyes_open"]), ("6", "face_mask", ["Face Mask", "faceMask", "mask"]),
    ("7", "mouth_open", ["Mouth Open", "MouthOpen"]), ("8", "moustache", ["Moustache", "Mustache"]),
    ("9", "emotions", ["Emotions", "Emotion"]),
])  # fmt: skip
def test_each_attribute_is_known_by_its_id_and_by_its_name(number: str, name: str, spellings: list[str]) -> None:
    for key in (number, f"0{number}", *spellings):
        assert list(read_attributes({key: "x"})) == [name]
        assert list(read_attributes([{"id": key, "value": "x"}])) == [name]


@pytest.mark.parametrize("value", [None, "", [], {}])
def test_nothing_is_nothing(value: Any) -> None:
    assert read_attributes(value) == {}
    assert read_location(value, Notes()) == {}


# ---- one value


@pytest.mark.parametrize("entry, value, confidence", [
    ({"value": "Male", "confidence": 93.5}, "Male", 93.5), ({"Value": "Male", "Confidence %": "93.5%"}, "Male", 93.5),
    ({"VALUE": "Male", "confidence": "93.5 %"}, "Male", 93.5), (["Male", 93.5], "Male", 93.5), ("Male (93.5%)", "Male", 93.5),
    ("Male, 93.5%", "Male", 93.5), ("Male 93.5 %", "Male", 93.5), ("Male", "Male", None), ({"value": "Male"}, "Male", None),
    ({"value": "Male", "confidence": None}, "Male", None), ({"value": "Male", "confidence": 0}, "Male", 0.0),
    ({"value": "Male", "confidence": 100}, "Male", 100.0), ({"value": "Male", "confidence": "0"}, "Male", 0.0),
])  # fmt: skip
def test_a_value_is_read_with_its_confidence(entry: Any, value: str, confidence: float | None) -> None:
    assert read_attributes({"Gender": entry}) == {
        "gender": {"value": value, **({} if confidence is None else {"confidence": confidence})}
    }


@pytest.mark.parametrize("confidence", [101, -1, "much", "1e1", "93,5%", True, [93], {"a": 1}, "nan", 1e300])
def test_a_confidence_that_is_none_leaves_the_value_and_is_kept(confidence: Any) -> None:
    entry = {"value": "Male", "confidence": confidence}
    assert read_attributes({"1": entry}) == {"gender": {"value": "Male", "raw": entry}}


@pytest.mark.parametrize("entry, value", [
    (True, True), (False, False), ("true", True), ("FALSE", False), ("yes", True), ("No", False), (1, True), (0, False),
    ("1", True), ([True, 90], True), ("no (95%)", False), ({"boolean": True, "score": 1}, True),
])  # fmt: skip
def test_yes_and_no_have_many_spellings(entry: Any, value: bool) -> None:
    for number in "345678":
        read = read_attributes({number: entry})
        assert [each["value"] for each in read.values()] == [value]


@pytest.mark.parametrize(
    "entry", ["perhaps", 2, 0.5, {"value": "maybe"}, {"value": None}, {"x": 1}, [1, 2, 3], [[]], {}, None]
)
def test_what_is_neither_yes_nor_no_is_kept(entry: Any) -> None:
    assert read_attributes({"Beard": entry}) == {"beard": {"raw": entry}}


# ---- age range


@pytest.mark.parametrize("entry", [
    {"low": 26, "high": 36}, {"Low": "26", "High": "36"}, {"min": 26, "max": 36.0}, [26, 36], ["26", "36"], "26-36", "26 - 36",
    "26 to 36", "26 – 36", {"value": "26-36"}, {"value": [26, 36]}, {"value": {"low": 26, "high": 36}},
    {"Age range - low": 26, "Age range - high": 36},
])  # fmt: skip
def test_an_age_range_has_two_ends(entry: Any) -> None:
    assert read_attributes({"2": entry}) == {"age_range": {"low": 26, "high": 36}}


def test_the_two_ends_may_stand_by_themselves() -> None:
    given = {"Gender": "Male", "Age Range - low": 26, "age_range_high": "36"}
    assert read_attributes(given) == {"gender": {"value": "Male"}, "age_range": {"low": 26, "high": 36}}
    assert read_attributes({"age_range_low": 26})["age_range"] == {"raw": {"low": 26}}


def test_an_age_range_may_come_with_a_confidence() -> None:
    assert read_attributes({"2": {"low": 26, "high": 26, "confidence": "80%"}}) == {
        "age_range": {"low": 26, "high": 26, "confidence": 80.0}
    }


@pytest.mark.parametrize("entry", [
    {"low": 36, "high": 26}, {"low": 26}, {"high": 36}, {"low": -1, "high": 36}, {"low": 26, "high": 131}, [26], [26, 30, 36],
    "young", {"low": 26.5, "high": 36}, {"low": True, "high": 36}, 31, None, {"value": "26"}, {"low": "x", "high": "y"},
])  # fmt: skip
def test_an_age_range_that_is_none_is_kept(entry: Any) -> None:
    assert read_attributes({"2": entry}) == {"age_range": {"raw": entry}}


# ---- emotions


@pytest.mark.parametrize("entry", [
    {"Happy": 90, "Calm": 8}, {"Happy": "90%", "Calm": "8 %"}, {"Happy": {"confidence": 90}, "Calm": {"value": 8}},
    [{"name": "Happy", "confidence": 90}, {"name": "Calm", "confidence": 8}], [["Happy", 90], ["Calm", "8%"]],
    [{"Type": "Happy", "Confidence": 90}, {"Type": "Calm", "Confidence": 8}], ["Happy (90%)", "Calm (8%)"],
    [{"value": "Happy", "confidence": 90}, {"emotion": "Calm", "confidence": 8}],
    {"values": [{"value": "Happy", "confidence": 90}, {"value": "Calm", "confidence": 8}]}, {"value": {"Happy": 90, "Calm": 8}},
])  # fmt: skip
def test_emotions_come_as_a_map_or_a_list(entry: Any) -> None:
    assert read_attributes({"Emotions": entry}) == {
        "emotions": {"values": [{"name": "Happy", "confidence": 90.0}, {"name": "Calm", "confidence": 8.0}]}
    }


@pytest.mark.parametrize("entry", [
    {"value": "Happy", "confidence": 90}, ["Happy", 90], "Happy (90%)", [{"name": "Happy", "confidence": 90}],
    {"emotion": "Happy", "confidence": 90}, {"Happy": 90},
])  # fmt: skip
def test_a_single_emotion_is_a_list_of_one(entry: Any) -> None:
    assert read_attributes({"9": entry}) == {"emotions": {"values": [{"name": "Happy", "confidence": 90.0}]}}


@pytest.mark.parametrize("entry", ["Happy", {}, [], None, 7, True, {"Happy": "very"}, [{"confidence": 3}], [[1, 2]]])
def test_emotions_that_are_none_are_kept(entry: Any) -> None:
    assert read_attributes({"9": entry}) == {"emotions": {"raw": entry}}


def test_emotions_that_can_be_read_are_read_beside_one_that_cannot() -> None:
    entry = {"Happy": 90, "Calm": "barely"}
    assert read_attributes({"9": entry}) == {
        "emotions": {"values": [{"name": "Happy", "confidence": 90.0}], "raw": entry}
    }


# ---- the whole


def test_an_attribute_we_do_not_know_keeps_the_vendors_name() -> None:
    assert read_attributes({"10": {"value": "x", "confidence": 3}, "Hat": True, "Odd": {"a": 1}}) == {
        "10": {"value": "x", "confidence": 3.0}, "Hat": {"value": True}, "Odd": {"raw": {"a": 1}},
    }  # fmt: skip


def test_one_that_comes_twice_is_kept_twice() -> None:
    assert read_attributes([{"id": 1, "value": "Male"}, {"name": "Gender", "value": "Female"}]) == {
        "gender": {"raw": [{"value": "Male"}, {"value": "Female"}]}
    }


def test_json_within_a_text_is_read() -> None:
    given = {"1": {"value": "Male", "confidence": 93.5}}
    assert read_attributes(json.dumps(given)) == read_attributes(json.dumps([given])) == read_attributes(given)
    assert read_attributes('{"1":"\\ud800"}') == {"gender": {"value": "�"}}


def test_a_single_entry_needs_no_list() -> None:
    assert read_attributes({"id": 1, "value": 1}) == {"gender": {"value": "1"}}


@pytest.mark.parametrize("value", [
    "1,2,4,9", [1, 2], 7, True, "{broken", "[1, 2", '{"a":1},"b":{', [["Gender", "Male"]], [{}], [None], {"": 1},
    [{"id": 1, "value": "x"}] * (MOST + 1), {str(number): 1 for number in range(100, 101 + MOST)},
    [{"id": number} for number in range(100, 101 + MOST)],
])  # fmt: skip
def test_what_is_no_set_of_attributes_is_kept_whole(value: Any) -> None:
    assert read_attributes(value) == {"metadata": {"raw": value}}


# ---- location


def place(value: Any) -> tuple[dict[str, Any], list[str]]:
    notes = Notes()
    return read_location(value, notes), notes.data


@pytest.mark.parametrize("value", [
    "32.40338 27.17403", "32.40338, 27.17403", " 32.40338;27.17403 ", "+32.40338\t+27.17403", [32.40338, 27.17403],
    ["32.40338", "27.17403"], {"lat": 32.40338, "lon": 27.17403}, {"Latitude": "32.40338", "Longitude": "27.17403"},
    {"lat": 32.40338, "lng": 27.17403}, {"coords": {"latitude": 32.40338, "longitude": 27.17403}},
    {"lat": 32.40338, "long": 27.17403, "accuracy": None},
])  # fmt: skip
def test_a_place_is_read_from_text_list_and_map(value: Any) -> None:
    assert place(value) == ({"lat": 32.40338, "lon": 27.17403}, [])


@pytest.mark.parametrize("value", [
    {"lat": -90, "lon": 180, "accuracy": 12}, {"lat": -90, "lon": 180, "accuracy": "12 m"}, "-90 180 12", [-90, 180, "12.0"],
    {"location": {"lat": "-90.0", "lng": "180", "radius": 12}},
])  # fmt: skip
def test_an_accuracy_is_in_metres(value: Any) -> None:
    assert place(value) == ({"lat": -90.0, "lon": 180.0, "accuracy": 12.0}, [])


@pytest.mark.parametrize("accuracy", ["far", -1, True, [3], "1e3"])
def test_an_accuracy_that_is_none_leaves_the_place(accuracy: Any) -> None:
    value = {"lat": 1, "lon": 2, "accuracy": accuracy}
    assert place(value) == ({"lat": 1.0, "lon": 2.0, "raw": value}, [])


@pytest.mark.parametrize("value", [
    "90.1 0", "-91 0", "0 180.1", "0 -181", "somewhere", "32.40338", "1 2 3 4", "1e1 2", "NaN NaN", "32,4 27,1", "32° 27°", 7,
    True, [1], [1, 2, 3, 4], ["a", "b"], [True, 2], [None, None], {"lat": 1}, {"lon": 1}, {"lat": "1"}, {"x": 1},
    {"lat": [], "lon": 1},
    {"type": "Point", "coordinates": [27.17403, 32.40338]}, {"lat": 1e300, "lon": 0},
])  # fmt: skip
def test_what_is_no_place_on_earth_is_kept_and_noted(value: Any) -> None:
    read, notes = place(value)
    assert read == {"raw": value}
    assert len(notes) == 1 and notes[0].startswith("The location is")
