"""Context before the official figures: deprivation, rurality and age, worked out by a Huff model.

No table of the deprivation or rurality of the people that each trust serves is at hand for days before March
2020. What it would have been made of is: the Indices of Deprivation and the rural-urban classification of
small areas, and the beds of each hospital. So each small area (lower layer super output area, about 1,600
people) is shared out among the trusts of a group by `catchment_model`, and a trust's figure is the mean over
its areas.

- Sites: from 16 October 2014 the hospitals and beds of the estates return (ERIC 2013/14, then 2014/15; later
  returns count no beds). Before, when those returns were not out, all beds of a trust (KH03, April to June of
  each year) stand at its headquarters. A site without a place stands there, too.
- Groups: acute and specialist hospitals share the country with one another, and so do mental health trusts.
  Community trusts run the services of some places only, so theirs are not shared out. Ambulance trusts have
  no beds: they have no figure.
- Areas count alike until 25 October 2018, when their residents of mid-2017 came out; since then by residents.
- A trust that took in others has the mean of its parts, weighted by their beds, from that day (`combine` in
  the catalogue of measures).
- Figures are known from the day on which the last ingredient came out. Where areas lie, and where hospitals
  stand, is geography and has no such day.
- From 31 March 2020 on, when the official figures of 2018/19 are known, trusts that these lack have modelled
  ones of the same index, fitted to them: all trusts of a type have figures of one index on any day.

Against the official deprivation of 2018/19, made from the same index (2010): r 0.98 for the acute trusts that
are not specialists (0.97 by headquarters alone), 0.90 for 41 mental health and 0.89 for 16 community trusts.
The exponent of acute trusts was chosen with it, and nothing else. Modelled figures are less spread out than
real ones: of acute trusts the standard deviation is 6.0 and not 7.0 points. The scores of all Indices are on
one scale: of each, the mean over small areas is 21.67 and the standard deviation 15.5 to 15.7.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from importlib.resources import files
from pathlib import Path

import numpy as np
import polars as pl

from matchmaker.errors import BadFile, Issue
from matchmaker.features.places import held_on
from matchmaker.sectors.nhs import geocoding
from matchmaker.sectors.nhs.catchment_model import Decay, catchment_means, exponential_decay, power_decay
from matchmaker.sectors.nhs.places import gazetteer
from matchmaker.sectors.nhs.sources import (
    hospital_sites,
    kh03_series,
    ods_trusts,
    peer_finder,
    trust_coordinates,
)
from matchmaker.sources import tabular
from matchmaker.sources.files import once
from matchmaker.sources.periods import financial_year
from matchmaker.sources.publication import Publication, Standing

ACUTE, MENTAL, COMMUNITY = "acute", "mental health", "community"
GROUP_OF = (("ACUTE", ACUTE), ("MENTAL", MENTAL), ("CARE TRUST", MENTAL), ("COMMUNITY", COMMUNITY))
"""The beginning of a type in the estates return, and the group whose areas are shared out together."""
CLOSED = dict.fromkeys(("RM4", "RCC", "RGC", "RNH", "RNJ", "RYQ", "RBF", "RN1"), ACUTE)
CLOSED |= dict.fromkeys(("RWQ", "RT6", "RHX"), MENTAL)
"""Groups of trusts that closed before the first estates return."""
ACUTE_EXPONENT = 3.0
"""Of distance + 1 km. Against the official deprivation of 2018/19, 2 gives r 0.956, 2.5 0.976, 3 0.984 and 4
0.987; gravity models of hospital choice mostly find 2 to 3, so the smallest that reaches 0.98 was taken."""
MENTAL_KM, COMMUNITY_KM = 8.0, 5.0
"""Lengths of the exponential decay. Mental health trusts: 5, 8 and 12 km give r 0.91, 0.91 and 0.89.
Community trusts: 3, 5 and 8 km give 0.91, 0.91 and 0.86, and 5 km with areas shared out among them 0.77."""
DECAY: dict[str, tuple[Decay, bool]] = {
    ACUTE: (power_decay(ACUTE_EXPONENT), True),
    MENTAL: (exponential_decay(MENTAL_KM), True),
    COMMUNITY: (exponential_decay(COMMUNITY_KM), False),
}
"""Group -> decay, and whether areas are shared out among rivals."""

AREAS = "imd-ruc-population"
INDICES = {2007: date(2007, 12, 6), 2010: date(2011, 3, 24), 2015: date(2015, 9, 30)}
CLASSIFIED = date(2013, 8, 28)
COUNTED = date(2018, 10, 25)
OFFICIAL = date(2020, 3, 31)
"""From here on the official figures of 2018/19 are known."""
BEDS = "kh03-official-timeseries/KH03-Available-Overnight-only.csv"
BEDS_LAG = timedelta(days=60)
"""The series is the one as revised since; in the quarters used here it gives each trust the beds of the
day."""
BEDS_YEARS = range(2010, 2014)
RETURNS = {
    2013: "eric-2013-2017/HospitalEstatesAndFacilitiesStatistics_2013-14_9896.xls",
    2014: "eric-2013-2017/HospitalEstatesAndFacilitiesStatistics_2014-15_11120.xls",
}
AGES = {"age_0_15": (0, 15), "age_60_74": (60, 74), "age_65_over": (65, 90), "age_85_over": (85, 90)}
DEPRIVATION, URBAN = "deprivation_score_modelled", "urban_share_modelled"
OFFICIAL_OF = {"deprivation_score": (DEPRIVATION, "score_2010"), "urban_share": (URBAN, "urban")}
"""Official measure -> the modelled one, and the figure that is made of the same index."""
MIN_FITTED = 10
"""A line is fitted to this many trusts or more."""
DIGITS = {DEPRIVATION: 2}
"""Decimals that are kept: more would be noise, and would differ between processors."""
SHARE_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Hospitals:
    """The hospitals of all trusts in one period, and the day from which that was known.

    Attributes:
        sites: `code`, `group`, `beds`, `latitude` and `longitude` of each site, or of a trust's headquarters
            with all its beds.
    """

    period: tuple[date, date]
    known_from: date
    sites: pl.DataFrame


def read_index(path: Path, *, year: int) -> pl.DataFrame:
    """Mean score of the small areas of each trust, by one edition of the Indices."""
    later = [day for day in (*INDICES.values(), COUNTED) if day > INDICES[year]]
    return _rows(path, {f"score_{year}": DEPRIVATION}, INDICES[year], min(later))


def read_classification(path: Path) -> pl.DataFrame:
    """Share of the small areas of each trust that are urban."""
    return _rows(path, {"urban": URBAN}, CLASSIFIED, COUNTED)


def read_residents(path: Path) -> pl.DataFrame:
    """The same by residents of mid-2017, with the Indices of 2015, and the shares of some ages."""
    ages = {f"{age}_by_residents": f"{age}_share_modelled" for age in AGES}
    columns = {"score_2015_by_residents": DEPRIVATION, "urban_by_residents": URBAN, **ages}
    return _rows(path, columns, COUNTED, date.max)


def read_beside_official(path: Path) -> pl.DataFrame:
    """Trusts that the official figures of 2018/19 lack, on their scale: by the same index, fitted.

    In each group the official figures are regressed (least squares) on the modelled ones of the trusts that
    have both; the line then gives the figures of the others.
    """
    official = peer_finder.read(path).filter(pl.col("measure").is_in(list(OFFICIAL_OF)))
    wide = official.pivot("measure", index="code", values="value")
    latest = trust_figures(path.parents[1]).sort("period_end").unique("code", keep="last")
    both = latest.join(wide, on="code", how="left").sort("code")
    parts = []
    for group in DECAY:
        own = both.filter(group=group)
        fitted = own.drop_nulls(list(OFFICIAL_OF))
        if fitted.height >= MIN_FITTED:
            lines = {}
            for measure, (told, modelled) in OFFICIAL_OF.items():
                slope, middle = np.polyfit(fitted[modelled].to_numpy(), fitted[measure].to_numpy(), 1)
                line = pl.col(modelled) * float(slope) + float(middle)
                lines[told] = line.clip(0, 1) if told == URBAN else line
            parts.append(own.join(fitted, on="code", how="anti").with_columns(**lines))
    start, end = peer_finder.PERIOD
    dated = pl.concat(parts).with_columns(
        period_start=pl.lit(start), period_end=pl.lit(end), known_from=pl.lit(OFFICIAL)
    )
    return _long(dated, {DEPRIVATION: DEPRIVATION, URBAN: URBAN})


def _long(frame: pl.DataFrame, columns: dict[str, str]) -> pl.DataFrame:
    rounded = frame.with_columns(
        pl.col(column).round(DIGITS.get(measure, SHARE_DIGITS)) for column, measure in columns.items()
    )
    return tabular.long(rounded, columns)


def _rows(path: Path, columns: dict[str, str], published: date, superseded: date) -> pl.DataFrame:
    """The figures of some columns, each known from the last of its ingredients.

    A row that another of a later period, known as early, would always hide is left out; and so is one that
    would be known only when newer areas have taken the place of these.
    """
    frame = trust_figures(path.parents[1]).with_columns(
        known_from=pl.max_horizontal("known_from", pl.lit(published))
    )
    useful = frame.filter(pl.col("known_from") < superseded).sort("code", "period_end", "known_from")
    earliest_after = pl.col("known_from").reverse().cum_min().reverse().shift(-1).over("code")
    kept = useful.filter((pl.col("known_from") < earliest_after).fill_null(True))
    return _long(kept, columns)


@once
def trust_figures(raw: Path) -> pl.DataFrame:
    """Every figure of every trust in each period, by its hospitals then.

    Args:
        raw: the folder that holds the folders of all publications.

    Returns:
        `code`, `group`, `period_start`, `period_end`, `known_from` and a column for each figure.
    """
    areas = small_areas(raw)
    return pl.concat(
        _figures(edition, areas).with_columns(
            period_start=pl.lit(edition.period[0]),
            period_end=pl.lit(edition.period[1]),
            known_from=pl.lit(edition.known_from),
        )
        for edition in hospitals(raw)
    )


def _figures(edition: Hospitals, areas: pl.DataFrame) -> pl.DataFrame:
    """`code`, `group` and the figures of each trust of one period."""
    places = areas.select("latitude", "longitude").to_numpy()
    told = areas.columns
    by_area = [name for name in told if name.startswith("score_") or name == "urban"]
    by_people = [name for name in ("score_2015", "urban", *AGES) if name in told and "people" in told]
    values = areas.select(*by_area, *(pl.col(name).alias(f"{name}_by_residents") for name in by_people))
    weights = np.ones(values.shape)
    if by_people:
        weights[:, len(by_area) :] = areas.select("people").to_numpy()
    parts = []
    for group, (decay, rivals) in DECAY.items():
        sites = edition.sites.filter(group=group).sort("code", "latitude", "longitude")
        if sites.is_empty():
            continue
        trusts = sites.select("code", "group").unique(maintain_order=True)
        owners = sites.join(trusts.with_row_index("at"), on="code", maintain_order="left")["at"].to_numpy()
        means = catchment_means(
            values.to_numpy().astype(np.float64),
            weights,
            owners.astype(np.intp),
            sites["beds"].to_numpy(),
            sites.select("latitude", "longitude").to_numpy(),
            places,
            decay,
            rivals=rivals,
        )
        parts.append(pl.concat([trusts, pl.DataFrame(means, schema=values.columns)], how="horizontal"))
    return pl.concat(parts)


def hospitals(raw: Path) -> Iterable[Hospitals]:
    """The hospitals of each period, oldest first."""
    known, lists = gazetteer(
        {
            "organisations": _gathered(raw, ods_trusts.PUBLICATIONS),
            "coordinates": _gathered(raw, trust_coordinates.PUBLICATIONS),
        },
        _addresses(),
    )
    main = geocoding.headquarters(lists, known).select("code", "known_from", "latitude", "longitude")
    returns = {
        year: hospital_sites.beds_by_site(raw / file)
        for year, file in RETURNS.items()
        if (raw / file).is_file()
    }
    groups = CLOSED | {
        code: group
        for year in sorted(returns, reverse=True)
        for code, group in returns[year].select("code", _group()).drop_nulls().unique("code").iter_rows()
    }
    beds = kh03_series.read(_there(raw / BEDS), total="beds_available")
    for year in BEDS_YEARS:
        own = beds.filter(pl.col("measure") == "beds_available", pl.col("period_end") == date(year, 6, 30))
        sites = own.select(
            "code",
            beds="value",
            group=pl.col("code").replace_strict(groups, default=None, return_dtype=pl.String),
        )
        period = (date(year, 4, 1), date(year, 6, 30))
        placed = sites.join(held_on(main, period[1]), on="code", how="left")
        yield Hospitals(period, period[1] + BEDS_LAG, _complete(placed))
    for year, sites in returns.items():
        period = financial_year(year)
        placed = geocoding.placed(sites.with_columns(group=_group()), known).join(
            held_on(main, period[1]), on="code", how="left", suffix="_main", maintain_order="left"
        )
        placed = placed.with_columns(
            pl.coalesce(name, f"{name}_main").alias(name) for name in geocoding.POINT[:2]
        )
        yield Hospitals(period, hospital_sites.PUBLISHED[year], _complete(placed))


def _complete(sites: pl.DataFrame) -> pl.DataFrame:
    known = sites.select("code", "group", "beds", "latitude", "longitude").drop_nulls()
    return known.filter(pl.col("beds") > 0)


def _group() -> pl.Expr:
    """The group of a `type` in the estates return; null for ambulance trusts."""
    kinds = pl.col("type").str.to_uppercase()
    return pl.coalesce(
        pl.when(kinds.str.starts_with(start)).then(pl.lit(group)) for start, group in GROUP_OF
    ).alias("group")


@once
def small_areas(raw: Path) -> pl.DataFrame:
    """England's small areas of 2011: `area`, its middle, and each figure that a file in the folder tells.

    Scores of areas of 2001 are carried over; an area that was cut out of several has their mean.
    """
    points = tabular.table(
        _there(raw / "lsoa-points" / "lsoa11_points.csv"),
        (
            tabular.text("area", "lsoa11_code"),
            tabular.number("latitude", "lat"),
            tabular.number("longitude", "lon"),
        ),
        key="area",
        keep=r"^E\d{8}$",
    )
    folder = raw / AREAS
    frame = points.select("area", "latitude", "longitude").sort("area")
    for part in (*(_scores(folder, year) for year in INDICES), _urban(folder), _residents(folder)):
        if part is not None:
            frame = frame.join(part, on="area", how="left", maintain_order="left")
    return frame


def _scores(folder: Path, year: int) -> pl.DataFrame | None:
    areas = "lsoa11" if year == 2015 else "lsoa01"
    path = folder / f"imd{year}_england_{areas}.rda"
    if not path.is_file():
        return None
    scores = tabular.r_frame(path, (f"{areas}_code", "IMD_score"))
    if areas == "lsoa01":
        lookup = tabular.r_frame(folder / "lookup_lsoa01_lsoa11.rda", ("lsoa01_code", "lsoa11_code"))
        scores = scores.join(lookup.unique(), on="lsoa01_code")
    by_area = scores.sort("lsoa11_code", "IMD_score").group_by("lsoa11_code", maintain_order=True)
    return by_area.agg(pl.col("IMD_score").mean().alias(f"score_{year}")).rename({"lsoa11_code": "area"})


def _urban(folder: Path) -> pl.DataFrame | None:
    path = folder / "ruc11_lsoa11.rda"
    if not path.is_file():
        return None
    rows = tabular.r_frame(path, ("lsoa11_code", "ruc"))
    return rows.select(area="lsoa11_code", urban=(pl.col("ruc") == "Urban").cast(pl.Float64))


def _residents(folder: Path) -> pl.DataFrame | None:
    path = folder / "population17_lsoa11.rda"
    if not path.is_file():
        return None
    years = {"90+" if age == 90 else str(age): age for age in range(91)}
    counts = tabular.r_frame(path, ("lsoa11_code", *years))
    people = pl.sum_horizontal(list(years))
    shares = {
        name: pl.sum_horizontal(year for year, age in years.items() if low <= age <= high) / people
        for name, (low, high) in AGES.items()
    }
    return counts.select(area="lsoa11_code", people=people.cast(pl.Float64), **shares)


def _addresses() -> list[dict[str, object]]:
    content = (files("matchmaker.sectors.nhs") / "curated" / "organisations.toml").read_text("utf-8")
    addresses: list[dict[str, object]] = tomllib.loads(content)["address"]
    return addresses


def _gathered(raw: Path, publications: Sequence[Publication]) -> pl.DataFrame:
    """The rows of every file of some publications, each with its source."""
    parts = [
        publication.read(path).with_columns(source=pl.lit(publication.id))
        for publication in publications
        for pattern in publication.files
        for folder in (raw, raw.parent)
        for path in sorted(folder.glob(pattern))
    ]
    return pl.concat(parts, how="diagonal_relaxed")


def _there(path: Path) -> Path:
    if not path.is_file():
        raise BadFile([Issue(path.name, "this file in its folder, beside the others")], "Get it, too.")
    return path


_worked_out = partial(
    Publication,
    page="https://www.gov.uk/government/collections/english-indices-of-deprivation",
    lag_days=0,
    standing=Standing.MODELLED,
)
_BY = (
    "matchmaker: worked out by a Huff model from beds by hospital (ERIC) or trust (KH03), their places "
    "(ODS, NHS "
    "Choices, OS Code-Point Open), and small areas (IMD, geographr and demographr R packages, UK-GeoJSON)"
)

PUBLICATIONS = (
    *(
        _worked_out(
            id=f"modelled_deprivation_{year}",
            publisher="MHCLG; worked out by matchmaker",
            title=f"Indices of Deprivation {year} where people live who are near each trust's hospitals "
            f"(modelled)",
            files=(f"{AREAS}/imd{year}_england_{'lsoa11' if year == 2015 else 'lsoa01'}.rda",),
            read=partial(read_index, year=year),
            compiled_by=_BY,
        )
        for year in INDICES
    ),
    _worked_out(
        id="modelled_urban_share",
        publisher="ONS and Defra; worked out by matchmaker",
        title="Rural-Urban Classification 2011 where people live who are near each trust's hospitals "
        "(modelled)",
        page="https://www.gov.uk/government/collections/rural-urban-classification",
        files=(f"{AREAS}/ruc11_lsoa11.rda",),
        read=read_classification,
        compiled_by=_BY,
    ),
    _worked_out(
        id="modelled_beside_official",
        publisher="NHS England and MHCLG; worked out by matchmaker",
        title="Deprivation (2010) and rurality of trusts that the Peer Finder of 2018/19 lacks (modelled)",
        page=peer_finder.PAGE,
        files=("nhse-peer-method/raw_data_1920.xlsx",),
        read=read_beside_official,
        compiled_by=_BY,
    ),
    _worked_out(
        id="modelled_residents_2017",
        publisher="ONS and MHCLG; worked out by matchmaker",
        title="Age, deprivation and rurality of the residents of mid-2017 near each trust's hospitals "
        "(modelled)",
        page="https://www.ons.gov.uk/peoplepopulationandcommunity/populationandmigration/populationestimates",
        files=(f"{AREAS}/population17_lsoa11.rda",),
        read=read_residents,
        compiled_by=_BY,
    ),
)
