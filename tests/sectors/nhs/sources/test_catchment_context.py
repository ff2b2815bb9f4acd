"""Catchments: against a slow calculation by hand, the Peer Finder and national totals."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sector import load_sector
from matchmaker.sectors.nhs.sources import (
    catchment_context,
    district_deprivation,
    peer_finder,
    system_context,
)
from matchmaker.sources import publication, tabular

AREAS = "raw/catchment-context"


@pytest.fixture(scope="module", autouse=True)
def each_file_is_read_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tabular, "r_data", cache(tabular.r_data))
        yield


@pytest.fixture(scope="module")
def folder(raw_data: Path) -> Path:
    return raw_data / AREAS


@pytest.fixture(scope="module")
def catchments(folder: Path) -> pl.DataFrame:
    return catchment_context.read(folder / catchment_context.FLOWS)


@pytest.fixture(scope="module")
def systems(raw_data: Path) -> pl.DataFrame:
    return system_context.read(raw_data / "raw/geographr/lookup_nhs_trusts22_stp21.rda")


@pytest.fixture(scope="module")
def districts(raw_data: Path) -> pl.DataFrame:
    return district_deprivation.read(raw_data / "raw/geographr/lookup_nhs_trusts22_ltla21.rda")


@pytest.fixture(scope="module")
def peers(raw_data: Path) -> pl.DataFrame:
    rows = peer_finder.read(raw_data / "raw/nhse-peer-method/raw_data_1920.xlsx")
    return rows.pivot("measure", index="code", values="value")


def wide(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.pivot("measure", index="code", values="value")


def test_airedale_by_hand(folder: Path, catchments: pl.DataFrame) -> None:
    """The same sums with dictionaries and loops, from the cells of the R files."""
    flows = tabular.r_data(folder / catchment_context.FLOWS)
    flows = flows[flows.trust_code == "RCF"]
    score = tabular.r_data(folder / "imd2019_england_msoa11.rda").set_index("msoa11_code").Score
    urban = tabular.r_data(folder / "ruc11_msoa11.rda").set_index("msoa11_code").ruc
    residents = tabular.r_data(folder / "population20_msoa11.rda").set_index("msoa11_code")
    people = deprived = in_town = old = young = 0.0
    for area, share in zip(flows.msoa_code, flows.proportion, strict=True):
        row = residents.loc[area]
        count = share * row["total_population"]
        people += count
        deprived += count * score[area]
        in_town += count * (urban[area] == "Urban")
        old += share * sum(row[name] for name in [*map(str, range(65, 90)), "90+"])
        young += share * sum(row[str(age)] for age in range(16))
    found = wide(catchments).row(by_predicate=pl.col("code") == "RCF", named=True)
    assert found["deprivation_score"] == pytest.approx(deprived / people, rel=1e-12)
    assert found["urban_share"] == pytest.approx(in_town / people, rel=1e-12)
    assert found["age_65_over_share"] == pytest.approx(old / people, rel=1e-12)
    assert found["age_0_15_share"] == pytest.approx(young / people, rel=1e-12)


def test_one_row_for_each_acute_trust_of_2021(catchments: pl.DataFrame) -> None:
    assert catchments.height == 139 * 6
    assert catchments["code"].n_unique() == 139
    assert not catchments.select("code", "measure").is_duplicated().any()
    assert set(catchments["measure"]) == set(catchment_context.MEASURES)
    assert set(catchments["period_start"]) == {date(2020, 1, 1)}
    assert set(catchments["period_end"]) == {date(2020, 12, 31)}


def test_sussex_stands_under_the_code_of_the_merged_trust(catchments: pl.DataFrame, folder: Path) -> None:
    assert "RYR" in catchments["code"].to_list()
    assert "RXH" not in catchments["code"].to_list()
    people = catchment_context.residents(folder).filter(code="RYR")["people"].sum()
    assert 900_000 < people < 1_050_000  # both of the trusts that merged, not one of them


def test_catchments_add_up_to_england(folder: Path) -> None:
    people = catchment_context.residents(folder)
    assert people["people"].sum() == pytest.approx(0.98 * 56_550_138, rel=0.005)  # ONS, mid-2020
    everyone = catchment_context.averages(people.with_columns(all=pl.lit("England")), "all")
    assert everyone["deprivation_score"].item() == pytest.approx(21.67, abs=0.2)  # the 2019 index
    assert everyone["age_65_over_share"].item() == pytest.approx(0.185, abs=0.003)  # ONS, mid-2020
    assert everyone["age_85_over_share"].item() == pytest.approx(0.025, abs=0.001)
    assert everyone["urban_share"].item() == pytest.approx(0.83, abs=0.02)  # Defra


def test_agrees_with_the_peer_finder(catchments: pl.DataFrame, peers: pl.DataFrame) -> None:
    both = wide(catchments).join(peers, on="code")
    assert both.height == 137
    deprivation = both.select(pl.corr("deprivation_score", "deprivation_score_right")).item()
    assert deprivation == pytest.approx(0.96, abs=0.01)
    assert both.select(pl.corr("urban_share", "urban_share_right")).item() == pytest.approx(0.98, abs=0.01)


def test_systems_stand_in_for_trusts_without_a_catchment(
    systems: pl.DataFrame, catchments: pl.DataFrame, peers: pl.DataFrame
) -> None:
    assert systems.height == 199 * 4
    assert "RX8" not in systems["code"].to_list()  # an ambulance service
    others = wide(systems).filter(~pl.col("code").is_in(catchments["code"].unique().to_list()))
    both = others.join(peers, on="code")
    assert both.height == 55
    assert both.select(pl.corr("system_deprivation_score", "deprivation_score")).item() > 0.85
    assert both.select(pl.corr("system_urban_share", "urban_share")).item() > 0.8


def test_trusts_of_one_system_have_one_figure(systems: pl.DataFrame) -> None:
    """Northumberland's and Newcastle's trusts are of one system, Cornwall's of another."""
    score = dict(systems.filter(measure="system_deprivation_score").select("code", "value").iter_rows())
    assert score["RTF"] == score["RTD"] == score["RX4"]
    assert score["REF"] != score["RTF"]
    assert len({round(value, 9) for value in score.values()}) == 42


def test_districts_by_hand(raw_data: Path, folder: Path, districts: pl.DataFrame) -> None:
    flows = tabular.r_data(raw_data / "raw/geographr/lookup_nhs_trusts22_ltla21.rda")
    codes = tabular.r_data(folder / "lookup_ltla_ltla.rda")
    today = dict(zip(codes.ltla21_code, codes.ltla24_code, strict=True))
    scores = tabular.r_data(folder / "imd2025_england_ltla24.rda").set_index("ltla24_code").imd_average_score
    found = dict(districts.select("code", "value").iter_rows())
    for code, area in (("RCF", "E07000163"), ("RNN", "E07000026"), ("RTG", "E06000015")):
        mine = flows[flows.nhs_trust22_code == code]
        assert area in set(mine.ltla21_code)  # Craven and Allerdale were abolished in 2023
        rows = zip(mine.ltla21_code, mine.proportion_trust_came_from_ltla, strict=True)
        by_hand = math.fsum(share * float(scores[today[code]]) for code, share in rows)
        assert found[code] == pytest.approx(by_hand, rel=1e-12)
    assert found["RCF"] == pytest.approx(31.40, abs=0.01)


def test_districts_are_known_from_the_day_of_the_index(districts: pl.DataFrame) -> None:
    assert districts.height == districts["code"].n_unique() == 138
    for column in ("period_start", "period_end", "known_from"):
        assert set(districts[column]) == {date(2025, 10, 30)}


def test_values_stay_within_the_bounds_of_the_catalogue(
    catchments: pl.DataFrame, systems: pl.DataFrame, districts: pl.DataFrame
) -> None:
    catalogue = publication.measures(load_sector("nhs"))
    for rows in (catchments, systems, districts):
        for measure, value in rows.select("measure", "value").iter_rows():
            low, high = catalogue[measure].minimum, catalogue[measure].maximum
            assert low is not None
            assert high is not None
            assert low <= value <= high, measure


def test_a_frame_without_its_column_is_a_fault(folder: Path) -> None:
    with pytest.raises(BadFile, match="ruc11_msoa11"):
        tabular.r_frame(folder / "ruc11_msoa11.rda", ("no such column",))
