"""`marsad build`: everything that is made from the sources, made again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from marsad import article, card, corpus, dataset, feature, jsonl, parquet, rule, source, split
from marsad.corpus import Corpus
from marsad.fault import DataError, Fault, UsageError
from marsad.rooms import Rooms


def build(home: Rooms, out: Path | None = None, *, referenced: bool = False) -> Iterator[str]:
    """Writes the splits of new articles, data/ and what README.md has of it; with `out`, the
    Parquet and a card of its own below that folder, and nothing else. With `referenced`, which
    needs `out`, the rows of the referenced tier are among them. Yields a line for each config:
    its rows by split."""
    if referenced and out is None:
        raise UsageError("data/ never holds the referenced tier; name another folder with --out")
    known = corpus.read_corpus(home, referenced=referenced)
    everything = [*article.read_manifest(home), *source.read_articles(home)]
    places = split.extend(known.rule, known.splits, everything)
    known = replace(known, splits=places)
    prove(known)
    columns = feature.features(known.layers)
    rows = dataset.build_rows(known)
    parts = card.parts(home, rows)
    page = card.renewed(jsonl.read_text(home.card, home.name(home.card)), rows, columns, parts)
    folder = out or home.root
    if out is None:
        jsonl.write_bytes(split.csv_path(home), split.to_csv(places))
    parquet.write_parquet(rows, columns, folder / "data")
    jsonl.write_bytes(folder / "README.md", page.encode("utf-8"))
    for config, by_split in rows.items():
        yield f"{config:10}" + "  ".join(f"{name} {len(part)}" for name, part in by_split.items())


def prove(known: Corpus) -> None:
    """Raises DataError, with every fault, where a raw file is not that of the manifest or gold
    breaks a rule: rows are made of proven sources only."""
    faults: list[Fault] = []
    for one in known.articles:
        try:
            raw = one.prove()
        except DataError as error:
            faults += error.faults
            continue
        gold = known.gold[one.article_id]
        for layer, (found, mend) in rule.breaches(gold, raw, known.layers, known.catalogue):
            name = known.rooms.name(known.rooms.gold(layer))
            faults.append(Fault(name, 0, f"{one.article_id}: {found}", mend))
    if faults:
        raise DataError(*faults)
