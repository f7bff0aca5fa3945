"""`marsad explore`: the dataset, its scores and agreement as a site that works from disk.

The pages are built from the sources in explorer/ and lie in `app/`; what they show is written here,
as plain scripts below `data/`, in the shapes that explorer/src/data.ts declares.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from marsad.explore import (
    agreement,
    article,
    column,
    content,
    folder,
    prediction,
    score,
    script,
    site,
    text,
)
from marsad.explore.prediction import Recorded
from marsad.progress import progress
from marsad.rooms import Rooms


@dataclass(frozen=True)
class Written:
    """A site on disk: its first page, how many articles and files it has, their size in bytes, how
    many files of articles that are gone were removed, and how many seconds the writing took."""

    index: Path
    articles: int
    files: int
    bytes: int
    removed: int
    seconds: float

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "index": str(self.index), "seconds": round(self.seconds, 3)}


def write(home: Rooms, out: Path, *, referenced: bool = False) -> Written:
    """Writes the site to a folder that is empty or has one already, which is renewed. `referenced`
    takes in the referenced articles whose texts are here. Raises UsageError where the pages are
    not built or the folder has something else in it, DataError where the dataset is at fault."""
    began = time.perf_counter()
    pages = folder.pages()
    folder.require_own(out)
    with ProcessPoolExecutor(1) as other:
        recorded = other.submit(prediction.read, home)
        data = dict(progress(_scripts(home, referenced, recorded), "site"))
    files = {**pages, **{f"data/{name}.js": value for name, value in data.items()}}
    removed = folder.write(out, files)
    return Written(
        out / folder.INDEX,
        sum(name.startswith("article/") for name in data),
        len(files),
        sum(map(len, files.values())),
        removed,
        time.perf_counter() - began,
    )


def _scripts(
    home: Rooms, referenced: bool, recorded: Future[Recorded]
) -> Iterator[tuple[str, bytes]]:
    """Every data file by its name; what needs the predictions last, for they take as long to read
    as all else."""
    known = content.read(home, referenced=referenced)
    entities = column.entities(known)
    scores = score.listed(home)
    texts = text.parts(known)
    values: dict[str, Any] = {
        "articles": column.articles(known),
        "entities": entities,
        "stances": column.stances(known),
        "scores": score.scores(home, scores),
        "agreement": agreement.agreement(known),
        **{f"text/{at}": part for at, part in enumerate(texts)},
    }
    for name, value in values.items():
        yield name, script.encode(name, value)
    answered = recorded.result()
    head = site.site(known, scores, answered.digest, len(entities["id"]), len(texts))
    yield "site", script.encode("site", head)
    for view in known.views:
        one = view.article.article_id
        name = f"article/{one}"
        yield name, script.encode(name, article.article(known, view, answered.baselines(one)))
        if one in answered.scripts:
            yield f"predictions/{one}", answered.scripts[one]
