"""Baselines, on our rows or rows of yours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from marsad.cli import subcommand
from marsad.cli.subcommand import Arguments
from marsad.rooms import Rooms
from marsad.split import SPLITS


def add(commands: Any) -> None:
    """Declares them."""
    tune = subcommand.add(
        commands,
        "tune",
        "search a baseline's parameters on validation, over its recipe's [search]",
        "marsad tune structure_crf",
        _tune,
    )
    tune.add_argument("baseline", help="the recipe's id, such as structure_crf")
    tune.add_argument("--write", action="store_true", help="record the search")
    tune.add_argument("--json", action="store_true", help="print the search as JSON")

    fit = subcommand.add(
        commands,
        "fit",
        "fit a baseline and save it, on our train rows or rows of yours",
        "marsad fit ner_crf --out model/ --rows conll.jsonl",
        _fit,
    )
    fit.add_argument("baseline", help="a baseline's id or a recipe file")
    fit.add_argument("--out", type=Path, required=True, help="the folder to save it to")
    fit.add_argument("--rows", type=Path, help="rows with gold, .jsonl or .parquet")
    fit.add_argument("--validation", type=Path, help="rows for early stopping, where it is done")

    predict = subcommand.add(
        commands,
        "predict",
        "answer rows with a saved baseline",
        "marsad predict model/ --split test --out predictions.jsonl",
        _predict,
    )
    predict.add_argument("model", type=Path, help="the folder that marsad fit wrote")
    predict.add_argument("--rows", type=Path, help="the rows, .jsonl or .parquet")
    predict.add_argument("--split", default="test", choices=SPLITS, help="or a split of ours")
    predict.add_argument("--out", type=Path, required=True, help="the predictions to write")


def _tune(home: Rooms, arguments: Arguments) -> int:
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


def _fit(home: Rooms, arguments: Arguments) -> int:
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


def _predict(home: Rooms, arguments: Arguments) -> int:
    from marsad import baseline, jsonl, row, task

    fitted = baseline.restore(arguments.model, home.root)
    if arguments.rows:
        rows = row.read(arguments.rows)
    else:
        rows = task.read_data(home, fitted.task.name).inputs(arguments.split)
    jsonl.write(arguments.out, fitted.predict(rows))
    print(f"{len(rows)} rows answered in {arguments.out}")
    return 0
