"""Training of an encoder, by the Trainer of `transformers`. Imports torch."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
import transformers
from transformers.trainer_callback import PrinterCallback

from marsad.fault import UsageError
from marsad.models.transformer_network import half, padded, quiet
from marsad.progress import progress

STATE = "trainer_state.json"  # the last file of a checkpoint to be written
IGNORED = -100  # the label of what is not trained on


def train(
    method: Any,
    examples: Sequence[Mapping[str, Any]],
    judge: Callable[[], float] | None,
    place: Path | None,
) -> Any:
    """The network of a `FineTuned` method trained on examples. `judge` scores it as it is after
    each epoch, `place` is where checkpoints are kept. Raises UsageError where that cannot be
    written."""
    try:
        if place:
            place.mkdir(parents=True, exist_ok=True)
        with quiet(), nullcontext(place) if place else TemporaryDirectory() as folder:
            return _train(method, examples, judge, Path(folder).resolve(), kept=place is not None)
    except OSError as error:
        what = f"checkpoints {place}" if place else "the folder for temporary files"
        mend = "name a folder that can be written and has room"
        raise UsageError(f"{what} cannot be used: {error.strerror or error}; {mend}") from None


def _train(
    method: Any,
    examples: Sequence[Mapping[str, Any]],
    judge: Callable[[], float] | None,
    folder: Path,
    kept: bool,
) -> Any:
    last, state = _last(folder)
    if last and _finished(method, state):
        best = folder / f"checkpoint-{state.best_global_step}" if judge else last
        weights = type(method.network).from_pretrained(best, local_files_only=True)
        return weights.to("cuda" if torch.cuda.is_available() else "cpu").eval()
    trainer = _Judged(
        judge=judge,
        model=method.network,
        args=_arguments(method, folder, judge is not None, kept),
        train_dataset=examples,
        eval_dataset=examples,  # never read: `evaluate` asks the judge
        data_collator=lambda batch: _batch(method.tokenizer, batch),
        compute_loss_func=LOSSES[method.loss],
        callbacks=[_Checkpoints(folder), _Bar()],
    )
    trainer.remove_callback(PrinterCallback)
    if judge:
        trainer.add_callback(transformers.EarlyStoppingCallback(method.patience))
    trainer.train(resume_from_checkpoint=str(last) if last else None)
    return trainer.accelerator.unwrap_model(method.network, keep_fp32_wrapper=False).eval()


def _arguments(method: Any, folder: Path, judged: bool, kept: bool) -> Any:
    short = half()
    return transformers.TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=method.epochs,
        per_device_train_batch_size=method.batch_size,
        gradient_accumulation_steps=method.accumulate,
        learning_rate=method.learning_rate,
        warmup_steps=float(method.warmup),
        weight_decay=method.weight_decay,
        seed=method.seed,
        data_seed=method.seed,
        bf16=short is torch.bfloat16,
        fp16=short is torch.float16,
        eval_strategy="epoch" if judged else "no",
        save_strategy="epoch" if judged or kept else "no",
        save_total_limit=2,
        save_only_model=not kept,
        load_best_model_at_end=judged,
        metric_for_best_model="score" if judged else None,
        greater_is_better=True if judged else None,
        restore_callback_states_from_checkpoint=True,
        remove_unused_columns=False,
        dataloader_pin_memory=torch.cuda.is_available(),
        logging_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )


def _last(folder: Path) -> tuple[Path | None, Any]:
    """The last whole checkpoint and its state; those that were cut off in writing are removed."""
    found = {int(p.name.partition("-")[2]): p for p in folder.glob("checkpoint-*") if p.is_dir()}
    for step in sorted(found, reverse=True):
        try:
            state = transformers.TrainerState.load_from_json(str(found[step] / STATE))
        except (OSError, ValueError, TypeError):
            shutil.rmtree(found[step])
            continue
        return found[step], state
    return None, None


def _finished(method: Any, state: Any) -> bool:
    stopping = state.stateful_callbacks.get("EarlyStoppingCallback", {"attributes": {}})
    waited = stopping["attributes"].get("early_stopping_patience_counter", 0)
    return bool(state.epoch >= method.epochs or waited >= method.patience)


class _Judged(transformers.Trainer):  # type: ignore[misc]
    """A Trainer that scores whole rows with the task's own metric."""

    def __init__(self, judge: Callable[[], float] | None, **known: Any) -> None:
        super().__init__(**known)
        self.judge = judge

    def evaluate(self, *given: Any, **known: Any) -> dict[str, float]:
        metrics = {"eval_score": self.judge() if self.judge else 0.0}
        handler = self.callback_handler
        self.control: Any = handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics


class _Checkpoints(transformers.TrainerCallback):  # type: ignore[misc]
    """Checkpoints that may be moved and hold nothing that must be unpickled to be read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def on_train_begin(self, args: Any, state: Any, control: Any, **known: Any) -> None:
        if state.best_global_step:
            state.best_model_checkpoint = str(self.folder / f"checkpoint-{state.best_global_step}")

    def on_save(self, args: Any, state: Any, control: Any, **known: Any) -> None:
        for path in self.folder.glob("checkpoint-*/training_args.bin"):
            path.unlink()


class _Bar(transformers.TrainerCallback):  # type: ignore[misc]
    """A bar for each epoch, gone before its validation, which has a bar of its own."""

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **known: Any) -> None:
        says = f"Epoch {int(state.epoch or 0) + 1} of {state.num_train_epochs}"
        steps = range(state.max_steps // state.num_train_epochs)
        self.steps = iter(progress(steps, says))
        next(self.steps, None)

    def on_step_end(self, args: Any, state: Any, control: Any, **known: Any) -> None:
        next(self.steps, None)


def _batch(tokenizer: Any, examples: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    inputs = padded(tokenizer, [example["inputs"] for example in examples])
    labels = [torch.as_tensor(example["labels"]) for example in examples]
    if labels[0].dim() == 2:
        joined = torch.nn.utils.rnn.pad_sequence(labels, True, IGNORED)
    else:
        joined = torch.stack(labels)
    return {**inputs, "labels": joined}


def _one(found: Any, labels: Any, num_items_in_batch: Any = None) -> Any:
    """Cross entropy of one label of several: for a window, or for each subword and level."""
    logits = found.logits
    if labels.dim() > 1:
        logits = logits.unflatten(-1, (labels.shape[-1], -1))
    logits = logits.reshape(-1, logits.shape[-1]).float()
    loss = torch.nn.functional.cross_entropy(
        logits, labels.reshape(-1), ignore_index=IGNORED, reduction="sum"
    )
    return loss / _items(labels, num_items_in_batch)


def _each(found: Any, labels: Any, num_items_in_batch: Any = None) -> Any:
    """Binary cross entropy of each label by itself."""
    loss = torch.nn.functional.binary_cross_entropy_with_logits(
        found.logits.float(), labels, reduction="sum"
    )
    return loss / _items(labels, num_items_in_batch)


def _items(labels: Any, known: Any) -> Any:
    """How many labels the step has, over all its batches; the Trainer gives one for each GPU."""
    count = labels.ne(IGNORED).sum() if known is None else torch.as_tensor(known).sum()
    return count.clamp(min=1)


LOSSES = {"one": _one, "each": _each}
