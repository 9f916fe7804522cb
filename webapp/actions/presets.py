"""Making, changing, archiving and restoring presets; each change is a version of its own, none is ever rewritten."""

from dataclasses import asdict, fields
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.checks.normalise import fold
from webapp.models import Preset, PresetVersion
from webapp.models.columns import utc_now
from webapp.providers.base import Options
from webapp.queries.results import options_from

LONGEST_NAME = 80


class NameTaken(Exception):
    """Another preset has this name, or one that reads the same: `name`, empty when it was taken this very moment."""

    def __init__(self, name: str = "", *, archived: bool = False) -> None:
        super().__init__("name taken")
        self.name = name
        self.archived = archived


class Stale(Exception):
    """Somebody saved another version meanwhile; `newest` is its number."""

    def __init__(self, newest: int) -> None:
        super().__init__("stale")
        self.newest = newest


class Archived(Exception):
    """The preset is archived: it can be restored, not changed."""


def create(db: Session, *, by: Actor, name: str, kind: str, options: Options) -> Preset:
    """Make a preset with its version 1. `kind` is identity | signature | liveness. Raises NameTaken."""
    preset = Preset(name=name, name_key=name_key(name), kind=kind)
    _save(db, preset)
    _add_version(db, by=by, preset=preset, options=options)
    _record(db, by=by, preset=preset, action="preset.create", after={"kind": kind, "version": 1})
    return preset


def change(db: Session, *, by: Actor, preset_id: int, name: str, options: Options, version: int) -> Preset | None:
    """Save the next version of a preset; what equals the newest one saves nothing. None when there is no such preset.

    `version` is the number that the change began with. Raises Stale when that is not the newest, Archived and NameTaken.
    """
    preset = _locked(db, preset_id)
    if preset is None:
        return None
    if preset.archived_at is not None:
        raise Archived
    changed = _changed(db, preset, name=name, options=options)
    if not changed:
        return preset
    if version != preset.version:
        raise Stale(preset.version)
    preset.name, preset.name_key, preset.version = name, name_key(name), version + 1
    _save(db, preset)
    _add_version(db, by=by, preset=preset, options=options)
    _record(
        db, by=by, preset=preset, action="preset.change", before={"version": version},
        after={"version": preset.version, "fields": changed},
    )  # fmt: skip
    return preset


def archive(db: Session, *, by: Actor, preset_id: int) -> Preset | None:
    """No longer offer a preset for new links; links that used it keep it. None when there is no such preset."""
    preset = _locked(db, preset_id)
    if preset is None or preset.archived_at is not None:
        return preset
    preset.archived_at = utc_now()
    _record(db, by=by, preset=preset, action="preset.archive", before={"state": "offered"}, after={"state": "archived"})
    return preset


def restore(db: Session, *, by: Actor, preset_id: int) -> Preset | None:
    """Offer an archived preset again. None when there is no such preset."""
    preset = _locked(db, preset_id)
    if preset is None or preset.archived_at is None:
        return preset
    preset.archived_at = None
    _record(db, by=by, preset=preset, action="preset.restore", before={"state": "archived"}, after={"state": "offered"})
    return preset


def name_key(name: str) -> str:
    """What two names that read the same have in common; empty for a name without letters and digits."""
    return fold(name)[:LONGEST_NAME]


def _locked(db: Session, preset_id: int) -> Preset | None:
    """The preset, its row held until the transaction ends, so that two people saving at once take turns."""
    return db.get(Preset, preset_id, with_for_update=True)


def _changed(db: Session, preset: Preset, *, name: str, options: Options) -> list[str]:
    """Names of the fields in which this differs from the newest version."""
    newest = db.exec(
        select(PresetVersion).where(PresetVersion.preset_id == preset.id, PresetVersion.number == preset.version)
    ).one()
    known = options_from(newest.options)
    named = ["name"] if name != newest.name else []
    return named + [each.name for each in fields(Options) if getattr(known, each.name) != getattr(options, each.name)]


def _save(db: Session, preset: Preset) -> None:
    """Write the preset's row, unless another one has its name. Raises NameTaken."""
    taken = _holder(db, preset)
    if taken is not None:
        raise NameTaken(taken.name, archived=taken.archived_at is not None)
    db.add(preset)
    try:
        db.flush()
    except IntegrityError as error:  # two people took the name at once: the other one has it
        raise NameTaken from error


def _holder(db: Session, preset: Preset) -> Preset | None:
    """The other preset that has this one's name."""
    with db.no_autoflush:  # this one's new name is not written yet
        query = select(Preset).where(Preset.name_key == preset.name_key, col(Preset.id) != (preset.id or 0))
        return db.exec(query).first()


def _add_version(db: Session, *, by: Actor, preset: Preset, options: Options) -> None:
    plain = {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(options).items()}
    db.add(
        PresetVersion(
            preset_id=preset.id or 0, number=preset.version, name=preset.name, options=plain, created_by_id=by.id,
            created_by_name=by.name,
        )
    )  # fmt: skip
    db.flush()


def _record(db: Session, *, by: Actor, preset: Preset, action: str, **facts: Any) -> None:
    record(db, by=by, action=action, object_type="preset", object_id=preset.id, **facts)
