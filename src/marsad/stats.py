"""What is in the dataset, and what in it could mislead: counts, balance, variety, artefacts."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import mean
from typing import Any

from marsad import card, record, source
from marsad.catalogue import VOICES
from marsad.corpus import Corpus, read_annotations
from marsad.dataset import Row, Rows, build_rows
from marsad.fault import DataError, Fault
from marsad.near_duplicate import near_duplicates
from marsad.rooms import Rooms
from marsad.spelling import fold
from marsad.split import SPLITS

RUN = 12  # words that no two authored articles should share
PART = "stats"
SAMPLE = 2000  # tokens of a type-token ratio
_WORD = re.compile(r"\w+")


def stats(corpus: Corpus, rows: Rows | None = None) -> dict[str, Any]:
    """Every figure of the report, by section. Shares are of 1. `rows` are the corpus's own, where
    they are built already. Raises DataError where a split has none."""
    rows = rows or build_rows(corpus)
    for name, part in rows["articles"].items():
        if not part:
            found = f"split {name} has no article whose text is here"
            mend = "add one, or put withheld texts back with marsad restore --raw DIR"
            raise DataError(Fault(corpus.rooms.name(corpus.rooms.articles), 0, found, mend))
    return {
        "size": size(corpus, rows),
        "topic": topics(corpus, rows),
        "stance": stances(corpus, rows),
        "ner": entities(corpus, rows),
        "variety": variety(rows),
        "artefacts": artefacts(corpus),
        "referenced": referenced(corpus),
    }


def size(corpus: Corpus, rows: Rows) -> dict[str, Any]:
    """Articles by tier, split, genre and outlet, events, and tokens in passages."""
    articles = corpus.articles
    tokens = {name: sum(len(row["tokens"]) for row in part) for name, part in rows["ner"].items()}
    return {
        "articles": len(articles),
        "events": len({a.event for a in articles}),
        "tokens": sum(tokens.values()),
        "tokens_by_split": tokens,
        "by_tier": dict(Counter(a.tier for a in articles)),
        "by_split": {name: len(part) for name, part in rows["articles"].items()},
        "by_genre": dict(Counter(a.genre for a in articles).most_common()),
        "by_outlet": dict(Counter(a.outlet or "not shown" for a in articles).most_common()),
        "lines_by_label": dict(Counter(row["label"] for row in _all(rows, "structure"))),
        "passages": len(_all(rows, "ner")),
    }


def topics(corpus: Corpus, rows: Rows) -> dict[str, Any]:
    """Passages of each topic, in all and in each split."""
    counts = {
        name: Counter(topic for row in part for topic in row["topics"])
        for name, part in rows["topic"].items()
    }
    return {
        topic: {
            "all": sum(c[topic] for c in counts.values()),
            **{n: counts[n][topic] for n in SPLITS},
        }
        for topic in corpus.layers["topic"].names
    }


def stances(corpus: Corpus, rows: Rows) -> dict[str, Any]:
    """Balance of labels and targets over every annotated pair, held-out ones of train included;
    `rows` counts those that the config has."""
    spans = [(a, s) for a, one in corpus.gold.items() for s in one.stance]
    labels = Counter(s.label for _, s in spans)
    by_passage: dict[tuple[str, int], set[str]] = defaultdict(set)
    by_holder: dict[str, set[str]] = defaultdict(set)
    targets: dict[str, Counter[str]] = defaultdict(Counter)
    for article_id, span in spans:
        by_passage[article_id, span.passage_start].add(span.label)
        by_holder[span.holder].add(span.label)
        targets[span.target][span.label] += 1
    mixed = sum(len(by_passage[a, s.passage_start]) > 1 for a, s in spans)
    open_holders = sum(s.holder in VOICES or len(by_holder[s.holder]) > 1 for _, s in spans)
    return {
        "annotated": len(spans),
        "rows": {name: len(part) for name, part in rows["stance"].items()},
        "label_shares": {k: labels[k] / len(spans) for k in corpus.layers["stance"].names},
        "by_target": {
            name: {"all": targets[name].total(), **targets[name]}
            for name in corpus.layers["stance"].target_names
        },
        "share_in_mixed_passages": mixed / len(spans),
        "share_of_holders_without_one_fixed_label": open_holders / len(spans),
        "holders": len(by_holder),
    }


def entities(corpus: Corpus, rows: Rows) -> dict[str, Any]:
    """Mentions by type, the catalogue, and how much of test has not been seen in train."""
    everything = _all(rows, "ner")
    forms = {name: _forms(part) for name, part in rows["ner"].items()}
    unseen = forms["test"] - forms["train"]
    return {
        "mentions": sum(len(row["entities"]) for row in everything),
        "by_type": dict(
            Counter(e["label"] for row in everything for e in row["entities"]).most_common()
        ),
        "catalogue": len(corpus.catalogue),
        "surface_forms": len(set().union(*forms.values())),
        "test_forms_unseen_in_train": len(unseen) / len(forms["test"]),
    }


def variety(rows: Rows) -> dict[str, Any]:
    """How far the authored articles repeat each other, and how rich their words are."""
    by_tier: dict[str, list[Row]] = defaultdict(list)
    for row in _all(rows, "articles"):
        by_tier[row["tier"]].append(row)
    authored = {row["article_id"]: row["text"] for row in by_tier["authored"]}
    openings = Counter(" ".join(_words(text)[:3]) for text in authored.values())
    return {
        "shared_runs_of_12_words": shared_runs(authored, RUN),
        "pairs_above_half_of_5_grams": len(list(near_duplicates(authored, 0.5))),
        "commonest_opening_share": max(openings.values()) / len(authored),
        "type_token_ratio": {
            tier: type_token_ratio(row["text"] for row in part) for tier, part in by_tier.items()
        },
    }


def shared_runs(texts: Mapping[str, str], length: int) -> list[dict[str, Any]]:
    """The runs of `length` words that two texts share, one for each pair of texts."""
    seen: dict[tuple[str, ...], str] = {}
    found: dict[tuple[str, str], str] = {}
    for name, text in texts.items():
        words = _words(text)
        for at in range(len(words) - length + 1):
            run = tuple(words[at : at + length])
            other = seen.setdefault(run, name)
            if other != name:
                found.setdefault((other, name), " ".join(run))
    return [{"articles": list(pair), "run": run} for pair, run in sorted(found.items())]


def type_token_ratio(texts: Iterable[str]) -> float:
    """The mean share of distinct words in consecutive samples of 2,000 words (all, if fewer)."""
    words = [word for text in texts for word in _words(text)]
    starts = range(0, max(1, len(words) - SAMPLE + 1), SAMPLE)
    return mean(len(set(words[at : at + SAMPLE])) / len(words[at : at + SAMPLE]) for at in starts)


def artefacts(corpus: Corpus) -> dict[str, Any]:
    """What probes that see too little reach on test beside the full method and the floor, macro
    F1, from the score files; empty where they are not there."""
    names = ("majority", "target_only", "text_blind", "target_blind", "tfidf")
    try:
        found = {n: record.read_score(corpus.rooms, f"stance_{n}")["macro_f1"] for n in names}
    except DataError:
        return {}
    return {
        **found,
        "target_only_over_majority": found["target_only"] - found["majority"],
        "full_over_text_blind": found["tfidf"] - found["text_blind"],
        "full_over_target_blind": found["tfidf"] - found["target_blind"],
    }


def referenced(corpus: Corpus) -> dict[str, Any]:
    """What is annotated of texts that are not in this repository, told without them; empty where
    there is no such tier."""
    articles = source.read_articles(corpus.rooms)
    if not articles:
        return {}
    gold = read_annotations(corpus.rooms, tuple(articles)).values()
    stances = Counter(span.label for one in gold for span in one.stance)
    return {
        "articles": len(articles),
        "events": len({a.event for a in articles}),
        "by_split": {
            name: sum(corpus.splits[a.article_id].split == name for a in articles)
            for name in SPLITS
        },
        "passages": sum(len(one.topic) for one in gold),
        "by_topic": dict(Counter(t for one in gold for s in one.topic for t in s.topics)),
        "stance_pairs": dict(stances),
        "mentions": sum(len(one.ner) for one in gold),
    }


def text(found: Mapping[str, Any]) -> str:
    """The report as lines to read."""
    lines: list[str] = []
    for section, figures in found.items():
        lines += ["", section, *_lines(figures, 1)]
    return "\n".join(lines[1:]) + "\n"


def markdown(found: Mapping[str, Any]) -> str:
    """The figures that README shows, as a table."""
    size, stance, ner, variety = (found[key] for key in ("size", "stance", "ner", "variety"))
    shares = ", ".join(f"{name} {share:.0%}" for name, share in stance["label_shares"].items())
    splits = " / ".join(f"{number:,}" for number in size["tokens_by_split"].values())
    rows = {
        "articles; events": f"{size['articles']}; {size['events']}",
        "tokens in passages, train / validation / test": splits,
        "stance pairs annotated": f"{stance['annotated']:,}: {shares}",
        "stance pairs in passages with two labels": f"{stance['share_in_mixed_passages']:.0%}",
        "stance pairs of author, unnamed source, or holders with more than one label": (
            f"{stance['share_of_holders_without_one_fixed_label']:.0%}"
        ),
        "entity mentions; entities in the catalogue": f"{ner['mentions']:,}; {ner['catalogue']}",
        "distinct test mentions unseen in train": f"{ner['test_forms_unseen_in_train']:.0%}",
        "runs of 12 words that two authored articles share": str(
            len(variety["shared_runs_of_12_words"])
        ),
        "distinct words in 2,000, by tier": ", ".join(
            f"{tier} {ratio:.0%}" for tier, ratio in sorted(variety["type_token_ratio"].items())
        ),
    }
    if probes := found["artefacts"]:
        rows["stance, test macro F1: full method over the probe without text"] = (
            f"{probes['full_over_text_blind']:+.3f}"
        )
        rows["stance, test macro F1: full method over the probe without target"] = (
            f"{probes['full_over_target_blind']:+.3f}"
        )
        rows["stance, test macro F1: probe with the target alone over the majority"] = (
            f"{probes['target_only_over_majority']:+.3f}"
        )
    if away := found["referenced"]:
        rows["referenced articles; their passages, stance pairs, mentions"] = (
            f"{away['articles']}; {away['passages']:,}, {sum(away['stance_pairs'].values()):,}, "
            f"{away['mentions']:,}"
        )
    lines = ["| what | figure |", "|---|---|", *(f"| {k} | {v} |" for k, v in rows.items())]
    return "\n".join(lines) + "\n"


def faults(corpus: Corpus, rows: Rows) -> list[Fault]:
    """Where README's figures differ from the dataset."""
    shown = markdown(stats(corpus, rows))
    return card.part_faults(corpus.rooms, PART, shown, "run marsad stats --write")


def write(home: Rooms, found: Mapping[str, Any]) -> None:
    """Renews README's figures from a report."""
    card.write_part(home, PART, markdown(found))


def _lines(figures: Any, depth: int) -> list[str]:
    lines = []
    for name, value in figures.items():
        shown = f"{'  ' * depth}{name.replace('_', ' ')}"
        if isinstance(value, Mapping) and value and depth < 3:
            flat = not any(isinstance(v, Mapping) for v in value.values())
            if flat and len(value) <= 4:
                inner = "  ".join(f"{k} {_figure(v)}" for k, v in value.items())
                lines.append(f"{shown:44} {inner}")
            else:
                lines += [shown, *_lines(value, depth + 1)]
        else:
            lines.append(f"{shown:44} {_figure(value)}")
    return lines


def _figure(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    return str(len(value)) if isinstance(value, list) else str(value)


def _all(rows: Rows, config: str) -> list[Row]:
    return [row for part in rows[config].values() for row in part]


def _forms(rows: Sequence[Row]) -> set[str]:
    return {row["text"][e["start"] : e["end"]] for row in rows for e in row["entities"]}


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))
