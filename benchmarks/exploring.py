"""How quick is the explorer? The site of the whole dataset and one of made articles
(tests/large_corpus.py), written to disk and opened from there in headless Chromium.

    pip install 'marsad[dev]'                # and a Chromium, as tests/browser.py finds one
    python benchmarks/exploring.py           # --json for machines

- Writing: `marsad.explore.write` of the whole dataset into an empty folder.
- First view: each time in a new profile, so that nothing is cached but by the file system. Bytes
  are the sizes of all files asked for, fonts included; interactive is the time from the start
  of navigation until the page is drawn and answers (`data-ready`).
- Search: queries typed into the article list; what the page itself measures from the input to the
  rows in the document. The first one also loads the texts and stands apart. The peer is
  `String.includes` over the raw pages in the same page, in one loop and without the rows: quicker,
  and blind to spelling, so that it misses articles.

Every figure is of several tries. Takes a minute or two.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import browser as machine
import large_corpus
from marsad import explore, rooms
from marsad.rooms import Rooms

# What one would look for: one word and more, names, spelled in several ways, long and short, with
# marks and tatweel, a phrase, and what no page has.
QUERIES = (
    *("موسكو", "الصين", "بوتين", "أمريكا", "امريكا", "الولايات المتحدة", "الأمم المتحدة"),
    *("الامم المتحده", "إيران", "ايران", "أوكرانيا", "اوكرانيا", "العقوبات", "عقوبات غربية"),
    *("سورية", "سوريا", "روسيا والصين", "لقاح", "«الحزام والطريق»", "قوة سيبيريا", "الشراكة"),
    *("مُوسكو", "الغـــاز", "حلف شمال الأطلسي", "الرياضة", "كأس العالم", "2022", "شي جين بينغ"),
    *("في", "zzzz"),
)
ROUTES = ("en/overview", "ar/overview", "en/articles", "ar/articles")
# Kept from the first script on: when the page said that it is drawn and answers.
WATCH = """
new MutationObserver((_, observer) => {
  if (document.documentElement?.dataset.ready !== "true") return;
  window.interactive = performance.now();
  observer.disconnect();
}).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-ready"] });
"""
# Over the same texts: how long each query takes, and in how many pages all its words are.
PEER = """
async ({ files, queries }) => {
  const raws = [], kept = window.marsad;
  window.marsad = (name, value) => raws.push(...value.raw);
  for (let at = 0; at < files; at += 1) {
    await new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = `data/text/${at}.js`;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
  }
  window.marsad = kept;
  return queries.map((query) => {
    const words = query.replace(/[«»]/g, " ").trim();
    const wanted = query.startsWith("«") ? [words] : words.split(/\\s+/);
    const began = performance.now();
    const found = raws.filter((raw) => wanted.every((word) => raw.includes(word))).length;
    return { milliseconds: performance.now() - began, found };
  });
}
"""


def measure(count: int, rounds: int) -> dict[str, Any]:
    """Everything, in seconds, milliseconds and bytes."""
    from playwright.sync_api import sync_playwright

    if not machine.chromium():
        raise SystemExit(machine.NONE)
    home = rooms.find()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        written = [explore.write(home, folder / f"whole-{at}") for at in range(rounds)]
        made = large_corpus.make(home, folder / "corpus", count)
        many = explore.write(Rooms(made.root), folder / "many")
        sites = {"whole dataset": written[0], f"{count:,} made articles": many}
        with sync_playwright() as playwright:
            chromium = machine.launch(playwright)
            views = [
                {
                    "site": site,
                    "route": route,
                    **first_view(chromium, of.index.parent, route, rounds),
                }
                for site, of in sites.items()
                for route in ROUTES
            ]
            asked = search(chromium, many.index.parent)
            version = chromium.version
            chromium.close()
    return {
        "chromium": version,
        "written": {
            "articles": written[0].articles,
            "files": written[0].files,
            "bytes": written[0].bytes,
            "seconds": [one.seconds for one in written],
        },
        "many": {"articles": many.articles, "bytes": many.bytes, "seconds": many.seconds},
        "views": views,
        **asked,
    }


def first_view(chromium: Any, site: Path, route: str, rounds: int) -> dict[str, Any]:
    """Bytes, files and milliseconds until a page that is opened first is interactive."""
    taken = []
    for _ in range(rounds):
        context = chromium.new_context(viewport={"width": 1280, "height": 800})
        context.add_init_script(WATCH)
        page = context.new_page()
        loaded: set[Path] = set()
        page.on("request", lambda r, loaded=loaded: loaded.add(_file(r.url)))
        page.goto(machine.address(site, route))
        machine.drawn(page)
        page.evaluate("document.fonts.ready.then(() => true)")
        taken.append(page.evaluate("window.interactive"))
        context.close()
    files = [path for path in loaded if path.is_file()]
    return {
        "bytes": sum(path.stat().st_size for path in files),
        "files": len(files),
        "milliseconds": taken,
    }


def _file(url: str) -> Path:
    parts = urlsplit(url)
    return Path(unquote(parts.path)) if parts.scheme == "file" else Path()


def search(chromium: Any, site: Path) -> dict[str, Any]:
    """The queries, each with its milliseconds and the articles found, ours and the peer's."""
    page = chromium.new_page()
    page.goto(machine.address(site, "en/articles"))
    machine.drawn(page)
    asked = []
    for query in ("الشرق", *QUERIES):
        before = page.evaluate("performance.getEntriesByName('search').length")
        page.get_by_role("searchbox", name="Search the texts").fill(query)
        answered = "before => performance.getEntriesByName('search').length > before"
        machine.until(page, answered, before, 60)
        machine.drawn(page)
        taken = page.evaluate("performance.getEntriesByName('search').at(-1).duration")
        asked.append({"query": query, "milliseconds": taken, "found": shown(page)})
    texts = len(list((site / "data" / "text").glob("*.js")))
    peer = page.evaluate(PEER, {"files": texts, "queries": list(QUERIES)})
    page.close()
    return {
        "first_query": asked[0]["milliseconds"],
        "queries": [
            {**ours, "peer_milliseconds": theirs["milliseconds"], "peer_found": theirs["found"]}
            for ours, theirs in zip(asked[1:], peer, strict=True)
        ],
    }


def shown(page: Any) -> int:
    """How many articles the list says it has found."""
    said = page.get_by_role("status").filter(has_text="Articles found").inner_text()
    return int(said.replace(",", "").split()[2])


def _spread(values: Sequence[float]) -> str:
    return f"{min(values):.1f} / {statistics.median(values):.1f} / {max(values):.1f}"


def markdown(found: dict[str, Any]) -> str:
    written, queries = found["written"], found["queries"]
    ours = [one["milliseconds"] for one in queries]
    peer = [one["peer_milliseconds"] for one in queries]
    missed = sum(max(0, one["found"] - one["peer_found"]) for one in queries)
    lines = [
        f"Chromium {found['chromium']}; min / median / max.",
        "",
        f"Written: {written['articles']} articles, {written['files']} files,"
        f" {written['bytes'] / 1e6:.1f} MB, in {_spread(written['seconds'])} s;"
        f" {found['many']['articles']:,} articles, {found['many']['bytes'] / 1e6:.1f} MB,"
        f" in {found['many']['seconds']:.1f} s.",
        "",
        "| site | page | files | kB | interactive, ms |",
        "| --- | --- | ---: | ---: | ---: |",
        *(
            f"| {one['site']} | {one['route']} | {one['files']} | {one['bytes'] / 1e3:,.0f} |"
            f" {_spread(one['milliseconds'])} |"
            for one in found["views"]
        ),
        "",
        f"| search of {len(queries)} queries | ms | articles found |",
        "| --- | ---: | ---: |",
        f"| the page, input to rows | {_spread(ours)} | {sum(one['found'] for one in queries):,} |",
        f"| String.includes, no rows | {_spread(peer)} |"
        f" {sum(one['peer_found'] for one in queries):,} |",
        "",
        f"The first query, which loads the texts: {found['first_query']:.0f} ms. The peer misses"
        f" {missed:,} of the articles found.",
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--articles", type=int, default=2_000, help="how many made (2000)")
    parser.add_argument("--rounds", type=int, default=5, help="tries of each (5)")
    parser.add_argument("--json", action="store_true", help="print every figure as JSON")
    arguments = parser.parse_args()
    found = measure(arguments.articles, arguments.rounds)
    print(
        json.dumps(found, ensure_ascii=False, indent=1) if arguments.json else markdown(found),
        end="",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
