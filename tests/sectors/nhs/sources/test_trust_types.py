"""Types of trusts, as their publishers write them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matchmaker.errors import BadFile
from matchmaker.sectors.nhs.sources import trust_types
from matchmaker.sources.publication import Publication


def read(publication: Publication, folder: Path) -> pl.DataFrame:
    paths = sorted(path for pattern in publication.files for path in folder.glob(pattern))
    return pl.concat([publication.read(path) for path in paths])


@pytest.fixture(scope="module")
def rows(raw_data: Path) -> pl.DataFrame:
    parts = [
        read(publication, raw_data / "raw").with_columns(source=pl.lit(publication.id))
        for publication in trust_types.PUBLICATIONS
    ]
    return pl.concat(parts)


@pytest.mark.parametrize(
    ("code", "attribute", "known_from", "value"),
    [  # sheets "Trust Data", ERIC_201920_SiteData.csv, trusts.json, the CQC list, nhs_provider.csv
        ("R1H", "trust_type_eric", date(2014, 10, 31), "ACUTE - TEACHING"),
        ("RCF", "trust_type_eric", date(2017, 10, 31), "ACUTE - SMALL"),
        ("RTE", "trust_type_eric", date(2021, 1, 31), "ACUTE - LARGE"),
        ("G6V2S", "trust_type_eric", date(2025, 12, 31), "Mental Health and Learning Disability"),
        ("RJC", "trust_type_eric", date(2025, 12, 31), "Acute - Teaching"),
        ("R0A", "trust_type_cqc", date(2022, 1, 31), "Acute hospital - NHS non-specialist"),
        ("RTE", "trust_type_lse", date(2019, 3, 31), "Acute"),
        ("RW1", "trust_type_lse", date(2019, 3, 31), "Mental Health"),
        ("RQ3", "specialist", date(2019, 3, 31), "true"),
        ("RTE", "specialist", date(2019, 3, 31), "false"),
        ("RCF", "trust_type_oversight", date(2026, 3, 31), "Acute - Small"),
        ("RW4", "trust_type_oversight", date(2026, 3, 31), "Mental Health and Learning Disability"),
    ],
)
def test_cells(rows: pl.DataFrame, code: str, attribute: str, known_from: date, value: str) -> None:
    found = rows.filter(code=code, attribute=attribute, known_from=known_from)
    assert found["value"].to_list() == [value]


def test_coverage(rows: pl.DataFrame) -> None:
    counts = rows.group_by("source", "attribute", "known_from").agg(pl.col("code").n_unique(), pl.len())
    assert set(counts.iter_rows()) == {
        ("trust_types_eric_2013", "trust_type_eric", date(2014, 10, 31), 245, 245),
        ("trust_types_eric_2013", "trust_type_eric", date(2015, 10, 31), 241, 241),
        ("trust_types_eric_2013", "trust_type_eric", date(2016, 10, 31), 238, 238),
        ("trust_types_eric_2013", "trust_type_eric", date(2017, 10, 31), 236, 236),
        ("trust_types_eric_2019", "trust_type_eric", date(2021, 1, 31), 224, 224),
        ("trust_types_eric_recent", "trust_type_eric", date(2025, 12, 31), 210, 210),
        ("trust_types_cqc", "trust_type_cqc", date(2022, 1, 31), 208, 208),
        ("trust_types_lse", "trust_type_lse", date(2019, 3, 31), 233, 233),
        ("trust_types_lse", "specialist", date(2019, 3, 31), 233, 233),
        ("trust_types_oversight", "trust_type_oversight", date(2026, 3, 31), 150, 150),
    }
    assert rows["code"].str.contains(r"^([RT][0-9A-Z]{2}|G6V2S)$").all()
    assert rows.filter(attribute="specialist", value="true").height == 17


def test_the_estates_types_are_ten_in_every_year(rows: pl.DataFrame) -> None:
    types = rows.filter(attribute="trust_type_eric").with_columns(pl.col("value").str.to_uppercase())
    by_year = types.group_by("known_from").agg(pl.col("value").unique().sort())
    assert len({tuple(kinds) for kinds in by_year["value"]}) == 1
    assert len(by_year["value"][0]) == 10


def test_a_map_without_types_is_told(tmp_path: Path) -> None:
    path = tmp_path / "trusts.json"
    path.write_text('{"R1H": {"name": "Barts"}, "RCF": {"name": "Airedale", "type": "Acute - Small"}}')
    with pytest.raises(BadFile, match="expected a type"):
        trust_types.read_eric_recent(path)
