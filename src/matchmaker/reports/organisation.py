"""One organisation as a document."""

from __future__ import annotations

from matchmaker.features.types import Comparison
from matchmaker.models.overview.types import OrganisationOverview
from matchmaker.rendering.organisation import organisation_view
from matchmaker.reports.document import render
from matchmaker.sector import Sector


def organisation_report(
    overview: OrganisationOverview, sector: Sector, comparison: Comparison | None = None
) -> str:
    """The document on one organisation; the same overview gives the same bytes.

    Args:
        overview: all that is known of it.
        sector: that it belongs to.
        comparison: with other organisations, if wished.
    """
    view = organisation_view(overview, sector)
    return render("organisation.html", sector, comparison=comparison, past=None, **view)
