"""How pages are rendered: everything escaped, nothing undefined, the words people read."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from matchmaker.dates import format_date
from matchmaker.features.formatting import format_age, format_short, format_value
from matchmaker.features.profiles import NOT_APPLICABLE, STALE
from matchmaker.models.eligibility.rules import TYPE_LABELS
from matchmaker.models.scoring.phrases import percent_1_99


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
        loader=PackageLoader("matchmaker.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "age": format_age,
        "brief": format_short,
        "coded": coded,
        "percent_1_99": percent_1_99,
        "readable": format_value,
        "spoken": format_date,
    }
    made.globals |= {"NOT_APPLICABLE": NOT_APPLICABLE, "STALE": STALE, "KINDS": TYPE_LABELS}
    return made
