"""What the dataset has already: its articles, by which newcomers are found to be copies of them or
of their events."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marsad import corpus, passage, split
from marsad.article import read_here
from marsad.ingest import event, stage
from marsad.ingest.entity import Names
from marsad.ingest.settings import Settings
from marsad.ingest.signed import Signed
from marsad.letters import Letters
from marsad.rooms import Rooms
from marsad.split import SplitRule

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Known:
    """The articles of the dataset whose texts are here, in the order of their ids: their
    signatures, and what events are told by, as `event.records` has it. `splits` are those of
    their events."""

    ids: list[str]
    signed: Signed
    articles: pa.Table
    splits: Mapping[str, str]
    rule: SplitRule

    def split_of(self, name: str) -> str:
        """The split of an event: where the dataset has it, else what the hash of its name says."""
        return self.splits.get(name) or self.rule.of_event(name)


def read_known(home: Rooms, settings: Settings, names: Names, leave: Collection[str] = ()) -> Known:
    """The dataset's articles but for those whose ids are to be left out, since they came by the
    same ingest and were promoted."""
    import pyarrow as pa

    held = [known for known in read_here(home) if known.article_id not in leave]
    gold = corpus.read_annotations(home, tuple(held))
    clean = []
    for known in held:
        labels = {
            line.number: span.label
            for line, span in zip(
                passage.lines(known.raw), gold[known.article_id].structure, strict=True
            )
        }
        clean.append(passage.clean(known.raw, labels).text)
    ids = [known.article_id for known in held]
    words = Letters.of(clean).folded.words
    signed = stage.signatures(words, settings.duplicates)
    named = stage.named(words, names, settings.events)
    articles = {
        "article_id": ids,
        "published": [known.published for known in held],
        **named,
        "leader": [None] * len(ids),
        "event": [known.event for known in held],
    }
    places = split.read_splits(home)
    return Known(
        ids,
        Signed.of(pa.table(signed)),
        pa.table(articles, schema=event.records()),
        {place.group: place.split for place in places.values()},
        split.read_rule(home),
    )
