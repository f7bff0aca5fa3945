"""The dataset on its way out: to a hub, to other tools, and from version to version."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marsad.cli import subcommand
from marsad.cli.subcommand import Arguments
from marsad.export import FORMATS
from marsad.rooms import Rooms
from marsad.split import SPLITS

if TYPE_CHECKING:
    from marsad.delivery import Delivery


def add(commands: Any) -> None:
    """Declares them."""
    publish = subcommand.add(
        commands,
        "publish",
        "put the dataset on a hub: a rehearsal, or with --yes one commit, proved and tagged",
        "marsad publish --repo my-org/marsad --yes",
        _publish,
    )
    publish.add_argument("--repo", required=True, help="the dataset on the hub, ORG/NAME")
    publish.add_argument(
        "--space",
        nargs="?",
        const="",
        metavar="ORG/SPACE",
        help="publish the site of marsad explore instead, as a static Space (default: ORG/NAME)",
    )
    publish.add_argument("--endpoint", help="another hub's address (default: $HF_ENDPOINT)")
    publish.add_argument(
        "--text",
        default="authored",
        choices=("authored", "all", "none"),
        help="whose texts go along: ours (default), third parties' too, or nobody's",
    )
    publish.add_argument("--tag", help="vX.Y.Z (default: the version of the data)")
    publish.add_argument("--yes", action="store_true", help="publish; without it, show the plan")
    publish.add_argument("--out", type=Path, help="keep the published folder here")
    publish.add_argument("--json", action="store_true", help="print the plan as JSON")

    restore = subcommand.add(
        commands,
        "restore",
        "put withheld texts back from your own copies, checked by sha256",
        "marsad restore --raw pages/ --out full/",
        _restore,
    )
    restore.add_argument("--raw", type=Path, required=True, help="the folder of your copies")
    restore.add_argument("--out", type=Path, help="write a full copy of the dataset here instead")

    diff = subcommand.add(
        commands,
        "diff",
        "tell what changed between two states of the dataset, as Markdown for the changelog",
        "marsad diff HEAD~1 . --out changes.md",
        _diff,
    )
    state = "a folder, a tag or commit of the checkout, or org/name@revision of the hub"
    diff.add_argument("old", help=state)
    diff.add_argument("new", help="the same")
    diff.add_argument("--endpoint", help="the hub's address (default: the library's)")
    diff.add_argument("--out", type=Path, help="write it to this file instead")
    diff.add_argument("--json", action="store_true", help="print every change as JSON")

    exported = subcommand.add(
        commands,
        "export",
        "write the dataset in another tool's format: spaCy, CoNLL, brat, Label Studio, JSON Lines",
        "marsad export brat --out brat/ --split test",
        _export,
    )
    exported.add_argument(
        "format", choices=tuple(FORMATS), metavar="FORMAT", help=", ".join(FORMATS)
    )
    exported.add_argument("--out", type=Path, required=True, help="the folder to write to")
    exported.add_argument(
        "--split", action="append", choices=SPLITS, help="only this split (may be repeated)"
    )
    exported.add_argument(
        "--config", action="append", help="jsonl: only this one (may be repeated)"
    )
    exported.add_argument(
        "--predictions", action="store_true", help="label-studio: gold as suggestions to correct"
    )
    exported.add_argument("--json", action="store_true", help="print what was written as JSON")


def _publish(home: Rooms, arguments: Arguments) -> int:
    from tempfile import TemporaryDirectory

    from marsad import publish
    from marsad.hub import Hub

    hub = Hub(arguments.repo, arguments.endpoint)
    if arguments.space is not None:
        return _publish_space(home, arguments)
    if arguments.yes:
        hub.require_token()
    with TemporaryDirectory() as temporary, subcommand.uncollected():
        folder = arguments.out or Path(temporary) / "marsad"
        known = publish.plan(home, hub, folder, arguments.text, arguments.tag)
        says = _shown(arguments, publish.text_of(known))
        commit = publish.publish(hub, known, says) if arguments.yes else None
    first = next(iter(known.digests), None)
    loads = f'load_dataset("{known.repo}", "{first}", revision="{known.tag}")' if first else ""
    return _told(arguments, known, commit, loads)


def _publish_space(home: Rooms, arguments: Arguments) -> int:
    from tempfile import TemporaryDirectory

    from marsad import space
    from marsad.hub import Hub

    hub = Hub(arguments.space or arguments.repo, arguments.endpoint, kind="space")
    if arguments.yes:
        hub.require_token()
    with TemporaryDirectory() as temporary, subcommand.uncollected():
        folder = arguments.out or Path(temporary) / "site"
        known = space.plan(home, hub, folder, arguments.repo, arguments.text, arguments.tag)
        says = _shown(arguments, space.text_of(known))
        commit = space.publish(hub, known, says) if arguments.yes else None
    return _told(arguments, known, commit, hub.name)


def _shown(arguments: Arguments, plan: str) -> Callable[[str], None]:
    """Shows a plan; what says how it is carried out."""
    if arguments.json:
        return lambda line: print(line, file=sys.stderr)
    print(plan)
    return print


def _told(arguments: Arguments, known: Delivery, commit: str | None, done: str) -> int:
    if arguments.json:
        print(json.dumps({**known.to_json(), "commit": commit}, ensure_ascii=False, indent=1))
    elif not commit:
        print("a rehearsal: nothing was touched; add --yes to publish")
    elif done:
        print(done)
    return 0


def _restore(home: Rooms, arguments: Arguments) -> int:
    from marsad.restore import restore

    found = restore(home, arguments.raw, arguments.out)
    for one in found:
        if one.fault:
            print(f"marsad: {one.fault}", file=sys.stderr)
    back = sum(one.back for one in found)
    print(f"{back} of {len(found)} withheld texts are back in {arguments.out or home.root}")
    return 0 if back == len(found) else 1


def _diff(home: Rooms, arguments: Arguments) -> int:
    from marsad import jsonl
    from marsad.diff import diff
    from marsad.diff.page import markdown

    found = diff(arguments.old, arguments.new, home.root, arguments.endpoint)
    if arguments.json:
        text = json.dumps(found.to_json(), ensure_ascii=False, indent=1) + "\n"
    else:
        text = markdown(found)
    if arguments.out:
        jsonl.write_bytes(arguments.out, text.encode("utf-8"))
    else:
        print(text, end="")
    return 0


def _export(home: Rooms, arguments: Arguments) -> int:
    from marsad.export import export
    from marsad.split import SPLITS

    found = export(
        home,
        arguments.format,
        arguments.out,
        arguments.split or SPLITS,
        configs=arguments.config,
        predictions=arguments.predictions,
    )
    for warning in found.warnings:
        print(f"marsad: {warning}", file=sys.stderr)
    if arguments.json:
        print(json.dumps(found.to_json(), ensure_ascii=False, indent=1))
        return 0
    counts = ", ".join(f"{number} {what}" for what, number in found.counts.items())
    renewed = f", {found.renewed} of them renewed" if found.renewed else ""
    print(f"{counts}: {len(found.files)} files in {found.folder}{renewed}")
    return 0
