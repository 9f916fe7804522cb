"""What an applicant shows to the vendor in one attempt, before anybody judged it; plain data."""

from dataclasses import dataclass

from .people import Person


@dataclass(frozen=True)
class Showing:
    """The document shown and how well it holds up; a scenario bends these, the verdict reads them."""

    person: Person
    readable: bool = True
    face_score: float = 0.931
    same_face: bool = True
    face_error: tuple[int, str] | None = None
    authenticity: float = 1.0
    failed_checks: tuple[str, ...] = ()
    back_matches: bool = True
    missing: tuple[str, ...] = ()
    phone: str = ""
    phone_reached: bool = True
    aml_matches: int = 0
    insists_on: int | None = None
    number_on_back: str = ""
