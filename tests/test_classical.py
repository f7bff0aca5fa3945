"""Floors, probes and classical methods of structure, topic, stance and ner: what they learn, what
they refuse, and that what is saved answers the same."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conftest import ROOT
from marsad import baseline, recipe, rooms
from marsad.answer import check_answers
from marsad.fault import DataError
from marsad.models import Likely, method
from marsad.models.linear import Bag, Linear, characters, classify
from marsad.models.stored import NAMES, NUMBERS
from marsad.models.structure import echoes
from marsad.models.topic import best_threshold
from marsad.rooms import Rooms
from marsad.stem import stems
from marsad.task import TaskData, read_data

HOME = rooms.find(ROOT)
MODULES = ("prior", "structure", "line_crf", "page_line", "topic", "stance", "lexicon")
NAMES_OF_BASELINES = [
    name
    for name in recipe.names(HOME)
    if method(recipe.read_recipe(HOME, name).method).__module__.split(".")[-1] in MODULES
]


@pytest.fixture(scope="module")
def data() -> Callable[[str], TaskData]:
    read: dict[str, TaskData] = {}

    def of(task: str) -> TaskData:
        return read.setdefault(task, read_data(HOME, task))

    return of


def part(rows: Any, articles: int) -> list[dict[str, Any]]:
    """The rows of the first so many articles."""
    kept = list(dict.fromkeys(row["article_id"] for row in rows))[:articles]
    return [row for row in rows if row["article_id"] in kept]


@pytest.mark.parametrize("name", NAMES_OF_BASELINES)
def test_what_is_saved_answers_the_same(
    name: str, data: Callable[[str], TaskData], tmp_path: Path
) -> None:
    fitted = baseline.load(name)
    of = data(fitted.task.name)
    fitted.fit(part(of.rows["train"], 12))
    asked = of.inputs("validation")
    answers = fitted.predict(asked)
    check_answers(enumerate(answers, 1), of, "validation", name)
    fitted.save(tmp_path)
    assert baseline.restore(tmp_path).predict(asked) == answers
    assert fitted.fit(part(of.rows["train"], 12)).predict(asked) == answers


@pytest.mark.parametrize("name", NAMES_OF_BASELINES)
def test_one_article_is_enough_to_learn_from(name: str, data: Callable[[str], TaskData]) -> None:
    fitted = baseline.load(name)
    of = data(fitted.task.name)
    answers = fitted.fit(part(of.rows["train"], 1)[:1]).predict(of.inputs("validation")[:30])
    assert len(answers) == 30
    assert fitted.predict([]) == []


class Bomb:
    def __reduce__(self) -> Any:
        return (Path("exploded").touch, ())


def _pickled(folder: Path) -> None:
    (folder / NUMBERS).write_bytes(pickle.dumps(Bomb()))
    _sign(folder)


def _object_array(folder: Path) -> None:
    with (folder / NUMBERS).open("wb") as file:
        np.savez(file, weights=np.array([Bomb()], dtype=object))
    _sign(folder)


def _other_numbers(folder: Path) -> None:
    content = bytearray((folder / NUMBERS).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / NUMBERS).write_bytes(bytes(content))


def _one_term_less(folder: Path) -> None:
    content = json.loads((folder / NAMES).read_text(encoding="utf-8"))
    next(iter(content["names"]["terms"].values())).pop()
    (folder / NAMES).write_text(json.dumps(content), encoding="utf-8")


def _terms_no_texts(folder: Path) -> None:
    content = json.loads((folder / NAMES).read_text(encoding="utf-8"))
    content["names"]["labels"] = [1, 2, 3]
    (folder / NAMES).write_text(json.dumps(content), encoding="utf-8")


def _not_finite(folder: Path) -> None:
    with np.load(folder / NUMBERS, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    arrays["weights"][0, 0] = np.nan
    with (folder / NUMBERS).open("wb") as file:
        np.savez(file, **arrays)
    _sign(folder)


def _gone(folder: Path) -> None:
    (folder / NUMBERS).unlink()


def _names_a_list(folder: Path) -> None:
    (folder / NAMES).write_text("[]", encoding="utf-8")


def _sign(folder: Path) -> None:
    """Makes the digest agree, as one who tampers would."""
    from marsad.article import digest

    content = json.loads((folder / NAMES).read_text(encoding="utf-8"))
    content["sha256"] = digest((folder / NUMBERS).read_bytes())
    (folder / NAMES).write_text(json.dumps(content), encoding="utf-8")


TAMPERED = [
    (_pickled, "holds|pickle"),
    (_object_array, "allow_pickle"),
    (_other_numbers, "is not the one that learned.json was written with"),
    (_one_term_less, "do not fit each other"),
    (_terms_no_texts, "names that are no texts"),
    (_not_finite, "holds something else than numbers"),
    (_gone, "No such file"),
    (_names_a_list, "holds no names"),
]


@pytest.mark.parametrize(("tamper", "says"), TAMPERED)
def test_a_tampered_model_is_refused_in_one_line(
    tamper: Callable[[Path], None],
    says: str,
    data: Callable[[str], TaskData],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "model"
    fitted = baseline.load("stance_text_blind")
    fitted.fit(part(data("stance").rows["train"], 5)).save(folder)
    tamper(folder)
    with pytest.raises(DataError, match=says) as caught:
        baseline.restore(folder)
    assert len(str(caught.value).splitlines()) == 1
    assert not (tmp_path / "exploded").exists()


def test_a_crf_restores_models_of_crfsuite_alone(
    data: Callable[[str], TaskData], tmp_path: Path
) -> None:
    fitted = baseline.load("structure_crf").fit(part(data("structure").rows["train"], 3))
    fitted.method.model = b"\x80\x04" + fitted.method.model  # type: ignore[attr-defined]
    fitted.save(tmp_path)
    with pytest.raises(DataError, match="no model of CRFsuite"):
        baseline.restore(tmp_path)


REFUSED = [
    ("linear_line", {"C": -1.0}, "C is -1.0; give a number above 0"),
    ("linear_line", {"window": -1}, "window is -1; give 0 or more"),
    ("line_crf", {"c1": -0.1}, "c1 is -0.1; give 0 or more"),
    ("line_crf", {"c2": -0.1}, "c2 is -0.1; give 0 or more"),
    ("line_crf", {"max_iterations": 0}, "max_iterations is 0; give 1 or more"),
    ("page_line", {"l2": 0.0}, "l2 is 0.0; give a number above 0"),
    ("page_line", {"min_count": 0}, "min_count is 0; give 1 or more"),
    ("page_line", {"max_iterations": 0}, "max_iterations is 0; give 1 or more"),
    ("tfidf_topic", {"C": 0.0}, "C is 0.0; give a number above 0"),
    ("tfidf_topic", {"sees": "all"}, "sees is 'all'; give one of text, headline"),
    ("tfidf_topic", {"folds": 1}, "folds is 1; give 2 or more"),
    ("tfidf_topic", {"min_count": 0}, "min_count is 0; give 1 or more"),
    ("tfidf_topic", {"character_ngrams": (4, 3)}, r"character_ngrams is \[4, 3\]; give the shor"),
    ("tfidf_topic", {"character_ngrams": (0, 3)}, r"character_ngrams is \[0, 3\]; give the shor"),
    ("tfidf_stance", {"C": -1.0}, "C is -1.0; give a number above 0"),
    ("tfidf_stance", {"window": -1}, "window is -1; give 0 or more"),
    ("tfidf_stance", {"sees": ("text", "gold")}, "give some of text, holder, target"),
    ("tfidf_stance", {"sees": ()}, "give some of text, holder, target"),
    ("lexicon_topic", {"size": 0}, "size is 0; give 1 or more"),
    ("lexicon_stance", {"min_count": 0}, "min_count is 0; give 1 or more"),
    ("prior_label", {"seed": -1}, "seed is -1; give 0 or more"),
]


@pytest.mark.parametrize(("name", "parameters", "says"), REFUSED)
def test_a_parameter_that_cannot_be_is_refused(
    name: str, parameters: dict[str, Any], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        method(name)(**parameters)


def test_a_recipe_with_such_a_parameter_is_refused(copy: Callable[[], Rooms]) -> None:
    there = copy()
    path = there.baselines / "structure_linear.toml"
    lines = path.read_text().splitlines()
    lines = ["C = -1" if line.startswith("C = ") and "[" not in line else line for line in lines]
    path.write_text("\n".join(lines))
    with pytest.raises(DataError, match="C is -1; give a number above 0"):
        recipe.read_recipe(there, "structure_linear")


def test_random_answers_have_the_frequencies_of_train() -> None:
    rows = [{"label": "favor"}] * 75 + [{"label": "against"}] * 25
    drawn = []
    for seed in (1, 2):
        made = method("prior_label")(seed=seed)
        made.fit(rows)
        drawn.append(made.predict(rows * 40))
    shares = [sum(one.answer == "favor" for one in each) / 4000 for each in drawn]
    assert shares == pytest.approx([0.75, 0.75], abs=0.03)
    assert drawn[0] != drawn[1]
    assert drawn[0][0].probabilities == {"against": 0.25, "favor": 0.75}


def test_random_topics_come_each_with_its_share_and_never_none() -> None:
    rows = [{"topics": ["energy", "economy"]}, {"topics": ["economy"]}] * 50
    made = method("prior_topic")(seed=3)
    made.fit(rows)
    answers = [one.answer for one in made.predict(rows * 20)]
    assert all("economy" in answer for answer in answers)
    assert sum("energy" in answer for answer in answers) / 2000 == pytest.approx(0.5, abs=0.05)
    made.shares = {"energy": 0.01, "economy": 0.01}
    assert all(one.answer for one in made.predict(rows))


def test_random_spans_are_drawn_from_tags() -> None:
    entity = {"start": 0, "end": 5, "label": "PERS"}
    row = {"text": "فلادي قال", "tokens": ["فلادي", "قال"], "entities": [entity]}
    made = method("prior_entity")(seed=1)
    made.fit([row])
    assert made.shares == {"B-PERS": 0.5, "O": 0.5}
    found = made.predict([row] * 400)
    assert {span for answer in found for span in answer} == {(0, 5, "PERS"), (6, 9, "PERS")}


def test_a_lexicon_has_the_words_most_tied_to_a_label() -> None:
    rows = [{"text": "نفط غاز اليوم", "topics": ["energy"]}] * 5
    rows += [{"text": "كرة ملعب اليوم", "topics": ["sport"]}] * 4
    made = method("lexicon_topic")(size=2)
    made.fit(rows)
    assert made.words == {"energy": ["غاز", "نفط"], "sport": stems("كرة") + stems("ملعب")}
    asked = [{"text": "أسعار النفط"}, {"text": "الملعب والغاز"}, {"text": "غدا"}]
    assert made.predict(asked) == [{"energy"}, {"energy", "sport"}, {"energy"}]


def test_a_blind_probe_answers_the_same_whatever_it_must_not_see(
    data: Callable[[str], TaskData],
) -> None:
    hidden = {
        "stance_target_only": {"text": "-", "context": "-", "holder": "-", "holder_ar": "-"},
        "stance_text_blind": {"text": "-", "context": "-"},
        "stance_target_blind": {"target": "-", "target_ar": "-"},
        "stance_lexicon": {"holder": "-", "holder_ar": "-", "target": "-", "target_ar": "-"},
        "topic_headline_only": {"text": "-"},
    }
    for name, blank in hidden.items():
        probe = baseline.load(name)
        assert probe.recipe.probe
        of = data(probe.task.name)
        probe.fit(part(of.rows["train"], 10))
        asked = [row for row in of.inputs("validation") if row["context"]][:40]
        seen = probe.method.predict(asked)
        assert probe.method.predict([{**row, **blank} for row in asked]) == seen


def test_the_probes_of_stance_are_the_full_method_but_for_what_they_see() -> None:
    full = dict(recipe.read_recipe(HOME, "stance_tfidf").parameters)
    for name in ("stance_target_only", "stance_text_blind", "stance_target_blind"):
        parameters = dict(recipe.read_recipe(HOME, name).parameters)
        assert parameters.pop("sees")
        assert parameters == full
    headline = dict(recipe.read_recipe(HOME, "topic_headline_only").parameters)
    assert headline.pop("sees") == "headline"
    assert headline == recipe.read_recipe(HOME, "topic_tfidf").parameters


def test_a_label_that_each_page_has_once_is_given_once(data: Callable[[str], TaskData]) -> None:
    fitted = baseline.load("structure_crf").fit(part(data("structure").rows["train"], 20))
    assert fitted.method.once == ("headline",)  # type: ignore[attr-defined]
    asked = data("structure").inputs("validation")
    answers = fitted.predict(asked)
    heads = [row["article_id"] for row in answers if row["label"] == "headline"]
    assert heads == list(dict.fromkeys(row["article_id"] for row in asked))


def test_probabilities_are_of_every_label(data: Callable[[str], TaskData]) -> None:
    for name in ("structure_linear", "structure_crf", "structure_page", "topic_tfidf"):
        fitted = baseline.load(name)
        of = data(fitted.task.name)
        fitted.fit(part(of.rows["train"], 20))
        for one in fitted.method.predict(of.inputs("validation")[:20]):
            assert isinstance(one, Likely)
            assert all(0 <= chance <= 1 for chance in one.probabilities.values())
            if fitted.task.name == "structure":
                assert sum(one.probabilities.values()) == pytest.approx(1)


def test_an_echo_counts_the_words_that_other_paragraphs_say() -> None:
    paragraph = " ".join(["المصافحة في بكين جمعت الخصمين"] * 5)
    page = [{"text": text} for text in ("مصافحة بكين", "اشترك الآن", paragraph)]
    assert echoes(page) == [(2, 1.0), (0, 0.0), (0, 0.0)]


STEMS = [
    ("والعقوبات", "عقوب"),
    ("العقوبات", "عقوب"),
    ("روسيا", "روسيا"),
    ("للصين", "صين"),
    ("ولد", "ولد"),
    ("الأمريكية", "امريك"),
]


@pytest.mark.parametrize(("word", "stem"), STEMS)
def test_a_stem_is_what_stays_without_affixes(word: str, stem: str) -> None:
    assert stems(word) == [stem]


def test_bags_weigh_as_scikit_learn_does() -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = ["نفط غاز نفط", "غاز كرة", "كرة ملعب قدم", "", "غاز"]
    own = Bag(str.split)
    theirs = TfidfVectorizer(analyzer=str.split, sublinear_tf=True)
    assert np.allclose(own.fit(texts).toarray(), theirs.fit_transform(texts).toarray())
    assert np.allclose(own.transform(texts[1:]).toarray(), theirs.transform(texts[1:]).toarray())
    rare = Bag(str.split, min_count=2)
    assert rare.fit(texts).shape == (5, 2)
    assert set(rare.terms) == {"غاز", "كرة"}


def test_characters_are_those_within_words() -> None:
    assert characters("أب ج", 2, 3) == [" أ", "أب", "ب ", " أب", "أب ", " ج", "ج ", " ج "]


def test_two_labels_have_one_score_and_one_label_none() -> None:
    from sklearn.linear_model import LogisticRegression

    x = np.array([[0.0], [1.0], [2.0], [3.0]])
    both = classify(LogisticRegression(), x, ["no", "no", "yes", "yes"])
    assert [both.labels[at] for at in both.scores(x).argmax(1)] == ["no", "no", "yes", "yes"]
    assert classify(LogisticRegression(), x, ["no"] * 4) == Linear(
        ("no",), pytest.approx(np.zeros((1, 1))), pytest.approx(np.zeros(1))
    )


def test_the_threshold_is_where_f1_is_best() -> None:
    chances = np.linspace(0, 1, 100)
    assert best_threshold(chances, chances > 0.7) == pytest.approx(0.7, abs=0.03)
    assert best_threshold(chances, chances > 2) == 1.0
