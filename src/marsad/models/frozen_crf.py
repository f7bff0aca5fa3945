"""The CRF with what a frozen encoder says of each word: which words of train it is like."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from marsad.encoder import ENCODERS, encode
from marsad.encoder import Floats as Vectors
from marsad.models import Rows, stored
from marsad.models.crf import Crf
from marsad.models.name_lexicon import Lexicon
from marsad.models.page import Looks, Page


@dataclass
class FrozenCrf(Crf):
    """The words of train are grouped by their vectors, by k-means into each of the numbers of
    `clusters`, begun from the most frequent words, so that nothing is drawn at random. A word says
    which group it is nearest to, also one that train does not have."""

    encoder: str = "use3"
    clusters: tuple[int, ...] = (64, 256)
    centres: list[Vectors] = field(init=False, default_factory=list, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.encoder not in ENCODERS:
            known = ", ".join(ENCODERS)
            raise ValueError(f"encoder is {self.encoder!r}; the encoders are {known}")
        if not self.clusters or min(self.clusters) < 2:
            raise ValueError(f"clusters are {list(self.clusters)}; give numbers of 2 or more")

    def fit(self, rows: Rows, validation: Rows = ()) -> None:
        from sklearn.cluster import KMeans

        counts = Counter(word for row in rows for word in row["tokens"])
        words = sorted(counts, key=lambda word: (-counts[word], word))
        vectors = encode(self.encoder, words)
        self.centres = []
        for size in self.clusters:
            begin = np.unique(vectors[:size], axis=0)
            if len(begin):
                means = KMeans(len(begin), init=begin, n_init=1, max_iter=50).fit(vectors)
                self.centres.append(means.cluster_centers_)
        super().fit(rows, validation)

    def page(self, known: Lexicon, rows: Rows) -> Page:
        listed = [row["tokens"] for row in rows]
        words = list(dict.fromkeys(word for tokens in listed for word in tokens))
        vectors = encode(self.encoder, words)
        groups = [(vectors @ c.T - (c**2).sum(1) / 2).argmax(1).tolist() for c in self.centres]
        kinds: dict[str, Looks] = {
            word: [f"k{level}={group}" for level, group in enumerate(own)]
            for word, own in zip(words, zip(*groups, strict=True), strict=False)
        }
        return Page(known, listed, kinds)

    def save(self, folder: Path) -> None:
        super().save(folder)
        centres = {str(level): one for level, one in enumerate(self.centres)}
        stored.write(folder, {"encoder": self.encoder}, centres)

    def restore(self, folder: Path) -> None:
        super().restore(folder)
        names, centres = stored.read(folder)
        dims = ENCODERS[self.encoder].dims
        self.centres = [centres[str(level)] for level in range(len(centres))]
        if names["encoder"] != self.encoder or any(c.shape[1:] != (dims,) for c in self.centres):
            raise ValueError(f"groups that are not of the encoder {self.encoder}")
