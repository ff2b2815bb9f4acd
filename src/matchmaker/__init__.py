"""matchmaker: options to consider when an organisation needs a partner, with reasons."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from matchmaker.version import __version__

if TYPE_CHECKING:
    from matchmaker.features.profiles import Profiles
    from matchmaker.features.types import Comparison, Profile
    from matchmaker.models.arrangement import Arrangement
    from matchmaker.models.assignment.types import Assignment
    from matchmaker.models.batch import Batch
    from matchmaker.models.early_warning.types import EarlyWarningReport
    from matchmaker.models.engine import Matchmaker
    from matchmaker.models.overview.types import OrganisationOverview
    from matchmaker.models.query import ShortlistQuery
    from matchmaker.models.types import Option, Organisation, Shortlist, WhyNot
    from matchmaker.sector import Sector, load_sector, read_sector, sector_names
    from matchmaker.snapshot import Snapshot, load

_HOMES = {
    "Arrangement": "matchmaker.models.arrangement",
    "Assignment": "matchmaker.models.assignment.types",
    "Batch": "matchmaker.models.batch",
    "Comparison": "matchmaker.features.types",
    "EarlyWarningReport": "matchmaker.models.early_warning.types",
    "Matchmaker": "matchmaker.models.engine",
    "Option": "matchmaker.models.types",
    "Organisation": "matchmaker.models.types",
    "OrganisationOverview": "matchmaker.models.overview.types",
    "Profile": "matchmaker.features.types",
    "Profiles": "matchmaker.features.profiles",
    "Sector": "matchmaker.sector",
    "Shortlist": "matchmaker.models.types",
    "ShortlistQuery": "matchmaker.models.query",
    "Snapshot": "matchmaker.snapshot",
    "WhyNot": "matchmaker.models.types",
    "load": "matchmaker.snapshot",
    "load_sector": "matchmaker.sector",
    "read_sector": "matchmaker.sector",
    "sector_names": "matchmaker.sector",
}
"""Public name -> the module that defines it; imported when first used."""

__all__ = [
    "Arrangement",
    "Assignment",
    "Batch",
    "Comparison",
    "EarlyWarningReport",
    "Matchmaker",
    "Option",
    "Organisation",
    "OrganisationOverview",
    "Profile",
    "Profiles",
    "Sector",
    "Shortlist",
    "ShortlistQuery",
    "Snapshot",
    "WhyNot",
    "__version__",
    "load",
    "load_sector",
    "read_sector",
    "sector_names",
]


def __dir__() -> list[str]:
    """What a prompt or an editor offers, imported or not."""
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> Any:
    """Import the heavy parts only when they are used."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'matchmaker' has no attribute '{name}'")
