"""What all documents share: one file with its style inside, no script, nothing fetched."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader

from matchmaker.rendering.environment import make_environment
from matchmaker.sector import Sector


def render(template: str, sector: Sector, **variables: Any) -> str:
    """A document; the same variables give the same bytes.

    Args:
        template: its name; it extends `base.html`.
        sector: whose words are used.
        variables: what the template shows.
    """
    return _environment(sector).get_template(template).render(**variables)


@cache
def _environment(sector: Sector) -> Environment:
    return make_environment(sector, PackageLoader("matchmaker.reports"))
