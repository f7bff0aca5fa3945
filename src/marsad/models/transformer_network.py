"""Encoders with a head: found, saved, restored, asked. Imports torch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from numpy.typing import NDArray
from tokenizers import pre_tokenizers

from marsad.fault import UsageError
from marsad.models.transformer_window import Window
from marsad.progress import progress

HEADS = {
    "sequences": transformers.AutoModelForSequenceClassification,
    "tokens": transformers.AutoModelForTokenClassification,
}


def pretrained(name: str, revision: str, head: str, outputs: Sequence[str], seed: int) -> Any:
    """The tokenizer and the network of a model that is a folder or in the local cache, with a new
    head. Raises UsageError where there is none, or none that can be fine-tuned."""
    transformers.set_seed(seed)
    place = Path(name).expanduser()
    if place.is_dir() and not (place / "config.json").is_file():
        mend = "name a folder that save_pretrained wrote"
        raise UsageError(f"model {name} is a folder without config.json; {mend}")
    try:
        tokenizer, network, report = _load(
            str(place) if place.is_dir() else name, head, outputs, revision
        )
    except Exception as error:  # whatever a folder or cache of someone else holds
        if not place.is_dir() and isinstance(error, OSError):
            mend = "name a folder with config.json"
            if re.fullmatch(r"[\w.-]+(/[\w.-]+)?", name):
                mend += f", or fetch it first: hf download {name}"
            raise UsageError(f"model {name} is no folder and not in the cache; {mend}") from None
        said = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        raise UsageError(f"model {name} cannot be read: {said}; name another model") from None
    own = f"{network.base_model_prefix}."
    lost = [key for key in (*report["missing_keys"], *_keys(report)) if key.startswith(own)]
    if lost := [key for key in lost if ".pooler." not in key]:  # masked models have no pooler
        wrong = f"lacks {len(lost)} of its encoder's weights, such as {sorted(lost)[0]}"
        raise UsageError(f"model {name} {wrong}; name a folder that save_pretrained wrote")
    for wrong, is_wrong in (
        ("has no fast tokenizer", not tokenizer.is_fast),
        ("has no padding token", tokenizer.pad_token_id is None),
    ):
        if is_wrong:
            raise UsageError(f"model {name} {wrong}; name an encoder that has one")
    tokenizer.padding_side = tokenizer.truncation_side = "right"
    return tokenizer, network


def saved(folder: Path, head: str, outputs: Sequence[str]) -> Any:
    """The tokenizer and the network that `save` wrote. Raises ValueError where they are not whole
    or the head gives other outputs."""
    if not (folder / "config.json").is_file():
        raise ValueError(f"no {folder.name}/config.json")
    try:
        tokenizer, network, report = _load(str(folder), head, outputs, "main")
    except Exception as error:  # whatever a damaged folder raises
        raise ValueError(f"{type(error).__name__} {error}") from None
    if lost := [*report["missing_keys"], *_keys(report)]:
        raise ValueError(f"weights lack {sorted(lost)[0]}")
    return tokenizer, network.to("cuda" if torch.cuda.is_available() else "cpu").eval()


def save(network: Any, tokenizer: Any, folder: Path) -> None:
    with quiet():
        network.save_pretrained(folder)
        tokenizer.save_pretrained(folder)


def words_apart(tokenizer: Any) -> None:
    """Makes a byte-level tokenizer see a word of a split text as one after a space."""
    found = tokenizer.backend_tokenizer.pre_tokenizer
    for one in list(found) if isinstance(found, pre_tokenizers.Sequence) else [found]:
        if isinstance(one, pre_tokenizers.ByteLevel):
            one.add_prefix_space = True


def outputs(
    network: Any, tokenizer: Any, windows: Sequence[Window], batch_size: int
) -> Iterator[tuple[Window, NDArray[np.float32]]]:
    """What the head gives for each window, those of like length together: of shape (outputs), or
    (subwords, outputs). Raises UsageError where that is not a number."""
    device = next(network.parameters()).device
    network.eval()
    order = sorted(windows, key=lambda window: -len(window.inputs["input_ids"]))
    batches = [order[at : at + batch_size] for at in range(0, len(order), batch_size)]
    for batch in progress(batches, "Reading passages"):
        inputs = padded(tokenizer, [window.inputs for window in batch]).to(device)
        with torch.inference_mode(), torch.autocast(device.type, half(), half() is not None):
            found = network(**inputs).logits.float().cpu().numpy()
        if not np.isfinite(found).all():
            raise UsageError("the encoder gives no numbers: training diverged; lower learning_rate")
        yield from zip(batch, found, strict=True)


def half() -> Any:
    """The short floats of the GPU, None where there is no GPU."""
    if not torch.cuda.is_available():
        return None
    return torch.bfloat16 if torch.cuda.is_bf16_supported(False) else torch.float16


def padded(tokenizer: Any, inputs: Sequence[Mapping[str, list[int]]]) -> Any:
    return tokenizer.pad([dict(one) for one in inputs], return_tensors="pt")


@contextmanager
def quiet() -> Iterator[None]:
    """Keeps the library from telling what is no news, such as that a head is new."""
    log = transformers.utils.logging
    level, bars = log.get_verbosity(), log.is_progress_bar_enabled()
    log.set_verbosity_error()
    log.disable_progress_bar()
    try:
        yield
    finally:
        log.set_verbosity(level)
        if bars:
            log.enable_progress_bar()


def _load(place: str, head: str, outputs: Sequence[str], revision: str) -> Any:
    known = {"revision": revision, "local_files_only": True, "trust_remote_code": False}
    with quiet():
        tokenizer = transformers.AutoTokenizer.from_pretrained(place, **known)
        network, report = HEADS[head].from_pretrained(
            place,
            num_labels=len(outputs),
            id2label=dict(enumerate(outputs)),
            label2id={name: at for at, name in enumerate(outputs)},
            dtype=torch.float32,
            ignore_mismatched_sizes=True,
            output_loading_info=True,
            **known,
        )
    return tokenizer, network, report


def _keys(report: Mapping[str, Any]) -> list[str]:
    """The weights that are there in another shape."""
    return [one if isinstance(one, str) else one[0] for one in report["mismatched_keys"]]
