"""The task files of lm-evaluation-harness: prompts, few-shot examples, figures and predictions."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT
from marsad import lm_eval as ours
from marsad import score, task
from marsad.answer import check_answers
from marsad.fault import DataError, UsageError
from marsad.rooms import Rooms
from marsad.task import TaskData

lm_eval = pytest.importorskip("lm_eval")
pytest.importorskip("datasets")

from lm_eval.api.model import LM  # noqa: E402
from lm_eval.loggers import EvaluationTracker  # noqa: E402
from lm_eval.tasks import TaskManager  # noqa: E402

NAMES = [
    f"marsad_{name}_{language}"
    for name in ("topic", "stance", "ner")
    for language in ours.LANGUAGES
]


@pytest.fixture(scope="module")
def manager() -> TaskManager:
    return TaskManager(include_path=str(ROOT / "harnesses" / "lm_eval"), include_defaults=False)


@pytest.fixture(scope="module")
def tasks(manager: TaskManager) -> dict[str, Any]:
    return dict(manager.load(["marsad"])["tasks"])


@pytest.fixture(scope="module")
def data(home: Rooms) -> dict[str, TaskData]:
    return {name: task.read_data(home, name) for name in ("topic", "stance", "ner")}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Noting the machine takes the harness seconds; noting a tokenizer asks the network."""
    for name in ("add_env_info", "add_tokenizer_info"):
        monkeypatch.setattr(f"lm_eval.evaluator.{name}", lambda *_: None)


def run(manager: TaskManager, model: Any, names: list[str], **options: Any) -> dict[str, Any]:
    found = lm_eval.simple_evaluate(
        model, tasks=names, task_manager=manager, log_samples=True, bootstrap_iters=0, **options
    )
    assert found is not None
    return dict(found)


class Recorded(LM):
    """A model that gives the answers of a prediction file, in the words of the prompt."""

    def __init__(self, data: TaskData, answers: dict[tuple[str, ...], Any]) -> None:
        super().__init__()
        self.data, self.answers = data, answers

    def words(self, doc: dict[str, Any]) -> str:
        given = {**doc, self.data.task.answer: self.answers[self.data.key(doc)]}
        language = "ar" if doc["choices"][0] != self.data.layer.names[0] else "en"
        (said,) = ours.docs(self.data, [given], language, doc["none"])
        return str(said["answer"])

    def generate_until(self, requests: Any, disable_tqdm: bool = False) -> list[str]:
        return [self.words(request.doc) for request in requests]

    def loglikelihood(self, requests: Any, disable_tqdm: bool = False) -> list[Any]:
        said = [(self.words(r.doc), r.arguments[1].strip()) for r in requests]
        return [(-1.0 if given == choice else -3.0, False) for given, choice in said]

    def loglikelihood_rolling(self, requests: Any, disable_tqdm: bool = False) -> list[float]:
        raise NotImplementedError


def test_there_are_tasks_in_two_languages(tasks: dict[str, Any], home: Rooms) -> None:
    assert sorted(tasks) == sorted(NAMES)
    for name, made in tasks.items():
        asked = task.read_task(home, name.split("_")[1])
        assert made.VERSION.split(".")[0] == str(asked.version)
        assert made.config.fewshot_split == "train"
        doc = made.eval_docs[0]
        given = [doc["answer"]] if made.OUTPUT_TYPE == "generate_until" else [(0.0, True)] * 3
        shown = ours.results(doc, given)
        assert set(shown) == set(made.aggregation()), name  # none is left to a mean by default
        assert asked.metric in shown


def test_prompts_have_the_passage_and_speak_their_language(tasks: dict[str, Any]) -> None:
    for name, made in tasks.items():
        doc = next(doc for doc in made.eval_docs if doc.get("context", "none"))
        prompt = made.fewshot_context(doc, 0)
        assert all(str(doc[part]) in prompt for part in ("text", "labels"))
        assert all(
            doc[part] in prompt for part in ("context", "holder_ar", "target_ar") if part in doc
        )
        bare = made.config.description + made.config.doc_to_text
        bare = re.sub(r"{{.*?}}|{%.*?%}", "", bare)
        latin, arabic = (len(re.findall(kind, bare)) for kind in ("[A-Za-z]", "[؀-ۿ]"))
        assert (latin, arabic > 50) == (0, True) if name.endswith("_ar") else arabic == 0


def test_a_prompt_does_not_show_gold(tasks: dict[str, Any], data: dict[str, TaskData]) -> None:
    for name, made in tasks.items():
        of = data[name.split("_")[1]]
        for row, doc in zip(of.rows["test"][:50], made.eval_docs, strict=False):
            other = next(r for r in of.rows["test"] if r[of.task.answer] != row[of.task.answer])
            changed = {**row, of.task.answer: other[of.task.answer]}
            if of.task.answer == "entities":
                changed["entities"] = (
                    []
                    if row["entities"]
                    else [{"start": 0, "end": len(row["text"]), "label": "LAW"}]
                )
            language = name[-2:]
            (again,) = ours.docs(of, [changed], language, doc["none"])
            assert again["answer"] != doc["answer"]
            assert made.fewshot_context(again, 0) == made.fewshot_context(doc, 0)


def test_few_shot_examples_come_from_train_only(
    manager: TaskManager, data: dict[str, TaskData]
) -> None:
    found = run(manager, "dummy", ["marsad"], limit=4, num_fewshot=2)
    again = run(manager, "dummy", ["marsad_ner_ar"], limit=4, num_fewshot=2)
    assert sorted(found["samples"]) == sorted(NAMES)
    for name, samples in found["samples"].items():
        train = {row["text"] for row in data[name.split("_")[1]].rows["train"]}
        mark = "الفقرة: " if name.endswith("_ar") else "Passage: "
        assert len(samples) == 4
        for at, sample in enumerate(samples):
            prompt = sample["arguments"][0][0]
            shown = re.findall(rf"^{mark}(.*)$", prompt, re.MULTILINE)
            assert len(shown) == 3
            assert shown[2] == sample["doc"]["text"]
            assert set(shown[:2]) <= train
            if name in again["samples"]:  # the seed is fixed
                assert again["samples"][name][at]["arguments"][0][0] == prompt
        assert found["n-shot"][name] == 2


@pytest.mark.parametrize("name", ["marsad_topic_en", "marsad_stance_ar", "marsad_ner_en"])
def test_perfect_answers_score_one(
    manager: TaskManager, data: dict[str, TaskData], name: str
) -> None:
    of = data[name.split("_")[1]]
    gold = {of.key(row): row[of.task.answer] for row in of.rows["test"]}
    figures = run(manager, Recorded(of, gold), [name])["results"][name]
    values = {key.split(",")[0]: value for key, value in figures.items() if key.endswith(",none")}
    unread = values.pop("unread")
    assert unread == 0
    shown = {key: value for key, value in values.items() if "stderr" not in key}
    assert shown
    assert set(shown.values()) == {1.0}


@pytest.mark.parametrize("name", ["marsad_topic_ar", "marsad_stance_en", "marsad_ner_ar"])
def test_recorded_answers_give_the_figures_of_their_score_file(
    manager: TaskManager, data: dict[str, TaskData], home: Rooms, tmp_path: Path, name: str
) -> None:
    of = data[name.split("_")[1]]
    metric = of.task.metric
    scores = [json.loads(p.read_text()) for p in sorted(home.baselines.glob("scores/*.json"))]
    best = max((s for s in scores if s["task"] == of.task.name), key=lambda s: float(s[metric]))
    path = home.baselines / "predictions" / f"{best['baseline']}.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    model = Recorded(of, {of.key(line): line[of.task.answer] for line in lines})
    found = run(manager, model, [name])
    figures = found["results"][name]
    for of_name in (metric, "micro_f1", "precision", "recall", "flat_f1"):
        if of_name in best and f"{of_name},none" in figures:
            assert figures[f"{of_name},none"] == best[of_name]
    low, high = (figures[f"{metric}_{end},none"] for end in ("low", "high"))
    assert [low, high] == best["intervals"][metric]

    tracker = EvaluationTracker(output_path=str(tmp_path))
    tracker.general_config_tracker.model_name_sanitized = "recorded"
    tracker.date_id = "now"
    tracker.save_results_samples(name, found["samples"][name])
    rows = ours.predictions(next(tmp_path.rglob("samples_*.jsonl")))
    checked = check_answers(enumerate(rows, 1), of, "test", "samples")
    assert score.score(of, checked).value == best[metric]


def test_an_invented_mention_counts_against_precision(
    data: dict[str, TaskData], tmp_path: Path
) -> None:
    row = next(row for row in data["ner"].rows["test"] if len(row["entities"]) > 2)
    (doc,) = ours.docs(data["ner"], [row], "en", "none")
    given = f"{doc['answer']}\nPERS: Nobody\nSome chatter: that is no answer"
    found = ours.results(doc, [given])
    entities = len(row["entities"])
    assert ours.precision([found["precision"]]) == entities / (entities + 1)
    assert ours.recall([found["recall"]]) == 1
    assert ours.nested_f1([found["nested_f1"]]) == 2 * entities / (2 * entities + 1)
    assert found["unread"] == 1 / (entities + 2)
    path = tmp_path / "samples.jsonl"
    path.write_text(json.dumps({"doc": doc, "filtered_resps": [given]}))
    (exported,) = ours.predictions(path)
    assert exported["unplaced"] == ["PERS"]
    assert len(exported["entities"]) == entities


def test_a_model_that_gives_no_numbers_is_not_scored(
    data: dict[str, TaskData], tmp_path: Path
) -> None:
    (doc,) = ours.docs(data["stance"], data["stance"].rows["test"][:1], "ar")
    with pytest.raises(ValueError, match="the model gives no numbers"):
        ours.results(doc, [(float("nan"), False), (-1.0, False), (-2.0, False)])
    path = tmp_path / "samples.jsonl"
    for record in (
        {"doc": doc, "filtered_resps": [["nan", "False"]] * 3},
        {"doc": {"task": "squad"}, "filtered_resps": ["x"]},
        {"results": 1},
    ):
        path.write_text(json.dumps(record))
        with pytest.raises(DataError, match=r"samples.jsonl:1: no sample of a Marsad task"):
            ours.predictions(path)


def test_an_unknown_split_or_language_is_refused(data: dict[str, TaskData]) -> None:
    validation = ours.load("topic", "ar", split="validation", version=1.0)["asked"]
    assert len(validation) == len(data["topic"].rows["validation"])
    with pytest.raises(UsageError, match="no split 'dev'; write one of train, validation, test"):
        ours.load("topic", "ar", split="dev")
    with pytest.raises(UsageError, match="no language 'fr'; write one of ar, en"):
        ours.load("topic", "fr")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory, data: dict[str, TaskData]) -> Path:
    """A causal model of a few thousand weights, drawn at random, with a tokenizer of our texts."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    tokenizers = pytest.importorskip("tokenizers")
    texts = [row["text"] for row in data["topic"].rows["train"][:100]]
    plain = tokenizers.ByteLevelBPETokenizer()
    plain.train_from_iterator(texts, vocab_size=600, special_tokens=["<end>"], show_progress=False)
    wrapped = transformers.PreTrainedTokenizerFast(
        tokenizer_object=plain._tokenizer, eos_token="<end>", pad_token="<end>"
    )
    torch.manual_seed(0)
    config = transformers.GPT2Config(
        vocab_size=len(wrapped),
        n_positions=4096,
        n_embd=16,
        n_layer=1,
        n_head=2,
        bos_token_id=0,
        eos_token_id=0,
    )
    folder = tmp_path_factory.mktemp("tiny")
    transformers.GPT2LMHeadModel(config).save_pretrained(folder)
    wrapped.save_pretrained(folder)
    return folder


@pytest.mark.parametrize("shots", [0, 2])
def test_a_local_model_runs(manager: TaskManager, tiny: Path, shots: int) -> None:
    names = ["marsad_topic_ar", "marsad_stance_ar", "marsad_ner_en"]
    found = run(
        manager,
        "hf",
        names,
        model_args={"pretrained": str(tiny), "device": "cpu", "dtype": "float32"},
        limit=4,
        num_fewshot=shots,
        gen_kwargs={"max_gen_toks": 8},
    )
    for name in names:
        assert len(found["samples"][name]) == 4
        main = "nested_f1" if "ner" in name else "macro_f1"
        assert 0 <= found["results"][name][f"{main},none"] <= 1
