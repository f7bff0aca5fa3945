"""Proved articles put into the sources of a dataset: texts, manifest, catalogue, annotations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from marsad import annotate, arrival, catalogue, jsonl
from marsad.arrival import Arrival
from marsad.catalogue import CatalogueEntity
from marsad.promote import adjudicated, particulars
from marsad.promote.adjudicated import Adjudicated
from marsad.promote.particulars import Particulars
from marsad.rooms import Rooms


def admit(
    there: Rooms,
    listed: Sequence[Adjudicated],
    said: Mapping[str, Particulars],
    entities: Mapping[str, CatalogueEntity],
) -> None:
    """Makes the articles part of the sources at `there`; `said` is what the manifest says of each,
    `entities` the catalogue with what they add to it."""
    arrivals = []
    for one in listed:
        candidate = one.candidate
        path = there.articles / arrival.TIER / f"{candidate.article_id}.txt"
        jsonl.write_bytes(path, candidate.text.encode("utf-8"))
        came = Arrival(
            candidate.article_id,
            particulars.source_of(candidate),
            candidate.received_sha256,
            len(candidate.received),
            candidate.media,
            candidate.encoding or "utf-8",
            candidate.extractor,
        )
        if came.sha256 != candidate.sha256:
            jsonl.write_bytes(arrival.kept(there, came), candidate.received)
        arrivals.append(came)
    records = [particulars.record(said[one.article_id], one.candidate) for one in listed]
    _append(there.articles / "manifest.jsonl", jsonl.encode(records))
    _append(arrival.path_of(there), arrival.encode(arrivals))
    catalogue.write_catalogue(catalogue.path_of(there.annotations), entities.values())
    annotate.record(there, adjudicated.joined([one.gold for one in listed]), None)
    for who in sorted({who for one in listed for who in one.judgements}):
        judged = [one.judgements[who] for one in listed if who in one.judgements]
        annotate.record(there, adjudicated.joined(judged), who)
    annotate.gather_aliases(there)


def _append(path: Path, lines: bytes) -> None:
    content = path.read_bytes() if path.is_file() else b""
    if content and not content.endswith(b"\n"):
        content += b"\n"
    jsonl.write_bytes(path, content + lines)
