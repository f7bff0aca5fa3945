"""What each subcommand of `marsad` does: one function for each, calling one public function.

What a command needs is imported when it runs: scikit-learn and pyarrow cost a second.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys

from marsad.fault import DataError
from marsad.rooms import Rooms

Arguments = argparse.Namespace


def build(home: Rooms, arguments: Arguments) -> int:
    from marsad.build import build

    for line in build(home, arguments.out, referenced=arguments.also == "referenced"):
        print(line)
    if arguments.also is None:
        _say_missing(home)
    return 0


def fetch(home: Rooms, arguments: Arguments) -> int:
    from marsad import fetch, source
    from marsad.progress import progress

    sources = source.read_sources(home)
    if arguments.source:
        sources = {arguments.source: source.read_source(home, arguments.source)}
    found = []
    for known in sources.values():
        print(f"{known.title}\nlicence: {known.licence}\ncite: {known.citation}", file=sys.stderr)
        articles = source.read_articles(home, known)
        where = fetch.place(arguments.mirror or known.url)
        fetch.room(source.folder(known), articles)
        for one in progress(fetch.fetch(articles, where), known.name, len(articles)):
            found.append({"source": known.name, **vars(one)})
            if one.fault:
                print(f"marsad: {one.article_id}: {one.fault}", file=sys.stderr)
    failed = sum(one["fault"] is not None for one in found)
    already = sum(one["already"] for one in found)
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        new = len(found) - failed - already
        print(f"{len(found)} texts: {new} fetched, {already} there already, {failed} failed")
    return 1 if failed else 0


def _say_missing(home: Rooms) -> None:
    from marsad import source

    if line := source.missing(source.read_articles(home)):
        print(line, file=sys.stderr)


def check(home: Rooms, arguments: Arguments) -> int:
    from marsad.check import check

    gc.disable()  # the spans of all layers live to the end; collecting finds nothing to free
    try:
        faults = check(home)
    finally:
        gc.enable()
    if arguments.json:
        print(json.dumps([vars(fault) for fault in faults], ensure_ascii=False, indent=1))
    else:
        for fault in faults:
            print(fault)
        print(f"{len(faults)} faults" if faults else "all well")
        _say_missing(home)
    return 1 if faults else 0


def evaluate(home: Rooms, arguments: Arguments) -> int:
    from marsad import evaluate, recipe
    from marsad.run import SCORED

    splits = (arguments.split,) if arguments.split else SCORED
    wanted = {"tasks": arguments.task, "baselines": arguments.baseline}
    runs = evaluate.evaluate(home, **wanted, splits=splits, write=arguments.write)
    if arguments.json:
        print(json.dumps([evaluate.summary(run) for run in runs], ensure_ascii=False))
    else:
        evaluate.show(runs)
    for known in evaluate.left_out(home, arguments.task) if not arguments.baseline else ():
        print(f"left out: {recipe.lacking(known)}", file=sys.stderr)
    return 0


def tune(home: Rooms, arguments: Arguments) -> int:
    from marsad import tune

    search = tune.tune(home, arguments.baseline)
    if arguments.write:
        tune.write(home, search)
    if arguments.json:
        print(json.dumps(search.to_json(), ensure_ascii=False, indent=1))
        return 0
    for one in search.tried:
        mark = "*" if one["parameters"] == search.chosen else " "
        print(f"{mark} {one[search.metric]:.4f}  {one['parameters']}")
    print(f"{search.metric} on validation, {len(search.tried)} fits in {search.seconds:.1f} s")
    print(search.signature)
    return 0


def score(home: Rooms, arguments: Arguments) -> int:
    from marsad import score, task
    from marsad.answer import read_predictions

    data = task.read_data(home, arguments.task)
    answers = read_predictions(arguments.file, data, arguments.split)
    scored = score.score(data, answers, arguments.split)
    if arguments.json:
        print(score.dumps(scored.to_json()), end="")
        return 0
    for name, value in scored.figures.items():
        low, high = scored.intervals[name]
        print(f"{name:18} {value:.4f}   95 % interval {low:.4f} – {high:.4f}")
    print(f"{scored.rows} rows of {scored.articles} articles, split {scored.split}")
    print(scored.signature)
    return 0


def table(home: Rooms, arguments: Arguments) -> int:
    from marsad import ceiling, chart, record, table

    if arguments.write:
        table.write(home)
        chart.write(home)
    if arguments.check:
        if faults := [*record.forged(home), *ceiling.forged(home), *table.faults(home)]:
            raise DataError(*faults)
        print("README's table agrees with the score files, and these with the predictions")
        return 0
    scores = table.read_scores(home)
    if arguments.chart:
        chart.draw(scores, arguments.chart)
        print(arguments.chart)
    elif arguments.format == "text":
        table.show([table.cells(score) for score in scores], table.COLUMNS)
    else:
        print(table.FORMATS[arguments.format](scores), end="")
    return 0


def compare(home: Rooms, arguments: Arguments) -> int:
    from marsad import compare

    systems = [compare.read(home, name, arguments.split) for name in arguments.system]
    resamples = arguments.resamples or compare.RESAMPLES
    found = compare.compare(systems, arguments.figure, resamples)
    if arguments.json:
        print(json.dumps([one.to_json() for one in found], ensure_ascii=False, indent=1))
    else:
        print(compare.text(found, systems[0]), end="")
    return 0


def reproduce(home: Rooms, arguments: Arguments) -> int:
    from marsad import evaluate, recipe, reproduce

    recipes = evaluate.chosen(home, arguments.task, arguments.baseline)
    found = list(reproduce.reproduce(home, recipes))
    if arguments.json:
        print(json.dumps([one.to_json() for one in found], ensure_ascii=False, indent=1))
    else:
        print(reproduce.text(found), end="")
    for known in evaluate.left_out(home, arguments.task) if not arguments.baseline else ():
        print(f"left out: {recipe.lacking(known)}", file=sys.stderr)
    return 0 if all(one.same for one in found) else 1


def fit(home: Rooms, arguments: Arguments) -> int:
    from marsad import baseline, row, task

    fitted = baseline.load(arguments.baseline, home.root)
    if arguments.rows:
        train = row.read(arguments.rows)
        validation = row.read(arguments.validation) if arguments.validation else []
    else:
        data = task.read_data(home, fitted.task.name)
        train, validation = list(data.rows["train"]), list(data.rows["validation"])
    fitted.fit(train, validation).save(arguments.out)
    print(f"{fitted.recipe.id} fitted on {len(train)} rows, saved in {arguments.out}")
    return 0


def predict(home: Rooms, arguments: Arguments) -> int:
    from marsad import baseline, jsonl, row, task

    fitted = baseline.restore(arguments.model, home.root)
    if arguments.rows:
        rows = row.read(arguments.rows)
    else:
        rows = task.read_data(home, fitted.task.name).inputs(arguments.split)
    jsonl.write(arguments.out, fitted.predict(rows))
    print(f"{len(rows)} rows answered in {arguments.out}")
    return 0


def harness(home: Rooms, arguments: Arguments) -> int:
    from marsad import jsonl, lm_eval

    rows = lm_eval.predictions(arguments.samples)
    jsonl.write(arguments.out, rows)
    print(f"{len(rows)} answers in {arguments.out}")
    return 0


def agreement(home: Rooms, arguments: Arguments) -> int:
    from marsad import agreement_report

    report = agreement_report.report(home, arguments.split)
    if arguments.write:
        agreement_report.write(home)
    if arguments.json:
        print(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        print(agreement_report.text(report), end="")
    return 0


def stats(home: Rooms, arguments: Arguments) -> int:
    from marsad import stats
    from marsad.corpus import read_corpus

    found = stats.stats(read_corpus(home))
    if arguments.write:
        stats.write(home, found)
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        print(stats.text(found), end="")
    return 0


def report(home: Rooms, arguments: Arguments) -> int:
    from marsad import report

    if arguments.json:
        found = report.subjects(home, arguments.baseline, arguments.split)
        print(json.dumps(report.as_json(found), ensure_ascii=False, indent=1))
        return 0
    for path in report.write(home, arguments.baseline, arguments.out, arguments.split):
        print(path)
    return 0


def annotate_export(home: Rooms, arguments: Arguments) -> int:
    from marsad import annotate

    written = annotate.export(home, arguments.article, arguments.annotator, arguments.out)
    print(f"{len(written)} forms in {arguments.out}")
    return 0


def annotate_import(home: Rooms, arguments: Arguments) -> int:
    from marsad import annotate

    read = annotate.import_forms(
        home, arguments.form, arguments.annotator, write=not arguments.dry_run
    )
    for one in read:
        print(
            f"{one.article_id}: {len(one.structure)} lines, {len(one.topic)} passages, "
            f"{len(one.stance)} stances, {len(one.ner)} entities"
        )
    print("all well, nothing written" if arguments.dry_run else "all well, on record")
    return 0


def annotate_aliases(home: Rooms, arguments: Arguments) -> int:
    from marsad import annotate

    changed = annotate.gather_aliases(home)
    print(f"aliases of {changed} entities renewed")
    return 0
