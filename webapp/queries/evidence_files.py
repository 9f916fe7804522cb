"""What a session's file is called when it is downloaded, and what kind it is in words; its bytes are elsewhere."""

from webapp.actions.pictures import DOCX
from webapp.models import EvidenceFile

EXTENSIONS = {
    "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif", "application/pdf": "pdf",
    DOCX: "docx",
}  # fmt: skip
"""What a download may be called by its kind. HTML is not here: it is sent as mere bytes, whoever asks for it."""
_KINDS = {"application/pdf": "PDF", DOCX: "Word document (DOCX)", "text/html": "HTML page"}


def extension(file: EvidenceFile) -> str:
    """The ending of its name; `bin` for what is not known by its bytes."""
    if file.kind == "contract" and file.media_type == "text/html":
        return "html"
    return EXTENSIONS.get(file.media_type, "bin")


def stem(file: EvidenceFile) -> str:
    """A file name of our own words, without its ending; nothing of the vendor's enters a header."""
    side = f"-{file.side}" if file.side.isalnum() and file.side.isascii() else ""
    return f"session-{file.session_id}-{file.kind}{side}-{file.id}"


def download_name(file: EvidenceFile) -> str:
    """What its original is called as a download."""
    return f"{stem(file)}.{extension(file)}"


def kind_words(file: EvidenceFile) -> str:
    """What a document is by its bytes: `PDF`."""
    return _KINDS.get(file.media_type, "a file of unknown kind")
