"""What there is to export: the rows of `data/`, put together by article and by passage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

from marsad.dataset import Row, outermost
from marsad.fault import DataError, Fault
from marsad.feature import features
from marsad.label import read_layers
from marsad.parquet import parquet_path, read_parquet
from marsad.passage import Line, Passage, lines, passages
from marsad.rooms import Rooms


@dataclass(frozen=True)
class Made:
    """What a format makes: the bytes of each file by its path below the export's folder, how many
    of each thing they hold, and a line for each kind of thing that they do not."""

    files: dict[str, bytes] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def count(self, what: str, more: int) -> None:
        self.counts[what] = self.counts.get(what, 0) + more


@dataclass(frozen=True)
class ArticleContent:
    """An article: its row, its lines with their structure labels, its passages by id with the
    topics of each. All offsets are into `raw`."""

    row: Row
    lines: tuple[tuple[Line, str], ...]
    passages: dict[str, Passage]
    topics: dict[str, list[str]]

    @property
    def article_id(self) -> str:
        return str(self.row["article_id"])

    @property
    def raw(self) -> str:
        return str(self.row["raw"])

    def stances(self) -> dict[str, list[Row]]:
        """All stances by passage, those of held-out targets too, with the columns of the stance
        config that annotators need; the evidence is into the passage's text."""
        found: dict[str, list[Row]] = {name: [] for name in self.passages}
        for stance in self.row["stances"]:
            start = self.passages[stance["passage_id"]].start
            evidence = {"start": stance["start"] - start, "end": stance["end"] - start}
            kept = {name: stance[name] for name in ("holder", "target", "label")}
            found[stance["passage_id"]].append({**kept, "evidence": evidence})
        return found


@dataclass(frozen=True)
class PassageContent:
    """A passage: its row of the ner config, its topics, its rows of the stance config. All offsets
    are into `text`."""

    ner: Row
    topics: list[str]
    stances: list[Row]
    context: str

    @property
    def passage_id(self) -> str:
        return str(self.ner["passage_id"])

    @property
    def text(self) -> str:
        return str(self.ner["text"])

    @property
    def outermost(self) -> list[Row]:
        """The entities that lie in no other, one for each of the flat view's spans."""
        first: dict[tuple[int, int, str], Row] = {}
        for entity in self.ner["entities"]:
            first.setdefault((entity["start"], entity["end"], entity["label"]), entity)
        return [first[span] for span in outermost(list(first))]


class Content:
    """The rows of `data/`, read when they are asked for."""

    def __init__(self, home: Rooms) -> None:
        self.home = home
        self.layers = read_layers(home)
        columns = features(self.layers)

        def read(config: str, split: str) -> list[Row]:
            return read_parquet(parquet_path(home.data, config, split), columns[config])

        self.rows: Callable[[str, str], list[Row]] = cache(read)

    def articles(self, split: str) -> Iterator[ArticleContent]:
        """The articles of a split whose text is in `data/`."""
        labels: defaultdict[str, dict[int, str]] = defaultdict(dict)
        for row in self.rows("structure", split):
            number = int(row["line_id"].rpartition(":")[2])
            labels[row["article_id"]][number] = row["label"]
        topics = {row["passage_id"]: row for row in self.rows("topic", split)}
        for row in self.rows("articles", split):
            if not row["raw"]:
                continue
            article_id, raw = row["article_id"], row["raw"]
            of_line = labels[article_id]
            found = {f"{article_id}:{p.line:03d}.{p.piece:02d}": p for p in passages(raw, of_line)}
            listed = tuple(lines(raw))
            whole = [line.number for line in listed] == sorted(of_line)
            if not whole or any(
                name not in topics or topics[name]["text"] != raw[p.start : p.end]
                for name, p in found.items()
            ):
                wrong = f"the rows of {article_id} do not fit its raw text"
                raise DataError(Fault(f"data/topic/{split}.parquet", 0, wrong, "run marsad build"))
            yield ArticleContent(
                row,
                tuple((line, of_line[line.number]) for line in listed),
                found,
                {name: topics[name]["topics"] for name in found},
            )

    def passages(self, split: str) -> Iterator[PassageContent]:
        """The passages of a split, with what the three passage configs say of each."""
        topics = {row["passage_id"]: row for row in self.rows("topic", split)}
        stances: defaultdict[str, list[Row]] = defaultdict(list)
        for row in self.rows("stance", split):
            stances[row["passage_id"]].append(row)
        for row in self.rows("ner", split):
            name = row["passage_id"]
            topic = topics.get(name)
            if topic is None or topic["text"] != row["text"]:
                wrong = f"{name} has another text in the ner config"
                raise DataError(Fault(f"data/topic/{split}.parquet", 0, wrong, "run marsad build"))
            yield PassageContent(row, topic["topics"], stances[name], topic["context"])
