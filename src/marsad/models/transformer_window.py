"""Windows over passages that are longer than an encoder reads at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marsad.fault import UsageError

UNLIMITED = 1_000_000  # tokenizers that know no limit say a number far beyond


@dataclass(frozen=True)
class Window:
    """A run of subwords that an encoder reads at once.

    `row` is the place of the row that it is cut from, `inputs` what the encoder takes, and `words`
    the words that are answered from here: (position of the first subword in the window, place of
    the word in its row). Every word is answered from one window, the one where it has most context
    on its poorer side, unless the tokenizer makes no subword of it.
    """

    row: int
    inputs: Mapping[str, list[int]]
    words: Sequence[tuple[int, int]] = ()


def size(tokenizer: Any, network: Any, wanted: int) -> int:
    """How many subwords a window has: as many as wanted, or as the encoder takes at most."""
    limits = [wanted]
    if tokenizer.model_max_length < UNLIMITED:
        limits.append(tokenizer.model_max_length)
    positions = getattr(network.config, "max_position_embeddings", None)
    if positions:
        limits.append(positions - 2)  # RoBERTa and its kin keep two for padding
    return min(limits)


def of_texts(
    tokenizer: Any, length: int, stride: int, texts: Sequence[str], seconds: Sequence[str] = ()
) -> list[Window]:
    """Windows over texts, each window with the text's second segment whole, where there is one."""
    taken = [0] if not seconds else [len(ids) for ids in _ids(tokenizer, list(seconds))]
    room = length - tokenizer.num_special_tokens_to_add(pair=bool(seconds)) - max(taken, default=0)
    _check_room(room, length, stride)
    found = tokenizer(
        list(texts),
        list(seconds) or None,
        truncation="only_first",
        max_length=length,
        stride=stride,
        return_overflowing_tokens=True,
    )
    owners = found["overflow_to_sample_mapping"]
    return [Window(row, _inputs(tokenizer, found, at)) for at, row in enumerate(owners)]


def of_words(
    tokenizer: Any, length: int, stride: int, rows: Sequence[Sequence[str]]
) -> list[Window]:
    """Windows over texts that are split into words."""
    room = length - tokenizer.num_special_tokens_to_add(pair=False)
    _check_room(room, length, stride)
    found = tokenizer(
        [list(words) for words in rows],
        is_split_into_words=True,
        truncation="only_first",
        max_length=length,
        stride=stride,
        return_overflowing_tokens=True,
    )
    by_row: dict[int, list[int]] = {}
    for at, row in enumerate(found["overflow_to_sample_mapping"]):
        by_row.setdefault(row, []).append(at)
    windows = []
    for row, places in by_row.items():
        answered = _answered([found.word_ids(at) for at in places], room - stride)
        for at, words in zip(places, answered, strict=True):
            windows.append(Window(row, _inputs(tokenizer, found, at), words))
    return windows


def _answered(windows: Sequence[Sequence[int | None]], step: int) -> list[list[tuple[int, int]]]:
    """For each window of one text, given the word of each of its positions, the words that are
    answered from it. Windows begin `step` subwords apart."""
    firsts: dict[int, int] = {}  # the place of a word's first subword in the whole text
    best: dict[int, tuple[int, int, int]] = {}  # by word: context, window, position
    for number, words in enumerate(windows):
        inner = [at for at, word in enumerate(words) if word is not None]
        for at, position in enumerate(inner):
            word = words[position]
            assert word is not None
            if firsts.setdefault(word, number * step + at) != number * step + at:
                continue
            before = at if number else len(words)
            after = len(inner) - 1 - at if number < len(windows) - 1 else len(words)
            context = min(before, after)
            if word not in best or context > best[word][0]:
                best[word] = (context, number, position)
    found: list[list[tuple[int, int]]] = [[] for _ in windows]
    for word, (_, number, position) in sorted(best.items()):
        found[number].append((position, word))
    return found


def _inputs(tokenizer: Any, found: Any, at: int) -> dict[str, list[int]]:
    return {name: found[name][at] for name in tokenizer.model_input_names if name in found}


def _ids(tokenizer: Any, texts: list[str]) -> list[list[int]]:
    ids: list[list[int]] = tokenizer(texts, add_special_tokens=False)["input_ids"]
    return ids


def _check_room(room: int, length: int, stride: int) -> None:
    if room <= stride:
        wrong = f"a window of {length} subwords has room for {max(room, 0)} of the passage"
        raise UsageError(f"{wrong} and stride is {stride}; raise max_length or lower stride")
