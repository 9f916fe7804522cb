"""Packs and samples as files that the worker makes: what was asked for, from its row."""

from typing import IO

from webapp.actions.export_making import Making
from webapp.exports.evidence_pack import Sources, write_pack
from webapp.exports.pack_asked import PackAsked, exporter_words, purpose_words
from webapp.exports.sample import write_sample
from webapp.exports.sample_asked import SampleAsked


def make_pack(making: Making, target: IO[bytes]) -> None:
    """The pack of one session."""
    making.progress(0, 1)
    write_pack(_asked(making, making.export.session_id or 0), _sources(making), target)
    making.progress(1, 1)


def make_sample(making: Making, target: IO[bytes]) -> None:
    """An index and the packs of the sessions drawn."""
    options = making.export.options
    wanted = SampleAsked.of(options)
    write_sample(
        wanted, _sources(making), target, at=making.started_at, progress=making.progress,
        pack=lambda session_id: _asked(making, session_id),
    )  # fmt: skip


def _asked(making: Making, session_id: int) -> PackAsked:
    export = making.export
    return PackAsked(
        session_id=session_id, sight=making.sight, at=making.started_at,
        purpose=purpose_words(export.purpose, export.purpose_text),
        exporter=exporter_words(export.requested_by_name, export.requested_by_role),
        pictures=bool(export.options.get("pictures")), raw=bool(export.options.get("raw")),
    )  # fmt: skip


def _sources(making: Making) -> Sources:
    return Sources(database=making.database, settings=making.settings, providers=making.providers)
