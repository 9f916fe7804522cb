"""How an invented face looks: colours and shapes chosen by a seed, one face a person; no drawing here."""

import hashlib
import random
from dataclasses import dataclass

Colour = tuple[int, int, int]

_SKINS: tuple[Colour, ...] = (
    (243, 213, 190),
    (232, 190, 160),
    (214, 165, 128),
    (176, 124, 88),
    (130, 86, 60),
    (98, 64, 46),
)
_HAIRS: tuple[Colour, ...] = (
    (34, 27, 25),
    (62, 42, 30),
    (104, 70, 42),
    (150, 108, 62),
    (196, 160, 106),
    (128, 62, 36),
    (152, 150, 148),
)
_DARK_HAIRS = _HAIRS[:3]
_EYES: tuple[Colour, ...] = ((84, 58, 38), (70, 96, 70), (74, 108, 142), (60, 44, 34))
_CLOTHES: tuple[Colour, ...] = (
    (44, 58, 86),
    (88, 44, 52),
    (58, 84, 76),
    (70, 70, 78),
    (120, 96, 70),
    (186, 190, 198),
    (96, 112, 140),
)
_HIS = ("short", "side", "crop", "curly", "bald")
_HERS = ("long", "bob", "bun", "curly", "long")


@dataclass(frozen=True)
class Look:
    """Everything the drawing needs; lengths are in hundredths of the picture's width."""

    skin: Colour
    hair: Colour
    eyes: Colour
    style: str
    beard: str
    glasses: bool
    collar: str
    clothes: Colour
    selfie_clothes: Colour
    half_width: float
    half_height: float
    jaw: float
    eye_gap: float
    brow: float
    nose: float
    mouth: float
    smile: float
    lips: float


def look_of(seed: str, sex: str) -> Look:
    """The face of a seed; sex only steers hair and beard."""
    dice = random.Random(hashlib.sha256(f"{seed}\0{sex}".encode()).digest())  # noqa: S311 - looks, not secrets
    skin = dice.choice(_SKINS)
    clothes, other = dice.sample(_CLOTHES, 2)
    dark = _SKINS.index(skin) >= 3
    return Look(
        skin=skin,
        hair=dice.choice(_DARK_HAIRS if dark else _HAIRS),
        eyes=_EYES[0] if dark else dice.choice(_EYES),
        style=dice.choice(_HERS if sex == "F" else _HIS),
        beard="" if sex == "F" else dice.choice(("", "", "stubble", "full", "moustache")),
        glasses=dice.random() < 0.3,
        collar=dice.choice(("crew", "v", "shirt")),
        clothes=clothes,
        selfie_clothes=other,
        half_width=dice.uniform(19.5, 22) - (1 if sex == "F" else 0),
        half_height=dice.uniform(27, 29.5),
        jaw=dice.uniform(0.22, 0.3) if sex == "F" else dice.uniform(0.06, 0.16),
        eye_gap=dice.uniform(8.6, 9.8),
        brow=dice.uniform(1.0, 1.5) if sex == "F" else dice.uniform(1.6, 2.4),
        nose=dice.uniform(2.6, 3.8),
        mouth=dice.uniform(6.2, 7.8),
        smile=dice.uniform(0.2, 1.2),
        lips=0.56 if sex == "F" else 0.7,
    )


def other_than(look: Look, seed: str, sex: str) -> Look:
    """A clearly different person: another skin, hair and style, found by walking the seed on."""
    for step in range(50):
        found = look_of(f"{seed} somebody else {step}", sex)
        if found.skin != look.skin and found.style != look.style and found.glasses != look.glasses:
            return found
    return found
