"""Everything about one organisation as of a day: profile, peers, history and early-warning signs."""

from __future__ import annotations

import polars as pl

from matchmaker.features.history import trends
from matchmaker.features.profile import merger_notes, profile_of
from matchmaker.features.profiles import Profiles
from matchmaker.models.early_warning.definition import signs
from matchmaker.models.early_warning.phrases import explain_signs
from matchmaker.models.early_warning.signs import readings_of
from matchmaker.models.early_warning.types import BaseRates, SignReading
from matchmaker.models.early_warning.validation import base_rates, interventions_not_left
from matchmaker.models.explanation.contributions import organisations_of
from matchmaker.models.overview.facts import facts_of
from matchmaker.models.overview.peers import N_PEERS, benchmark_peers, nearest_peers
from matchmaker.models.overview.types import OrganisationOverview, Source
from matchmaker.models.types import Organisation
from matchmaker.snapshot import Snapshot


def source_of(snapshot: Snapshot, id_: str) -> Source:
    """What the manifest of a snapshot says of one source.

    Raises:
        KeyError: the snapshot has no such source.
    """
    listed = snapshot.sources[id_]
    return Source(
        id=str(listed["id"]),
        publisher=str(listed["publisher"]),
        title=str(listed["title"]),
        page=str(listed["page"]),
        licence=str(listed["licence"]),
        compiled_by=listed.get("compiled_by") or None,
    )


def overview_of(profiles: Profiles, code: str, via: tuple[Organisation, ...] = ()) -> OrganisationOverview:
    """Put together everything about one organisation.

    Args:
        profiles: as of the day, with every feature.
        code: the organisation, open on that day.
        via: closed organisations through which it was reached.
    """
    snapshot, day, sector = profiles.snapshot, profiles.as_of, profiles.sector
    profile = profile_of(profiles, code)
    rates: BaseRates | None = None
    shown: tuple[SignReading, ...] = ()
    meaning: tuple[str, ...] = ()
    if signs(sector):
        shown, rates = readings_of(profiles, code), base_rates(snapshot, profile.type, day)
        own = interventions_not_left(snapshot, day).filter(pl.col("code") == code)
        meaning = explain_signs(sector, profile.type, shown, rates, day, own)
    official = benchmark_peers(profiles).get(code, frozenset())
    named = sorted({cell.source for cell in profile.cells if cell.source in snapshot.sources})
    return OrganisationOverview(
        profile=profile,
        via=via,
        peers=nearest_peers(profiles, code, N_PEERS),
        benchmark_peers=tuple(one for one in organisations_of(profiles) if one.code in official),
        trends=trends(snapshot, code, day),
        signs=shown,
        base_rates=rates,
        meaning=meaning,
        sources=tuple(source_of(snapshot, id_) for id_ in named),
        attribution=str(snapshot.manifest["attribution"]),
        facts=facts_of(profiles, profile),
        notes=merger_notes(profile),
    )
