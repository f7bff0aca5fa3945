"""A data file of the site: a plain script, since a page opened from disk may not fetch."""

from __future__ import annotations

import json
import re
from typing import Any

HEAD = 'marsad("'
_SURROGATE = re.compile("[\ud800-\udfff]")
# Outside of strings JSON has none of these. Script engines of old end a line at the first two; the
# third would end a script that stands in a page.
_ESCAPES = (("\u2028", "\\u2028"), ("\u2029", "\\u2029"), ("</", "<\\/"))


def encode(name: str, value: Any) -> bytes:
    """The script that hands a value to the pages: `marsad("NAME", VALUE);`. Half a surrogate pair,
    which is no character, becomes U+FFFD. Raises ValueError on a number that JSON has not."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for char, escaped in _ESCAPES:
        text = text.replace(char, escaped)
    script = f'{HEAD}{name}", {text});\n'
    try:
        return script.encode("utf-8")
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", script).encode("utf-8")
