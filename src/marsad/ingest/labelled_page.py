"""Raw pages that are no articles of the dataset, with a label for each line: a folder of `.txt` and
a `labels.jsonl`, an object a page: `page` (its file), `sha256`, `labels` of its lines in order.

Those of `ingestion/pages/` teach the line model more layouts than the dataset's articles have.
"""

from __future__ import annotations

from pathlib import Path

from marsad import jsonl, passage
from marsad.article import decode, digest
from marsad.fault import DataError, Fault
from marsad.label import Layer

LABELS = "labels.jsonl"


def read(folder: Path, structure: Layer) -> list[dict[str, str]]:
    """The lines of all pages as rows of the structure task, with their labels. Raises DataError
    where a page is not there, not the one that was labelled, or has other lines than labels."""
    path = folder / LABELS
    name = f"{folder.name}/{LABELS}"
    rows: list[dict[str, str]] = []
    for number, record in jsonl.read(path, name):
        if set(record) != {"page", "sha256", "labels"}:
            found = f"keys {', '.join(map(repr, record))}"
            raise DataError(Fault(name, number, found, "write page, sha256 and labels"))
        page, labels = str(record["page"]), record["labels"]
        content = jsonl.read_bytes(folder / page, f"{folder.name}/{page}")
        if digest(content) != record["sha256"]:
            mend = "restore it, or label it again"
            raise DataError(Fault(name, number, f"{page} is not the page that was labelled", mend))
        raw = decode(content, page)
        lines = passage.lines(raw)
        if len(lines) != len(labels) or not set(labels) <= set(structure.names):
            found = f"{page}: {len(labels)} labels for {len(lines)} lines, or an unknown one"
            mend = f"give each line {', '.join(structure.names)}"
            raise DataError(Fault(name, number, found, mend))
        article_id = page.removesuffix(".txt")
        rows += [
            {
                "article_id": article_id,
                "line_id": f"{article_id}:{line.number:03d}",
                "text": raw[line.start : line.end],
                "label": label,
            }
            for line, label in zip(lines, labels, strict=True)
        ]
    return rows
