"""JSON Lines: `<config>/<split>.jsonl`, a row of the config a line, labels as names.

`datasets.load_dataset("json", data_files=…)` and `pandas.read_json(…, lines=True)` read it.
"""

from __future__ import annotations

from collections.abc import Sequence

from marsad import jsonl
from marsad.dataset import CONFIGS
from marsad.export.content import Content, Made
from marsad.fault import UsageError


def make(content: Content, splits: Sequence[str], configs: Sequence[str] = CONFIGS) -> Made:
    """The rows of these configs as they are. Raises UsageError on a config there is not."""
    made = Made()
    for config in configs:
        if config not in CONFIGS:
            raise UsageError(f"no config {config!r}; the configs are {', '.join(CONFIGS)}")
        for split in splits:
            rows = content.rows(config, split)
            made.files[f"{config}/{split}.jsonl"] = jsonl.encode(rows)
            made.count(f"{config} rows", len(rows))
    return made
