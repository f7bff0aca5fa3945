"""What is made from the sources, held against them: data/, the card, the score files and tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor

from marsad import (
    agreement_report,
    annotate,
    build,
    card,
    ceiling,
    chart,
    dataset,
    feature,
    jsonl,
    parquet,
    record,
    rescore,
    run,
    stats,
    table,
    task,
    tune,
)
from marsad.article import Article
from marsad.corpus import Corpus, read_corpus
from marsad.fault import DataError, Fault
from marsad.rooms import Rooms


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
    if not stale and rescore.possible(home):
        signatures = _signatures(home, canons)
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
        for what in card.stale(page, rows, columns, card.parts(home, rows), canons):
            yield Fault(name, 0, f"{what} is stale", "run marsad build")
        yield from table.faults(home)
        yield from chart.faults(home)
        yield from agreement_report.faults(home, judged)
        if rescore.possible(home):
            yield from stats.faults(known, rows)
    except DataError as error:
        yield from error.faults


def renew(home: Rooms, articles: Iterable[Article]) -> None:
    """Makes everything again that is derived from the texts of these articles, which went or came
    back; no baseline is fitted."""
    renew_rows(home)
    renew_records(home, articles)


def renew_rows(home: Rooms) -> None:
    """Makes aliases, data/ and the card again."""
    annotate.gather_aliases(home)
    list(build.build(home))


def renew_records(home: Rooms, articles: Iterable[Article]) -> None:
    """Makes scores, and what is shown of them, again from the recorded predictions. Where rows
    that baselines learned from are withheld, what is on record stays: it is of all rows."""
    if not rescore.possible(home):
        return
    known = read_corpus(home)
    splits = {known.splits[one.article_id].split for one in articles}
    changed = [name for name in run.SCORED if name in splits]
    with ProcessPoolExecutor() as pool:  # most of the time goes here
        scoring = [pool.submit(rescore.renew, home, name, changed) for name in task.names(home)]
        for done in (pool.submit(ceiling.write, home), *scoring):
            done.result()
        drawing = pool.submit(chart.write, home)
        rows = dataset.build_rows(known)
        tune.sign(home, _signatures(home, dataset.canons(rows)))
        table.write(home)
        stats.write(home, stats.stats(known, rows))
        drawing.result()


def _signatures(home: Rooms, canons: Mapping[str, dataset.Canon]) -> dict[str, str]:
    """The signature of each task's scores as the rows are now."""
    tasks = [task.read_task(home, name) for name in task.names(home)]
    return {one.name: task.signature(home, one, canons[one.config].digest) for one in tasks}
