"""The stages of ingest: functions from an Arrow batch of pages to the same pages with more columns,
each with its model loaded once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from marsad import baseline
from marsad.ingest import decoding, lead, signature
from marsad.ingest.entity import Names
from marsad.ingest.folder import LINES, NAMES, Folder
from marsad.ingest.gate import Gate
from marsad.ingest.intake import Intake, read_intake
from marsad.ingest.settings import Duplicates, Events, Settings, read_settings
from marsad.ingest.signature import Banding
from marsad.ingest.signed import DIGEST, band_name
from marsad.letters import Letters, Words
from marsad.models.page_roles import LABELS
from marsad.rooms import Rooms

if TYPE_CHECKING:
    import pyarrow as pa

    from marsad.models.page_line import PageLine


class Sight:
    """What several stages see of the same pages, made once: the letters of their texts, and of
    their clean texts, the headline and body lines; of a page without text, none."""

    page: Letters
    clean: Letters


Stage = Callable[["pa.RecordBatch", Sight], "pa.RecordBatch"]


@dataclass(frozen=True)
class Stages:
    """All stages with what they need."""

    intake: Intake
    settings: Settings
    structure: PageLine
    gate: Gate
    names: Names

    @staticmethod
    def load(home: Rooms, folder: Folder) -> Stages:
        """The stages of an ingest folder, with its settings and its fitted line model."""
        found = read_settings(folder.settings)
        method: Any = baseline.restore(folder.models / LINES, home.root).method
        names = Names.restore(folder.models / NAMES)
        return Stages(read_intake(folder.settings), found, method, Gate.of(found), names)

    def run(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Pages as a reader gives them, with all columns."""
        sight = Sight()
        for _, stage in self.parts():
            batch = stage(batch, sight)
        return batch

    def parts(self) -> list[tuple[str, Stage]]:
        """The stages by name, in their order."""
        return [
            ("decode", lambda batch, _: decoding.decode(batch, self.intake)),
            ("structure", lambda batch, sight: label(batch, self.structure, sight)),
            ("gate", lambda batch, sight: self.gate(batch, sight.clean, sight.page)),
            ("sign", lambda batch, sight: sign(batch, self.names, self.settings, sight)),
        ]


def label(batch: pa.RecordBatch, model: PageLine, sight: Sight) -> pa.RecordBatch:
    """The batch with the `labels` of the lines of each text that are not blank, how `likely` each
    is, and with the headline, where the page did not tell it otherwise."""
    import pyarrow as pa

    texts = [text or "" for text in batch.column("text").to_pylist()]
    page = Letters.of(texts)
    lines = model.label(page)
    kept = np.flatnonzero(lines.labels != LABELS.index("boilerplate"))
    owners = np.repeat(np.arange(len(texts)), np.diff(lines.bounds))
    begin = page.starts[owners[kept]]
    sight.page = page
    sight.clean = page.cut(
        owners[kept], begin + lines.inner_starts[kept], begin + lines.inner_ends[kept]
    )
    headlines = batch.column("headline").to_pylist()
    for line in np.flatnonzero(lines.labels == LABELS.index("headline")).tolist():
        if headlines[owner := int(owners[line])] is None:
            headlines[owner] = texts[owner][lines.inner_starts[line] : lines.inner_ends[line]]
    bounds = pa.array(lines.bounds.astype(np.int32))
    at = batch.schema.get_field_index("headline")
    batch = batch.set_column(at, "headline", pa.array(headlines, pa.string()))
    columns = {
        "labels": pa.ListArray.from_arrays(bounds, pa.array(lines.labels)),
        "likely": pa.ListArray.from_arrays(bounds, pa.array(lines.likely)),
    }
    return with_columns(batch, columns)


def sign(batch: pa.RecordBatch, names: Names, settings: Settings, sight: Sight) -> pa.RecordBatch:
    """The batch with what duplicates and events are found by: by the words of the clean texts,
    their spelling made one. A page with a fault has no digest, and is compared with none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    words = sight.clean.folded.words
    columns = {
        **named(words, names, settings.events),
        **signatures(words, settings.duplicates),
    }
    there = pc.is_null(batch.column("fault"))
    columns["digest"] = pc.if_else(there, columns["digest"], pa.scalar(None, pa.binary(DIGEST)))
    return with_columns(batch, columns)


def named(words: Words, names: Names, settings: Events) -> dict[str, pa.Array]:
    """The catalogue's `entities` that each text names, and the `stems` of its first words."""

    return {
        "entities": names.entities(words),
        "stems": lead.lead_stems(words, settings.lead_words),
    }


def signatures(words: Words, settings: Duplicates) -> dict[str, pa.Array]:
    """Of each text a `digest` of all its words, its `shingles`, and its number in each band."""
    import pyarrow as pa

    raw, bounds = words.hashes.tobytes(), (8 * words.bounds).tolist()
    digests = [
        hashlib.blake2b(raw[first:last], digest_size=DIGEST).digest()
        for first, last in pairwise(bounds)
    ]
    shingles = signature.shingles(words, settings.shingle)
    bands = signature.bands(shingles, Banding(settings.bands, settings.rows))
    starts = pa.array(shingles.starts.astype(np.int32))
    return {
        "digest": pa.array(digests, pa.binary(DIGEST)),
        "shingles": pa.ListArray.from_arrays(starts, pa.array(shingles.values)),
        **{band_name(at): pa.array(np.ascontiguousarray(own)) for at, own in enumerate(bands.T)},
    }


def with_columns(batch: pa.RecordBatch, columns: Mapping[str, Any]) -> pa.RecordBatch:
    for name, column in columns.items():
        batch = batch.append_column(name, column)
    return batch
