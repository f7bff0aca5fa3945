"""What is made from the sources, held against them: data/, the card, the score files and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from marsad import (
    agreement_report,
    card,
    ceiling,
    chart,
    dataset,
    feature,
    jsonl,
    parquet,
    record,
    stats,
    table,
    task,
    tune,
)
from marsad.corpus import Corpus
from marsad.fault import DataError, Fault
from marsad.release import read_release


def faults(known: Corpus, judged: agreement_report.Judged) -> Iterator[Fault]:
    """Every derived file that does not agree with the sources, which are taken to hold."""
    home = known.rooms
    columns = feature.features(known.layers)
    try:
        rows = dataset.build_rows(known)
    except DataError as error:
        yield from error.faults
        return
    expected = set()
    stale = False
    for config, by_split in rows.items():
        for name, part in by_split.items():
            path = parquet.parquet_path(home.data, config, name)
            expected.add(path)
            try:
                same = parquet.holds(path, part, columns[config])
            except DataError as error:
                stale = True
                yield from error.faults
                continue
            if not same:
                stale = True
                found = "rows differ from the sources"
                yield Fault(home.name(path), 0, found, "run marsad build")
    for path in sorted(p for p in home.data.rglob("*") if p.is_file() and p not in expected):
        yield Fault(home.name(path), 0, "no file of the dataset", "remove it")
    canons = dataset.canons(rows)
    yield from _card(known, rows, canons, judged)
    if not stale:
        signatures = {}
        for name in task.names(home):
            known_task = task.read_task(home, name)
            signatures[name] = task.signature(home, known_task, canons[known_task.config].digest)
        yield from record.faults(home, signatures)
        yield from ceiling.faults(home, signatures)
        yield from tune.faults(home, signatures)


def _card(
    known: Corpus,
    rows: dataset.Rows,
    canons: Mapping[str, dataset.Canon],
    judged: agreement_report.Judged,
) -> Iterator[Fault]:
    home = known.rooms
    name = home.name(home.card)
    columns = feature.features(known.layers)
    try:
        page = jsonl.read_text(home.card, name)
        for what in card.stale(page, rows, columns, read_release(home).examples, canons):
            yield Fault(name, 0, f"{what} is stale", "run marsad build")
        yield from table.faults(home)
        yield from chart.faults(home)
        yield from agreement_report.faults(home, judged)
        yield from stats.faults(known, rows)
    except DataError as error:
        yield from error.faults
