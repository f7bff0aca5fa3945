"""The folder that `marsad ingest` fills, and the candidates it holds.

| path | what |
|---|---|
| `plan/<shard>.json` | what a shard reads; written once |
| `pages/<shard>.parquet` | the pages of a shard with all that the stages say; there when done |
| `signatures/<shard>.arrow` | what duplicates are found by |
| `verdicts/<shard>.parquet` | what became of each page, and why |
| `silver/<shard>.jsonl` | silver labels of the accepted ones |
| `review/` | judgements and adjudications |
| `settings/` | the settings that all of it was made with |
| `models/` | what was learned for it: the line model, the index of names, silver's baselines |
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marsad import passage
from marsad.annotation import LineLabel
from marsad.article import digest
from marsad.fault import DataError, Fault, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

ACCEPTED, DUPLICATE, QUARANTINED = "accepted", "duplicate", "quarantined"
LINES, NAMES = "lines", "names"  # of `models`: the line model, the index of names
LABEL_NAMES = b"marsad.structure"  # in the metadata of pages: the names of the line labels
STATUSES = (ACCEPTED, DUPLICATE, QUARANTINED)


@dataclass(frozen=True)
class Folder:
    """Where everything of an ingest lies."""

    root: Path

    @property
    def settings(self) -> Path:
        """A folder of the form of `ingestion/`."""
        return self.root / "settings"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def review(self) -> Path:
        return self.root / "review"

    def plan(self, shard: str) -> Path:
        return self.root / "plan" / f"{shard}.json"

    def pages(self, shard: str) -> Path:
        return self.root / "pages" / f"{shard}.parquet"

    def signatures(self, shard: str) -> Path:
        return self.root / "signatures" / f"{shard}.arrow"

    def verdicts(self, shard: str) -> Path:
        return self.root / "verdicts" / f"{shard}.parquet"

    def silver(self, shard: str) -> Path:
        return self.root / "silver" / f"{shard}.jsonl"

    def shards(self) -> list[str]:
        """The names of the shards that are planned, in order."""
        return sorted(path.stem for path in (self.root / "plan").glob("*.json"))


@dataclass(frozen=True)
class Candidate:
    """An accepted page. Offsets point into `text`, of whose UTF-8 `sha256` is; `received` are the
    bytes as they came. `structure` has the line model's label of each line that is not blank, with
    its probability in `likely`."""

    article_id: str
    page_id: str
    text: str
    sha256: str
    received: bytes
    received_sha256: str
    media: str
    encoding: str
    extractor: str | None
    url: str | None
    outlet: str | None
    published: str | None
    headline: str | None
    event: str
    split: str
    structure: tuple[LineLabel, ...]
    likely: tuple[float, ...]


def article_id_of(sha256: str) -> str:
    """The id of the article that a page would be, from the checksum of what was received."""
    return f"n_{sha256[:16]}"


def open_folder(root: Path) -> Folder:
    """A folder that has been filled. Raises UsageError where it is none."""
    found = Folder(root)
    if not found.settings.is_dir():
        raise UsageError(f"{root}: no ingest folder; fill it with marsad ingest SOURCE --into DIR")
    return found


def read_candidates(root: Path, ids: Collection[str] = ()) -> Iterator[Candidate]:
    """The accepted pages of an ingest folder, of all shards in order, or those of these ids.
    Raises UsageError where it is no such folder, or has no verdicts yet."""
    folder = open_folder(root)
    for shard in folder.shards():
        if not folder.verdicts(shard).is_file():
            raise UsageError(f"{root}: not finished; run marsad ingest again with the same sources")
        yield from candidates_of(folder, shard, ids)


def candidates_of(folder: Folder, shard: str, ids: Collection[str] = ()) -> Iterator[Candidate]:
    """The accepted pages of one shard."""
    verdicts = read_table(folder.verdicts(shard)).to_pylist()
    wanted = {
        verdict["page_id"]: verdict
        for verdict in verdicts
        if verdict["status"] == ACCEPTED and (not ids or verdict["article_id"] in ids)
    }
    for batch in batches(folder.pages(shard)) if wanted else ():
        names = batch.schema.metadata[LABEL_NAMES].decode("utf-8").split()
        for page in batch.to_pylist():
            if verdict := wanted.get(page["page_id"]):
                yield _candidate(page, verdict, names)


def text_of(page: dict[str, Any]) -> str:
    """The text of a page that has no fault: what was received, where that is UTF-8 text."""
    if page["text"] is not None:
        return str(page["text"])
    received: bytes = page["received"]
    return received.decode("utf-8")


def batches(path: Path) -> Iterator[pa.RecordBatch]:
    """The pages of a shard, a few at a time."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        yield from file.iter_batches(batch_size=1000)


def read_table(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """A whole file of the folder, or some columns of it. Raises DataError where it is not there or
    is no Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            return file.read(columns)
    except (pa.ArrowException, OSError) as error:
        found = "no such file" if isinstance(error, FileNotFoundError) else "no Parquet"
        mend = "run marsad ingest again with the same sources"
        raise DataError(Fault(str(path), 0, found, mend)) from None


def _candidate(page: dict[str, Any], verdict: dict[str, Any], names: Sequence[str]) -> Candidate:
    text = text_of(page)
    structure = tuple(
        LineLabel(line.start, line.end, names[label])
        for line, label in zip(passage.lines(text), page["labels"], strict=True)
    )
    return Candidate(
        article_id=verdict["article_id"],
        page_id=page["page_id"],
        text=text,
        sha256=digest(text.encode("utf-8")),
        received=page["received"],
        received_sha256=page["sha256"],
        structure=structure,
        likely=tuple(page["likely"]),
        event=verdict["event"],
        split=verdict["split"],
        **{
            name: page[name]
            for name in (
                "media",
                "encoding",
                "extractor",
                "url",
                "outlet",
                "published",
                "headline",
            )
        },
    )
