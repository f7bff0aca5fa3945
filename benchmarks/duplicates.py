"""How many near-duplicates are found, how surely, and how fast? Ours, datasketch and Daft, with the
same word runs of the same texts.

    pip install 'marsad[benchmarks]'
    python benchmarks/duplicates.py       # --json for machines

The texts are the headlines and paragraphs of synthetic pages (benchmarks/synthetic.py): 10 % are
copies, with 5 % of the words changed and hamza, alef maqsura and ta marbuta written otherwise, 3 %
are hard negatives that share four paragraphs of ten. Every contender has the texts as a list of
strings and folds them with `spelling.fold`, ours with the array of `marsad.letters`; runs of three
words, 128 hashes in 32 bands of 4, the earliest that is met in a band. Ours alone then compares the
runs themselves; datasketch and Daft are scored twice, by their bands alone and with the threshold
on the similarity that their hashes estimate. Recall: of the planted copies, those that are found
and led to what they are copies of. Precision: of what is called a copy, those that are. One
process and one thread each, except Daft's own threads; articles a second are of the whole way from
texts to verdicts, in one run.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from typing import Any

import numpy as np
from synthetic import Maker

from marsad import rooms
from marsad.ingest import duplicate, signature
from marsad.ingest.settings import Settings, read_settings, room
from marsad.letters import Letters
from marsad.spelling import fold

BATCH = 100
Verdict = Mapping[int, int]  # of each text that is called a copy, what it is called a copy of


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--articles", type=int, default=100_000, help="how many")
    parser.add_argument("--json", action="store_true", help="print every figure as JSON")
    arguments = parser.parse_args()
    missing = [name for name in ("datasketch", "daft") if not find_spec(name)]
    if missing:
        mend = "pip install 'marsad[benchmarks]'"
        print(f"duplicates: {missing[0]} is not installed; {mend}", file=sys.stderr)
        return 2
    found = measure(arguments.articles)
    print(json.dumps(found, indent=1) if arguments.json else _table(found))
    return 0


def measure(articles: int) -> dict[str, Any]:
    """Seconds, articles a second, recall and precision of each contender."""
    home = rooms.find()
    settings = read_settings(room(home))
    texts, truth = [], {}
    for page in Maker(home).pages(articles):
        texts.append("\n".join(page.lines))
        if page.copy_of is not None:
            truth[page.number] = page.copy_of
    found: dict[str, Any] = {"articles": articles, "copies": len(truth)}
    for name, contender in (("ours", ours), ("daft", of_daft), ("datasketch", of_datasketch)):
        begin = time.perf_counter()
        verdicts = dict(contender(texts, settings))
        seconds = time.perf_counter() - begin
        found[name] = {"seconds": seconds, "per_second": articles / seconds}
        for way, verdict in verdicts.items():
            found[name][way] = scored(verdict, truth)
    for name in ("daft", "datasketch"):
        found[f"times_{name}"] = found["ours"]["per_second"] / found[name]["per_second"]
    return found


def scored(verdict: Verdict, truth: Verdict) -> dict[str, float]:
    """Recall and precision, 0 to 1."""
    led = sum(verdict.get(copy) == of for copy, of in truth.items())
    right = sum(copy in truth for copy in verdict)
    return {"recall": led / max(1, len(truth)), "precision": right / max(1, len(verdict))}


def ours(texts: list[str], settings: Settings) -> Iterable[tuple[str, Verdict]]:
    asked = settings.duplicates
    banding = signature.Banding(asked.bands, asked.rows)
    values, counts, bands = [], [np.zeros(1, np.int64)], []
    for begin in range(0, len(texts), BATCH):
        words = Letters.of(texts[begin : begin + BATCH]).folded.words
        part = signature.shingles(words, asked.shingle)
        values.append(part.values)
        counts.append(np.diff(part.starts))
        bands.append(signature.bands(part, banding))
    whole = signature.Shingles(np.concatenate(values), np.cumsum(np.concatenate(counts)))
    found = duplicate.find(np.concatenate(bands).T, whole, asked.threshold)
    yield "verified", {int(at): int(found.of[at]) for at in np.flatnonzero(found.of >= 0)}


def of_datasketch(texts: list[str], settings: Settings) -> Iterable[tuple[str, Verdict]]:
    from datasketch import MinHash, MinHashLSH

    asked = settings.duplicates
    hashes = asked.bands * asked.rows
    index = MinHashLSH(num_perm=hashes, params=(asked.bands, asked.rows))
    met: dict[int, int] = {}
    sure: dict[int, int] = {}
    held: dict[int, Any] = {}
    for at, text in enumerate(texts):
        words = fold(text).split()
        runs = {" ".join(words[i : i + asked.shingle]) for i in range(len(words))}
        own = MinHash(num_perm=hashes)
        own.update_batch([run.encode("utf-8") for run in runs])
        held[at] = own
        if near := sorted(index.query(own)):
            met[at] = near[0]
            likely = [(-own.jaccard(held[other]), other) for other in near if other not in sure]
            if likely and -min(likely)[0] >= asked.threshold:
                sure[at] = min(likely)[1]
        index.insert(at, own)
    yield "bands", met
    yield "estimated", sure


def of_daft(texts: list[str], settings: Settings) -> Iterable[tuple[str, Verdict]]:
    import daft
    from daft.functions import minhash

    asked = settings.duplicates
    daft.set_runner_native()
    table = daft.from_pydict({"text": list(map(_spaced, texts))})
    hashed = table.select(
        minhash(daft.col("text"), num_hashes=asked.bands * asked.rows, ngram_size=asked.shingle)
    )
    column = hashed.to_arrow().column(0).combine_chunks()
    signed = np.asarray(column.flatten()).reshape(len(texts), asked.bands, asked.rows)
    total = np.zeros(signed.shape[:2], np.uint64)
    for row in range(asked.rows):
        total = signature.mixed(total * np.uint64(0x9E3779B97F4A7C15) + signed[:, :, row])
    numbers = np.arange(len(texts))
    earlier, later = duplicate.joined(
        duplicate.pairs_of_band(np.ascontiguousarray(values), numbers) for values in total.T
    )
    met: dict[int, int] = {}
    for first, second in zip(earlier.tolist(), later.tolist(), strict=True):
        met.setdefault(second, first)
    yield "bands", met
    flat = signed.reshape(len(texts), -1)
    much = (flat[earlier] == flat[later]).mean(axis=1).astype(np.float32)
    of = duplicate.copies(len(texts), earlier, later, much, asked.threshold).of
    yield "estimated", {int(at): int(of[at]) for at in np.flatnonzero(of >= 0)}


def _spaced(text: str) -> str:
    return " ".join(fold(text).split())


def _table(found: Mapping[str, Any]) -> str:
    lines = [
        f"{found['articles']:,} articles, {found['copies']:,} planted copies",
        "| | articles/s | how | recall | precision |",
        "|---|---|---|---|---|",
    ]
    for name in ("ours", "daft", "datasketch"):
        for way, figures in found[name].items():
            if isinstance(figures, dict):
                rate = f"{found[name]['per_second']:,.0f}"
                score = f"{figures['recall']:.3f} | {figures['precision']:.4f}"
                lines.append(f"| {name} | {rate} | {way} | {score} |")
    lines.append(f"ours is {found['times_datasketch']:.1f} times datasketch")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
