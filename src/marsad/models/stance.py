"""Methods for the stance task: the stance of a holder toward a target, as a passage gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marsad.catalogue import VOICES
from marsad.models import Rows
from marsad.models.topic import tfidf
from marsad.spelling import fold


@dataclass
class TfidfStance:
    """A linear support vector machine over what it `sees` of text, holder and target: TF-IDF of
    the passage; with the holder, of the words around the holder's name, and each word joined with
    the kind of holder (author, nameless, named); with the target, each word joined with the
    target; holder and target by themselves. A target not seen in train is carried by its Arabic
    phrase. Leaving one out makes a probe of what the others give away."""

    C: float = 1.0
    character_ngrams: tuple[int, int] = (2, 5)
    window: int = 15
    sees: tuple[str, ...] = ("text", "holder", "target")
    model: Any = field(init=False, default=None, repr=False)

    def fit(self, rows: Rows) -> None:
        from sklearn.compose import ColumnTransformer
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.pipeline import make_pipeline
        from sklearn.svm import LinearSVC

        words = {"token_pattern": r"\S+", "lowercase": False}
        parts = {
            "text": (tfidf(self.character_ngrams), {"text"}),
            "near": (TfidfVectorizer(sublinear_tf=True, **words), {"text", "holder"}),
            "kind": (TfidfVectorizer(sublinear_tf=True, **words), {"text", "holder"}),
            "holder": (TfidfVectorizer(norm=None, use_idf=False, **words), {"holder"}),
            "target": (TfidfVectorizer(norm=None, use_idf=False, **words), {"target"}),
            "crossed": (TfidfVectorizer(sublinear_tf=True, **words), {"text", "target"}),
        }
        columns = ColumnTransformer(
            [
                (name, vectorizer, at)
                for at, (name, (vectorizer, needs)) in enumerate(parts.items())
                if needs <= set(self.sees)
            ]
        )
        classifier = LinearSVC(C=self.C, class_weight="balanced", max_iter=10_000, random_state=0)
        self.model = make_pipeline(columns, classifier)
        self.model.fit(self._columns(rows), [row["label"] for row in rows])

    def predict(self, rows: Rows) -> list[str]:
        return [str(label) for label in self.model.predict(self._columns(rows))]

    def _columns(self, rows: Rows) -> Any:
        import numpy as np

        table = np.empty((len(rows), 6), dtype=object)
        for at, row in enumerate(rows):
            table[at] = self._view(row)
        return table

    def _view(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        words = fold(row["text"]).split()
        name = set(fold(row["holder_ar"]).split())
        places = [at for at, word in enumerate(words) if any(part in word for part in name)]
        near = {
            words[at]
            for place in places
            for at in range(max(0, place - 3), min(len(words), place + self.window))
        }
        kind = row["holder"] if row["holder"] in VOICES else "named"
        phrase = [f"t:{word}" for word in fold(row["target_ar"]).split()]
        return (
            " ".join(words),
            " ".join(sorted(near)) or "-",
            " ".join(f"{kind}|{word}" for word in words),
            f"holder={row['holder']}",
            " ".join([f"target={row['target']}", *phrase]),
            " ".join(f"{row['target']}|{word}" for word in words),
        )
