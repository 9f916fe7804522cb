"""Names of any script in Latin letters, as a document would print them; small tables, not a general transliterator."""

import unicodedata

# ICAO 9303 part 3 section 6: what the machine-readable zone makes of Latin letters beyond A to Z.
ZONE_LATIN = {
    "Å": "AA", "Ä": "AE", "Æ": "AE", "Ð": "D", "Đ": "D", "Ħ": "H", "İ": "I", "I": "I", "Ĳ": "IJ", "Ł": "L", "Ŋ": "N",
    "Ö": "OE", "Ø": "OE", "Œ": "OE", "Þ": "TH", "Ŧ": "T", "Ü": "UE", "ẞ": "SS", "Ə": "E", "ĸ": "Q",
}  # fmt: skip
_CYRILLIC = dict(
    zip(
        "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯІЇЄҐЎЈЉЊЋЂЏЅЌЃ",
        (
            "A B V G D E E ZH Z I I K L M N O P R S T U F KH TS CH SH SHCH IE Y _ E IU IA"
            " I I IE G U J LJ NJ C D DZ DZ K G"
        ).split(),
        strict=True,
    )
)
_GREEK = dict(
    zip("ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", "A V G D E Z I TH I K L M N X O P R S T Y F CH PS O".split(), strict=True)
)
_ARABIC = dict(
    zip(
        "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژگک",
        "_ A A U I I A B H T TH J H KH D DH R Z S SH S D T Z A GH F Q K L M N H U A I P CH ZH G K".split(),
        strict=True,
    )
)
_OTHER = {letter: text.strip("_") for table in (_CYRILLIC, _GREEK, _ARABIC) for letter, text in table.items()}
_GREEK_PAIRS = {"ΟΥ": "OU", "ΜΠ": "B", "ΝΤ": "NT", "ΓΚ": "GK", "ΑΥ": "AV", "ΕΥ": "EV"}
_HANGUL_FIRST = "G KK N D TT R M B PP S SS _ J JJ CH K T P H".replace("_", "").split(" ")
_HANGUL_MIDDLE = "A AE YA YAE EO E YEO YE O WA WAE OE YO U WO WE WI YU EU UI I".split()
_HANGUL_LAST = "_ K K K N N N T L K M L L L P L M P P T T NG T T K T P T".replace("_", "").split(" ")


def _hangul(letter: str) -> str:
    index = ord(letter) - 0xAC00
    return _HANGUL_FIRST[index // 588] + _HANGUL_MIDDLE[index % 588 // 28] + _HANGUL_LAST[index % 28]


def _one(letter: str) -> str:
    if unicodedata.name(letter, "").startswith("LATIN") or letter in " -'.’" or letter.isascii():
        return letter
    if "가" <= letter <= "힣":
        return _hangul(letter)
    plain = unicodedata.normalize("NFKD", letter.upper())
    return "".join(_OTHER.get(part, "") for part in plain)


def is_latin(text: str) -> bool:
    """Whether every letter is a Latin one, accents included."""
    return all(not letter.isalpha() or unicodedata.name(letter, "").startswith("LATIN") for letter in text)


def latin(text: str) -> str:
    """Text in Latin letters; Latin text keeps its accents, letters of unknown scripts are dropped (may become "")."""
    text = unicodedata.normalize("NFC", text)
    if is_latin(text):
        return " ".join(text.split())
    upper = unicodedata.normalize(
        "NFC", "".join(c for c in unicodedata.normalize("NFD", text.upper()) if c != "\u0301")
    )
    for pair, letters in _GREEK_PAIRS.items():
        upper = upper.replace(pair, letters)
    return " ".join("".join(_one(letter) for letter in upper).split())


def folded(text: str) -> str:
    """Text for comparison: Latin, no accents, lower case, single spaces."""
    plain = unicodedata.normalize("NFKD", latin(text) or text)
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(kept.casefold().split())


def zone(text: str) -> str:
    """Text as a machine-readable zone writes it: A to Z, 0 to 9 and the filler `<` (ICAO 9303 part 3)."""
    upper = unicodedata.normalize("NFC", latin(text).replace("ß", "ẞ").upper())
    spelled = "".join(ZONE_LATIN.get(letter, letter) for letter in upper if letter not in "'’.")
    plain = "".join(c for c in unicodedata.normalize("NFKD", spelled) if not unicodedata.combining(c))
    return "".join(c if c.isascii() and c.isalnum() else "<" for c in plain)
