"""Marsad's structure figures as an `evaluate` module. Needs Marsad: pip install marsad."""

from __future__ import annotations

from typing import Any

import datasets
import evaluate

from marsad import figure


class MarsadStructure(evaluate.Metric):
    """Macro F1 of the line labels, as `marsad score structure` has it."""

    def _info(self) -> evaluate.MetricInfo:
        feature = datasets.Value("string")
        return evaluate.MetricInfo(
            description="Macro F1 of the line labels, as `marsad score structure` has it.",
            citation=figure.CITATION,
            inputs_description=(
                "references, predictions: a label for each line. "
                "articles: the article of each, for 95 % intervals. "
                "labels: those that there are, by default Marsad's."
            ),
            features=datasets.Features({"predictions": feature, "references": feature}),
        )

    def _compute(
        self,
        predictions: list[Any],
        references: list[Any],
        articles: list[str] | None = None,
        labels: list[str] | None = None,
    ) -> dict[str, Any]:
        return figure.figures(
            "structure", references, predictions, articles=articles, labels=labels
        )
