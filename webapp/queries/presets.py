"""Reading presets: the list, one preset with its newest version, its history, and which version a link used."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlmodel import Session, col

from webapp.models import AuditEvent, Link, Preset, PresetVersion
from webapp.providers.base import Expected, Options
from webapp.queries import link_words
from webapp.queries.results import link_options, options_from

HISTORY = 50
LARGEST_ID = 2**31 - 1
"""What a PostgreSQL integer holds; a larger number in an address is no id, not an error."""
KINDS = ("identity", "signature", "liveness")


@dataclass(frozen=True, kw_only=True)
class PresetRow:
    """A preset with its newest version. `links` counts those made from any version of it."""

    id: int
    name: str
    kind: str
    number: int
    version_id: int
    options: Options
    links: int
    changed_at: datetime
    changed_by: str
    archived_at: datetime | None

    @property
    def asked(self) -> list[tuple[str, str]]:
        """Label and sentence for each thing that a link made from it asks."""
        return asked(self.options, self.kind)


@dataclass(frozen=True, kw_only=True)
class PresetList:
    """All presets by name, those no longer offered apart."""

    offered: tuple[PresetRow, ...]
    archived: tuple[PresetRow, ...]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One version and the options before it; `before` is None for the first one. `links` counts those that used it."""

    id: int
    number: int
    name: str
    name_before: str
    options: Options
    before: Options | None
    made_at: datetime
    made_by: str
    links: int


@dataclass(frozen=True, kw_only=True)
class History:
    """Up to 50 versions, newest first; `older` is the number to go on from, None at the end."""

    steps: tuple[Step, ...]
    older: int | None


@dataclass(frozen=True, kw_only=True)
class PresetChoice:
    """A preset that a new link may start from, as its newest version."""

    preset_id: int
    version_id: int
    name: str
    number: int


@dataclass(frozen=True, kw_only=True)
class PresetShown:
    """The version that a link used, by the name it had then. `changed`: the link's options differ from it."""

    name: str
    number: int
    changed: bool
    preset_id: int


@dataclass(frozen=True, kw_only=True)
class LinkStart:
    """What a preset begun from a link takes over."""

    kind: str
    label: str
    options: Options


def listed(db: Session) -> PresetList:
    """Every preset, by name. They are made by hand, a few tens of them: the list has no pages."""
    rows = [_row(found) for found in db.execute(_rows().order_by(col(Preset.name_key)))]
    return PresetList(
        offered=tuple(row for row in rows if row.archived_at is None),
        archived=tuple(row for row in rows if row.archived_at is not None),
    )


def one(db: Session, preset_id: int) -> PresetRow | None:
    """One preset with its newest version, or None."""
    found = db.execute(_rows().where(col(Preset.id) == preset_id)).first()
    return _row(found) if found else None


def history(db: Session, preset_id: int, *, before: int | None = None) -> History:
    """The versions of a preset, newest first: all, or those under number `before`."""
    query = _versions(preset_id)
    query = query if before is None else query.where(col(PresetVersion.number) < before)
    found = list(db.execute(query.limit(HISTORY + 1)))
    steps = _steps(found)[:HISTORY]
    return History(steps=steps, older=steps[-1].number if len(found) > HISTORY else None)


def saved_since(db: Session, preset_id: int, number: int) -> tuple[Step, ...]:
    """The versions after this number, newest first, 50 at most."""
    query = _versions(preset_id).where(col(PresetVersion.number) >= number)  # with the one they are compared with
    return _steps(list(db.execute(query.limit(HISTORY + 1))))[:-1]


def numbered(db: Session, preset_id: int, number: int) -> Step | None:
    """One version of a preset, with the one before it to compare with, or None."""
    found = list(db.execute(_versions(preset_id).where(col(PresetVersion.number).in_((number, number - 1)))))
    rows = {row.number: row for row in found}
    return _step(rows[number], rows.get(number - 1)) if number in rows else None


def version(db: Session, version_id: int) -> PresetVersion | None:
    """A version by its id, as a link keeps it, or None."""
    return db.get(PresetVersion, version_id) if 0 < version_id <= LARGEST_ID else None


def options_of(version: PresetVersion) -> Options:
    """The options of a version; one from before an option existed has it as a new link has it."""
    return options_from(version.options)


def choices(db: Session, kind: str) -> tuple[PresetChoice, ...]:
    """The presets that a new link of this kind (identity | signature | liveness) may start from, by name."""
    query = (
        select(col(Preset.id), col(PresetVersion.id), col(Preset.name), col(Preset.version))
        .join(PresetVersion, _newest())
        .where(col(Preset.archived_at).is_(None), col(Preset.kind) == kind)
        .order_by(col(Preset.name_key))
    )
    return tuple(PresetChoice(preset_id=a, version_id=b, name=c, number=d) for a, b, c, d in db.execute(query))


def shown(db: Session, link: Link | None) -> PresetShown | None:
    """The preset and version that a link was made from, or None when it was made without."""
    used = version(db, link.preset_version_id or 0) if link is not None else None
    if link is None or used is None:
        return None
    return PresetShown(name=used.name, number=used.number, changed=link.preset_changed, preset_id=used.preset_id)


def link_start(db: Session, link_id: int) -> LinkStart | None:
    """What a preset takes over from a link: kind, label, options. None when there is no such link to start from."""
    link = db.get(Link, link_id) if 0 < link_id <= LARGEST_ID else None
    if link is None or link.kind not in KINDS:
        return None
    return LinkStart(kind=link.kind, label=link.label, options=link_options(link))


def archived_by(db: Session, preset_id: int) -> str:
    """Who archived a preset last, by the name they had then; empty when nobody did."""
    query = (
        select(col(AuditEvent.actor_name_at_time))
        .where(col(AuditEvent.object_type) == "preset", col(AuditEvent.object_id) == preset_id)
        .where(col(AuditEvent.action) == "preset.archive")
        .order_by(col(AuditEvent.seq).desc())
        .limit(1)
    )  # fmt: skip
    return db.execute(query).scalar() or ""


def asked(options: Options, kind: str) -> list[tuple[str, str]]:
    """What a link made from these options asks; what is compared belongs to a person, so no preset has it."""
    return [line for line in link_words.asked(options, Expected(), kind=kind) if line[0] != "Compared"]


def _newest() -> ColumnElement[bool]:
    return (col(PresetVersion.preset_id) == col(Preset.id)) & (col(PresetVersion.number) == col(Preset.version))


def _rows() -> Select[Any]:
    each = select(col(PresetVersion.id)).where(col(PresetVersion.preset_id) == col(Preset.id)).correlate(Preset)
    links = select(func.count(col(Link.id))).where(col(Link.preset_version_id).in_(each)).correlate(Preset)
    return select(
        col(Preset.id), col(Preset.name), col(Preset.kind), col(Preset.archived_at), col(PresetVersion.number),
        col(PresetVersion.id).label("version_id"), col(PresetVersion.options),
        col(PresetVersion.created_at).label("changed_at"), col(PresetVersion.created_by_name).label("changed_by"),
        links.scalar_subquery().label("links"),
    ).join(PresetVersion, _newest())  # fmt: skip


def _row(found: Any) -> PresetRow:
    return PresetRow(**{**found._mapping, "options": options_from(found.options)})


def _versions(preset_id: int) -> Select[Any]:
    links = select(func.count(col(Link.id))).where(col(Link.preset_version_id) == col(PresetVersion.id))
    columns = (PresetVersion.id, PresetVersion.number, PresetVersion.name, PresetVersion.options,
               PresetVersion.created_at, PresetVersion.created_by_name)  # fmt: skip
    return (
        select(*(col(column) for column in columns), links.correlate(PresetVersion).scalar_subquery().label("links"))
        .where(col(PresetVersion.preset_id) == preset_id)
        .order_by(col(PresetVersion.number).desc())
    )


def _steps(found: list[Any]) -> tuple[Step, ...]:
    return tuple(_step(row, earlier) for row, earlier in zip(found, [*found[1:], None], strict=True))


def _step(row: Any, earlier: Any) -> Step:
    return Step(
        id=row.id, number=row.number, name=row.name, name_before=earlier.name if earlier else row.name,
        options=options_from(row.options), before=options_from(earlier.options) if earlier else None,
        made_at=row.created_at, made_by=row.created_by_name, links=row.links,
    )  # fmt: skip
