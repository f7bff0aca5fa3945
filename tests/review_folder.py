"""An ingest folder to review, as `marsad ingest` and `marsad annotate silver` leave one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from marsad.annotation import Annotation
from marsad.article import digest
from marsad.ingest.folder import LABEL_NAMES, Folder
from marsad.passage import lines
from marsad.rooms import LAYERS

NAMES = ("headline", "body", "boilerplate")
TEXTS = ("extractor", "url", "outlet", "published", "headline")


def article_id(text: str) -> str:
    return f"n_{digest(text.encode('utf-8'))[:16]}"


def moved(annotation: Annotation, text: str) -> Annotation:
    """An annotation of the same text as that of a candidate."""
    known = (annotation.structure, annotation.topic, annotation.stance, annotation.ner)
    return Annotation(article_id(text), digest(text.encode("utf-8")), *known)


def make(root: Path, silver: Mapping[str, Annotation], sure: Mapping[str, float]) -> Path:
    """A folder whose articles have these texts, each with its silver labels, of which all spans
    of an article are equally sure: `sure` gives how much, by text, 0.5 where it does not."""
    folder = Folder(root)
    pages, verdicts, labels = [], [], []
    for number, (text, annotation) in enumerate(silver.items(), 1):
        received = text.encode("utf-8")
        one = {span.start: span.label for span in annotation.structure}
        given = [NAMES.index(one.get(line.start, "body")) for line in lines(text)]
        page = {
            "page_id": f"{number}.txt",
            "received": received,
            "sha256": digest(received),
            "media": "text",
            "encoding": "utf-8",
            "text": text,
            "labels": given,
            "likely": [0.5] * len(given),
            **dict.fromkeys(TEXTS, "x"),
        }
        pages.append(page)
        verdict = {"page_id": page["page_id"], "article_id": article_id(text)}
        verdicts.append({**verdict, "status": "accepted", "event": "e", "split": "train"})
        spans = {
            layer: [
                {**asdict(span), "confidence": sure.get(text, 0.5)}
                for span in annotation.layer(layer)
            ]
            for layer in LAYERS
        }
        about = {"article_id": article_id(text), "sha256": digest(received), "silver": True}
        baselines = {layer: f"{layer}_best" for layer in LAYERS}
        labels.append({**about, "baselines": baselines, **spans})
    for path in (folder.plan("00001"), folder.pages("00001"), folder.verdicts("00001")):
        path.parent.mkdir(parents=True)
    folder.settings.mkdir()
    folder.plan("00001").write_text("{}")
    table = pa.Table.from_pylist(pages)
    metadata = {LABEL_NAMES: " ".join(NAMES).encode()}
    pq.write_table(table.replace_schema_metadata(metadata), folder.pages("00001"))
    pq.write_table(pa.Table.from_pylist(verdicts), folder.verdicts("00001"))
    folder.silver("00001").parent.mkdir()
    rows = [json.dumps(row, ensure_ascii=False) for row in labels]
    folder.silver("00001").write_text("".join(row + "\n" for row in rows), encoding="utf-8")
    return root
