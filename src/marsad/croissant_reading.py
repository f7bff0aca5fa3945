"""A Croissant description as mlcroissant reads it: what is wrong with it, and its records."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from marsad.dataset import CONFIGS, Rows
from marsad.fault import UsageError
from marsad.split import SPLITS


def validate(path: Path) -> list[str]:
    """The errors and warnings of mlcroissant on a description, a line each; none where all is
    well. It reads no data: `records` does."""
    mlcroissant = _mlcroissant()
    with _warnings() as logged:
        try:
            issues = mlcroissant.Dataset(str(path)).metadata.ctx.issues
        except (mlcroissant.ValidationError, ValueError, KeyError, OSError) as error:
            return [line for line in map(_line, str(error).splitlines()) if line]
    return [_line(one) for one in dict.fromkeys([*sorted(issues.warnings), *logged])]


def records(
    path: Path | str, configs: Collection[str] = CONFIGS, splits: Collection[str] = SPLITS
) -> Rows:
    """The rows by config and split, labels as numbers, each file held against its checksum. A
    description in a folder reads the files beside it, one at an address those that it names.
    Raises UsageError where mlcroissant cannot read them, or a file is not the one described."""
    mlcroissant = _mlcroissant()
    found: Rows = {}
    with _warnings():
        try:
            dataset = mlcroissant.Dataset(str(path), mapping=_beside(path))
            for known in dataset.metadata.record_sets:
                config, _, split = known.id.partition("/")
                if config in configs and split in splits:
                    read = dataset.records(known.id)
                    found.setdefault(config, {})[split] = [
                        _row(one, f"{known.id}/") for one in read
                    ]
        except (
            mlcroissant.ValidationError,
            mlcroissant.GenerationError,
            ValueError,
            KeyError,
            OSError,
        ) as error:
            cause = _line(str(error.__cause__ or error)).rstrip(".")
            raise UsageError(f"{path}: {cause}; make the description again") from None
    return found


def _mlcroissant() -> Any:
    try:
        import mlcroissant
    except ImportError:
        mend = "pip install 'marsad[croissant]'"
        raise UsageError(f"mlcroissant is not installed; {mend}") from None
    return mlcroissant


def _beside(path: Path | str) -> dict[str, str]:
    """The files of a description that lie in its folder, by id."""
    if not Path(path).is_file():
        return {}
    said = json.loads(Path(path).read_text("utf-8"))
    ids = [file["@id"] for file in said["distribution"]]
    here = {name: Path(path).parent / name for name in ids}
    return {name: str(there) for name, there in here.items() if there.is_file()}


def _row(value: Any, prefix: str) -> Any:
    """A record as a row: keys without the ids of what they are in, text as text."""
    if isinstance(value, dict):
        return {
            key.removeprefix(prefix): _row(part, f"{key}/")
            for key, part in value.items()
            if key != f"{prefix}split"
        }
    if isinstance(value, list):
        return [_row(part, prefix) for part in value]
    return value.decode("utf-8") if isinstance(value, bytes) else value


def _line(message: str) -> str:
    return " ".join(message.split()).removeprefix("- ")


@contextmanager
def _warnings() -> Iterator[list[str]]:
    """What mlcroissant logs as a warning or worse, kept off the terminal."""
    logged: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: logged.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("absl")
    propagate, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield logged
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate
