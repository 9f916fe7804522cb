"""The files of one session as the page shows them: order, labels, alternative texts; their bytes are elsewhere."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from webapp.models import EvidenceFile, SessionResult
from webapp.queries.evidence_files import download_name, kind_words

_SIDES = {"front": "Front", "back": "Back", "biodata": "Data page"}
_ORDER = {"front": 0, "biodata": 1, "": 2, "back": 3}


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One picture: its file row, a short label, and a text that says what it is but never what is written on it.

    `given`: the team gave this side with the link, so that the person did not take the picture.
    """

    file: EvidenceFile
    label: str
    alt: str
    given: bool = False

    @property
    def shown(self) -> bool:
        """Whether there is a copy for the screen."""
        return self.file.state == "saved" and bool(self.file.display_path)


@dataclass(frozen=True, kw_only=True)
class Document:
    """A contract: its file row, what it is called as a download, and what it is by its bytes."""

    file: EvidenceFile
    name: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """The pictures in the order of the film strip, the two faces compare, and the contract."""

    all: tuple[Picture, ...]
    document: Picture | None
    selfie: Picture | None
    contracts: tuple[Document, ...]
    files: tuple[EvidenceFile, ...]

    @property
    def beside(self) -> Picture | None:
        """What stands beside the document when two are shown: the selfie, if there is one to show."""
        return self.selfie if self.selfie and self.selfie.shown and self.all[0] is not self.selfie else None

    @property
    def saved(self) -> int:
        """How many files, pictures and contracts, are saved."""
        return sum(file.state == "saved" for file in self.files)

    @property
    def wrong(self) -> tuple[EvidenceFile, ...]:
        """The files that could not be had."""
        return tuple(file for file in self.files if file.state in ("failed", "refused"))

    @property
    def media(self) -> str:
        """`3 saved`, `2 of 3 saved`, `being fetched`: one sentence for the block's heading."""
        shown = [picture.file.state for picture in self.all]
        saved = shown.count("saved")
        return f"{saved} saved" if saved == len(shown) else f"{saved} of {len(shown)} saved"


def arrange(files: Sequence[EvidenceFile], given: Collection[str] = ()) -> Pictures:
    """Document sides first (front, data page, back), selfies after them; contracts apart.

    `given` are the parts that the team gave with the link: document, document_back, face.
    """
    shown = sorted((f for f in files if f.kind != "contract"), key=_place)
    labels = _labels(shown, given)
    pictures = tuple(
        Picture(
            file=file,
            label=label,
            alt=f"{_whole(file, label)}, image {number} of {len(shown)}",
            given=_part(file) in given,
        )
        for number, (file, label) in enumerate(zip(shown, labels, strict=True), start=1)
    )
    return Pictures(
        all=pictures,
        document=_first(pictures, "document"),
        selfie=_first(pictures, "face"),
        contracts=tuple(
            Document(file=file, name=download_name(file), kind=kind_words(file))
            for file in files
            if file.kind == "contract"
        ),
        files=tuple(files),
    )


def _part(file: EvidenceFile) -> str:
    """Which of the pictures that may be given with a link it would be."""
    return "face" if file.kind == "face" else "document_back" if file.side == "back" else "document"


def _place(file: EvidenceFile) -> tuple[bool, int, int]:
    return file.kind == "face", _ORDER.get(file.side, 2), file.position


def _labels(files: Sequence[EvidenceFile], given: Collection[str]) -> list[str]:
    """`Front`, `Back`, `Selfie`; a number behind those that would be the same. A face that was given is no selfie."""
    selfie = "Face" if "face" in given else "Selfie"
    words = [selfie if file.kind == "face" else _SIDES.get(file.side, "Document") for file in files]
    total, used = Counter(words), Counter[str]()
    labels = []
    for word in words:
        used[word] += 1
        labels.append(f"{word} {used[word]}" if total[word] > 1 else word)
    return labels


def _whole(file: EvidenceFile, label: str) -> str:
    return f"{label} of document" if file.kind == "document" and not label.startswith("Document") else label


def _first(pictures: Sequence[Picture], kind: str) -> Picture | None:
    """The saved picture of this kind, else the first that should be there."""
    mine = [picture for picture in pictures if picture.file.kind == kind]
    return next((picture for picture in mine if picture.file.state == "saved"), mine[0] if mine else None)


def years_between(result: SessionResult | None) -> int | None:
    """Whole years between the document's issue and its capture."""
    if result is None:
        return None
    try:
        issued = date.fromisoformat(str(result.person.get("issued", "")))
    except ValueError:
        return None
    captured = result.captured_at.date()
    return captured.year - issued.year - ((captured.month, captured.day) < (issued.month, issued.day))
