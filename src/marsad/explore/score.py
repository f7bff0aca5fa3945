"""The scores on record: figures with their intervals, by label and by slice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from marsad import ceiling, recipe, record, task
from marsad.fault import DataError, Fault
from marsad.rooms import Rooms

Figure = tuple[float, float | None, float | None]


def listed(home: Rooms) -> list[dict[str, Any]]:
    """The score files that there are, in the order of README's tables: by task, and within a task
    from the lowest score. Raises DataError where one is no score file."""
    tasks = task.names(home)
    names = [name for name in recipe.names(home) if record.score_path(home, name).is_file()]
    found = [record.read_score(home, name) for name in names]
    known = [scored for scored in found if scored["task"] in tasks]
    return sorted(known, key=lambda scored: (tasks.index(scored["task"]), record.value(scored)))


def splits(scored: Mapping[str, Any]) -> tuple[str, str]:
    """The splits that a score file is of, that of its top first."""
    return scored["split"], "validation"


def scores(home: Rooms, among: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """`scores`: what these score files say, and the ceilings."""
    return {
        "tasks": [_task(home, name) for name in task.names(home)],
        "baselines": [
            {
                "id": scored["baseline"],
                "task": scored["task"],
                "title": scored["title"],
                "role": scored["role"],
                "recipe": home.name(home.baselines / f"{scored['baseline']}.toml"),
                "results": dict(_results(home, scored)),
            }
            for scored in among
        ],
    }


def _task(home: Rooms, name: str) -> dict[str, Any]:
    known = task.read_task(home, name)
    ceilings = {}
    if (there := ceiling.path_of(home, name)).is_file():
        found = ceiling.read(home, name)
        said = home.name(home.annotations / known.layer / "judgements")
        with _whole(home.name(there), ceiling.MEND):
            for split in splits(found):
                of = found if split == found["split"] else found[split]
                sha256 = found["judgements_sha256"]
                ceilings[split] = _result(of, sha256, said, home.name(there))
    return {"name": name, "title": known.title, "metric": known.metric, "ceilings": ceilings}


def _results(home: Rooms, scored: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    name = scored["baseline"]
    shown = home.name(record.score_path(home, name))
    for split in splits(scored):
        path = home.name(record.predictions_path(home, name, split))
        with _whole(shown, f"run marsad evaluate --baseline {name} --write"):
            of = scored if split == scored["split"] else scored[split]
            found = _result(of, of["predictions_sha256"], path, shown)
            if over := scored.get("over_seeds"):
                mean, interval = over[split]["mean"], over[split]["interval"]
                found["figures"][of["metric"]] = _figure(mean, interval)
                found["seeds"] = {"count": len(scored["seeds"]), "sd": over[split]["sd"]}
        yield split, found


@contextmanager
def _whole(file: str, mend: str) -> Iterator[None]:
    """Raises DataError where a score file lacks a part that it is read for."""
    try:
        yield
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(Fault(file, 0, f"not a score file: {error!r}", mend)) from None


def _result(of: Mapping[str, Any], sha256: str, predictions: str, file: str) -> dict[str, Any]:
    metric = of["metric"]
    names = [metric, *(name for name in of["intervals"] if name != metric)]
    return {
        "signature": of["signature"],
        "metric": metric,
        "rows": of["rows"],
        "articles": of["articles"],
        "figures": {name: _figure(of[name], of["intervals"][name]) for name in names},
        "labels": {label: _label(row) for label, row in of["by_label"].items()},
        "slices": {
            kind: {
                value: {
                    "figure": None if row["small"] else _figure(row[metric], row["interval"]),
                    "units": row["units"],
                    "articles": row["articles"],
                    "small": row["small"],
                }
                for value, row in groups.items()
            }
            for kind, groups in of["by_slice"].items()
        },
        "seeds": None,
        "worst": {kind: row["group"] for kind, row in of["worst_group"].items()} or None,
        "predictions_sha256": sha256,
        "predictions": predictions,
        "score": file,
    }


def _label(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "f1": _figure(row["f1"], row["interval"]),
        **{name: row[name] for name in ("precision", "recall", "support")},
        "predicted": row.get("predicted"),
    }


def _figure(value: float, interval: Sequence[float] | None) -> Figure:
    low, high = interval or (None, None)
    return value, low, high
