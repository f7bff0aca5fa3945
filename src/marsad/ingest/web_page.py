"""Web pages: the article's text, headline, date and outlet, as trafilatura finds them.

What trafilatura makes of a page's text: entities become characters, runs of white space and
no-break spaces one space, list items begin with `- `, a table's row is a line with `|` between its
cells; bidi marks, zero-width and other format characters are left out, tatweel and vowel marks
stay. The same page gives the same text whenever it is asked; the bytes as received are kept beside.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

from marsad.fault import UsageError
from marsad.ingest.deadline import OverdueError, within
from marsad.ingest.intake import Markup
from marsad.ingest.pages import iso_date, said

# Elements that hold nothing, or that the next of their kind ends.
FLAT = re.compile(
    "area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|path"
    "|p|li|d[td]|t[drh]|option|optgroup|thead|tbody|tfoot|rb|rt|rp",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(?:(!--)|(/?)([a-zA-Z][^\s<>/]*)([^<>]*)>)")
_ENDS = {  # what ends a stretch in which tags are none
    "!--": re.compile("-->"),
    "script": re.compile("</script", re.IGNORECASE),
    "style": re.compile("</style", re.IGNORECASE),
}
_LONG = 4_096  # characters of a tag from which its attributes are counted


class WebPage(NamedTuple):
    """What a page says of its article. `text` has the headline on its first line and a paragraph
    on each of the others; it is None where `fault` says why."""

    text: str | None
    fault: str | None
    extractor: str | None = None
    headline: str | None = None
    outlet: str | None = None
    published: str | None = None
    url: str | None = None


def extract(markup: str, url: str | None, limits: Markup) -> WebPage:
    """The article of a page. Raises UsageError where trafilatura is not installed."""
    extractor = _extractor()
    if fault := overgrown(markup, limits):
        return WebPage(None, fault, extractor)
    try:
        return within(limits.seconds, lambda: _extract(markup, url, extractor))
    except OverdueError:
        return WebPage(None, f"markup: takes more than {limits.seconds:g} s", extractor)
    except (Exception, RecursionError) as error:  # of trafilatura, lxml or htmldate
        return WebPage(None, f"markup: {type(error).__name__} in trafilatura", extractor)


@cache
def _extractor() -> str:
    try:
        import trafilatura
    except ImportError:
        raise UsageError('a web page needs trafilatura; pip install "marsad[ingest]"') from None
    return f"trafilatura {trafilatura.__version__}"


def overgrown(markup: str, limits: Markup) -> str | None:
    """The fault of a page that would cost the extractor minutes, by a count of its tags; one pass,
    a second for a page of many megabytes."""
    depth = elements = at = 0
    while match := _TAG.search(markup, at):
        at = match.end()
        comment, ends, name, attributes = match.groups()
        code = comment or (not ends and name.lower())
        if code in _ENDS:
            if not (end := _ENDS[code].search(markup, at)):
                break
            at = end.start()
            continue
        if len(attributes) > _LONG and len(attributes.split()) > limits.attributes:
            count = len(attributes.split())
            if attributes.count("=") > limits.attributes or count > 10 * limits.attributes:
                return f"markup: more than {limits.attributes} attributes of one element"
        if ends:
            depth -= depth > 0 and not FLAT.fullmatch(name)
            continue
        elements += 1
        if not FLAT.fullmatch(name) and not attributes.endswith("/"):
            depth += 1
            if depth > limits.depth:
                return f"markup: more than {limits.depth} elements within one another"
        if elements > limits.elements:
            return f"markup: more than {limits.elements} elements"
    return None


def _extract(markup: str, url: str | None, extractor: str) -> WebPage:
    from trafilatura import bare_extraction

    found: Any = bare_extraction(
        markup,
        url=url,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    lines = [line.strip() for line in (found.text or "").splitlines()] if found else []
    lines = [line for line in lines if line]
    if not found or not lines:
        return WebPage(None, "no_text: no article in the page", extractor)
    headline = said(found.title)
    if headline and headline.startswith(lines[0]):  # the title with the site's name after it
        headline = lines[0]
    elif headline and headline not in lines:
        lines.insert(0, headline)
    elif headline:
        lines.remove(headline)
        lines.insert(0, headline)
    text = "\n".join(lines).encode("utf-8", "replace").decode("utf-8")
    return WebPage(
        text, None, extractor, headline, said(found.sitename), iso_date(found.date), said(found.url)
    )
