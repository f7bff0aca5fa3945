"""Whether a page is an Arabic article at all: its language, and measures of what it is made of."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from marsad.ingest import kind
from marsad.ingest.language import Tongues
from marsad.ingest.settings import Quality, Settings
from marsad.letters import Letters, Words, mixed

if TYPE_CHECKING:
    import pyarrow as pa

Numbers = NDArray[np.float64]

MEASURES = (
    *("words", "overrides", "invisible", "mojibake", "symbols", "arabic", "variety"),
    *("repeated_runs", "repeated_lines", "longest_word", "mean_word", "body"),
)
# What a measure that misses its threshold is called; any other is `quality`.
_REASONS = {
    "least_words": "too_short",
    "most_words": "too_long",
    "most_overrides": "controls",
    "most_invisible": "controls",
}
# Looked at before the language: without them there is none to be told.
_FIRST = ("words", "overrides", "invisible", "mojibake", "symbols")
_PRESENTED = 0.02  # share of presentation forms from which a text is measured in plain letters
_OWNER = np.uint64(44)  # a text's number stands above so many bits of a hash


@dataclass(frozen=True)
class Gate:
    """The settings made ready; one for each worker."""

    quality: Quality
    least_score: float
    least_lead: float
    tongues: Tongues

    @staticmethod
    def of(settings: Settings) -> Gate:
        language = settings.language
        tongues = Tongues.of(language)
        return Gate(settings.quality, language.least_score, language.least_lead, tongues)

    def __call__(
        self, batch: pa.RecordBatch, clean: Letters | None = None, page: Letters | None = None
    ) -> pa.RecordBatch:
        """The batch with `language` and `measures`, and a `fault` for each page that misses a
        threshold. `clean` and `page` are the letters of the columns `clean` and `text`, a null
        being an empty text, where they are at hand."""
        import pyarrow as pa

        faults: list[str | None] = batch.column("fault").to_pylist()
        if clean is None:
            clean = Letters.of(text or "" for text in batch.column("clean").to_pylist())
        if page is None:
            page = Letters.of(text or "" for text in batch.column("text").to_pylist())
        measures, scores = self.measure(clean, page)
        told = self._faults(measures, scores)
        there = np.array([fault is None for fault in faults], np.bool_)
        named = zip(self._languages(scores), faults, strict=True)
        languages = [name if fault is None else None for name, fault in named]
        columns = {
            "language": pa.array(languages, pa.string()),
            "measures": _struct({name: measures[name] for name in MEASURES}, there),
        }
        kept = [told.get(at) if fault is None else fault for at, fault in enumerate(faults)]
        place = batch.schema.get_field_index("fault")
        batch = batch.set_column(place, "fault", pa.array(kept, pa.string()))
        for name, column in columns.items():
            batch = batch.append_column(name, column)
        return batch

    def measure(self, clean: Letters, page: Letters) -> tuple[dict[str, Numbers], Numbers]:
        """The measures of each text by name, and its score in each language of the settings:
        shapes (texts,) and (texts, languages). `page` are the same texts with what is around
        the article."""
        tongues = self.tongues
        found = kind.count(clean, tongues.letters, len(tongues.kind_of))
        counts = np.stack(
            [found[:, tongues.kind_of == one].sum(axis=1) for one in range(kind.KINDS)]
        )
        letters = counts[_LETTERS].sum(axis=0)
        words = clean.folded.words
        measures = {**_of_letters(clean, counts), **of_words(words)}
        # What is hidden in the rest of the page is in the text that offsets point into as well.
        every = np.maximum(np.diff(page.starts) - 1, 1)
        reorder, unseen = kind.hidden(page)
        measures["overrides"], measures["invisible"] = reorder / every, unseen / every
        measures["body"] = np.minimum((np.diff(clean.starts) - 1) / every, 1)
        scores = tongues.scores(found, letters, words)
        presented = np.flatnonzero(counts[kind.PRESENTED] > _PRESENTED * letters)
        if len(presented):
            plain = [unicodedata.normalize("NFKC", clean.text(at)) for at in presented.tolist()]
            again, scored = self.measure(Letters.of(plain), Letters.of([""] * len(plain)))
            for name in ("words", *MEASURES[6:-1]):
                measures[name][presented] = again[name]
            scores[presented] = scored
        return measures, scores

    def _languages(self, scores: Numbers) -> list[str]:
        """What the scores of each text say of its language."""
        names = np.array([one.is_ for one in self.tongues.known])
        best = names[np.argmax(scores, axis=1)]
        named = np.where(scores.max(axis=1) >= self.least_score, best, "other")
        return [str(name) for name in named]

    def _faults(self, measures: dict[str, Numbers], scores: Numbers) -> dict[int, str]:
        """The fault of each text that misses a threshold, by its number; the first is told."""
        found: dict[int, str] = {}
        limits = [(field.name, *field.name.split("_", 1)) for field in fields(self.quality)]
        first = [limit for limit in limits if limit[2] in _FIRST]
        for some in (first, None, [limit for limit in limits if limit not in first]):
            if some is None:
                self._foreign(scores, found)
                continue
            for key, side, name in some:
                threshold = getattr(self.quality, key)
                values = measures[name]
                wrong = values < threshold if side == "least" else values > threshold
                for at in np.flatnonzero(wrong).tolist():
                    reason = _REASONS.get(key, "quality")
                    told = f"{reason}: {name} {values[at]:.4g}, threshold {side} {threshold:g}"
                    found.setdefault(at, told)
        return found

    def _foreign(self, scores: Numbers, found: dict[int, str]) -> None:
        """Adds the faults of the texts that are not plainly Arabic."""
        arabic = np.array([one.is_ == "ar" for one in self.tongues.known], np.bool_)
        own = scores[:, arabic].max(axis=1, initial=0)
        others = scores[:, ~arabic].max(axis=1, initial=0)
        low, close = own < self.least_score, own - others < self.least_lead
        for at in np.flatnonzero(low | close).tolist():
            other = self.tongues.known[int(np.argmax(np.where(arabic, -1, scores[at])))]
            rival = f"{other.name} {others[at]:.4g}" if others[at] else "others 0"
            told = f"language: ar {own[at]:.4g}, {rival}, threshold "
            told += f"least {self.least_score:g}" if low[at] else f"lead {self.least_lead:g}"
            found.setdefault(at, told)


_LETTERS = [kind.ARABIC, kind.PRESENTED, kind.FOREIGN]


def _of_letters(letters: Letters, counts: NDArray[np.int64]) -> dict[str, Numbers]:
    every = np.maximum(counts[_LETTERS].sum(axis=0), 1)
    seen = np.maximum(counts[[kind.SYMBOL, *_LETTERS]].sum(axis=0), 1)
    return {
        "mojibake": np.minimum(kind.garbled(letters) / seen, 1),
        "symbols": counts[kind.SYMBOL] / seen,
        "arabic": counts[[kind.ARABIC, kind.PRESENTED]].sum(axis=0) / every,
    }


def of_words(words: Words) -> dict[str, Numbers]:
    """The measures of each text that are about its words."""
    texts = len(words.letters)
    numbers = np.diff(words.bounds)
    lengths = words.ends - words.starts
    some = np.flatnonzero(numbers)
    longest = np.zeros(texts)
    total = np.zeros(texts)
    if len(some):
        longest[some] = np.maximum.reduceat(lengths, words.bounds[:-1][some])
        total[some] = np.add.reduceat(lengths, words.bounds[:-1][some])
    different = distinct(words.owners, words.hashes, texts)
    # Of one word there is nothing to vary.
    variety = np.log(np.maximum(different, 1)) / np.log(np.maximum(numbers, 2))
    owners, runs = _runs(words)
    run_numbers = np.bincount(owners, minlength=texts)
    repeated = run_numbers - distinct(owners, runs, texts)
    return {
        "words": numbers.astype(np.float64),
        "variety": np.where(numbers < 2, 1.0, variety),
        "repeated_runs": repeated / np.maximum(run_numbers, 1),
        "repeated_lines": _repeated_lines(words) / np.maximum(numbers, 1),
        "longest_word": longest,
        "mean_word": total / np.maximum(numbers, 1),
    }


def distinct(owners: NDArray[np.int64], hashes: NDArray[np.uint64], texts: int) -> Numbers:
    """How many different hashes each text has."""
    keys = np.sort(owners.astype(np.uint64) << _OWNER | hashes >> (np.uint64(64) - _OWNER))
    new = keys[np.flatnonzero(np.diff(keys, prepend=~keys[:1]))]
    return np.bincount((new >> _OWNER).astype(np.int64), minlength=texts).astype(np.float64)


def _runs(words: Words) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """The runs of three words within a text: whose they are, and their hashes."""
    hashes, owners = words.hashes, words.owners
    inside = owners[2:] == owners[:-2]
    runs = mixed(mixed(hashes[:-2]) + hashes[1:-1]) + hashes[2:]
    return owners[:-2][inside], mixed(runs[inside])


def _repeated_lines(words: Words) -> NDArray[np.int64]:
    """How many words of each text stand in lines whose words stood in a line before."""
    texts = len(words.letters)
    if not len(words):
        return np.zeros(texts, np.int64)
    ends = np.flatnonzero(words.letters.codes == ord("\n"))
    begins = np.unique(np.searchsorted(words.starts, np.concatenate([[0], ends])))
    begins = begins[begins < len(words)]
    hashes = mixed(np.add.reduceat(words.hashes, begins))
    owners = words.owners[begins]
    sizes = np.diff(begins, append=len(words))
    order = np.lexsort((np.arange(len(begins)), hashes, owners))
    same = (np.diff(hashes[order], prepend=~hashes[order[:1]]) == 0) & (
        np.diff(owners[order], prepend=-1) == 0
    )
    again = order[same]
    return np.bincount(owners[again], sizes[again], texts).astype(np.int64)


def _struct(measures: dict[str, Numbers], there: NDArray[np.bool_]) -> pa.StructArray:
    import pyarrow as pa

    arrays = [pa.array(values.astype(np.float32)) for values in measures.values()]
    names: Sequence[str] = list(measures)
    return pa.StructArray.from_arrays(arrays, names, mask=pa.array(~there))
