"""The four recipes of CONTRIBUTING.md, each tried on a copy of the dataset."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from marsad.article import digest
from marsad.cli import main
from marsad.rooms import Rooms

NEW = "power_of_siberia_launch_2019_brief"
PAGE = "موجز\nروسيا والصين تدشنان خط غاز\nرحبت موسكو بالخط، ورأت واشنطن فيه خطأ.\n"


def test_add_an_article_and_its_judgements(copy: Callable[[], Rooms], tmp_path: Path) -> None:
    there = copy()

    def marsad(*arguments: object) -> int:
        return main(["--root", str(there.root), *map(str, arguments)])

    path = there.articles / "authored" / f"{NEW}.txt"
    path.write_text(PAGE, encoding="utf-8")
    manifest = there.articles / "manifest.jsonl"
    rows = [json.loads(row) for row in manifest.read_text(encoding="utf-8").splitlines()]
    neighbour = next(r for r in rows if r["event"] == "power_of_siberia_launch_2019")
    rows.append({**neighbour, "article_id": NEW, "sha256": digest(path.read_bytes())})
    manifest.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), "utf-8")
    assert marsad("check") == 1

    forms = tmp_path / "forms"
    assert marsad("annotate", "export", NEW, "--out", forms) == 0
    form = forms / f"{NEW}.txt"
    header = form.read_text(encoding="utf-8").split("\n")[0]
    filled = f"""{header}
= boilerplate
موجز
= headline
[روسيا]GPE=russia [والصين]GPE=china تدشنان خط غاز
# energy
! russia trade_energy_ties favor | تدشنان خط غاز
! china trade_energy_ties favor | تدشنان خط غاز
= body
رحبت [موسكو]GPE=moscow بالخط، ورأت [واشنطن]GPE=washington فيه خطأ.
# energy
! russia trade_energy_ties favor | رحبت موسكو بالخط
! united_states trade_energy_ties against | ورأت واشنطن فيه خطأ
"""
    form.write_text(filled, encoding="utf-8")
    for annotator in ("reader_a", "reader_b", "gold"):
        assert marsad("annotate", "import", forms, "--annotator", annotator) == 0
    assert marsad("annotate", "aliases") == 0
    assert marsad("build") == 0
    version = there.root / "dataset.toml"
    version.write_text(version.read_text().replace("0.5.0", "0.5.1"))
    assert marsad("evaluate", "--write") == 0
    assert marsad("agreement", "--write") == 0
    assert marsad("stats", "--write") == 0
    assert marsad("check") == 0
    assert f"{NEW},train," in (there.tasks / "splits.csv").read_text()


def test_add_a_baseline(copy: Callable[[], Rooms]) -> None:
    there = copy()
    recipe = (there.baselines / "ner_crf.toml").read_text()
    there_too = there.baselines / "ner_small.toml"
    there_too.write_text(
        recipe.replace('name = "crf"', 'name = "small"').replace("levels = 3", "levels = 1")
    )
    root = ["--root", str(there.root)]
    assert main([*root, "check"]) == 1
    assert main([*root, "evaluate", "--baseline", "ner_small", "--split", "validation"]) == 0
    assert main([*root, "evaluate", "--baseline", "ner_small", "--write"]) == 0
    assert main([*root, "check"]) == 0


def test_add_a_task(copy: Callable[[], Rooms]) -> None:
    there = copy()
    shutil.copytree(there.tasks / "topic", there.tasks / "topic_alone")
    path = there.tasks / "topic_alone" / "task.toml"
    text = path.read_text().replace('name = "topic"', 'name = "topic_alone"')
    path.write_text(text.replace(', "context"]', "]"))
    recipe = (there.baselines / "topic_tfidf.toml").read_text()
    (there.baselines / "topic_alone_tfidf.toml").write_text(
        recipe.replace('task = "topic"', 'task = "topic_alone"')
    )
    root = ["--root", str(there.root)]
    assert main([*root, "evaluate", "--task", "topic_alone", "--write"]) == 0
    assert main([*root, "check"]) == 0
