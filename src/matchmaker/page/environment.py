"""How pages are rendered: everything escaped, nothing undefined, the words people read."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from matchmaker.features.formatting import age, brief, readable
from matchmaker.features.profiles import NOT_APPLICABLE, STALE
from matchmaker.models.explaining.wording import in_100
from matchmaker.models.rules import KIND_LABELS
from matchmaker.snapshot.directory import spoken


def coded(words: str) -> Markup:
    """Words in which what stands between backticks is code; an odd one is a backtick."""
    parts = words.split("`")
    if len(parts) % 2 == 0:
        return escape(words)
    code = Markup("<code>{}</code>")
    return Markup("").join(code.format(part) if at % 2 else part for at, part in enumerate(parts))


@cache
def environment() -> Environment:
    """The one environment of all templates."""
    made = Environment(
        loader=PackageLoader("matchmaker.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "age": age,
        "brief": brief,
        "coded": coded,
        "in_100": in_100,
        "readable": readable,
        "spoken": spoken,
    }
    made.globals |= {"NOT_APPLICABLE": NOT_APPLICABLE, "STALE": STALE, "KINDS": KIND_LABELS}
    return made
