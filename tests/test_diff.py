"""What `marsad diff` tells, each kind of change to the letter; folders, revisions, the hub."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT, keep_rows
from hub import READER, Hub
from marsad import rooms, state
from marsad.build import build
from marsad.cli import main
from marsad.diff import Difference, compare
from marsad.diff.folder import Folder
from marsad.diff.layer import changes
from marsad.diff.page import markdown
from marsad.fault import DataError, UsageError
from marsad.patience import patiently
from marsad.release import read_release
from marsad.rooms import Rooms

Copy = Callable[[], Rooms]
VERSION = read_release(rooms.find(ROOT)).version
NOT_RAISED = (
    f"- **The version was not raised**: the data changed and it is still {VERSION}; raise it in "
    "dataset.toml."
)
ARTICLE = "power_of_siberia_launch_2019_wire"
OTHER = "power_of_siberia_launch_2019_column"


def found(old: Path, new: Path) -> Difference:
    return compare(Folder(old, "old"), Folder(new, "new"))


def told(old: Path, new: Path) -> list[str]:
    """The list items of the difference, each on one line, and its table rows."""
    text = markdown(found(old, new)).replace("\n  ", " ")
    return [line for line in text.splitlines() if line.startswith(("- ", "| `", "| ner "))]


def said(old: Path, new: Path) -> list[str]:
    """As `told`, without the two lines that stand in every difference."""
    usual = ("- The rows of `data/` are unchanged.", "- The splits of the 9 earlier articles")
    return [line for line in told(old, new) if not line.startswith(usual)]


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def edit_record(path: Path, key: str, name: str, change: Callable[[Any], None]) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    for at, line in enumerate(lines):
        record = json.loads(line)
        if record[key] == name:
            change(record)
            lines[at] = json.dumps(record, ensure_ascii=False)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def edit_gold(there: Rooms, layer: str, change: Callable[[list[Any]], None]) -> None:
    edit_record(there.gold(layer), "article_id", ARTICLE, lambda record: change(record["spans"]))


def edit_table(there: Rooms, config: str, change: Callable[[pa.Table], pa.Table]) -> None:
    for path in (there.data / config).glob("*.parquet"):
        pq.write_table(change(pq.ParquetFile(path).read()), path)


def mirrored(value: Any, key: str = "") -> Any:
    """A difference as JSON with old and new in each other's place, its lists in one order."""
    other = {"added": "removed", "old": "new", "before": "after", "withheld": "restored"}
    other |= {new: old for old, new in other.items()}
    if isinstance(value, dict):
        return {other.get(key, key): mirrored(one, key) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return sorted(
            (mirrored(one) for one in value), key=lambda one: json.dumps(one, sort_keys=True)
        )
    return other.get(value, value) if key == "kind" else value


def ordered(value: Any) -> Any:
    """The same order, nothing swapped."""
    return mirrored(mirrored(value))


def there_and_back(old: Path, new: Path) -> bool:
    """Whether the difference from new to old is that from old to new, mirrored."""
    one, other = Folder(old, "state"), Folder(new, "state")
    ways = compare(one, other).to_json(), compare(other, one).to_json()
    return bool(mirrored(ways[0]) == ordered(ways[1]))


def test_nothing_changed_is_one_line(small: Path, copy: Copy, home: Rooms) -> None:
    there = copy()
    assert markdown(found(small, there.root)) == "Nothing changed between `old` and `new`.\n"
    same = found(home.root, home.root)
    assert not same
    assert same.to_json()["changed"] is False
    assert same.splits.kept == same.articles.kept > 8


def test_a_relabelled_mention_without_a_new_version_is_told(small: Path, copy: Copy) -> None:
    there = copy()

    def relabel(spans: list[Any]) -> None:
        span = next(span for span in spans if span["label"] == "DATE")
        span["label"] = "TIME"

    edit_gold(there, "ner", relabel)
    list(build(there))
    lines = told(small, there.root)
    assert lines[:4] == [
        NOT_RAISED,
        f"- Labels of `ner` changed in 1 earlier article (`{ARTICLE}`): 1 mention relabelled "
        "(1 `DATE` → `TIME`).",
        "- 1 row of `articles` changed: `entities` 1.",
        "- 1 row of `ner` changed: `ner_tags` 1, `entities` 1.",
    ]
    assert lines[4].startswith("- Digests of the rows: `articles` ")
    assert lines[5:] == [
        "| `articles` | 2 → 2 (1 changed) | 1 | 6 |",
        lines[6],
        "- The splits of the 9 earlier articles are untouched.",
    ]
    assert lines[6].startswith("| `ner` | ")


def test_a_raised_version_is_the_heading(small: Path, copy: Copy) -> None:
    there = copy()
    edit(there.root / "dataset.toml", f'"{VERSION}"', '"9.10.0"')
    assert markdown(found(small, there.root)).splitlines() == [
        "## 9.10.0",
        "",
        "### Data",
        f"- Version {VERSION} → 9.10.0.",
        "- The rows of `data/` are unchanged.",
        "",
        "### Tasks",
        "- The splits of the 9 earlier articles are untouched.",
    ]
    assert said(there.root, small) == [f"- Version 9.10.0 → {VERSION}, which is **lower**."]


def test_an_article_that_went_is_told_with_its_rows(small: Path, copy: Copy) -> None:
    there = copy()
    for path in [there.articles / "manifest.jsonl", *there.annotations.glob("*/**/*.jsonl")]:
        keep_rows(path, lambda row: row.get("article_id") != ARTICLE)
    edit(there.tasks / "splits.csv", f"{ARTICLE},train,power_of_siberia_launch_2019\n", "")
    list(build(there))
    gone = told(small, there.root)
    assert f"- 1 authored article out, 1 train: `{ARTICLE}`." in gone
    assert "| `articles` | 2 → 1 (-1) | 1 | 6 |" in gone
    assert (
        "- Judgements: 1 article no longer with a judgement by reader_a and reader_b "
        "(structure, topic, stance, ner)." in gone
    )
    come = told(there.root, small)
    assert f"- 1 authored article in, 1 train: `{ARTICLE}`." in come
    assert "- The splits of the 8 earlier articles are untouched." in come
    assert any(
        line.startswith("- Labels of `structure`, 1 article newly annotated: ") for line in come
    )
    assert there_and_back(small, there.root)
    assert "**The version was not raised**" in gone[0]


def test_metadata_and_raw_text(small: Path, copy: Copy) -> None:
    there = copy()
    manifest = there.articles / "manifest.jsonl"
    edit_record(manifest, "article_id", ARTICLE, lambda row: row.update(genre="report"))
    text = there.articles / "authored" / f"{OTHER}.txt"
    text.write_bytes(text.read_bytes() + b"\n")
    assert said(small, there.root) == [
        NOT_RAISED,
        "- **The raw text of 1 article changed under the same id, which must never be**: "
        f"`{OTHER}`. Give a changed text an id of its own.",
        f"- The manifest's `genre` changed of 1 article: `{ARTICLE}` (news → report).",
    ]
    shutil.rmtree(there.articles / "authored")
    edit_record(manifest, "article_id", OTHER, lambda row: row.update(sha256="0" * 64))
    assert [*found(small, there.root).articles.raw] == [OTHER]


def test_a_withheld_text_is_not_a_removed_article(small: Path, copy: Copy) -> None:
    there = copy()
    record = {"article_id": ARTICLE, "sha256": "0" * 64, "bytes": 9, "characters": 5}
    (there.articles / "withheld.jsonl").write_text(json.dumps(record) + "\n")
    (there.articles / "authored" / f"{ARTICLE}.txt").unlink()
    for config in ("articles", "structure", "topic", "stance", "ner"):
        edit_table(there, config, lambda table: table.filter(pc.field("article_id") != ARTICLE))
    sizes = "`articles` 1, `structure` 15, `topic` 7, `stance` 13, `ner` 7"
    away = found(small, there.root)
    assert not away.stale_version
    assert not away.articles.removed
    lines = said(small, there.root)
    assert lines[:2] == [
        f"- The text of 1 article is withheld: `{ARTICLE}`.",
        f"- Rows withheld with their texts: {sizes}.",
    ]
    assert "| `articles` | 2 → 1 (-1) | 1 | 6 |" in lines
    back = said(there.root, small)
    assert back[:2] == [
        f"- The text of 1 article is restored: `{ARTICLE}`.",
        f"- Rows restored with their texts: {sizes}.",
    ]
    assert there_and_back(small, there.root)
    keep_rows(there.articles / "manifest.jsonl", lambda row: row["article_id"] != ARTICLE)
    assert not found(small, there.root).articles.removed


@pytest.mark.parametrize(
    ("layer", "change", "says"),
    [
        ("structure", lambda s: next(x for x in s if x["label"] == "body").update(label="headline"),
         "1 line relabelled (1 `body` → `headline`)"),
        ("topic", lambda s: s[0].update(topics=["sport", "health"]),
         "1 passage relabelled (1 `energy` → `sport+health`)"),
        ("stance", lambda s: s.pop(0), "1 stance removed (1 `favor`)"),
        ("stance", lambda s: s[0].update(end=s[0]["end"] - 1), "1 stance with other evidence"),
        ("ner", lambda s: s.append({"start": 0, "end": 1, "label": "LAW", "entity_id": None}),
         "1 mention added (1 `LAW`)"),
        ("ner", lambda s: next(x for x in s if x["entity_id"]).update(entity_id="other"),
         "1 mention linked to another entity"),
    ],
)  # fmt: skip
def test_gold_by_layer(
    small: Path, copy: Copy, layer: str, change: Callable[[Any], None], says: str
) -> None:
    there = copy()
    edit_gold(there, layer, change)
    line = f"- Labels of `{layer}` changed in 1 earlier article (`{ARTICLE}`): {says}."
    assert said(small, there.root)[1:] == [line]


def test_judgements_catalogue_labels_and_guidelines(small: Path, copy: Copy) -> None:
    there = copy()
    (judged, _) = there.judgements("topic")
    edit_record(judged, "article_id", ARTICLE, lambda row: row["spans"].pop())
    entities = there.annotations / "entities.jsonl"
    edit_record(entities, "entity_id", "kremlin", lambda row: row.update(name_en="Kremlin Palace"))
    edit_record(entities, "entity_id", "gazprom", lambda row: row.update(entity_id="gazprom_2"))
    edit_record(entities, "entity_id", "xi_jinping", lambda row: row["aliases"].pop())
    labels = there.annotations / "structure" / "labels.toml"
    edit(labels, "version = 1", "version = 2")
    edit(labels, 'name = "body"', 'name = "text"')
    topics = there.annotations / "topic" / "labels.toml"
    edit(topics, 'name_ar = "الدفاع"', 'name_ar = "دفاع"')
    edit(there.annotations / "GUIDELINES.md", "Version 3", "Version 4")
    assert said(small, there.root) == [
        "- Label file of `structure`: version 1 → 2.",
        "- Labels of `structure`: 1 in (`text`), 1 out (`body`).",
        "- `name_ar` changed of 1 label of `topic`: `defence`.",
        "- Judgements: 1 article **with a changed judgement; what is on record must not change** "
        "by reader_a (topic).",
        "- Entities of the catalogue: 1 in (`gazprom_2`), 1 out (`gazprom`).",
        "- 1 entity renamed: `kremlin` (the Kremlin (Russian presidency) → Kremlin Palace).",
        "- Other aliases of 1 entity.",
        "- Guidelines version 3 → 4.",
    ]


def swap_labels(there: Rooms) -> None:
    """Names favor and against the other way round in the card's stance config."""
    card = there.card.read_text(encoding="utf-8")
    names = "          '0': favor\n          '1': against\n"
    assert card.count(names) == 1
    card = card.replace(names, "          '0': against\n          '1': favor\n")
    there.card.write_text(card, encoding="utf-8")


def test_label_numbers_are_read_by_each_card(small: Path, copy: Copy) -> None:
    there = copy()
    swap_labels(there)
    seen = found(small, there.root)
    assert seen.stale_version
    parts = seen.rows.changed["stance"].splits.values()
    assert {columns for part in parts for columns in part.changed.values()} == {("label",)}

    def renumber(table: pa.Table) -> pa.Table:
        numbers = [{0: 1, 1: 0}.get(one, one) for one in table["label"].to_pylist()]
        at = table.column_names.index("label")
        return table.set_column(at, "label", pa.array(numbers, pa.int64()))

    edit_table(there, "stance", renumber)
    assert said(small, there.root) == [
        "- Label names of `stance.label` changed, the same in another order."
    ]


def test_columns_and_configs_that_a_state_lacks(small: Path, copy: Copy) -> None:
    there = copy()
    edit_table(there, "topic", lambda table: table.drop_columns(["context"]))
    edit_table(there, "stance", lambda table: table.drop_columns(["holder"]))
    shutil.rmtree(there.data / "ner")
    assert said(small, there.root) == [
        NOT_RAISED,
        "- Configs: 1 out (`ner`).",
        "- Columns of `topic`: 1 out (`context`).",
        "- Columns of `stance`: 1 out (`holder`).",
        "- a state has no column 'holder' in `stance`: its rows not compared.",
    ]


def test_a_state_without_card_is_compared_by_numbers(small: Path, copy: Copy) -> None:
    there = copy()
    there.card.unlink()
    told_without = markdown(found(small, there.root)).replace("\n  ", " ")
    there.card.write_text("---\nconfigs:\n- config_name: [3]\n---\n")
    assert markdown(found(small, there.root)).replace("\n  ", " ") == told_without
    assert told_without == (
        "Nothing changed between `old` and `new`.\n"
        "- `new` has no card with configs: its digests are unknown, its labels stand as numbers.\n"
    )


def test_splits_that_moved_break_comparability(small: Path, copy: Copy) -> None:
    there = copy()
    table, rule = there.tasks / "splits.csv", there.tasks / "splits.toml"
    edit(table, f"{ARTICLE},train", f"{ARTICLE},test")
    edit(table, f"{OTHER},train,power", f"{OTHER},train,other_power")
    edit(rule, ', "politicised_sport"', "")
    edit(rule, "marsad-108", "marsad-1")
    assert said(small, there.root)[1:] == [
        "- **1 article moved to another split, so that scores of before and after cannot be "
        f"compared**: `{ARTICLE}` (train → test).",
        f"- 1 article in another group of the split: `{OTHER}` (power_of_siberia_launch_2019 → "
        "other_power_of_siberia_launch_2019).",
        "- **Held-out stance targets changed**: 1 out (`politicised_sport`).",
        "- Rule of the splits: `salt` marsad-108 → marsad-1.",
    ]


def test_tasks_and_scores(small: Path, copy: Copy) -> None:
    there = copy()
    edit(there.tasks / "ner" / "task.toml", "version = 1", "version = 2")
    shutil.rmtree(there.tasks / "topic")
    scores = there.baselines / "scores"
    (scores / "stance_tfidf.json").unlink()
    (scores / "stance_majority.json").write_text("{")
    recorded = json.loads((scores / "ner_gazetteer.json").read_text())
    old = recorded["nested_f1"]
    recorded["nested_f1"] = old + 0.01
    (scores / "ner_gazetteer.json").write_text(json.dumps(recorded))
    near = json.loads((scores / "ner_crf.json").read_text())
    near["nested_f1"] += 0.0004
    (scores / "ner_crf.json").write_text(json.dumps(near))
    (scores / "ner_none.json").write_text('{"metric": "nested_f1"}')
    assert said(small, there.root) == [
        "- Tasks: 1 out (`topic`).",
        "- `ner`: `version` 1 → 2.",
        "- Baselines: 2 out (`stance_majority`, `stance_tfidf`).",
        "- 1 test score moved by more than 0.0005.",
        f"| ner | `ner_gazetteer` | nested_f1 | {old:.3f} | {old + 0.01:.3f} | +0.010 |",
        "- `new`: baselines/scores/stance_majority.json is no score file.",
        "- `new`: no figure of `ner_none` on test.",
    ]
    for path in scores.glob("ner_*.json"):
        edit(
            path, f"data:{VERSION}", "data:9.0.0"
        ) if "signature" in path.read_text() else path.unlink()
    lines = said(small, there.root)
    assert any(line.startswith(f"- Signature `ner:1|data:{VERSION}@") for line in lines)
    assert (
        "- 1 test score moved by more than 0.0005. The signatures differ: these are figures of two "
        "tests, so read no progress in them." in lines
    )
    shutil.rmtree(there.baselines)
    assert "- `new` has no baselines/scores: baselines not compared." in said(small, there.root)


def test_a_damaged_state_is_one_line(small: Path, copy: Copy) -> None:
    there = copy()
    gold = there.gold("ner")
    gold.write_text(gold.read_text(encoding="utf-8") + "{\n", encoding="utf-8")
    with pytest.raises(DataError) as error:
        found(small, there.root)
    (fault,) = error.value.faults
    assert str(fault) == (
        "new:annotations/ner/gold.jsonl:10: not JSON; mend it, or name another state"
    )


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("annotations/topic/gold.jsonl", '{"article_id": "a", "spans": [{"topics": 3}]}',
         ": a: no list of spans"),
        ("annotations/topic/labels.toml", "label = 3", ": no [[label]] tables with name"),
        ("annotations/entities.jsonl", '{"name_en": "x"}', ":1: no record with entity_id"),
        ("tasks/splits.toml", "held_out_targets = 3", ": held_out_targets is no list"),
        ("tasks/splits.csv", "article,split", ":1: no column article_id"),
        ("dataset.toml", "version", ": not TOML: Expected '=' after a key"),
        ("data/ner/test.parquet", "x", ": not Parquet"),
    ],
)  # fmt: skip
def test_a_file_of_another_shape_is_one_line(
    small: Path, copy: Copy, file: str, content: str, says: str
) -> None:
    there = copy()
    (there.root / file).write_text(content)
    with pytest.raises(DataError) as error:
        found(there.root, small)
    (fault,) = error.value.faults
    assert str(fault).startswith(f"old:{file}{says}")


def test_long_lists_are_cut_and_whole_in_json(small: Path, copy: Copy) -> None:
    there = copy()
    keep_rows(there.annotations / "entities.jsonl", lambda row: row["entity_id"] < "c")
    gone = found(small, there.root).annotations.catalogue.entities.removed
    assert len(gone) > 20
    (line,) = said(small, there.root)
    names = ", ".join(f"`{name}`" for name in gone[:6])
    assert line == (
        f"- Entities of the catalogue: {len(gone)} out ({names} and {len(gone) - 6} more)."
    )


SPANS = st.lists(
    st.fixed_dictionaries(
        {
            "start": st.integers(0, 2),
            "end": st.integers(3, 4),
            "label": st.sampled_from("AB"),
            "entity_id": st.sampled_from([None, "x", "y"]),
        }
    ),
    max_size=6,
)


@given(SPANS, SPANS)
def test_spans_change_one_way_and_back(old: list[Any], new: list[Any]) -> None:
    place = ("start", "end")
    assert not list(changes("a", place, old, old[::-1]))
    there = [vars(change) for change in changes("a", place, old, new)]
    back = [vars(change) for change in changes("a", place, new, old)]
    assert mirrored(there) == ordered(back)
    # what the changes say of the old spans makes the new ones
    made = list(old)
    for one in there:
        if one["old"]:
            made.remove(one["old"])
        if one["new"]:
            made.append(one["new"])
    assert ordered(made) == ordered(new)


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
    bare = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, env=bare)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose tag v1 has two articles and whose head has one of them."""
    root = tmp_path / "repository"
    (root / "articles").mkdir(parents=True)
    (root / "annotations").mkdir()
    (root / "annotations" / "GUIDELINES.md").write_text("Version 1\n")
    (root / "baselines" / "predictions").mkdir(parents=True)
    (root / "baselines" / "predictions" / "long.jsonl").write_text("{}\n")
    (root / "dataset.toml").write_text('version = "1"\n')
    manifest = root / "articles" / "manifest.jsonl"
    rows = [{"article_id": name, "tier": "authored", "event": "e"} for name in ("first", "second")]
    manifest.write_text("".join(json.dumps(row) + "\n" for row in rows))
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "one")
    git(root, "tag", "v1")
    keep_rows(manifest, lambda row: row["article_id"] == "first")
    (root / "dataset.toml").write_text('version = "2"\n')
    git(root, "commit", "-qam", "two")
    return root


def test_revisions_of_the_checkout(
    repository: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    here = ["--root", str(repository), "diff"]
    assert main([*here, "v1", "HEAD"]) == 0
    text = (
        "## 2\n\n### Data\n- Version 1 → 2.\n- 1 authored article out, 1 without split: `second`.\n"
    )
    assert capsys.readouterr() == (text, "")
    assert main([*here, "HEAD~1", str(repository), "--out", str(tmp_path / "c.md")]) == 0
    assert (tmp_path / "c.md").read_text(encoding="utf-8") == text
    assert main([*here, "HEAD", "v1", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["articles"]["added"] == [
        {"article_id": "second", "tier": "authored", "event": "e", "split": None}
    ]
    into = tmp_path / "into"
    into.mkdir()
    assert state.resolve("v1", into, repository) == into
    assert sorted(p.name for p in into.rglob("*.*")) == [
        "GUIDELINES.md",
        "dataset.toml",
        "manifest.jsonl",
    ]


def test_a_path_wins_over_a_revision(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(repository, "branch", "articles")
    monkeypatch.chdir(repository)
    with pytest.raises(UsageError, match=r"^articles: the folder has neither .*; name a state"):
        state.resolve("articles", tmp_path, repository)
    into = tmp_path / "into"
    into.mkdir()
    assert state.resolve("refs/heads/articles", into, repository) == into
    with pytest.raises(UsageError, match=r"^dataset.toml: a file; name a folder"):
        state.resolve("dataset.toml", tmp_path, repository)


def test_a_name_that_fits_nothing(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mend = (
        "not org/name@revision of a hub dataset; name a folder, a tag or commit, or a hub dataset"
    )
    for name, why in (
        ("v9", f"no revision in {repository}"),
        ("-x", "no revision begins with -"),
    ):
        with pytest.raises(UsageError) as error:
            state.resolve(name, tmp_path, repository)
        assert str(error.value) == f"{name}: no folder {name}, {why}, {mend}"
    with pytest.raises(UsageError, match=f"{tmp_path} is no git repository"):
        state.resolve("v1", tmp_path, tmp_path)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match="git is not installed, so no revision can be read"):
        state.resolve("v1", tmp_path, repository)


ON_HUB = "org/marsad"


@pytest.fixture
def stored(
    server: Hub, repository: Path, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> Hub:
    """A hub that has the head of the repository, tagged v2, and is reached with a token."""
    monkeypatch.setenv("HF_TOKEN", READER)
    files = [path for path in repository.rglob("*") if path.is_file() and ".git" not in path.parts]
    tree = {path.relative_to(repository).as_posix(): path.read_bytes() for path in files}
    server.commit(ON_HUB, tree)
    server.tag(ON_HUB, "v2")
    return server


def test_a_tag_of_the_hub_against_a_folder(
    stored: Hub, repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stored.commit(ON_HUB, {"dataset.toml": b'version = "3"\n'})  # main is ahead of the tag
    here = ["--root", str(repository), "diff", "--endpoint", stored.url]
    assert main([*here, f"{ON_HUB}@v2", str(repository)]) == 0
    text = f"Nothing changed between `{ON_HUB}@v2` and `{repository}`.\n"
    assert capsys.readouterr() == (text, "")
    assert main([*here, f"{ON_HUB}@v2", f"hf://datasets/{ON_HUB}"]) == 0
    assert "- Version 2 → 3." in capsys.readouterr().out
    assert not any("predictions" in one.path for one in stored.requests if "resolve" in one.path)
    assert not stored.leaks(READER)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("org/other", "{url}/datasets/org/other is not there, or not shown to you; name a folder, "
         "a tag or commit, or a hub dataset, or log in with hf auth login"),
        (f"{ON_HUB}@v9", f"{{url}}/datasets/{ON_HUB} has no revision v9; name a branch, tag or "
         "commit of it"),
        ("org/na--me", "'org/na--me' names no dataset; write ORG/NAME"),
    ],
)  # fmt: skip
def test_what_the_hub_has_not_is_told_with_the_other_readings(
    name: str, says: str, stored: Hub, repository: Path, tmp_path: Path
) -> None:
    tried = f"no folder {name}, no revision in {repository}"
    says = says.format(url=stored.url)
    with pytest.raises(UsageError) as caught:
        state.resolve(name, tmp_path, repository, stored.url)
    assert str(caught.value) == f"{name}: {tried}, {says}"
    with pytest.raises(UsageError) as caught:
        state.resolve(f"hf://datasets/{name}", tmp_path, repository, stored.url)
    assert str(caught.value) == f"hf://datasets/{name}: {says}"


def test_a_dataset_that_is_hidden_looks_like_none(
    stored: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored.repos[ON_HUB].private = True
    monkeypatch.setattr("huggingface_hub.get_token", lambda: None)
    with pytest.raises(UsageError, match="is not there, or not shown to you"):
        state.resolve(ON_HUB, tmp_path, tmp_path, stored.url)


@pytest.mark.parametrize("path", ["/revision/", "/tree/", "/resolve/"])
@pytest.mark.parametrize("how", [500, "drop"])
def test_a_hub_whose_fault_passes_is_read(
    how: int | str, path: str, stored: Hub, repository: Path, tmp_path: Path
) -> None:
    fault = stored.fail(how, path=path, times=2)
    found = Folder(state.resolve(f"{ON_HUB}@v2", tmp_path, tmp_path, stored.url), "the hub")
    assert not compare(found, Folder(repository, "here"))
    assert fault.hits == 2


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"how": 401}, "the hub answers 401: Invalid credentials in Authorization header; log in"
         " with hf auth login"),
        ({"how": 403, "path": "/resolve/"}, "the hub answers 403: Forbidden: pass a token with"
         " write access to this repository; use a token that has the right"),
        ({"how": 503, "path": "/resolve/"}, "the hub is busy (503); wait a while"),
        ({"how": 503, "path": "/revision/"}, "the hub is busy (503); wait a while"),
        ({"how": "truncate", "path": "/resolve/"}, "the connection to the hub failed"),
    ],
)  # fmt: skip
def test_a_hub_that_refuses_is_told_in_one_line(
    fault: dict[str, Any],
    says: str,
    stored: Hub,
    repository: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stored.fail(**fault, times=999)
    here = ["--root", str(repository), "diff", "--endpoint", stored.url]
    assert main([*here, f"{ON_HUB}@v2", "."]) == 1
    told = capsys.readouterr().err
    assert told.splitlines()[-1].startswith(f"marsad: {stored.url}/datasets/{ON_HUB}: {says}")
    assert READER not in told
    waited = [line for line in told.splitlines() if "; trying again in" in line]
    assert len(told.splitlines()) == len(waited) + 1


def test_a_file_that_arrives_as_another_is_noticed(stored: Hub, tmp_path: Path) -> None:
    stored.damage(ON_HUB, "dataset.toml")
    with pytest.raises(DataError, match=r"dataset\.toml arrives damaged; run the same command"):
        state.resolve(ON_HUB, tmp_path, tmp_path, stored.url)


def test_where_no_hub_answers(
    tmp_path: Path, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    where, nowhere = f"hf://datasets/{ON_HUB}", "http://127.0.0.1:9"
    with pytest.raises(DataError, match=r"the connection to the hub failed \(ConnectError\); mend"):
        state.resolve(where, tmp_path, tmp_path, nowhere)
    assert waits == [1.0, 2.0, 4.0, 8.0]
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(UsageError, match="HF_HUB_OFFLINE is set; unset it"):
        state.resolve(where, tmp_path, tmp_path, nowhere)
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(
        UsageError, match=r"a hub needs the extra hub; pip install 'marsad\[hub\]'$"
    ):
        state.resolve(where, tmp_path, tmp_path, nowhere)


@pytest.mark.parametrize(
    ("error", "kind", "says"),
    [
        (OSError(28, "No space left on device"), UsageError, "No space left on device; make room"),
        (PermissionError(13, "Permission denied", "/there"), UsageError, "/there: Permission"),
        (RuntimeError("at https://user:hf_secret@hub"), DataError, "the transfer failed"),
        (ValueError("https://user:hf_secret@hub"), DataError, "answers what cannot be read"),
    ],
)
def test_what_else_stops_a_transfer_is_one_line(
    error: Exception, kind: type[Exception], says: str, waits: list[float]
) -> None:
    def call() -> None:
        raise error

    with pytest.raises(kind, match=says) as caught:
        patiently(call, "the hub's dataset", lambda line: None)
    assert "hf_secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert bool(waits) == (kind is DataError)


def test_a_mistake_of_ours_is_not_taken_for_the_hubs(waits: list[float]) -> None:
    with pytest.raises(ZeroDivisionError):
        patiently(lambda: 1 // 0, "the hub's dataset", lambda line: None)
    assert not waits


def test_what_is_printed_cannot_steer_a_terminal(small: Path, copy: Copy) -> None:
    there = copy()
    edit(there.root / "dataset.toml", f'"{VERSION}"', '"9.0.0\\u001b[2J"')
    assert f"- Version {VERSION} → 9.0.0\\x1b[2J." in markdown(found(small, there.root))
