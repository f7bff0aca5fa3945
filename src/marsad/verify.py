"""What a hub gives at a commit: a digest of each config's rows as `load_dataset` gives them, and of
the files that they are read from.

Run as a program of its own, since `datasets` reads the hub's address when it is first imported:
`HF_ENDPOINT` and the token come in the environment, dataset, commit and files as arguments; a JSON
object goes to standard output.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from marsad import dataset
from marsad.article import digest
from marsad.dataset import Row
from marsad.hub import Hub

SECONDS = 600


def given(
    hub: Hub, commit: str, configs: Sequence[str], files: Sequence[str]
) -> dict[str, dict[str, str]]:
    """The digest of these configs' rows as a user gets them from the hub at a commit, by the
    standards of `dataset.canon`, under `rows`, and the sha256 of these files under `files`. Raises
    ValueError, with its last line, where loading fails."""
    with TemporaryDirectory() as home:
        unset = ("HF_TOKEN", "HF_HUB_OFFLINE")
        environment = {name: of for name, of in os.environ.items() if name not in unset}
        environment |= {"HF_ENDPOINT": str(hub.endpoint), "HF_HOME": home}
        environment |= {"HF_HUB_DISABLE_TELEMETRY": "1"}
        environment |= {"HF_TOKEN": hub.token} if hub.token else {}
        try:
            ran = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "marsad.verify",
                    hub.repo,
                    commit,
                    ",".join(configs),
                    *files,
                ],
                env=environment,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ValueError(f"loading took more than {SECONDS} s") from None
    if ran.returncode:
        said = ran.stderr.strip().splitlines() or ["it was ended"]
        raise ValueError(said[-1][:200])
    found: dict[str, dict[str, str]] = json.loads(ran.stdout)
    return found


def main(repo: str, commit: str, configs: str, *files: str) -> None:
    import datasets
    from huggingface_hub import hf_hub_download

    datasets.disable_progress_bars()
    rows = {}
    for config in filter(None, configs.split(",")):
        loaded = datasets.load_dataset(repo, config, revision=commit)
        by_split = {split: _named(part.to_list(), part.features) for split, part in loaded.items()}
        rows[config] = dataset.canon(by_split).digest
    known = {"repo_type": "dataset", "revision": commit}
    sums = {name: digest(Path(hf_hub_download(repo, name, **known)).read_bytes()) for name in files}
    print(json.dumps({"rows": rows, "files": sums}))


def _named(rows: Sequence[Row], features: Mapping[str, Any]) -> list[Row]:
    """Rows with their labels as names."""
    return [{key: _value(value, features[key]) for key, value in row.items()} for row in rows]


def _value(value: Any, of: Any) -> Any:
    """A value of a feature with its labels as names; lists have one of several forms."""
    import datasets

    if isinstance(of, datasets.ClassLabel):
        return of.int2str(value)
    inner = of[0] if isinstance(of, list) else getattr(of, "feature", None)
    if isinstance(inner, datasets.ClassLabel):
        return [inner.int2str(one) for one in value]
    return value


if __name__ == "__main__":
    main(*sys.argv[1:])
