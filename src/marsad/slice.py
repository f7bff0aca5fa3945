"""The slices of a score: by tier, genre, event and length, and what a task adds to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from marsad.dataset import Row
from marsad.passage import tokens
from marsad.task import TaskData

ByRow = Callable[[Row], str]
BySpan = Callable[[Row, int, int], str]


def by_row(data: TaskData, split: str) -> dict[str, ByRow]:
    """The slices that a row lies in as a whole: for each a function from the row to its group."""
    found: dict[str, ByRow] = {
        name: _of_article(data.articles, name) for name in ("tier", "genre", "event")
    }
    found["length"] = lambda row: _length(len(tokens(row["text"])), data.task.lengths)
    if data.task.layer == "stance":
        labels = defaultdict(set)
        for row in data.rows[split]:
            labels[row["passage_id"]].add(row["label"])
        found |= {
            "target": lambda row: str(row["target"]),
            "targets": lambda row: "held_out" if row["target"] in data.held_out else "trained",
            "passage": lambda row: "mixed" if len(labels[row["passage_id"]]) > 1 else "one_label",
            "evidence": lambda row: "negated" if _negated(row, data.task.negations) else "plain",
        }
    return found


def by_span(data: TaskData) -> dict[str, BySpan]:
    """The slices that a span lies in by itself: whether train has a mention of the same letters."""
    if data.task.answer != "entities":
        return {}
    seen = {
        row["text"][entity["start"] : entity["end"]]
        for row in data.rows["train"]
        for entity in row["entities"]
    }
    return {"mention": lambda row, s, e: "seen" if row["text"][s:e] in seen else "unseen"}


def _of_article(articles: Mapping[str, Row], name: str) -> ByRow:
    return lambda row: str(articles[row["article_id"]][name])


def _length(size: int, edges: tuple[int, ...]) -> str:
    low = 0
    for edge in edges:
        if size <= edge:
            return f"{low + 1}-{edge} tokens"
        low = edge
    return f"over {low} tokens"


def _negated(row: Mapping[str, Any], words: tuple[str, ...]) -> bool:
    text = row["text"][row["evidence"]["start"] : row["evidence"]["end"]]
    own = {text[token.start : token.end] for token in tokens(text)}
    return any(f"{before}{word}" in own for word in words for before in ("", "و", "ف"))
