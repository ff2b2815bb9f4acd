"""A trust as one self-contained page: no script, nothing fetched, charts as inline SVG."""

from __future__ import annotations

from itertools import groupby

from matchmaker.features.comparison import Comparison
from matchmaker.features.profile import FeatureValue, Profile
from matchmaker.features.profiles import KNOWN, STALE, UNKNOWN
from matchmaker.models.early_warning.signs import WORST_SHARE
from matchmaker.models.eligibility.rules import TYPE_LABELS
from matchmaker.models.overview import OrganisationOverview
from matchmaker.rendering.charts.panels import chart
from matchmaker.rendering.environment import environment


def trust_page(portrait: OrganisationOverview, comparison: Comparison | None = None) -> str:
    """The page of one trust; the same portrait gives the same bytes.

    Args:
        portrait: what is told of it.
        comparison: with other trusts, if wished.
    """
    profile = portrait.profile
    org_type = TYPE_LABELS[profile.type]
    known = profile.in_state(KNOWN)
    return (
        environment()
        .get_template("trust.html")
        .render(
            portrait=portrait,
            profile=profile,
            org_type=org_type,
            dimensions=_dimensions(profile),
            weak=[cell for cell in known if cell.standing is not None and cell.standing <= WORST_SHARE],
            strong=[cell for cell in known if cell.standing is not None and cell.standing >= 1 - WORST_SHARE],
            stale=profile.in_state(STALE),
            unknown=profile.in_state(UNKNOWN),
            cells={cell.feature: cell for cell in profile.cells},
            charts=[chart(trend, org_type) for trend in portrait.trends],
            comparison=comparison,
            linked={source.id for source in portrait.sources},
        )
    )


def _dimensions(profile: Profile) -> list[tuple[str, list[FeatureValue]]]:
    known = groupby(profile.in_state(KNOWN), key=lambda cell: cell.dimension)
    return [(dimension.replace("_", " ").capitalize(), list(cells)) for dimension, cells in known]
