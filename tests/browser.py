"""The explorer's pages in a real browser, and what none of them may do.

The browser is the machine's Chromium, headless: the one that MARSAD_CHROMIUM names, else the first
of `CHROMIUMS` on the path; without one such tests are skipped. A page that logs an error, throws,
opens a dialog or asks for anything but a file fails its test.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
NONE = (
    "no Chromium on the path; install one (Debian: apt-get install chromium) or name it in"
    " MARSAD_CHROMIUM"
)
# Root has no sandbox; what is opened here is our own.
ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage")
LOCAL = ("data", "blob")  # beside files
# Drawn, and nothing on the page says that it is still loading.
READY = """
document.documentElement.dataset.ready === "true" &&
  ![...document.querySelectorAll("[role=status]")].some(
    (one) => /^(Loading|جارٍ)/.test(one.textContent.trim()))
"""
ODD = {"Cc", "Cf", "Cs", "Zl", "Zp"}
PHONE, LAPTOP, SCREEN = (390, 844), (1280, 800), (1920, 1080)
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


@cache
def chromium() -> str | None:
    """The Chromium to use; None where there is none that runs."""
    named = os.environ.get("MARSAD_CHROMIUM")
    for name in (named,) if named else CHROMIUMS:
        if path := shutil.which(name):
            # On some systems the name is there, and says alone how the browser can be had.
            ran = subprocess.run([path, "--version"], capture_output=True, check=False)
            if ran.returncode == 0:
                return path
    if named:
        raise FileNotFoundError(f"MARSAD_CHROMIUM is {named}, which does not run")
    return None


def launch(playwright: Any) -> Browser:
    return playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))


class Visitor:
    """Opens pages, each in a profile of its own, and keeps what went wrong in any of them."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.faults: list[str] = []
        self.contexts: list[BrowserContext] = []
        self.loaded: set[Path] = set()  # the files that pages asked for

    def __call__(
        self,
        site: Path,
        route: str,
        size: tuple[int, int] = LAPTOP,
        *,
        dark: bool = False,
        locale: str = "en-GB",
        missing: bool = False,
        **options: Any,
    ) -> Page:
        """The page of a site at a route such as `en/articles`, when it is drawn. Where `missing`,
        it may ask for data that is not there."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            locale=locale,
            **options,
        )
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        self.watch(page, route, missing)
        page.goto(address(site, route))
        try:
            drawn(page)
        except TimeoutError as error:
            raise TimeoutError(*self.faults or error.args) from None
        return page

    def watch(self, page: Page, route: str, missing: bool) -> None:
        def fault(what: str) -> None:
            self.faults.append(f"{route}: {what}")

        def dialog(shown: Any) -> None:
            fault(f"dialog: {shown.message}")
            shown.dismiss()

        def said(message: Any) -> None:
            lacking = missing and "ERR_FILE_NOT_FOUND" in message.text
            if message.type == "error" and not lacking:
                fault(f"console: {message.text}")

        def failed(request: Any) -> None:
            if not missing:
                fault(f"failed: {request.url[-80:]}")

        def asked(request: Any) -> None:
            parts = urlsplit(request.url)
            if parts.scheme == "file":
                self.loaded.add(Path(unquote(parts.path)))
            elif parts.scheme not in LOCAL:
                fault(f"asks {request.url}")

        page.on("console", said)
        page.on("pageerror", lambda error: fault(f"error: {error}"))
        page.on("dialog", dialog)
        page.on("requestfailed", failed)
        page.on("request", asked)
        page.on("popup", lambda other: fault(f"opens {other.url}"))

    def close(self) -> None:
        for context in self.contexts:
            context.close()


def address(site: Path, route: str) -> str:
    return f"{(site / 'index.html').resolve().as_uri()}#/{route}"


def drawn(page: Page) -> None:
    """Waits until a page is drawn, with all that it loads."""
    until(page, READY)


def until(page: Page, expression: str, argument: Any = None, seconds: float = 10) -> None:
    """Waits until an expression holds. Playwright's own way evaluates a text in the page, which the
    pages' policy forbids."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression, argument):
        if time.monotonic() > end:
            raise TimeoutError(f"{page.url}: not within {seconds} s: {expression}")
        time.sleep(0.01)


def go(page: Page, route: str) -> None:
    """Goes to another page of the same site, as a link does."""
    page.evaluate("hash => { location.hash = hash }", f"#/{route}")
    until(page, "hash => decodeURIComponent(location.hash) === hash", f"#/{unquote(route)}")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    drawn(page)


def shown(text: str) -> str:
    """A text as pages show it: characters that nobody sees, but that move or hide what is around
    them, by their code points. The joiners belong to Arabic spelling and stay."""
    return "".join(
        f"U+{ord(one):04X}"
        if unicodedata.category(one) in ODD and one not in "\u200c\u200d\n\t"
        else one
        for one in text
    )


def quiet(text: str) -> str:
    """A headline or name as pages show it among others: without such characters."""
    return "".join(one for one in text if shown(one) == one)


def injected(page: Page) -> int:
    """How many elements there are on a page that none of ours has: made by a text taken as markup,
    or scripts beside the app and its data."""
    strange = "main :is(script, img, iframe, style, base, meta, object, h1 h1, [onerror], [onload])"
    scripts = "script:not([src^='./app/explore.js'], [src^='./data/'], [src^='data/'])"
    return page.locator(f"{strange}, {scripts}, [onmouseover]").count()


def violations(page: Page, *rules: str) -> str:
    """What axe finds against WCAG 2.2 A and AA, or these rules alone, a paragraph each: the rule,
    where, what it says."""
    from axe_playwright_python.sync_playwright import Axe

    options = {
        "runOnly": {"type": "rule", "values": rules} if rules else {"type": "tag", "values": WCAG},
        "resultTypes": ["violations"],
        "preload": False,  # it would fetch the stylesheets, which the pages' policy forbids
    }
    found = Axe().run(page, options=options).response["violations"]
    return "\n\n".join(
        f"{one['id']} ({one['impact']}): {one['help']}\n"
        + "\n".join(
            f"  {' '.join(map(str, node['target']))}: "
            + " ".join(node["failureSummary"].split())[:300]
            for node in one["nodes"][:5]
        )
        + (f"\n  and {len(one['nodes']) - 5} more" if len(one["nodes"]) > 5 else "")
        for one in found
    )
