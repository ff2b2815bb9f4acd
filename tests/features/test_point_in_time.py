"""Nothing known later than the day reaches a profile: later rows can go, or come, and change nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchmaker.features.organisation_types import type_rules
from matchmaker.features.profiles import Profiles, profiles

if TYPE_CHECKING:
    from matchmaker import Snapshot

FIRST, LAST = date(2010, 1, 1), date(2026, 8, 22)
DAYS = st.dates(FIRST, LAST)
KNOWN_FROM = {
    "measures": pl.col("known_from"),
    "conflicts": pl.col("period_end"),
    "successions": pl.col("date"),
    "pairings": pl.col("start"),
    "interventions": pl.coalesce("entry", "seen"),
    "board_tenure": pl.col("as_of"),
    "board_holders": pl.col("as_of"),
    "groups": pl.col("as_of"),
}
"""From when each row of a table was known."""
quick = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])


def assert_same(one: Profiles, other: Profiles) -> None:
    """Every column of the cells and every matrix worked out from them."""
    assert one.organisations.equals(other.organisations)
    assert one.cells.columns == other.cells.columns
    for name in one.cells.columns:
        assert one.cells[name].equals(other.cells[name], null_equal=True), name
    for name in ("shown", "values", "transformed", "percentiles", "standings"):
        assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True), name
    for org_type in np.unique(one.types):
        assert np.array_equal(one.scaled_as(org_type), other.scaled_as(org_type), equal_nan=True), org_type


def typed(snapshot: Snapshot, day: date) -> pl.DataFrame:
    """The organisations of which a type was published by then.

    Of the others the kind comes from a later type: it is their identity and no outcome (`kinds`).
    """
    rules = type_rules(snapshot.sector)
    published = pl.col("attribute").is_in(rules.precedence) & (pl.col("known_from") <= day)
    has_type = pl.col("value").map_elements(rules.type_of, pl.String).is_not_null()
    return snapshot.attributes.filter(published).filter(has_type).select("code").unique()


def as_known_on(snapshot: Snapshot, day: date) -> dict[str, pl.DataFrame]:
    """The tables without what was known later."""
    tables = {name: snapshot.table(name).filter(known <= day) for name, known in KNOWN_FROM.items()}
    tables["interventions"] = tables["interventions"].with_columns(
        exit=pl.when(pl.col("exit") <= day).then("exit"), seen=pl.when(pl.col("seen") <= day).then("seen")
    )
    identity = pl.col("attribute").is_in(type_rules(snapshot.sector).precedence) & ~pl.col("code").is_in(
        typed(snapshot, day)["code"].implode()
    )
    tables["attributes"] = snapshot.attributes.filter((pl.col("known_from") <= day) | identity)
    if (
        "places" in snapshot.manifest["tables"]
    ):  # where things stood before the first list, the first list tells
        first = pl.col("known_from").min().over("code", "kind")
        tables["places"] = snapshot.places.filter(
            pl.col("known_from") <= pl.max_horizontal(first, pl.lit(day))
        )
    opened = pl.col("opened").is_null() | (pl.col("opened") <= day)
    tables["organisations"] = snapshot.organisations.filter(opened).with_columns(
        closed=pl.when(pl.col("closed") <= day).then("closed")
    )
    return tables


@pytest.mark.slow
@quick
@given(day=DAYS)
def test_what_was_known_later_can_go(some: Snapshot, changed: Callable[..., Snapshot], day: date) -> None:
    tables = as_known_on(some, day)
    assert_same(profiles(some, day), profiles(changed(some, **tables), day))


@st.composite
def later_figures(draw: st.DrawFn, snapshot: Snapshot, day: date) -> pl.DataFrame:
    """Figures of any organisation and measure, of any period, known after a day."""
    codes = snapshot.organisations["code"].to_list()
    names = snapshot.measures["measure"].unique().sort().to_list()
    sources = sorted(snapshot.sources)
    rows = []
    for _ in range(draw(st.integers(1, 40))):
        known = day + timedelta(days=draw(st.integers(1, 2000)))
        end = known - timedelta(days=draw(st.integers(0, 2500)))
        start = end - timedelta(days=draw(st.sampled_from([0, 30, 90, 364])))
        value = draw(st.floats(-1e9, 1e9))
        row = (draw(st.sampled_from(codes)), draw(st.sampled_from(names)), start, end, value, "")
        rows.append((*row, draw(st.sampled_from(sources)), "later.csv", known))
    return pl.DataFrame(rows, schema=snapshot.measures.schema, orient="row")


@pytest.mark.slow
@quick
@given(data=st.data(), day=DAYS)
def test_what_becomes_known_later_changes_nothing(
    some: Snapshot, changed: Callable[..., Snapshot], data: st.DataObject, day: date
) -> None:
    figures = data.draw(later_figures(some, day))
    known = [day + timedelta(days=n) for n in (1, 30, 400)]
    codes = data.draw(st.lists(st.sampled_from(some.organisations["code"].to_list()), min_size=3, max_size=3))
    types = pl.DataFrame(
        {
            "code": codes,
            "attribute": ["trust_type_roster", "trust_type_eric", "trust_type_cqc"],
            "value": ["Ambulance Trusts", "COMMUNITY", "Mental health - NHS"],
            "known_from": known,
            "source": ["trust_roster", "trust_types_eric_2019", "trust_types_cqc"],
        }
    ).join(typed(some, day), on="code", how="semi")
    holders = some.board_tenure.head(3).with_columns(
        code=pl.Series(codes),
        as_of=pl.Series(known),
        start=pl.lit(day - timedelta(days=100)),  # known later, of a time before
        role=pl.lit("chief_executive_interim"),
    )
    groups = some.groups.head(3).with_columns(code=pl.Series(codes), as_of=pl.Series(known))
    spells = some.interventions.head(3).with_columns(code=pl.Series(codes), entry=pl.Series(known))
    pairs = some.pairings.head(3).with_columns(recipient=pl.Series(codes), start=pl.Series(known))
    more = {
        "measures": pl.concat([some.measures, figures]),
        "attributes": pl.concat([some.attributes, types]),
        "board_tenure": pl.concat([some.board_tenure, holders]),
        "groups": pl.concat([some.groups, groups]),
        "interventions": pl.concat([some.interventions, spells]),
        "pairings": pl.concat([some.pairings, pairs]),
    }
    assert_same(profiles(some, day), profiles(changed(some, **more), day))


@pytest.mark.parametrize("day", [date(2013, 7, 16), date(2019, 12, 31)])
def test_the_whole_snapshot_too(snapshot: Snapshot, changed: Callable[..., Snapshot], day: date) -> None:
    assert_same(profiles(snapshot, day), profiles(changed(snapshot, **as_known_on(snapshot, day)), day))


def test_the_comparison_sees_a_figure_known_on_the_day(
    some: Snapshot, changed: Callable[..., Snapshot]
) -> None:
    """Were known_from not looked at, the tests above would fail: one day earlier, it changes a cell."""
    day = date(2016, 9, 30)
    beds = (pl.col("measure") == "beds_available") & (pl.col("known_from") <= day)
    figure = some.measures.filter(beds).sort("code", "period_end").tail(1)
    for known, alike in ((day, False), (day + timedelta(days=1), True)):
        extra = figure.with_columns(
            period_end=pl.lit(day), value=pl.col("value") + 1, known_from=pl.lit(known)
        )
        now = profiles(changed(some, measures=pl.concat([some.measures, extra])), day)
        assert now.cells["value"].equals(profiles(some, day).cells["value"], null_equal=True) is alike


def test_every_cell_was_known_on_the_day(snapshot: Snapshot) -> None:
    for year in range(2011, 2027):
        day = date(year, 3, 31)
        cells = profiles(snapshot, day).cells
        assert cells["known_from"].max() <= day
        assert cells.filter(pl.col("value").is_not_null() & pl.col("known_from").is_null()).is_empty()
