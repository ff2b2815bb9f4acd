"""Modelled context: against the official figures and an earlier model, dated by its ingredients."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sectors.nhs.sources import hospital_sites, modelled_context, peer_finder
from matchmaker.sectors.nhs.sources.modelled_context import (
    DEPRIVATION,
    URBAN,
    read_index,
    small_areas,
    trust_figures,
)
from matchmaker.sources.files import open_session

pytestmark = pytest.mark.slow

INDEX_2010 = "imd-ruc-population/imd2010_england_lsoa01.rda"
RETURN_2014 = modelled_context.RETURNS[2014]
KEY = ("code", "measure", "period_start", "period_end", "source")


@pytest.fixture(scope="module")
def session() -> Iterator[None]:
    """What several tests need is worked out once."""
    with open_session():
        yield


@pytest.fixture(scope="module")
def raw(raw_data: Path, session: None) -> Path:
    return raw_data / "raw"


def every_row(raw: Path) -> pl.DataFrame:
    """The rows of all publications of which there is a file."""
    parts = [
        publication.read(path).with_columns(source=pl.lit(publication.id))
        for publication in modelled_context.PUBLICATIONS
        for pattern in publication.files
        for path in raw.glob(pattern)
    ]
    return pl.concat(parts, how="diagonal_relaxed")


@pytest.fixture(scope="module")
def rows(raw: Path) -> pl.DataFrame:
    return every_row(raw)


@pytest.fixture(scope="module")
def official(raw: Path) -> pl.DataFrame:
    frame = peer_finder.read(raw / "nhse-peer-method/raw_data_1920.xlsx")
    both = frame.filter(pl.col("measure").is_in(["peer_finder_deprivation", "peer_finder_urban"]))
    return both.pivot("measure", index="code", values="value")


@pytest.fixture(scope="module")
def types(raw: Path) -> pl.DataFrame:
    """Each trust's type in the return of 2014/15, or of the year before."""
    both = [hospital_sites.beds_by_site(raw / file) for file in reversed(modelled_context.RETURNS.values())]
    return pl.concat([frame.select("code", "type") for frame in both]).unique(
        "code", keep="first", maintain_order=True
    )


def latest(raw: Path) -> pl.DataFrame:
    """The last figures of each trust."""
    return trust_figures(raw).sort("period_end").unique("code", keep="last")


def correlation(frame: pl.DataFrame, one: str, other: str) -> tuple[int, float]:
    known = frame.drop_nulls([one, other])
    return known.height, float(np.corrcoef(known[one].to_numpy(), known[other].to_numpy())[0, 1])


def test_scores_of_all_indices_are_on_one_scale(raw: Path) -> None:
    """The same mean and spread by construction, so that those of one compare with those of another."""
    areas = small_areas(raw)
    assert areas.height == 32_844
    for year in modelled_context.INDICES:
        scores = areas[f"score_{year}"].drop_nulls()
        assert scores.mean() == pytest.approx(21.67, abs=0.1)
        assert scores.std() == pytest.approx(15.6, abs=0.2)
        assert areas[f"score_{year}"].null_count() <= 4


def test_deprivation_of_acute_trusts_is_that_of_the_official_figures(
    raw: Path, official: pl.DataFrame, types: pl.DataFrame
) -> None:
    """Trusts that are not specialists, by the same index of 2010; merged ones have the figures of their
    parts."""
    specialist = types.filter(pl.col("type").str.contains("SPECIALIST"))["code"]
    acute = latest(raw).filter(pl.col("group") == "acute", ~pl.col("code").is_in(specialist.implode()))
    both = acute.join(official, on="code")
    n, r = correlation(both, "score_2010", "peer_finder_deprivation")
    assert n >= 129 and r > 0.98
    n, r = correlation(both, "urban", "peer_finder_urban")
    assert n >= 129 and r > 0.955


@pytest.mark.parametrize(
    ("group", "least", "deprivation", "urban"),
    [("mental health", 40, 0.89, 0.85), ("community", 15, 0.85, 0.70)],
)
def test_other_trusts_are_near_the_official_figures(
    raw: Path, official: pl.DataFrame, group: str, least: int, deprivation: float, urban: float
) -> None:
    both = latest(raw).filter(group=group).join(official, on="code")
    n, r = correlation(both, "score_2010", "peer_finder_deprivation")
    assert n >= least and r > deprivation
    assert correlation(both, "urban", "peer_finder_urban")[1] > urban


def test_before_the_first_return_headquarters_do_nearly_as_well(
    raw: Path, official: pl.DataFrame, types: pl.DataFrame
) -> None:
    early = trust_figures(raw).filter(pl.col("period_end") == date(2013, 6, 30), group="acute")
    specialist = types.filter(pl.col("type").str.contains("SPECIALIST"))["code"]
    both = early.filter(~pl.col("code").is_in(specialist.implode())).join(official, on="code")
    n, r = correlation(both, "score_2010", "peer_finder_deprivation")
    assert n >= 128 and r > 0.97


def test_it_agrees_with_the_model_of_the_data_notes(raw_data: Path, raw: Path) -> None:
    """Another program, from the same ingredients and with sites placed in another way."""
    noted = pl.read_csv(raw_data / "context" / "context_computed.csv", try_parse_dates=True)
    own = trust_figures(raw).filter(pl.col("period_end") == date(2014, 3, 31))
    for group, least, basis, column, off in [
        ("acute", 155, "IMD 2010 average score", "score_2010", 0.3),
        ("acute", 155, "Rural-Urban Classification 2011", "urban", 0.01),
        ("mental_health", 49, "IMD 2010 average score", "score_2010", 0.5),
        ("mental_health", 49, "Rural-Urban Classification 2011", "urban", 0.02),
    ]:
        theirs = noted.filter(basis=basis, group=group, sites_from_eric_year=2013).select(
            code="ods", noted="value"
        )
        both = own.join(theirs, on="code")
        n, r = correlation(both, column, "noted")
        assert n >= least and r > 0.97
        assert (both[column] - both["noted"]).abs().mean() < off


def test_residents_give_the_ages_of_the_catchments(raw: Path, rows: pl.DataFrame) -> None:
    """Against catchments by real admissions (2019) and residents of mid-2020."""
    from matchmaker.sectors.nhs.sources import catchment_context

    real = catchment_context.read(raw / "catchment-context" / catchment_context.FLOWS)
    own = rows.filter(pl.col("source") == "modelled_residents_2017").sort("period_end")
    own = own.unique(["code", "measure"], keep="last")
    for measure in ("age_0_15_share", "age_65_over_share", "urban_share"):
        theirs = real.filter(measure=measure).select("code", real="value")
        both = own.filter(measure=f"{measure}_modelled").join(theirs, on="code")
        n, r = correlation(both, "value", "real")
        assert n > 130 and r > 0.93


def test_every_figure_is_known_from_its_last_ingredient(rows: pl.DataFrame) -> None:
    first = dict(rows.group_by("source").agg(pl.col("known_from").min()).iter_rows())
    assert first == {
        "modelled_deprivation_2007": date(2010, 8, 29),  # the beds of April to June 2010
        "modelled_deprivation_2010": date(2011, 3, 24),
        "modelled_deprivation_2015": date(2015, 9, 30),
        "modelled_urban_share": date(2013, 8, 28),
        "modelled_residents_2017": date(2018, 10, 25),
        "modelled_beside_official": date(2020, 3, 31),
    }
    by_site = rows.filter(pl.col("period_end") == date(2014, 3, 31))
    assert by_site["known_from"].min() == date(2014, 10, 16)
    assert (rows["known_from"] >= rows["period_end"]).all()
    assert not rows.select(KEY).is_duplicated().any()


def test_ambulance_trusts_have_no_figure(rows: pl.DataFrame, types: pl.DataFrame) -> None:
    ambulance = types.filter(type="AMBULANCE")["code"]
    assert len(ambulance) == 10
    assert rows.filter(pl.col("code").is_in(ambulance.implode())).is_empty()


def test_trusts_without_official_figures_are_on_the_scale_of_the_others(
    rows: pl.DataFrame, official: pl.DataFrame
) -> None:
    beside = rows.filter(pl.col("source") == "modelled_beside_official")
    scores = beside.filter(measure=DEPRIVATION)
    # Patients of mental health trusts live in poorer places than their neighbours: 24 points, not 21.
    mental = scores.filter(pl.col("code").is_in(["RKL", "RRP", "RT2", "TAD", "TAF", "TAH", "TAJ", "RYK"]))
    assert mental.height == 8 and 24 < mental["value"].mean() < 33
    assert set(scores["known_from"]) == {date(2020, 3, 31)}
    assert set(scores["period_end"]) == {peer_finder.PERIOD[1]}
    assert not set(scores["code"]) & set(official["code"])
    assert beside.filter(measure=URBAN)["value"].is_between(0, 1).all()


def test_later_ingredients_change_no_earlier_day(raw_data: Path, rows: pl.DataFrame, tmp_path: Path) -> None:
    """Without what came out after 16 October 2014, every figure known by then is the same."""
    later = (
        "imd-ruc-population/imd2015_england_lsoa11.rda",
        "imd-ruc-population/population17_lsoa11.rda",
        RETURN_2014,
    )
    folders = (
        "eric-2013-2017",
        "imd-ruc-population",
        "lsoa-points",
        "kh03-official-timeseries",
        "geographr",
        "ods-etr",
        "ods-sites-2018",
        "thf-trust-reference",
        "nhstech-mrc",
        "nhs-choices-hospitals-2018",
        "eric-types-sites-2026",
        "eric-2019-20",
    )
    for folder in folders:
        (tmp_path / "raw" / folder).mkdir(parents=True)
        for file in (raw_data / "raw" / folder).iterdir():
            if f"{folder}/{file.name}" not in later:
                (tmp_path / "raw" / folder / file.name).symlink_to(file)
    (tmp_path / "schools").symlink_to(raw_data / "schools")
    with open_session():
        then = every_row(tmp_path / "raw")
    day = date(2014, 10, 31)
    both = [
        frame.filter(pl.col("known_from") <= day).select(*KEY, "value", "known_from").sort(KEY)
        for frame in (then, rows)
    ]
    assert both[0].height > 1500
    assert both[0].equals(both[1])


def test_a_missing_ingredient_is_told(raw_data: Path, tmp_path: Path) -> None:
    (tmp_path / "imd-ruc-population").mkdir()
    path = tmp_path / INDEX_2010
    shutil.copy(raw_data / "raw" / INDEX_2010, path)
    with pytest.raises(BadFile, match=r"lsoa11_points\.csv: expected this file in its folder"):
        read_index(path, year=2010)
