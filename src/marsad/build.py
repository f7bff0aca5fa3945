"""`marsad build`: everything that is made from the sources, made again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from marsad import card, corpus, dataset, feature, jsonl, parquet, split
from marsad.article import read_manifest
from marsad.release import read_release
from marsad.rooms import Rooms


def build(home: Rooms, out: Path | None = None) -> Iterator[str]:
    """Writes the splits of new articles, data/ and what README.md has of it; with `out`, the
    Parquet and a card of its own below that folder, and nothing else. Yields a line for each
    config: its rows by split."""
    if out is None:
        articles = read_manifest(home)
        places = split.extend(split.read_rule(home), split.read_splits(home), articles)
        jsonl.write_bytes(split.csv_path(home), split.to_csv(places))
    known = corpus.read_corpus(home)
    columns = feature.features(known.layers)
    rows = dataset.build_rows(known)
    shown = read_release(home).examples
    page = card.renewed(home.card.read_text(encoding="utf-8"), rows, columns, shown)
    folder = out or home.root
    parquet.write_parquet(rows, columns, folder / "data")
    jsonl.write_bytes(folder / "README.md", page.encode("utf-8"))
    for config, by_split in rows.items():
        yield f"{config:10}" + "  ".join(f"{name} {len(part)}" for name, part in by_split.items())
