"""Where organisations are on a day: by their latest list then, before the first one by the first."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import DEGREES_PER_KM, made_up_snapshot

from matchmaker import Snapshot
from matchmaker.features.places import MAIN, SITE, places_on
from matchmaker.features.profiles import open_on

EARLY, LATE = date(2016, 12, 1), date(2021, 12, 1)
MOVED = [("AAA", "main", EARLY, 0.0), ("AAA", "main", LATE, 50.0), ("BBB", "main", LATE, 10.0)]
SITES = [("AAA", "one", EARLY, 1.0), ("AAA", "two", EARLY, 2.0), ("AAA", "one", LATE, 1.0)]


def snapshot(**more: object) -> Snapshot:
    figures: dict[str, dict[str, float]] = {code: {} for code in ("AAA", "BBB", "CCC")}
    km = {"AAA": 50.0, "BBB": 10.0, "CCC": 20.0}
    return made_up_snapshot(figures, km=km, places=[*MOVED, *SITES], as_of=date(2026, 8, 22), **more)  # type: ignore[arg-type]


def km_of(day: date) -> dict[str, float]:
    rows = open_on(snapshot(), day).select("code", "latitude").iter_rows()
    return {code: round((latitude - 50.0) / DEGREES_PER_KM, 6) for code, latitude in rows}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2013, 9, 1), {"AAA": 0, "BBB": 10, "CCC": 20}),
        (LATE - timedelta(days=1), {"AAA": 0, "BBB": 10, "CCC": 20}),
        (LATE, {"AAA": 50, "BBB": 10, "CCC": 20}),
    ],
)
def test_an_organisation_is_where_its_list_of_the_day_says(day: date, expected: dict[str, float]) -> None:
    """CCC stands in no dated list: it is where the table of organisations says, on every day."""
    assert km_of(day) == expected


def test_the_sites_of_a_list_come_together() -> None:
    held = snapshot()
    assert places_on(held, date(2018, 1, 1), SITE)["name"].to_list() == ["one", "two"]
    assert places_on(held, LATE, SITE)["name"].to_list() == ["one"]
    assert set(places_on(held, LATE, MAIN)["code"]) == {"AAA", "BBB"}


@pytest.mark.slow
@given(day=st.dates(date(2010, 1, 1), date(2026, 8, 22)), after=st.integers(1, 4000), km=st.floats(0, 100))
def test_a_later_list_changes_no_earlier_day(day: date, after: int, km: float) -> None:
    before = snapshot()
    later = max(day, EARLY) + timedelta(days=after)
    row = before.places.filter(code="AAA", kind="main").head(1)
    row = row.with_columns(known_from=pl.lit(later), latitude=50.0 + km * DEGREES_PER_KM)
    tables = {name: before.table(name) for name in before.manifest["tables"]}
    tables["places"] = pl.concat(
        [tables["places"].filter(~((pl.col("code") == "AAA") & (pl.col("known_from") == later))), row]
    )
    longer = Snapshot.of(tables, before.manifest, before.sector)
    assert open_on(longer, day).equals(open_on(before, day))


def test_a_snapshot_without_the_table_has_the_places_of_its_organisations() -> None:
    whole = snapshot()
    tables = {name: whole.table(name) for name in whole.manifest["tables"] if name != "places"}
    old = Snapshot.of(tables, whole.manifest, whole.sector)
    assert places_on(old, LATE, MAIN).is_empty()
    assert open_on(old, EARLY)["latitude"].to_list() == open_on(whole, LATE)["latitude"].to_list()
