"""A pretrained encoder of the `transformers` library, fine-tuned: what its methods share."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar

from marsad.models import Rows
from marsad.models.transformer_window import Window

LABELS = "labels.json"
MODEL = "model"


@dataclass
class FineTuned:
    """An encoder and a linear head, trained together.

    `model` is a folder that `save_pretrained` wrote, or the id of a model that is already in the
    local cache of the model hub, at `revision`; nothing is downloaded and no code of a model is
    run. A passage is read in windows of at most `max_length` subwords, fewer where the model takes
    fewer, that overlap by `stride`; nothing is cut off.

    `batch_size` windows are read at once and `accumulate` such batches make a step. The learning
    rate rises over the first `warmup` share of the steps and falls to 0 at the last of `epochs`.
    With validation rows, training ends after `patience` epochs without a better score on them, and
    the weights of the best epoch are kept; without, all epochs run and the last weights are kept.
    Where there is a GPU, passes are in bfloat16, or float16 on one that has not that.

    In the folder `checkpoints` each run, that is one of the same model, parameters, seed and rows,
    has a folder of its own with a checkpoint of its last and best epoch; a run that was interrupted
    goes on from there to the very weights that it would have had. Where it is empty, none is kept.
    """

    model: str = "aubmindlab/bert-base-arabertv02"
    revision: str = "main"
    epochs: int = 10
    batch_size: int = 16
    accumulate: int = 1
    learning_rate: float = 3e-5
    warmup: float = 0.1
    weight_decay: float = 0.01
    max_length: int = 256
    stride: int = 64
    patience: int = 3
    seed: int = 0
    checkpoints: str = ""
    labels: list[str] = field(init=False, default_factory=list, repr=False)
    network: Any = field(init=False, default=None, repr=False)
    tokenizer: Any = field(init=False, default=None, repr=False)

    head: ClassVar[str]  # what the head is for: sequences or tokens
    loss: ClassVar[str]  # one label of several, or each label by itself

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "accumulate", "patience"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; it is at least 1")
        if not self.model:
            raise ValueError("model is empty; name a folder or an id")
        if not self.learning_rate > 0:
            raise ValueError(f"learning_rate is {self.learning_rate}; it is above 0")
        if not 0 <= self.warmup < 1:
            raise ValueError(f"warmup is {self.warmup}; it is a share of the steps, below 1")
        if self.weight_decay < 0:
            raise ValueError(f"weight_decay is {self.weight_decay}; it is 0 or more")
        if self.seed < 0:
            raise ValueError(f"seed is {self.seed}; it is 0 or more")
        if not 0 <= self.stride < self.max_length:
            wrong = f"stride is {self.stride} and max_length {self.max_length}"
            raise ValueError(f"{wrong}; stride is 0 or more and below max_length")

    def fit(self, rows: Rows, validation: Rows = ()) -> None:
        from marsad.models import transformer_network, transformer_training

        self._learn(rows)
        self.tokenizer, self.network = transformer_network.pretrained(
            self.model, self.revision, self.head, self._outputs(), self.seed
        )
        examples = self._examples(rows, self._windows(rows))
        self.network = transformer_training.train(
            self,
            examples,
            (lambda: self._score(validation, self.predict(validation))) if validation else None,
            Path(self.checkpoints) / self._run(rows, validation) if self.checkpoints else None,
        )

    def predict(self, rows: Rows) -> list[Any]:
        raise NotImplementedError

    def save(self, folder: Path) -> None:
        from marsad.models import transformer_network

        transformer_network.save(self.network, self.tokenizer, folder / MODEL)
        text = json.dumps(self._learned(), ensure_ascii=False, indent=1) + "\n"
        (folder / LABELS).write_text(text, encoding="utf-8")

    def restore(self, folder: Path) -> None:
        from marsad.models import transformer_network

        self._relearn(json.loads((folder / LABELS).read_text(encoding="utf-8")))
        self.tokenizer, self.network = transformer_network.saved(
            folder / MODEL, self.head, self._outputs()
        )

    def _learn(self, rows: Rows) -> None:
        """Takes the labels from rows with gold."""
        raise NotImplementedError

    def _learned(self) -> Any:
        return {"labels": self.labels}

    def _relearn(self, learned: Any) -> None:
        self.labels = [str(label) for label in learned["labels"]]

    def _outputs(self) -> list[str]:
        """The names of what the head gives a number of."""
        return self.labels

    def _windows(self, rows: Rows) -> list[Window]:
        raise NotImplementedError

    def _examples(self, rows: Rows, windows: Sequence[Window]) -> list[Mapping[str, Any]]:
        """The `inputs` and `labels` of each window to train on."""
        raise NotImplementedError

    def _score(self, rows: Rows, answers: Sequence[Any]) -> float:
        """The task's own metric of answers to rows with gold."""
        raise NotImplementedError

    def _run(self, rows: Rows, validation: Rows) -> str:
        """What a run's folder is called: a digest of all that its result depends on."""
        apart = ("model", "revision", "checkpoints")  # the weights themselves are digested
        known = [f.name for f in fields(self) if f.init and f.name not in apart]
        parameters = {name: getattr(self, name) for name in known}
        told = json.dumps(
            [type(self).__name__, parameters, rows, list(validation)],
            ensure_ascii=False,
            sort_keys=True,
            default=lambda value: sorted(value) if isinstance(value, Set) else repr(value),
        )
        digest = hashlib.sha256(told.encode("utf-8"))
        for name, weights in self.network.state_dict().items():
            digest.update(name.encode("utf-8"))
            digest.update(weights.cpu().numpy().tobytes())
        return digest.hexdigest()[:16]
