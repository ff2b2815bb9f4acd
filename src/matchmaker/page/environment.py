"""How pages are rendered: everything escaped, nothing undefined, the words people read."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from matchmaker.features.formatting import age, brief, readable
from matchmaker.features.profiles import NOT_APPLICABLE, STALE
from matchmaker.models.rules import KIND_LABELS
from matchmaker.models.wording import in_100
from matchmaker.snapshot.directory import spoken


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
        "in_100": in_100,
        "readable": readable,
        "spoken": spoken,
    }
    made.globals |= {"NOT_APPLICABLE": NOT_APPLICABLE, "STALE": STALE, "KINDS": KIND_LABELS}
    return made
