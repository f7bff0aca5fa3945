"""Methods for the topic task: one or more topics for each passage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from marsad.models import Rows
from marsad.spelling import fold


@dataclass
class TfidfTopic:
    """TF-IDF of words and of characters within words, one logistic regression a topic. A passage
    gets every topic above `threshold`, or the likeliest where none is. `sees` is `text`, or
    `headline`: a probe of what the article's headline alone gives away."""

    C: float = 1.0
    threshold: float = 0.5
    character_ngrams: tuple[int, int] = (2, 5)
    sees: str = "text"
    model: Any = field(init=False, default=None, repr=False)
    names: list[str] = field(init=False, default_factory=list)

    def fit(self, rows: Rows) -> None:
        from sklearn.linear_model import LogisticRegression
        from sklearn.multiclass import OneVsRestClassifier
        from sklearn.pipeline import make_pipeline

        self.names = sorted({name for row in rows for name in row["topics"]})
        gold = np.array([[name in row["topics"] for name in self.names] for row in rows], dtype=int)
        one = LogisticRegression(C=self.C, class_weight="balanced", max_iter=1000)
        self.model = make_pipeline(tfidf(self.character_ngrams), OneVsRestClassifier(one))
        self.model.fit([self._text(row) for row in rows], gold)

    def predict(self, rows: Rows) -> list[frozenset[str]]:
        found = []
        for chances in self.model.predict_proba([self._text(row) for row in rows]):
            chosen = {n for n, p in zip(self.names, chances, strict=True) if p >= self.threshold}
            found.append(frozenset(chosen or {self.names[int(np.argmax(chances))]}))
        return found

    def _text(self, row: Mapping[str, Any]) -> str:
        if self.sees == "text":
            return fold(row["text"])
        return fold((row["context"] or row["text"]).split("\n")[0])


def tfidf(character_ngrams: tuple[int, int]) -> Any:
    """Words and word pairs, and characters within word boundaries, weighted by TF-IDF."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import FeatureUnion

    return FeatureUnion(
        [
            ("words", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\w+")),
            (
                "characters",
                TfidfVectorizer(
                    analyzer="char_wb", ngram_range=tuple(character_ngrams), sublinear_tf=True
                ),
            ),
        ]
    )
