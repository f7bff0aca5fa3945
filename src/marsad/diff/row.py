"""How the rows changed, config by config and split by split, each row known by its id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marsad.dataset import CONFIGS, row_id
from marsad.diff import card
from marsad.diff.card import Card
from marsad.diff.folder import Both, Folder, InOut, Was, in_out
from marsad.parquet import parquet_path
from marsad.split import SPLITS

Row = dict[str, Any]


@dataclass(frozen=True)
class SplitRows:
    """One config's rows of one split, by their ids. `changed` has the columns that differ, of
    those that both states have; `withheld` and `restored` are the rows of articles whose text is
    in one state alone, and are in no other list."""

    before: int
    after: int
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: Mapping[str, tuple[str, ...]]
    withheld: tuple[str, ...]
    restored: tuple[str, ...]

    def __bool__(self) -> bool:
        parts = (self.added, self.removed, self.changed, self.withheld, self.restored)
        return any(parts) or self.before != self.after


@dataclass(frozen=True)
class ConfigRows:
    """One config. `digest` is that of its rows as the cards say, where it changed; `names` are the
    label names by column, where they did; `splits` are all of them where one of them did."""

    digest: Was | None
    columns: InOut[str]
    names: Mapping[str, Was]
    splits: Mapping[str, SplitRows]


@dataclass(frozen=True)
class Rows:
    """The configs in and out, what changed in those that both states have, and how many those
    are."""

    configs: InOut[str]
    changed: Mapping[str, ConfigRows]
    kept: int

    @property
    def touched(self) -> bool:
        """Whether a row was added, removed or changed, but for texts withheld or restored."""
        parts = [part for of in self.changed.values() for part in of.splits.values()]
        return bool(self.configs) or any(p.added or p.removed or p.changed for p in parts)


def compare(both: Both, withheld: frozenset[str], restored: frozenset[str]) -> Rows:
    """The change of the rows. `withheld` and `restored` are the articles whose text one state has
    not."""
    if not both.comparable("data", "rows"):
        return Rows(InOut(), {}, 0)
    cards = [card.read(both, of) for of in (both.old, both.new)]
    there = [_configs(of) for of in (both.old, both.new)]
    changed = {}
    shared = [name for name in there[0] if name in there[1]]
    for config in shared:
        pair = cards[0].get(config, Card(None, {})), cards[1].get(config, Card(None, {}))
        found = _config(both, config, pair, withheld, restored)
        if found.digest or found.columns or found.names or found.splits:
            changed[config] = found
    _distrust(both, changed, cards)
    return Rows(in_out(*there), changed, len(shared))


def _configs(folder: Folder) -> list[str]:
    """The configs that have a Parquet file, ours first in their order."""
    found = {file.split("/")[1] for file in folder.files("data/*/*.parquet")}
    return [*(name for name in CONFIGS if name in found), *sorted(found - set(CONFIGS))]


def _config(
    both: Both,
    config: str,
    cards: tuple[Card, Card],
    withheld: frozenset[str],
    restored: frozenset[str],
) -> ConfigRows:
    digests = [of.digest for of in cards]
    digest = Was(*digests) if None not in digests and digests[0] != digests[1] else None
    names = {
        column: Was(before, cards[1].columns[column])
        for column, before in cards[0].columns.items()
        if column in cards[1].columns and before != cards[1].columns[column]
    }
    files = [f"data/{config}/{split}.parquet" for split in _splits(both, config)]
    if cards[0].columns == cards[1].columns and all(map(both.same, files)):
        return ConfigRows(digest, InOut(), names, {})
    known = all(of.columns for of in cards)  # else numbers are compared with numbers
    old, columns = _read(both.old, config, cards[0].columns if known else {})
    new, others = _read(both.new, config, cards[1].columns if known else {})
    shared = [column for column in columns if column in others]
    try:
        parts = {
            split: _split(
                config, shared, old.get(split, []), new.get(split, []), withheld, restored
            )
            for split in _splits(both, config)
        }
    except KeyError as error:
        both.notes.append(f"a state has no column {error} in `{config}`: its rows not compared")
        parts = {}
    changed = parts if any(parts.values()) else {}
    return ConfigRows(digest, in_out(columns, others), names, changed)


def _splits(both: Both, config: str) -> list[str]:
    found = {Path(file).stem for file in both.files(f"data/{config}/*.parquet")}
    return [*(name for name in SPLITS if name in found), *sorted(found - set(SPLITS))]


def _read(
    folder: Folder, config: str, names: Mapping[str, Sequence[str] | None]
) -> tuple[dict[str, list[Row]], list[str]]:
    """A config's rows by split with labels as names, and its columns."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    decoders = {column: _decoder(of) for column, of in names.items() if of is not None}
    found: dict[str, list[Row]] = {}
    columns: dict[str, None] = {}
    for file in folder.files(f"data/{config}/*.parquet"):
        split = Path(file).stem
        try:
            table = pq.ParquetFile(parquet_path(folder.path / "data", config, split)).read()
        except (pa.ArrowException, OSError, ValueError):
            raise folder.fault(file, 0, "not Parquet") from None
        columns |= dict.fromkeys(table.column_names)
        codes = {name: code for name, code in decoders.items() if name in table.column_names}
        rows: list[Row] = table.to_pylist()
        for row in rows:
            row.update({name: code(row[name]) for name, code in codes.items()})
        found[split] = rows
    return found, list(columns)


def _split(
    config: str,
    shared: list[str],
    before: list[Row],
    after: list[Row],
    withheld: frozenset[str],
    restored: frozenset[str],
) -> SplitRows:
    old = {row_id(config, row): row for row in before}
    new = {row_id(config, row): row for row in after}
    away = {name for name, row in old.items() if row.get("article_id") in withheld}
    back = {name for name, row in new.items() if row.get("article_id") in restored}
    removed = [name for name in old if name not in new]
    added = [name for name in new if name not in old]
    changed = {
        name: tuple(column for column in shared if old[name][column] != row[column])
        for name, row in new.items()
        if name in old and old[name] != row
    }
    return SplitRows(
        len(before),
        len(after),
        tuple(name for name in added if name not in back),
        tuple(name for name in removed if name not in away),
        {name: columns for name, columns in changed.items() if columns},
        tuple(name for name in removed if name in away),
        tuple(name for name in added if name in back),
    )


def _distrust(
    both: Both, changed: Mapping[str, ConfigRows], cards: Sequence[Mapping[str, Card]]
) -> None:
    """Notes where the rows changed and the cards say one digest."""
    stale = [
        f"`{config}`"
        for config, found in changed.items()
        if any(found.splits.values())
        and not found.digest
        and all(config in of and of[config].digest for of in cards)
    ]
    if stale:
        both.notes.append(
            f"the rows of {', '.join(stale)} changed and their digests in the card did not: run "
            "marsad build"
        )


def by_column(changed: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """How many of the changed rows differ in each column."""
    return dict(Counter(column for columns in changed.values() for column in columns))


def _decoder(names: Sequence[str]) -> Callable[[Any], Any]:
    def decode(value: Any) -> Any:
        if isinstance(value, list):
            return [decode(one) for one in value]
        if isinstance(value, int) and 0 <= value < len(names):
            return names[value]
        return value

    return decode
