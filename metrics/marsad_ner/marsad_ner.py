"""Marsad's named entity figures as an `evaluate` module. Needs Marsad: pip install marsad."""

from __future__ import annotations

from typing import Any

import datasets
import evaluate

from marsad import figure, iob2

SPAN = {
    "start": datasets.Value("int64"),
    "end": datasets.Value("int64"),
    "label": datasets.Value("string"),
}


class MarsadNer(evaluate.Metric):
    """Exact span F1. Config `default` takes nested spans, `tags` IOB2 tags."""

    def _info(self) -> evaluate.MetricInfo:
        text = datasets.Value("string")
        feature = datasets.Sequence(text) if self.config_name == "tags" else [SPAN]
        return evaluate.MetricInfo(
            description="Exact span micro F1 of nested entities, as `marsad score ner` has it.",
            citation=figure.CITATION,
            inputs_description=(
                "references, predictions: for each passage a list of {start, end, label} spans, "
                "or with the config 'tags' a list of IOB2 tags. articles: the article of each "
                "passage, for 95 % intervals. labels: the types, by default Marsad's."
            ),
            features=datasets.Features({"predictions": feature, "references": feature}),
        )

    def add_batch(
        self, *, predictions: list[Any] | None = None, references: list[Any] | None = None
    ) -> None:
        """Adds answers; what a span has besides, as the dataset's entity_id, is left out."""
        if self.config_name != "tags":
            predictions, references = (
                part and [[{key: span[key] for key in SPAN} for span in answer] for answer in part]
                for part in (predictions, references)
            )
        super().add_batch(predictions=predictions, references=references)

    def _compute(
        self,
        predictions: list[Any],
        references: list[Any],
        articles: list[str] | None = None,
        labels: list[str] | None = None,
    ) -> dict[str, Any]:
        if self.config_name == "tags":
            for gold, given in zip(references, predictions, strict=True):
                if len(gold) != len(given):
                    raise ValueError(f"{len(gold)} and {len(given)} tags; give one tag a token")
        references, predictions = (
            [self.spans(answer) for answer in part] for part in (references, predictions)
        )
        return figure.figures("ner", references, predictions, articles=articles, labels=labels)

    def spans(self, answer: list[Any]) -> list[tuple[int, int, str]]:
        """The spans of one answer, of characters or of tokens."""
        if self.config_name == "tags":
            return iob2.spans(answer)
        return [(span["start"], span["end"], span["label"]) for span in answer]
