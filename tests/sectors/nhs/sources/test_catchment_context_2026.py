"""Deprivation by the catchments of April 2026, against the edition before."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from matchmaker.sectors.nhs.sources import catchment_context, catchment_context_2026


def test_deprivation_by_the_indices_of_2025(raw_data: Path) -> None:
    rows = catchment_context_2026.read(
        raw_data / "raw/winter-pressure-intelligence-2026/dim_trust_catchment.csv"
    )
    assert rows.height == rows["code"].n_unique() == 133
    assert set(rows["measure"]) == {"deprivation_score"}
    assert rows.filter(code="RXR")["value"].item() == 33.2
    assert set(rows["known_from"]) == {date(2026, 4, 30)}
    before = catchment_context.read(raw_data / "raw" / "catchment-context" / catchment_context.FLOWS)
    both = rows.join(before.filter(measure="deprivation_score").select("code", before="value"), on="code")
    assert both.height == 133
    assert np.corrcoef(both["value"].to_numpy(), both["before"].to_numpy())[0, 1] > 0.97
