"""The models that give silver labels: fitted once on train, tuned on validation, kept below the
ingest folder and read back in every worker."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from marsad import __version__, baseline, catalogue, jsonl, task
from marsad.article import digest
from marsad.baseline import Baseline
from marsad.corpus import Corpus, read_corpus
from marsad.fault import DataError, Fault
from marsad.ingest.folder import Folder
from marsad.label import read_layers
from marsad.progress import progress
from marsad.recipe import Recipe
from marsad.rooms import Rooms
from marsad.silver import recipes, tuning
from marsad.silver.labeller import Labeller
from marsad.silver.linking import Linker
from marsad.silver.pairs import Proposer
from marsad.silver.recipes import MODELLED
from marsad.silver.scale import Scale

PAIRS, LEARNED = "stance_pairs", "silver.json"


def prepare(home: Rooms, folder: Folder) -> None:
    """Fits what the folder has not, or has of other data, other recipes or another Marsad."""
    known = recipes.read(home)
    said = baselines(home, known)
    seal = _seal(home, known, said)
    path = folder.models / LEARNED
    if path.is_file() and _content(path).get("seal") == seal:
        return
    fitted: dict[str, Baseline] = {}
    for layer in progress(MODELLED, "baselines"):
        rows = task.read_data(home, layer).rows
        fitted[layer] = baseline.make(home, known[layer]).fit(rows["train"], rows["validation"])
        fitted[layer].save(folder.models / known[layer].id)
    corpus = read_corpus(home)
    proposer = proposer_of(corpus)
    scales = tuning.tune(blind(home, corpus, fitted, proposer, said), corpus)
    place = folder.models / PAIRS
    place.mkdir(exist_ok=True)
    proposer.save(place)
    content = {
        "seal": seal,
        "baselines": said,
        "threshold": proposer.threshold,
        "stands": proposer.stands,
        "types": sorted(proposer.types),
        "scales": {layer: [scale.slope, scale.shift] for layer, scale in scales.items()},
    }
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    jsonl.write_bytes(path, text.encode("utf-8"))


def restore(home: Rooms, folder: Folder, layers: Sequence[str]) -> Labeller:
    """The labeller that `prepare` left in the folder, for these layers. Raises DataError where
    its files are not what was written."""
    content = _content(folder.models / LEARNED)
    known = recipes.read(home)
    models = {
        layer: baseline.restore(folder.models / known[layer].id, home.root) for layer in MODELLED
    }
    try:
        proposer = Proposer.restored(folder.models / PAIRS)
        proposer.threshold = float(content["threshold"])
        proposer.stands = {one: tuple(of) for one, of in content["stands"].items()}
        proposer.types = frozenset(content["types"])
        scales = {layer: Scale(*map(float, pair)) for layer, pair in content["scales"].items()}
        said = {layer: str(content["baselines"][layer]) for layer in layers}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _broken(folder.models, str(error) or type(error).__name__) from None
    return _labeller(home, models, proposer, scales, said)


def baselines(home: Rooms, known: Mapping[str, Recipe]) -> dict[str, str]:
    """What records say of the baseline of each layer: its recipe, and the signature of the scores
    that it has on the data it is fitted on."""
    return {
        layer: f"{one.id} {task.read_data(home, layer).signature}" for layer, one in known.items()
    }


def proposer_of(corpus: Corpus) -> Proposer:
    """The proposer of stances, learned from the gold of train, held-out targets included: what it
    says of them is for a reviewer, and no answer of a baseline."""
    pages = tuning.pages_of(corpus, "train")
    read = [one for page in pages for one in tuning.gold_readings(corpus, page)]
    pairs = [frozenset(own) for page in pages for own in tuning.gold_pairs(corpus, page)]
    proposer = Proposer()
    proposer.fit(read, pairs, [page.article_id for page in pages for _ in page.passages])
    return proposer


def blind(
    home: Rooms,
    corpus: Corpus,
    models: Mapping[str, Baseline],
    proposer: Proposer,
    said: Mapping[str, str],
) -> Labeller:
    """A labeller that knows entities by their names and by what train calls them: on validation
    and test it is as lost as on a new article, whose mentions gave the catalogue no aliases."""
    known = _labeller(home, models, proposer, {}, said)
    return replace(known, linker=Linker.of(tuning.as_train_has_it(corpus)))


def _labeller(
    home: Rooms,
    models: Mapping[str, Baseline],
    proposer: Proposer,
    scales: Mapping[str, Scale],
    said: Mapping[str, str],
) -> Labeller:
    path = catalogue.path_of(home.annotations)
    entities = catalogue.read_catalogue(path, home.name(path))
    linker, every = Linker.of(entities.values()), {"topic": Scale(), "stance": Scale(), **scales}
    return Labeller(models, proposer, every, read_layers(home), entities, linker, said)


def _seal(home: Rooms, known: Mapping[str, Recipe], said: Mapping[str, str]) -> str:
    """A digest of all that the models depend on."""
    parts = [__version__, json.dumps(said), digest(home.gold("stance").read_bytes())]
    parts += [f"{one.method} {json.dumps(dict(one.parameters))}" for one in known.values()]
    return digest("\n".join(parts).encode("utf-8"))


def _content(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(jsonl.read_text(path, str(path)))
    except ValueError:
        raise _broken(path, "no JSON") from None
    if not isinstance(content, dict):
        raise _broken(path, "no JSON object")
    return content


def _broken(path: Path, why: str) -> DataError:
    mend = "remove it and run marsad annotate silver again"
    return DataError(Fault(str(path), 0, f"not what was learned: {why[:200]}", mend))
