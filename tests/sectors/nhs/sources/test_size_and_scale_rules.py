"""What every publication of size and scale must keep: one row per figure, in the catalogue's range."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources.nhs_codes import TRUST_CODE
from matchmaker.sources import publication

MODULES = (
    "kh03_beds",
    "beds_history",
    "workforce_fte",
    "workforce_groups_history",
    "admissions",
    "ae_activity",
    "community_activity",
    "ambulance_activity",
    "catchment_population",
    "systems_served",
    "estates_sites",
    "site_spread",
)
WELSH = ("RQF", "RT4", "RYT")


def ids() -> list[str]:
    read = {name: published.read for name, published in publication.publications(load_sector("nhs")).items()}
    functions = {name: getattr(function, "func", function) for name, function in read.items()}
    return [name for name, function in functions.items() if function.__module__.split(".")[-1] in MODULES]


def test_every_module_is_covered() -> None:
    assert len(ids()) == 24


@pytest.mark.parametrize("name", ids())
def test_rules(raw_data: Path, name: str) -> None:
    published = publication.publications(load_sector("nhs"))[name]
    folders = {(raw_data / "raw" / pattern).parent for pattern in published.files}
    paths = [path for folder in sorted(folders) for path in sorted(folder.iterdir())]
    paths = [path for path in paths if any(path.match(pattern) for pattern in published.files)]
    assert paths
    columns = ("code", "measure", "period_start", "period_end", "value")
    rows = pl.concat(published.read(path).select(columns) for path in paths)
    catalogue = publication.measures(load_sector("nhs"))
    assert rows.null_count().sum_horizontal().item() == 0
    assert not rows.select("code", "measure", "period_start", "period_end").is_duplicated().any()
    assert rows["code"].str.contains(TRUST_CODE).all()
    assert not rows["code"].is_in(WELSH).any()
    assert (rows["period_start"] <= rows["period_end"]).all()
    for (measure,), part in rows.group_by("measure"):
        defined = catalogue[str(measure)]
        assert defined.minimum is not None
        assert defined.maximum is not None
        outside = part.filter(~pl.col("value").is_between(defined.minimum, defined.maximum))
        assert outside.is_empty(), outside
