"""`eval.yaml`: the entry of the dataset in the hub's registry of benchmarks.

The registry reads `name`, `description`, `evaluation_framework` (one of a closed list) and `tasks`,
each with an id that results refer to, a config and a split.
"""

from __future__ import annotations

from typing import Any

from marsad import jsonl, task
from marsad.card import front_matter
from marsad.fault import DataError, Fault
from marsad.publication import FILE, Publication
from marsad.rooms import Rooms


def entry(home: Rooms, said: Publication) -> dict[str, Any]:
    """The entry, from the card's front matter and `tasks/*/task.toml`. Raises DataError where it
    would name a task, or a split, that is not there."""
    head = front_matter(jsonl.read_text(home.card, home.name(home.card)))
    files = {
        (config["config_name"], file["split"])
        for config in head["configs"]
        for file in config["data_files"]
    }
    tasks = []
    for name in said.benchmark.tasks:
        if name not in (known := task.names(home)):
            raise DataError(Fault(FILE, 0, f"no task {name!r}", f"write of {', '.join(known)}"))
        asks = task.read_task(home, name)
        if (asks.config, said.benchmark.split) not in files:
            found = f"config {asks.config!r} has no split {said.benchmark.split!r}"
            raise DataError(Fault(FILE, 0, found, "name a split of the card"))
        tasks.append({"id": asks.name, "config": asks.config, "split": said.benchmark.split})
    return {
        "name": head["pretty_name"],
        "description": said.benchmark.description.strip(),
        "evaluation_framework": said.benchmark.framework,
        "tasks": tasks,
    }


def to_yaml(made: dict[str, Any]) -> str:
    import yaml

    return str(yaml.safe_dump(made, allow_unicode=True, sort_keys=False, width=1000))
