"""A difference as Markdown, in the manner of CHANGELOG.md: what is under its headings Data and
Tasks can be pasted there."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from marsad.diff import Difference, label_text
from marsad.diff.article import Articles, Listed
from marsad.diff.folder import InOut, Was
from marsad.diff.row import Rows, SplitRows, by_column
from marsad.diff.task import MOVED, Splits, Tasks
from marsad.diff.wording import LISTED, arrow, bullet, cut, moves, named, number, printable
from marsad.split import SPLITS


def markdown(found: Difference) -> str:
    """The whole difference; one line where nothing changed."""
    notes = [bullet(f"{note}.") for note in found.notes]
    if not found:
        names = f"`{found.old.name}` and `{found.new.name}`"
        return printable("".join([f"Nothing changed between {names}.\n", *notes]))
    raised = found.old.version != found.new.version and found.new.version
    lines = [f"## {found.new.version if raised else 'Unreleased'}\n"]
    for title, part in (
        ("Data", [*map(bullet, _data(found)), *_row_table(found.rows)]),
        ("Tasks", [*map(bullet, _tasks(found.splits, found.tasks)), *_score_table(found.tasks)]),
        ("Notes", notes),
    ):
        lines += [f"\n### {title}\n", *part] if part else []
    return printable("".join(lines))


def _data(found: Difference) -> Iterator[str]:
    old, new = found.old.version, found.new.version
    if found.stale_version:
        yield (
            f"**The version was not raised**: the data changed and it is still {new}; raise it in "
            "dataset.toml."
        )
    elif old != new:
        lowered = old and new and _number(new) < _number(old)
        yield f"Version {old} → {new}{', which is **lower**' if lowered else ''}."
    yield from _articles(found.articles)
    yield from label_text.told(found.annotations)
    yield from _rows(found.rows)


def _articles(found: Articles) -> Iterator[str]:
    if found.raw:
        yield (
            f"**The raw text of {number(found.raw, 'article')} changed under the same id, which "
            f"must never be**: {named(found.raw)}. Give a changed text an id of its own."
        )
    for listed, way in ((found.added, "in"), (found.removed, "out")):
        by_tier: dict[str, list[Listed]] = defaultdict(list)
        for one in listed:
            by_tier[str(one.tier)].append(one)
        for tier, among in sorted(by_tier.items()):
            head = f"{number(among, f'{tier} article')} {way}"
            split = _by_split(one.split for one in among)
            if len(among) <= LISTED:
                yield f"{head}, {split}: {named(one.article_id for one in among)}."
            else:
                events = list(dict.fromkeys(str(one.event) for one in among))
                yield f"{head}, {split}; on {number(events, 'event')}: {named(events)}."
    for names, what in ((found.withheld, "withheld"), (found.restored, "restored")):
        if names:
            yield f"The text of {number(names, 'article')} is {what}: {named(names)}."
    keys: dict[str, list[str]] = defaultdict(list)
    for name, changed in found.metadata.items():
        for key in changed:
            keys[key].append(name)
    for key, of in sorted(keys.items()):
        values = f" ({arrow(found.metadata[of[0]][key])})" if len(of) == 1 else ""
        yield f"The manifest's `{key}` changed of {number(of, 'article')}: {named(of)}{values}."


def _rows(found: Rows) -> Iterator[str]:
    if found.kept and not found.configs and not found.changed:
        yield "The rows of `data/` are unchanged."
    if found.configs:
        yield f"Configs: {moves(found.configs)}."
    for config, of in found.changed.items():
        if of.columns:
            yield f"Columns of `{config}`: {moves(of.columns)}."
        for column, was in of.names.items():
            changed = _in_names(was)
            more = f": {moves(changed)}" if changed else ", the same in another order"
            yield f"Label names of `{config}.{column}` changed{more}."
        columns = Counter[str]()
        for part in of.splits.values():
            columns.update(by_column(part.changed))
        if columns:
            total = sum(len(part.changed) for part in of.splits.values())
            among = ", ".join(f"`{name}` {count}" for name, count in columns.most_common())
            yield f"{number(range(total), 'row')} of `{config}` changed: {among}."
    for key in ("withheld", "restored"):
        sizes = {
            config: sum(len(getattr(part, key)) for part in of.splits.values())
            for config, of in found.changed.items()
        }
        if any(sizes.values()):
            among = ", ".join(f"`{config}` {size}" for config, size in sizes.items() if size)
            yield f"Rows {key} with their texts: {among}."
    digests = [
        f"`{config}` {was.old[:6]} → {was.new[:6]}"
        for config, was in ((config, of.digest) for config, of in found.changed.items())
        if was
    ]
    if digests:
        yield f"Digests of the rows: {', '.join(digests)}."


def _in_names(was: Was) -> InOut[str]:
    """The label names in and out."""
    old, new = was.old or [], was.new or []
    return InOut(
        tuple(name for name in new if name not in old),
        tuple(name for name in old if name not in new),
    )


def _row_table(found: Rows) -> list[str]:
    """The changed configs by split."""
    known = {split for of in found.changed.values() for split in of.splits}
    if not known:
        return []
    splits = [*SPLITS, *sorted(known - set(SPLITS))]
    lines = [f"\n| rows | {' | '.join(splits)} |\n", f"|---|{'---:|' * len(splits)}\n"]
    for config, of in found.changed.items():
        if of.splits:
            cells = (_cell(of.splits.get(split)) for split in splits)
            lines.append(f"| `{config}` | {' | '.join(cells)} |\n")
    return lines


def _cell(part: SplitRows | None) -> str:
    if part is None or not part:
        return "–" if part is None else str(part.after)
    steps = [
        f"{sign}{count}"
        for sign, count in (
            ("+", len(part.added) + len(part.restored)),
            ("-", len(part.removed) + len(part.withheld)),
        )
        if count
    ]
    steps += [f"{len(part.changed)} changed"] if part.changed else []
    told = f" ({', '.join(steps)})" if steps else ""
    return f"{part.before} → {part.after}{told}"


def _tasks(splits: Splits, found: Tasks) -> Iterator[str]:
    if splits.moved:
        names = (f"`{name}` ({arrow(was)})" for name, was in splits.moved.items())
        yield (
            f"**{number(splits.moved, 'article')} moved to another split, so that scores of before "
            f"and after cannot be compared**: {cut(names)}."
        )
    elif splits.kept:
        yield f"The splits of the {number(range(splits.kept), 'earlier article')} are untouched."
    if splits.regrouped:
        names = (f"`{name}` ({arrow(was)})" for name, was in splits.regrouped.items())
        yield f"{number(splits.regrouped, 'article')} in another group of the split: {cut(names)}."
    if splits.held_out:
        yield f"**Held-out stance targets changed**: {moves(splits.held_out)}."
    if splits.rule:
        rule = (f"`{key}` {arrow(was)}" for key, was in splits.rule.items())
        yield f"Rule of the splits: {', '.join(rule)}."
    if found.tasks:
        yield f"Tasks: {moves(found.tasks)}."
    for task, changed in found.values.items():
        yield f"`{task}`: {', '.join(f'`{key}` {arrow(was)}' for key, was in changed.items())}."
    for was in found.signatures.values():
        yield f"Signature `{was.old}` → `{was.new}`."
    if found.baselines:
        yield f"Baselines: {moves(found.baselines)}."
    if found.moved:
        two = " The signatures differ: these are figures of two tests, so read no progress in them."
        other = two if any(one.task in found.signatures for one in found.moved) else ""
        yield f"{number(found.moved, 'test score')} moved by more than {MOVED}.{other}"


def _score_table(found: Tasks) -> list[str]:
    lines = [
        f"| {one.task} | `{one.baseline}` | {_metric(one.metric)} | {one.test.old:.3f} "
        f"| {one.test.new:.3f} | {one.test.new - one.test.old:+.3f} |\n"
        for one in found.moved
    ]
    head = ["\n| task | baseline | metric | test before | after | change |\n"]
    return [*head, "|---|---|---|---:|---:|---:|\n", *lines] if lines else []


def _metric(metric: Was) -> str:
    return str(metric.new) if metric.old == metric.new else arrow(metric)


def _by_split(splits: Iterable[str | None]) -> str:
    counted = Counter(split or "without split" for split in splits)
    order = [*SPLITS, *sorted(counted.keys() - set(SPLITS))]
    return ", ".join(f"{counted[split]} {split}" for split in order if counted[split])


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)))
