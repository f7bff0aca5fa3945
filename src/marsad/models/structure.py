"""Methods for the structure task: a label for each raw line, seen in its page."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from marsad.models import Rows


@dataclass
class LinearLine:
    """Logistic regression over what a line looks like, where it stands and what its neighbours
    look like. `C` is the inverse strength of regularisation, `window` how many lines each way."""

    C: float = 1.0
    window: int = 2
    pipeline: Any = field(init=False, default=None, repr=False)

    def fit(self, rows: Rows) -> None:
        from sklearn.feature_extraction import DictVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline

        self.pipeline = make_pipeline(
            DictVectorizer(),
            LogisticRegression(C=self.C, class_weight="balanced", max_iter=2000),
        )
        self.pipeline.fit(self._features(rows), [row["label"] for row in rows])

    def predict(self, rows: Rows) -> list[str]:
        return [str(label) for label in self.pipeline.predict(self._features(rows))]

    def _features(self, rows: Rows) -> list[dict[str, Any]]:
        found = []
        for _, group in groupby(rows, key=lambda row: row["article_id"]):
            looks = [look(row) for row in group]
            longest = [look["tokens"] for look in looks]
            first_long = next((i for i, n in enumerate(longest) if n >= 20), len(looks))
            for at, own in enumerate(looks):
                features: dict[str, Any] = dict(own)
                features["place"] = at / max(1, len(looks) - 1)
                features["before_first_long"] = at < first_long
                features["just_before_first_long"] = at == first_long - 1
                for step in range(-self.window, self.window + 1):
                    if step and 0 <= at + step < len(looks):
                        for key in ("length", "ends", "digits"):
                            features[f"{step:+}:{key}"] = looks[at + step][key]
                    elif step:
                        features[f"{step:+}:outside"] = True
                found.append(features)
        return found


def look(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a line looks like by itself."""
    text = row["text"].strip()
    words = text.split()
    length = len(words)
    last = text[-1] if text else ""
    kinds = Counter(unicodedata.category(char)[0] for char in text)
    return {
        "tokens": length,
        "length": next(str(n) for n in (1, 3, 6, 12, 20, 10**9) if length <= n),
        "ends": last if unicodedata.category(last or " ")[0] == "P" else "letter",
        "starts": text[:1] if unicodedata.category(text[:1] or " ")[0] != "L" else "letter",
        "digits": kinds["N"] > 0,
        "symbols": sum(char in "|>©@*/:»" for char in text),
        "punctuation": kinds["P"] / max(1, len(text)),
        "latin": any("a" <= char.lower() <= "z" for char in text),
        **{f"word={word}": True for word in words[:3]},
    }
