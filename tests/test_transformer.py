"""Fine-tuned encoders, on a tiny model made here: nothing is downloaded, no score is claimed."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT
from marsad import baseline, iob2, recipe, rooms, row
from marsad.answer import answer_row
from marsad.fault import DataError, UsageError
from marsad.label import from_table, read_toml
from marsad.models import Likely, method
from marsad.models.transformer_tags import levels, nested
from marsad.task import TaskData, read_data

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytest.importorskip("accelerate")

from marsad.models import transformer_network, transformer_training  # noqa: E402
from marsad.models.transformer_window import of_texts, of_words  # noqa: E402

HOME = rooms.find(ROOT)
DATA: dict[str, TaskData] = {name: read_data(HOME, name) for name in ("topic", "stance", "ner")}
QUICK = {"epochs": 3, "batch_size": 8, "learning_rate": 1e-3, "max_length": 64, "stride": 16}


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object) -> None:
        raise AssertionError(f"a connection was tried: {given}")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encoder of two layers with random weights, and word pieces learned from our texts."""
    from tokenizers import BertWordPieceTokenizer

    place = tmp_path_factory.mktemp("tiny") / "model"
    pieces = BertWordPieceTokenizer(lowercase=False, strip_accents=False)
    texts = [one["text"] for one in DATA["ner"].rows["train"][:300]]
    pieces.train_from_iterator(texts, vocab_size=1500, show_progress=False)
    tokenizer = transformers.BertTokenizerFast(tokenizer_object=pieces._tokenizer)
    tokenizer.save_pretrained(place)
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=130,
        initializer_range=0.1,  # without pretraining, smaller ones learn slowly
    )
    transformers.BertModel(config).save_pretrained(place)
    return place


def some(task: str, count: int, split: str = "train") -> list[dict[str, Any]]:
    """A few rows as a method is taught them, spread over the split."""
    rows = DATA[task].rows[split]
    return list(row.taught(rows[:: len(rows) // count][:count], DATA[task].task, {}))


def make(task: str, model: Path, **parameters: Any) -> Any:
    return method(f"transformer_{task}")(model=str(model), **{**QUICK, **parameters})


def weights(made: Any) -> dict[str, Any]:
    return dict(made.network.state_dict())


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[k], other[k]) for k in one)


@pytest.fixture(scope="module")
def tagger(tiny: Path) -> Any:
    """A tagger that has learned a dozen passages by heart, and a long one made of others."""
    made = make("ner", tiny, epochs=40, batch_size=4, learning_rate=5e-3)
    made.fit([*nested_rows()[:12], long_row()])
    return made


def nested_rows() -> list[dict[str, Any]]:
    return [one for one in some("ner", 400) if len(levels(spans(one))) > 1][:24]


def long_row() -> dict[str, Any]:
    """A passage of several windows."""
    text, tokens, entities = "", [], []
    for one in nested_rows()[12:]:
        at = len(text)
        text += one["text"] + " "
        tokens += one["tokens"]
        entities += [{**e, "start": e["start"] + at, "end": e["end"] + at} for e in one["entities"]]
    return {"text": text.rstrip(), "tokens": tokens, "entities": entities}


def spans(one: Mapping[str, Any]) -> list[tuple[int, int, str]]:
    return [(e["start"], e["end"], e["label"]) for e in one["entities"]]


def test_nested_entities_are_learned_by_heart(tagger: Any) -> None:
    rows = nested_rows()[:12]
    assert tagger.depth > 1
    assert tagger._score(rows, tagger.predict(rows)) > 0.9
    inner = [s for one in rows for level in levels(spans(one))[1:] for s in level]
    assert len(inner) >= 12


def test_a_long_passage_is_read_to_its_end(tagger: Any) -> None:
    row = long_row()
    assert len(tagger._windows([row])) > 8
    (found,) = tagger.predict([{key: row[key] for key in ("text", "tokens")}])
    for part in range(8):  # as well at the end as at the beginning
        start, end = len(row["text"]) * part // 8, len(row["text"]) * (part + 1) // 8
        there = {span for span in spans(row) if start <= span[0] < end}
        assert len(found & there) > 0.8 * len(there) > 0


def test_what_is_saved_answers_alike(tagger: Any, tmp_path: Path) -> None:
    rows = some("ner", 20, "validation")
    tagger.save(tmp_path)
    assert not [p for p in tmp_path.rglob("*") if p.suffix in (".bin", ".pt", ".pth", ".pkl")]
    again = method("transformer_ner")()
    again.restore(tmp_path)
    again.max_length, again.stride = tagger.max_length, tagger.stride
    found = again.predict(rows)
    assert found == tagger.predict(rows)
    assert any(found)


@pytest.mark.parametrize("task", ["topic", "stance"])
def test_topic_and_stance_learn_and_answer_as_the_task_asks(
    task: str, tiny: Path, tmp_path: Path
) -> None:
    rows = [{**one, "text": " ".join(one["text"].split()[:8])} for one in some(task, 12)]
    parameters = {**QUICK, "model": str(tiny), "epochs": 60, "learning_rate": 5e-3}
    parameters["batch_size"] = 4
    known = recipe.Recipe(task, "tiny", "Tiny", f"transformer_{task}", parameters, tmp_path)
    made = baseline.make(HOME, known, seed=1).fit(rows)
    assert made.method._score(rows, made.method.predict(rows)) > 0.7
    asked = DATA[task].inputs("validation")[:20]
    answers = made.predict(asked)
    for answer in answers:
        chances = answer["probabilities"]
        assert all(0 <= chance <= 1 for chance in chances.values())
        if task == "stance":
            assert abs(sum(chances.values()) - 1) < 0.001
            assert answer["label"] == max(chances, key=chances.__getitem__)
        else:
            chosen = {name for name, chance in chances.items() if chance > 0.5}
            assert chosen <= set(answer["topics"])
            assert answer["topics"]
    made.save(tmp_path / "saved")
    assert baseline.restore(tmp_path / "saved").predict(asked) == answers


def test_a_long_passage_has_the_mean_of_its_windows(tiny: Path) -> None:
    rows = some("topic", 16)
    made = make("topic", tiny)
    made.fit(rows)
    long = {**rows[0], "text": " ".join(one["text"] for one in rows)}
    windows = made._windows([long])
    assert len(windows) > 5
    ids = [window.inputs["input_ids"][1:-1] for window in windows]
    whole = ids[0] + [piece for part in ids[1:] for piece in part[made.stride :]]
    alone = made.tokenizer(long["text"], add_special_tokens=False)["input_ids"]
    assert whole == alone  # nothing is cut off
    by_window = [
        made.network(**made.tokenizer.pad([dict(w.inputs)], return_tensors="pt")).logits[0]
        for w in windows
    ]
    mean = torch.stack(by_window).mean(0).detach().numpy()
    assert made._logits([long])[0] == pytest.approx(mean, abs=1e-5)


@settings(max_examples=50)
@given(lengths=st.lists(st.integers(1, 60), max_size=60), stride=st.integers(0, 20))
def test_every_word_is_answered_once_at_its_first_subword(lengths: list[int], stride: int) -> None:
    tokenizer = pieces()
    words = ["ب" * length for length in lengths]
    windows = of_words(tokenizer, 24, stride, [words])
    answered = sorted(word for window in windows for _, word in window.words)
    assert answered == list(range(len(words)))
    first = tokenizer.convert_tokens_to_ids("ب")
    for window in windows:
        assert all(window.inputs["input_ids"][position] == first for position, _ in window.words)
        assert len(window.inputs["input_ids"]) <= 24


def pieces() -> Any:
    """A tokenizer that makes a subword of each letter."""
    from tokenizers import BertWordPieceTokenizer

    vocab = {name: at for at, name in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "ب", "##ب"])}
    return transformers.BertTokenizerFast(
        tokenizer_object=BertWordPieceTokenizer(vocab, lowercase=False)._tokenizer
    )


def test_byte_pairs_see_a_split_word_as_one_after_a_space() -> None:
    from tokenizers import ByteLevelBPETokenizer

    pairs = ByteLevelBPETokenizer()
    text = "زار رئيس الصين مدينة موسكو"
    pairs.train_from_iterator([text] * 5, vocab_size=400, show_progress=False)
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=pairs._tokenizer)
    whole = tokenizer(" " + text)["input_ids"]
    assert tokenizer(text.split(), is_split_into_words=True)["input_ids"] != whole
    transformer_network.words_apart(tokenizer)
    assert tokenizer(text.split(), is_split_into_words=True)["input_ids"] == whole


def test_a_window_too_small_is_wrong_use() -> None:
    with pytest.raises(UsageError, match="room for 6 of the passage and stride is 6; raise max_l"):
        of_texts(pieces(), 12, 6, ["ب ب ب"], ["ب ب ب"])
    with pytest.raises(UsageError, match="room for 10 of the passage and stride is 10; raise"):
        of_words(pieces(), 12, 10, [["ب"]])


def test_training_stops_early_and_keeps_the_best(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = some("stance", 16)
    made = make("stance", tiny, epochs=9, patience=2, checkpoints=str(tmp_path))
    told = iter([0.2, 0.5, 0.5, 0.4])
    seen = []

    def score(*given: Any) -> float:
        seen.append({key: value.clone() for key, value in weights(made).items()})
        return next(told)

    monkeypatch.setattr(made, "_score", score)
    made.fit(rows, rows[:8])
    assert len(seen) == 4
    assert same(weights(made), seen[1])
    assert not same(seen[1], seen[3])
    made.fit(rows, rows[:8])  # it has run to its end: nothing is trained again
    assert len(seen) == 4
    assert same(weights(made), seen[1])


@pytest.mark.parametrize("judged", [True, False])
def test_an_interrupted_training_goes_on_to_the_same_weights(
    judged: bool, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, validation = some("ner", 16), some("ner", 8, "validation") if judged else []
    whole = make("ner", tiny, epochs=4, accumulate=2)
    whole.fit(rows, validation)
    batches = -(-len(whole._windows(rows)) // whole.batch_size)
    done = -(-batches // 2)  # steps of an epoch

    cut = make("ner", tiny, epochs=4, accumulate=2, checkpoints=str(tmp_path))
    step = transformer_training._Judged.training_step
    steps = []

    def interrupted(trainer: Any, *given: Any, **known: Any) -> Any:
        steps.append(trainer.state.global_step)
        if len(steps) == 2 * batches + 2:  # in the middle of the third epoch
            raise KeyboardInterrupt
        return step(trainer, *given, **known)

    monkeypatch.setattr(transformer_training._Judged, "training_step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        cut.fit(rows, validation)
    assert not list(tmp_path.rglob("training_args.bin"))
    (folder,) = tmp_path.iterdir()
    half_written = folder / "checkpoint-99"  # as where the machine went down in writing
    half_written.mkdir()
    again = make("ner", tiny, epochs=4, accumulate=2, checkpoints=str(tmp_path))
    again.fit(rows, validation)
    assert steps[2 * batches + 2] == 2 * done  # it begins at the third epoch
    assert len(steps) == 2 * batches + 2 + 2 * batches
    assert same(weights(again), weights(whole))

    other = make("ner", tiny, epochs=1, accumulate=2, seed=1, checkpoints=str(tmp_path))
    other.fit(rows)
    assert len(list(tmp_path.iterdir())) == 2


def test_accumulated_batches_are_as_one(tiny: Path, tmp_path: Path) -> None:
    place = tmp_path / "plain"
    shutil.copytree(tiny, place)
    config = json.loads((place / "config.json").read_text())
    still = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    (place / "config.json").write_text(json.dumps(config | still))
    rows = some("ner", 16)
    one = make("ner", place, epochs=2, batch_size=8)
    one.fit(rows)
    two = make("ner", place, epochs=2, batch_size=4, accumulate=2)
    two.fit(rows)
    for name, value in weights(one).items():
        assert torch.allclose(value, weights(two)[name], atol=1e-4), name


def test_any_tag_set_in_plain_tokens(tiny: Path) -> None:
    rows = [
        {"tokens": ["زار", "خالد", "مدينة", "صور"], "ner_tags": ["O", "B-per", "O", "B-loc"]},
        {"tokens": ["وصلت", "هند", "إلى", "صور"], "ner_tags": ["O", "B-per", "O", "B-loc"]},
    ]
    parameters = {**QUICK, "model": str(tiny), "epochs": 60, "learning_rate": 5e-3}
    known = recipe.Recipe("ner", "tiny", "Tiny", "transformer_ner", parameters, ROOT)
    made = baseline.make(HOME, known).fit(rows)
    assert made.method.labels == ["loc", "per"]
    answers = made.predict([{"tokens": one["tokens"]} for one in rows])
    assert [answer["ner_tags"] for answer in answers] == [one["ner_tags"] for one in rows]


TAGS = st.sampled_from(["O", "B-A", "I-A", "B-B", "I-B"])


@given(st.dictionaries(st.integers(0, 12), st.tuples(TAGS, TAGS, TAGS)))
def test_no_spans_cross_whatever_is_tagged(tags: dict[int, tuple[str, str, str]]) -> None:
    found = nested(tags, 3)
    for a in found:
        for b in found:
            assert not a[0] < b[0] < a[1] < b[1]
            assert a == b or a[:2] != b[:2]
    outer = iob2.spans([tags[word][0] for word in sorted(tags)])
    assert len(outer) <= len(found)


@given(st.sets(st.tuples(st.integers(0, 9), st.integers(1, 6), st.sampled_from("AB"))))
def test_levels_hold_every_span_once_and_overlap_nowhere(given: set[tuple[int, int, str]]) -> None:
    whole = {(start, start + size, label) for start, size, label in given}
    found = levels(whole)
    assert sorted(span for level in found for span in level) == sorted(whole)
    for level in found:
        assert all(a[1] <= b[0] for a, b in pairwise(level))


def test_a_model_that_is_none_is_wrong_use(tiny: Path, tmp_path: Path) -> None:
    rows = some("stance", 4)

    def says(model: object) -> str:
        with pytest.raises(UsageError) as caught:
            method("transformer_stance")(model=str(model)).fit(rows)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    assert says(tmp_path / "none").endswith(
        "is no folder and not in the cache; name a folder with config.json"
    )
    assert says("someone/some-model").endswith("or fetch it first: hf download someone/some-model")
    assert "is a folder without config.json; name" in says(tmp_path)

    def broken(name: str) -> Path:
        return Path(shutil.copytree(tiny, tmp_path / name))

    place = broken("cut")
    (place / "model.safetensors").write_bytes((place / "model.safetensors").read_bytes()[:5000])
    assert "cut cannot be read: " in says(place)
    place = broken("lacking")
    (place / "model.safetensors").unlink()
    assert "cannot be read: Error no file named model.safetensors" in says(place)
    place = broken("remote")
    config = json.loads((place / "config.json").read_text())
    auto = {"AutoConfig": "code.Config", "AutoModelForSequenceClassification": "code.Model"}
    (place / "config.json").write_text(json.dumps(config | {"auto_map": auto, "model_type": "x"}))
    (place / "code.py").write_text("raise SystemExit('remote code ran')\n")
    assert "cannot be read: " in says(place)
    place = broken("other")
    config["num_hidden_layers"] = 3
    (place / "config.json").write_text(json.dumps(config))
    assert "of its encoder's weights, such as bert.encoder.layer.2." in says(place)


def test_a_tokenizer_that_is_not_fast_is_wrong_use(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = transformers.PreTrainedTokenizerFast
    monkeypatch.setattr(kind, "is_fast", property(lambda own: False))
    with pytest.raises(UsageError, match="has no fast tokenizer; name an encoder that has one"):
        make("ner", tiny).fit(some("ner", 4))


def test_what_is_not_a_saved_encoder_is_not_restored(tagger: Any, tmp_path: Path) -> None:
    tagger.save(tmp_path)
    labels = json.loads((tmp_path / "labels.json").read_text())
    (tmp_path / "labels.json").write_text(json.dumps(labels | {"levels": 1}))
    with pytest.raises(ValueError, match="weights lack classifier"):
        method("transformer_ner")().restore(tmp_path)
    (tmp_path / "labels.json").write_text(json.dumps({"labels": ["PERS"]}))
    with pytest.raises(KeyError):
        method("transformer_ner")().restore(tmp_path)
    shutil.rmtree(tmp_path / "model")
    (tmp_path / "labels.json").write_text(json.dumps(labels))
    with pytest.raises(ValueError, match=r"no model/config.json"):
        method("transformer_ner")().restore(tmp_path)


def test_training_that_diverges_is_told(tiny: Path) -> None:
    rows = some("stance", 8)
    made = make("stance", tiny, learning_rate=1e30, warmup=0.0)
    with pytest.raises(UsageError, match="training diverged; lower learning_rate"):
        made.fit(rows, rows)


BAD = [
    ({"epochs": 0}, "epochs is 0; it is at least 1"),
    ({"learning_rate": 0.0}, "learning_rate is 0.0; it is above 0"),
    ({"warmup": 1.0}, "warmup is 1.0; it is a share of the steps, below 1"),
    ({"stride": 64, "max_length": 64}, "stride is 64 and max_length 64; stride is 0 or more"),
    ({"model": ""}, "model is empty; name a folder or an id"),
    ({"layers": 3}, "unknown parameter 'layers'; transformer_topic knows model, revision"),
    ({"threshold": 1.0}, "threshold is 1.0; it is between 0 and 1"),
    ({"epochs": "3"}, "epochs is '3'; transformer_topic wants int"),
]


@pytest.mark.parametrize(("parameters", "says"), BAD)
def test_illegal_parameters_are_refused(parameters: dict[str, Any], says: str) -> None:
    with pytest.raises(DataError) as caught:
        recipe.check_parameters("transformer_topic", parameters, "a.toml")
    assert str(caught.value).startswith(f"a.toml: {says}")


@pytest.mark.parametrize("task", DATA)
def test_the_recipes_can_be_read_and_fit(task: str, tiny: Path) -> None:
    path = HOME.baselines / "transformers" / f"{task}_transformer.toml"
    known = from_table(recipe.Recipe, {**read_toml(path, path.name), "path": path}, path.name)
    assert known.id == path.stem
    recipe.check_parameters(known.method, known.parameters, path.name)
    parameters = {**known.parameters, "model": str(tiny), "epochs": 1}
    rows = some(task, 6)
    made = method(known.method)(**parameters)
    made.fit(rows, rows)
    answers = made.predict(rows)
    assert len(answers) == 6
    if isinstance(answers[0], Likely):
        assert answer_row(DATA[task].task, rows[0], *answers[0])["probabilities"]
    assert made.predict([]) == []
