"""Pictures that the team gives with a link: kept as files and rows, and read back when the vendor is asked again."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from sqlmodel import Session, select

from webapp.actions.pictures import sniff
from webapp.actions.saved_files import read, save
from webapp.models import LinkPicture
from webapp.providers.base import ProviderError, SuppliedPicture


def drafted(pictures: Sequence[SuppliedPicture], data_dir: Path) -> list[LinkPicture]:
    """The rows of these pictures, their files saved already; without a link yet. Raises NotAPicture.

    A file lies under its own hash, so that one whose link is never made is only there for the next one with it.
    """
    return [_row(picture, data_dir) for picture in pictures]


def told(rows: Sequence[LinkPicture]) -> set[tuple[str, str, str]]:
    """What a form says of its pictures, to be compared: part, address, SHA-256."""
    return {(row.part, row.url, row.sha256) for row in rows}


def of_link(db: Session, link_id: int) -> list[LinkPicture]:
    """The pictures that were given with this link."""
    return list(db.exec(select(LinkPicture).where(LinkPicture.link_id == link_id)))


def supplied(rows: Sequence[LinkPicture], data_dir: Path) -> tuple[SuppliedPicture, ...]:
    """The pictures again, as the vendor is to be given them. Raises ProviderError when a file is not there any more."""
    try:
        return tuple(
            SuppliedPicture(part=row.part, url=row.url, content=read(row.path, data_dir) if row.path else b"")
            for row in rows
        )
    except OSError:
        text = "A picture given with this link is not in the data folder any more. Make a new link."
        raise ProviderError(text, code="picture_missing", permanent=True, calls=()) from None


def _row(picture: SuppliedPicture, data_dir: Path) -> LinkPicture:
    if not picture.content:
        return LinkPicture(link_id=0, part=picture.part, url=picture.url)
    kind = sniff(picture.content)
    return LinkPicture(
        link_id=0, part=picture.part, path=save(picture.content, data_dir, kind.extension),
        sha256=hashlib.sha256(picture.content).hexdigest(), bytes=len(picture.content), media_type=kind.media_type,
    )  # fmt: skip
