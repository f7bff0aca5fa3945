"""Frozen encoders: each text encoded once, in order, whole, and the heads on them."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conftest import ROOT
from marsad import baseline, encoder, recipe, rooms, source, task
from marsad.baseline import Baseline
from marsad.encoder import ENCODERS, Encoder, encode
from marsad.fault import DataError, UsageError
from marsad.models import METHODS
from marsad.models.evidence import Clause, clauses
from marsad.recipe import Recipe

HOME = rooms.find(ROOT)
DIMS = 8


class Stub:
    """Stands for a package: a vector of how often each of eight letters is in a text."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    def __call__(self, texts: Sequence[str]) -> Any:
        self.batches.append(list(texts))
        return np.array([[text.count(letter) for letter in "ابتنملري"] for text in texts])

    @property
    def texts(self) -> list[str]:
        return [text for batch in self.batches for text in batch]


@pytest.fixture
def stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stub:
    """Both encoders are the stub, in a cache of its own. Its package is one that is installed."""
    found = Stub()
    monkeypatch.setenv("MARSAD_CACHE", str(tmp_path / "cache"))
    for name in ENCODERS:
        monkeypatch.setitem(ENCODERS, name, Encoder("numpy", "numpy", DIMS, lambda: found))
    for name in ("frozen_topic", "frozen_stance", "frozen_crf"):
        monkeypatch.setitem(METHODS, name, replace(METHODS[name], needs=()))
    return found


def kept(name: str = "e5") -> Path:
    return source.cache() / "encoder" / f"{name}-{np.__version__}.sqlite"


def test_each_text_is_encoded_once_and_vectors_come_in_order(stub: Stub) -> None:
    texts = ["باب", "ا", "باب", "نمل كثير", "ا"]
    found = encode("e5", texts)
    assert sorted(stub.texts) == sorted(set(texts))
    assert found.dtype == np.float32
    assert found.tolist() == Stub()(texts).tolist()


def test_a_second_pass_calls_nothing(stub: Stub) -> None:
    first = encode("e5", ["باب", "نمل"])
    stub.batches.clear()
    assert np.array_equal(encode("e5", ["نمل", "باب"]), first[::-1])
    assert stub.texts == []
    encode("e5", ["نمل", "تمر"])
    assert stub.texts == ["تمر"]


def test_two_encoders_share_no_vector(stub: Stub) -> None:
    encode("e5", ["باب"])
    encode("use3", ["باب"])
    assert stub.texts == ["باب", "باب"]


def test_no_text_gives_no_vector(stub: Stub) -> None:
    assert encode("use3", []).shape == (0, DIMS)


def test_texts_of_one_length_go_in_one_batch(stub: Stub) -> None:
    texts = [letter * size for size in range(1, 101) for letter in "بن"]
    encode("e5", texts[::-1])
    assert [len(batch) for batch in stub.batches] == [64, 64, 64, 8]
    assert list(map(len, stub.texts)) == sorted(map(len, texts))


def test_what_was_encoded_before_an_interruption_is_kept(stub: Stub) -> None:
    texts = [f"باب {n:03}" for n in range(2 * encoder.BATCH)]
    spoiled = stub.__class__.__call__

    def once(texts: Sequence[str]) -> Any:
        if stub.batches:
            raise KeyboardInterrupt
        return spoiled(stub, texts)

    ENCODERS["e5"] = Encoder("numpy", "numpy", DIMS, lambda: once)
    with pytest.raises(KeyboardInterrupt):
        encode("e5", texts)
    ENCODERS["e5"] = Encoder("numpy", "numpy", DIMS, lambda: stub)
    encode("e5", texts)
    assert sorted(stub.texts) == texts


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5000])


def _overwrite(path: Path) -> None:
    path.write_bytes(b"no database at all" * 500)


def _middle(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:5000] + b"\xff" * 4000 + whole[9000:])


def _shorten(path: Path) -> None:
    with sqlite3.connect(path) as file:
        file.execute("UPDATE vector SET vector = x'0000'")


@pytest.mark.parametrize("tear", [_cut, _overwrite, _middle, _shorten])
def test_a_torn_cache_is_begun_anew(stub: Stub, tear: Callable[[Path], None]) -> None:
    texts = [f"باب {n}" for n in range(500)]
    first = encode("e5", texts)
    tear(kept())
    stub.batches.clear()
    assert np.array_equal(encode("e5", texts), first)
    assert stub.texts
    stub.batches.clear()
    assert np.array_equal(encode("e5", texts), first)
    assert stub.texts == []


def test_a_cache_that_cannot_be_written_is_named(stub: Stub, monkeypatch: Any) -> None:
    there = source.cache()
    there.write_text("a file, not a folder")
    with pytest.raises(UsageError, match="set MARSAD_CACHE to a folder that can be written"):
        encode("e5", ["باب"])


WRITER = """
import sys
import numpy as np
from marsad.encoder import ENCODERS, Encoder, encode
ENCODERS["e5"] = Encoder("numpy", "numpy", 2, lambda: lambda texts: [[len(t), 1] for t in texts])
first = int(sys.argv[1])
texts = ["ا" * n for n in range(first, first + 300)]
assert [int(v[0]) for v in encode("e5", texts)] == [len(t) for t in texts]
"""


def test_many_may_write_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARSAD_CACHE", str(tmp_path))
    ended: list[int] = []

    def write(first: int) -> None:
        done = subprocess.run([sys.executable, "-c", WRITER, str(first)], check=False)
        ended.append(done.returncode)

    writers = [threading.Thread(target=write, args=(first,)) for first in (0, 100, 200, 300)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert ended == [0, 0, 0, 0]
    with sqlite3.connect(kept()) as file:
        assert file.execute("SELECT count(*) FROM vector").fetchone() == (600,)


def test_a_missing_package_is_said_with_its_extra(stub: Stub) -> None:
    ENCODERS["e5"] = Encoder("no-such", "no_such_module", DIMS, lambda: stub)
    with pytest.raises(UsageError, match=r"^encoder e5 needs the extra encoders; pip install '"):
        encode("e5", ["باب"])


def test_an_unknown_encoder_is_wrong_use() -> None:
    with pytest.raises(UsageError, match="no encoder 'bert'; the encoders are use3, e5"):
        encode("bert", ["باب"])


@pytest.mark.parametrize("name", ENCODERS)
def test_the_packages_give_what_is_said(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip(ENCODERS[name].module)
    monkeypatch.setenv("MARSAD_CACHE", str(tmp_path))
    found = encode(name, ["ارتفع سعر النفط", "زادت أسعار الخام", "فاز المنتخب بالمباراة"])
    assert found.shape == (3, ENCODERS[name].dims)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-3)
    assert found[0] @ found[1] > found[0] @ found[2]


@pytest.mark.parametrize("name", ENCODERS)
def test_no_long_text_is_cut(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip(ENCODERS[name].module)
    monkeypatch.setenv("MARSAD_CACHE", str(tmp_path))
    start = "ارتفع سعر النفط في الأسواق العالمية " * 100  # some 600 tokens, more than 512
    football = "فاز المنتخب بكأس العالم لكرة القدم " * 200
    long, same, about = encode(name, [start + football, start + start, football])
    assert long @ about > same @ about + 0.01  # what comes last is read too


def made(method: str, of: str, **parameters: Any) -> Baseline:
    known = Recipe(of, "stub", "Stub", method, parameters, ROOT)
    recipe.check_parameters(method, parameters, "stub")
    asked = task.read_task(HOME, of)
    return Baseline(
        known, asked, baseline._columns(HOME, asked), baseline.method(method)(**parameters)
    )


STANCES = [
    {
        "text": f"{number} قال الوزير إن {text}، وكان الجو جميلا، وانتهى اللقاء.",
        "article_id": f"a{number % 7}",
        "holder": "wang_yi",
        "holder_ar": "وانغ يي",
        "target": target,
        "target_ar": target,
        "label": label,
    }
    for number in range(7)
    for target in ("sovereignty_noninterference", "western_policy")
    for label, text in (
        ("favor", "بلاده تؤيد ذلك"),
        ("against", "بلاده ترفض ذلك"),
        ("neutral", "بلاده تنظر في ذلك"),
    )
]
TOPICS = [
    {"text": text, "topics": topics}
    for text, topics in (
        ("باب باب باب", ["diplomacy"]),
        ("نمل نمل نمل", ["energy"]),
        ("باب نمل", ["diplomacy", "energy"]),
        ("تمر تمر", ["trade_economy"]),
    )
    * 3
]
CASES = [
    ("frozen_topic", "topic", {"encoders": ["use3", "e5"], "C": 1.0}, TOPICS),
    ("frozen_stance", "stance", {"encoder": "e5"}, STANCES),
    ("evidence_stance", "stance", {}, STANCES),
    ("evidence_stance", "stance", {"sees": ["text", "holder"]}, STANCES),
]


def evident(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with their evidence, where they are stances: what the minister said."""
    found = []
    for row in rows:
        end = row["text"].find("،")
        found.append(row if end < 0 else {**row, "evidence": {"start": 2, "end": end}})
    return found


@pytest.mark.usefixtures("stub")
@pytest.mark.parametrize("known", [True, False], ids=["evidence", "no evidence"])
@pytest.mark.parametrize(("method", "of", "parameters", "rows"), CASES)
def test_saved_and_restored_it_answers_the_same(
    tmp_path: Path, method: str, of: str, parameters: Any, rows: Any, known: bool
) -> None:
    fitted = made(method, of, **parameters).fit(evident(rows) if known else rows)
    fitted.save(tmp_path / "saved")
    answers = fitted.predict(rows)
    assert baseline.restore(tmp_path / "saved", ROOT).predict(rows) == answers
    right = sum(
        answer[fitted.task.answer] == row[fitted.task.answer]
        for answer, row in zip(answers, rows, strict=True)
    )
    assert right > 0.9 * len(rows)
    assert all(answer["probabilities"] for answer in answers)
    assert fitted.predict([]) == []


NAMED = [
    {"tokens": ["زار", name, "مدينة", place], "ner_tags": ["O", "B-PERS", "O", "B-GPE"]}
    for name in ("باب", "نمل", "تمر")
    for place in ("عدن", "قم", "فاس")
] * 3


@pytest.mark.usefixtures("stub")
def test_words_say_which_words_of_train_they_are_like(tmp_path: Path) -> None:
    fitted = made("frozen_crf", "ner", clusters=[2, 4]).fit(NAMED)
    crf: Any = fitted.method
    assert [len(centres) for centres in crf.centres] == [2, 4]
    page = crf.page(crf.lexicon, [{"tokens": ["زار", "جديد"]}])
    for features in page.features(page.rows[0]):
        own = [name for name in features if name[:2] in ("k0", "k1")]
        assert [name[:3] for name in own] == ["k0=", "k1="]
    again = made("frozen_crf", "ner", clusters=[2, 4]).fit(NAMED)
    fitted.save(tmp_path / "saved")
    answers = fitted.predict(NAMED)
    assert [answer["ner_tags"] for answer in answers] == [row["ner_tags"] for row in NAMED]
    assert again.predict(NAMED) == answers
    assert baseline.restore(tmp_path / "saved", ROOT).predict(NAMED) == answers
    assert fitted.predict([]) == []
    (tmp_path / "saved" / "learned.npz").unlink()
    with pytest.raises(DataError, match="not a saved baseline"):
        baseline.restore(tmp_path / "saved", ROOT)


@pytest.mark.usefixtures("stub")
@pytest.mark.parametrize(("method", "of", "parameters", "rows"), CASES)
def test_a_spoiled_folder_is_no_saved_baseline(
    tmp_path: Path, method: str, of: str, parameters: Any, rows: Any
) -> None:
    made(method, of, **parameters).fit(rows).save(tmp_path)
    whole = (tmp_path / "learned.npz").read_bytes()
    for spoiled in (whole[:100], b""):
        (tmp_path / "learned.npz").write_bytes(spoiled)
        with pytest.raises(DataError, match="not a saved baseline"):
            baseline.restore(tmp_path, ROOT)
    (tmp_path / "learned.npz").write_bytes(whole)
    (tmp_path / "learned.json").write_text('{"bags": {}, "heads": {}}')
    with pytest.raises(DataError, match="not a saved baseline"):
        baseline.restore(tmp_path, ROOT)


def test_the_clause_that_evidence_names_weighs_more() -> None:
    fitted = made("evidence_stance", "stance").fit(evident(STANCES))
    for row, ranked in zip(STANCES, fitted.method.ranker.chances(STANCES), strict=True):
        first, *others = [chance for _, chance in ranked]
        assert "الوزير" in row["text"][ranked[0][0].start : ranked[0][0].end]
        assert first > 2 * max(others)


def test_evidence_is_passed_to_fit_and_never_to_predict(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted = made("evidence_stance", "stance").fit(STANCES)
    seen: list[Any] = []
    monkeypatch.setattr(type(fitted.method), "fit", lambda self, rows, _=(): seen.extend(rows))
    monkeypatch.setattr(type(fitted.method), "predict", lambda self, rows: seen.extend(rows) or [])
    fitted.fit(evident(STANCES))
    assert all("evidence" in row for row in seen)
    seen.clear()
    with pytest.raises(ValueError, match="shorter"):
        fitted.predict(evident(STANCES))
    assert seen
    assert not any("evidence" in row or "label" in row for row in seen)


def test_the_target_blind_twin_answers_alike_for_every_target() -> None:
    fitted = made("evidence_stance", "stance", sees=["text", "holder"]).fit(evident(STANCES))
    swapped = [{**row, "target": "multilateralism", "target_ar": "التعددية"} for row in STANCES]
    labels = [answer["label"] for answer in fitted.predict(STANCES)]
    assert [answer["label"] for answer in fitted.predict(swapped)] == labels


def test_clauses_are_cut_at_punctuation_and_keep_their_places() -> None:
    text = "قال: «نعم»، ثم مضى إلى الـ5.5 كم..."
    found = [text[clause.start : clause.end].strip() for clause in clauses(text)]
    assert found == ["قال", "نعم", "ثم مضى إلى الـ5.5 كم"]
    assert clauses("؟!") == [Clause(0, 2, ())]


BAD = [
    ("frozen_topic", {"encoders": ["e5", "bert"]}, "encoder is 'bert'"),
    ("frozen_topic", {"encoders": ["e5", "e5"]}, "encoders are ['e5', 'e5']"),
    ("frozen_topic", {"encoders": []}, "encoders are []"),
    ("frozen_topic", {"C": 0.0}, "C is 0.0"),
    ("frozen_topic", {"threshold": 1.0}, "threshold is 1.0"),
    ("frozen_stance", {"encoder": "bert"}, "encoder is 'bert'"),
    ("frozen_stance", {"share": -1.0}, "share is -1.0"),
    ("frozen_crf", {"encoder": "bert"}, "encoder is 'bert'"),
    ("frozen_crf", {"clusters": [1]}, "clusters are [1]; give numbers of 2 or more"),
    ("frozen_crf", {"c1": -1.0}, "c1 is -1.0"),
    ("evidence_stance", {"sees": ["target"]}, "sees is ['target']"),
    ("evidence_stance", {"C": -1.0}, "C is -1.0"),
]


@pytest.mark.parametrize(("method", "parameters", "says"), BAD)
def test_parameters_that_cannot_be_are_refused(method: str, parameters: Any, says: str) -> None:
    with pytest.raises(DataError) as caught:
        recipe.check_parameters(method, parameters, "stub.toml")
    assert says in str(caught.value)


def test_a_recipe_names_the_extra_that_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marsad.models.find_spec", lambda name: None)
    with pytest.raises(UsageError, match="topic_use3 needs the extra encoders; pip install"):
        baseline.load("topic_use3", ROOT)
