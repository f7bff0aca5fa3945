"""Judgements on their way into an ingest folder, from Label Studio or the inline form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from marsad import annotate, catalogue, rule
from marsad.annotation import Annotation
from marsad.catalogue import VOICES
from marsad.fault import DataError, Fault, UsageError
from marsad.label import read_layers
from marsad.review import export_file, judgement, region, task
from marsad.review.export_file import Finished
from marsad.rooms import Rooms

if TYPE_CHECKING:
    from marsad.ingest.folder import Candidate

ANOTHER = "export the article again, and annotate that"


@dataclass(frozen=True)
class NewEntity:
    """An id that the catalogue has not: its type, none where it is but a holder, and the surface
    forms that name it."""

    entity_id: str
    type: str | None
    forms: tuple[str, ...]


@dataclass(frozen=True)
class Imported:
    """What an import read: the annotations by article, the ids that the catalogue must get before
    they are promoted, and how many tasks were left out, by why."""

    annotations: Mapping[str, Annotation]
    new_entities: tuple[NewEntity, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)


def read_review(
    home: Rooms,
    root: Path,
    sources: Sequence[Path],
    annotator: str,
    *,
    completed_by: str | None = None,
    replace: bool = False,
    write: bool = True,
) -> Imported:
    """Puts what an annotator submitted on record in an ingest folder: one JSON file that Label
    Studio exported, or inline forms. `gold` is the adjudication, for articles that two judged;
    `completed_by` says whose annotations of the file are meant, by number or address. Raises
    DataError with every fault of every task, and then nothing is written."""
    from marsad.ingest.folder import open_folder, read_candidates

    open_folder(root)
    judgement.prove_name(annotator)
    layers = read_layers(home)
    path = catalogue.path_of(home.annotations)
    entities = catalogue.read_catalogue(path, home.name(path))
    left_out: Mapping[str, int] = {}
    if any(source.suffix == ".json" for source in sources):
        if len(sources) > 1:
            raise UsageError("an export of Label Studio is read by itself; name one file")
        file = export_file.read(sources[0])
        mine = export_file.by_one(file, completed_by)
        left_out = file.left_out
        wanted = {str(one.data.get("article_id")) for one in mine}
        candidates = {one.article_id: one for one in read_candidates(root, wanted)}
        found = tasks(mine, file.name, candidates, home)
        name = file.name
    else:
        if completed_by is not None:
            raise UsageError("--completed-by is for an export of Label Studio; leave it out")
        files = annotate.form_files(sources)
        candidates = {
            one.article_id: one for one in read_candidates(root, {path.stem for path in files})
        }
        texts = {one.article_id: (one.text, one.sha256) for one in candidates.values()}
        found = annotate.read_forms(files, texts.get, layers)
        name = str(sources[0])
    if faults := judgement.refuse(root, annotator, found, name, replace=replace):
        raise DataError(*faults)
    if write:
        judgement.record(root, annotator, found)
    texts_by_id = {one: candidates[one].text for one in found}
    return Imported(found, tuple(new_entities(found.values(), texts_by_id, entities)), left_out)


def tasks(
    finished: Iterable[Finished], name: str, candidates: Mapping[str, Candidate], home: Rooms
) -> dict[str, Annotation]:
    """The annotations of one annotator's finished tasks, by article. Raises DataError with every
    fault of every task."""
    layers = read_layers(home)
    judged_by = task.version(home, layers)
    found: dict[str, Annotation] = {}
    seen: dict[str, str] = {}
    faults: list[Fault] = []
    for one in finished:
        wrong = list(_strange(one, candidates, judged_by))
        article_id = str(one.data.get("article_id"))
        if not wrong and article_id in seen:
            wrong.append((f"annotated twice, see {seen[article_id]}", "keep one annotation"))
        seen.setdefault(article_id, one.task)
        if not wrong:
            candidate = candidates[article_id]
            read, wrong = region.annotation(
                one.result, candidate.text, article_id, candidate.sha256, layers
            )
            if not wrong:
                breaches = rule.breaches(read, candidate.text, layers)
                wrong = [(f"{layer}: {what}", mend) for layer, (what, mend) in breaches]
            found[article_id] = read
        faults += [Fault(name, 0, f"{one.task}: {what}", mend) for what, mend in wrong]
    if faults:
        raise DataError(*faults)
    return found


def _strange(
    one: Finished, candidates: Mapping[str, Candidate], judged_by: str
) -> Iterable[tuple[str, str]]:
    """Why a task is none of this ingest folder as it is now."""
    for key in ("article_id", "sha256", "labels", "text"):
        if not isinstance(one.data.get(key), str):
            yield f"its data has no {key}", "import the tasks as they were exported"
            return
    candidate = candidates.get(one.data["article_id"])
    if candidate is None:
        yield "no accepted article of this folder", "name the folder that it was exported from"
    elif one.data["sha256"] != candidate.sha256:
        there, here = one.data["sha256"][:12], candidate.sha256[:12]
        yield f"of another version of the text, {there}…, here it is {here}…", ANOTHER
    elif one.data["text"] != task.shown(candidate.text):
        yield "its text was changed", "import the tasks as they were exported"
    elif one.data["labels"] != judged_by:
        yield f"judged by {one.data['labels']!r}, here it is {judged_by!r}", ANOTHER


def new_entities(
    annotations: Iterable[Annotation],
    texts: Mapping[str, str],
    known: Mapping[str, object],
) -> Iterable[NewEntity]:
    """The ids that the catalogue has not, in order."""
    types: dict[str, str | None] = {}
    forms: dict[str, set[str]] = {}
    for one in annotations:
        for entity in one.ner:
            if entity.entity_id and entity.entity_id not in known:
                types[entity.entity_id] = types.get(entity.entity_id) or entity.label
                named = forms.setdefault(entity.entity_id, set())
                named.add(texts[one.article_id][entity.start : entity.end])
        for stance in one.stance:
            if stance.holder not in known and stance.holder not in VOICES:
                types.setdefault(stance.holder, None)
    for entity_id in sorted(types):
        yield NewEntity(entity_id, types[entity_id], tuple(sorted(forms.get(entity_id, ()))))
