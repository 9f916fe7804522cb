"""Text made comparable: letters folded, names and addresses as words, numbers without spaces; no judging."""

import re
import unicodedata
from functools import lru_cache

LETTERS = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i", "ħ": "h",
        "ŋ": "n", "ŧ": "t", "ƒ": "f", "ə": "e",
    }
)  # fmt: skip
"""Letters that Unicode does not take apart into a letter and a mark."""

TITLES = {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "doctor", "sir", "mme", "mlle", "herr", "frau"}

_ABBREVIATIONS = {
    "st": "street saint str strasse",
    "rd": "road",
    "ave": "avenue av avenida avda",
    "blvd": "boulevard bd boul bulvar",
    "dr": "drive",
    "ln": "lane",
    "ct": "court",
    "pl": "place platz plac",
    "sq": "square",
    "plz": "plaza piazza pza",
    "ter": "terrace terr",
    "cres": "crescent",
    "hwy": "highway",
    "pkwy": "parkway",
    "apt": "apartment appartement flat unit",
    "ste": "suite",
    "fl": "floor",
    "bldg": "building",
    "c": "calle",
    "r": "rue rua",
    "ul": "ulica ulitsa",
    "no": "number numero nr nummer",
    "n": "north",
    "s": "south",
    "e": "east",
    "w": "west",
}
_SHORT = {long: short for short, words in _ABBREVIATIONS.items() for long in words.split()}
_UNSPLIT = str.maketrans("", "", "'`\N{ACUTE ACCENT}\N{RIGHT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}")


def as_text(value: object) -> str:
    """The value as one line of text, or empty for what is no text: a list, a flag, nothing."""
    if type(value) is str:  # nearly always
        return " ".join(value.split())
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    try:
        return " ".join(str(value).split())
    except ValueError:  # Python refuses to print numbers of more than 4,300 digits.
        return ""


REMEMBERED = 1024
"""Texts whose folding is kept: one result asks for that of the same few words some hundred times."""
_NO_WORD = re.compile(r"[^0-9a-z]+")


def fold(text: object) -> str:
    """Small letters without marks, everything else a single space: what two spellings of one word have in common."""
    return _fold(as_text(text))


@lru_cache(REMEMBERED)
def _fold(text: str) -> str:
    # Twice: a letter that only the first pass uncovers may itself have a small form.
    return _fold_once(_fold_once(text))


def _fold_once(text: str) -> str:
    if text.isascii():  # most text; the long way comes to the same and costs twenty times as much
        return _NO_WORD.sub(" ", text.lower()).strip()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(letter for letter in apart if not _is_accent(letter)).translate(LETTERS)
    whole = unicodedata.normalize("NFC", bare)
    return " ".join("".join(letter if _is_word(letter) else " " for letter in whole).split())


def _is_accent(letter: str) -> bool:
    # Classes 7 to 9 and 103 to 199 spell other words in Indic, Thai and kana: they are letters there, not accents.
    mark = unicodedata.combining(letter)
    return mark == 1 or 10 <= mark <= 36 or mark >= 200


def _is_word(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LNM"


def raw_words(text: object) -> list[str]:
    """The words of a text as they are written, in order."""
    return as_text(text).split()


def name_tokens(text: object) -> list[str]:
    """The folded words of a name, without the titles before it."""
    words = fold(text).split()
    while len(words) > 1 and words[0] in TITLES:
        words = words[1:]
    return words


def joined(text: object) -> str:
    """The folded letters without any spaces: `O'Brien` and `OBRIEN` have them in common."""
    return "".join(name_tokens(text))


def address_tokens(text: object) -> list[str]:
    """The folded words of an address, street words in their short form (`Street`, `St.` and `Straße` are `st`)."""
    words = (_short_street(word) for word in fold(text).split())
    return [part for word in words for part in word.split()]


def _short_street(word: str) -> str:
    if len(word) > 8 and word.endswith("strasse"):
        return f"{word.removesuffix('strasse')} st"
    if len(word) > 5 and word.endswith("str"):
        return f"{word.removesuffix('str')} st"
    return _SHORT.get(word, word)


def document_number(text: object) -> str:
    """A document number in capitals without spaces, dashes and other signs."""
    return _letters_and_digits(text)


def postcode(text: object) -> str:
    """A postcode in capitals without spaces and dashes."""
    return _letters_and_digits(text)


def _letters_and_digits(text: object) -> str:
    whole = unicodedata.normalize("NFKC", as_text(text)).upper()
    return "".join(letter for letter in whole if letter.isalnum())


def search_text(*parts: object) -> str:
    """The folded column that the search reads: the words of all parts, and `obrien` beside `o brien`."""
    texts = [as_text(part) for part in parts]
    folded = [fold(text) for text in texts]
    words = [(word, word.translate(_UNSPLIT)) for text in texts for word in text.split()]
    joined_up = [fold(whole) for word, whole in words if whole != word]
    return " ".join(dict.fromkeys(part for part in (*folded, *joined_up) if part))


def confusion(wanted: str, given: str) -> str:
    """`O/0?`, `I/1?` or both, when these alone make two numbers differ; else empty."""
    alike = str.maketrans("OI", "01")
    if wanted == given or wanted.translate(alike) != given.translate(alike):
        return ""
    pairs = {frozenset(pair) for pair in zip(wanted, given, strict=True) if pair[0] != pair[1]}
    return ", ".join(f"{one}/{other}?" for one, other in (("O", "0"), ("I", "1")) if frozenset((one, other)) in pairs)
