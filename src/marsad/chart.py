"""The scores as a chart: a panel for each task, a dot with its interval for each baseline."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from marsad import jsonl, record, table
from marsad.article import digest
from marsad.fault import DataError, Fault, UsageError
from marsad.rooms import Rooms

KINDS = ("svg", "png")
LOOKS = {  # of each role: colour and marker
    "floor": ("#9a9a9a", "s"),
    "probe": ("#c1666b", "D"),
    "baseline": ("#1f6f8b", "o"),
    "ceiling": ("#3d3d3d", "|"),
}


def paths(home: Rooms) -> list[Path]:
    """Where the charts that README shows lie."""
    return [home.baselines / f"scores.{kind}" for kind in KINDS]


def points(scores: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the chart shows of each score."""
    return [
        {
            "task": score["task"],
            "title": score["title"],
            "metric": score["metric"],
            "role": score["role"],
            "value": round(record.value(score), 6),
            "interval": [round(bound, 6) for bound in record.interval(score)],
        }
        for score in scores
    ]


def digest_of(shown: Sequence[Mapping[str, Any]]) -> str:
    """The sha256 of what a chart shows, which stands in its file."""
    return digest(json.dumps(shown, ensure_ascii=False, sort_keys=True).encode("utf-8"))


def require() -> None:
    """Raises UsageError where matplotlib is not installed."""
    if find_spec("matplotlib") is None:
        raise UsageError("a chart needs the extra chart; pip install 'marsad[chart]'")


def draw(scores: Sequence[Mapping[str, Any]], *outs: Path) -> None:
    """Writes the chart to these files, as SVG or PNG by each name's ending. Raises UsageError on
    another ending or without matplotlib."""
    for out in outs:
        if out.suffix[1:] not in KINDS:
            raise UsageError(f"{out}: a chart is .svg or .png; name it so")
    require()
    import matplotlib
    from matplotlib.figure import Figure

    shown = points(scores)
    tasks = list(dict.fromkeys(one["task"] for one in shown))
    sizes = [sum(one["task"] == name for one in shown) for name in tasks]
    with matplotlib.rc_context({"svg.hashsalt": "marsad", "svg.fonttype": "path"}):
        figure = Figure(figsize=(9, 0.26 * sum(sizes) + 0.75 * len(tasks)), layout="constrained")
        grid = figure.subplots(len(tasks), 1, sharex=True, height_ratios=sizes, squeeze=False)
        for axes, name in zip(grid[:, 0], tasks, strict=True):
            _panel(axes, [one for one in shown if one["task"] == name])
        for role, (colour, marker) in LOOKS.items():
            grid[0, 0].plot([], [], marker, color=colour, label=role)
        figure.legend(loc="outside upper right", ncols=len(LOOKS), fontsize=8, frameon=False)
        text = f"scores sha256:{digest_of(shown)}"
        key = "Description"
        for out in outs:
            extra = {"Date": None} if out.suffix == ".svg" else {"Software": None}
            try:
                figure.savefig(out, metadata={key: text, **extra}, dpi=144)
            except OSError as error:
                mend = "name a folder that can be written"
                raise UsageError(f"{out}: cannot be written: {error.strerror}; {mend}") from None


def _panel(axes: Any, shown: Sequence[Mapping[str, Any]]) -> None:
    for at, one in enumerate(shown):
        low, high = one["interval"]
        colour, marker = LOOKS[one["role"]]
        axes.plot([low, high], [at, at], color=colour, linewidth=2, solid_capstyle="round")
        axes.plot([one["value"]], [at], marker, color=colour, markersize=6)
        axes.annotate(
            f"{one['value']:.3f}",
            (max(high, one["value"]), at),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color="#333333",
        )
    axes.set_yticks(range(len(shown)), [one["title"] for one in shown], fontsize=8)
    axes.set_ylim(-0.6, len(shown) - 0.4)
    axes.set_xlim(0, 1.06)
    title = f"{shown[0]['task']}: {shown[0]['metric']}, test, 95 % interval"
    axes.set_title(title, fontsize=9, loc="left", fontweight="bold")
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, labelsize=8)


def write(home: Rooms) -> None:
    """Renews the charts that README shows."""
    draw(table.read_scores(home), *paths(home))


def faults(home: Rooms) -> Iterator[Fault]:
    """Where a chart shows other scores than the score files."""
    wanted = digest_of(points(table.read_scores(home))).encode("ascii")
    for path in paths(home):
        try:
            stale = wanted not in jsonl.read_bytes(path, home.name(path))
        except DataError as error:
            yield from error.faults
            continue
        if stale:
            yield Fault(home.name(path), 0, "shows other scores", "run marsad table --write")
