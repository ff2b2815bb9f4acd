"""The type of a trust as of a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

from matchmaker.features.organisation_types import type_rules, types_on
from matchmaker.features.profiles import open_on, profiles

if TYPE_CHECKING:
    from matchmaker import Snapshot


def org_type(snapshot: Snapshot, code: str, day: date) -> str:
    found = types_on(snapshot, day).filter(pl.col("code") == code)
    return str(found["type"].item())


@pytest.mark.parametrize(
    ("code", "day", "expected"),
    [
        # Somerset: a mental health trust until it merged with the hospitals of Taunton in April 2020.
        ("RH5", date(2012, 4, 1), "mental_health"),
        ("RH5", date(2015, 6, 30), "mental_health"),
        ("RH5", date(2020, 3, 31), "mental_health"),
        ("RH5", date(2020, 6, 30), "acute"),
        ("RH5", date(2021, 2, 1), "acute"),  # the return of the year before came out the day before
        ("RH5", date(2021, 12, 31), "acute"),
        ("RH5", date(2022, 1, 31), "acute"),
        ("RH5", date(2026, 8, 22), "acute"),
        # North Cumbria: took over the hospitals of Carlisle and Whitehaven in October 2019.
        ("RNN", date(2015, 6, 30), "mental_health"),
        ("RNN", date(2019, 9, 30), "mental_health"),
        ("RNN", date(2019, 10, 1), "acute"),
        ("RNN", date(2019, 12, 31), "acute"),
        ("RNN", date(2021, 6, 30), "acute"),
        # Bridgewater and Hounslow and Richmond: community trusts always.
        ("RY2", date(2013, 1, 1), "community"),
        ("RY2", date(2020, 1, 1), "community"),
        ("RY9", date(2016, 1, 1), "community"),
        # Ashford and St Peter's, St George's: acute always.
        *(("RTK", date(year, 7, 1), "acute") for year in (2011, 2015, 2019, 2023, 2026)),
        *(("RJ7", date(year, 7, 1), "acute") for year in (2011, 2015, 2019, 2023, 2026)),
        # A list that knows no specialist trusts comes between two that do; another calls an island's
        # hospital a community trust.
        ("RP4", date(2019, 6, 1), "acute_specialist"),
        ("R1F", date(2019, 6, 1), "acute"),
        # A care trust, by a list that says no more than that, and then by one that does.
        ("TAH", date(2012, 1, 1), "mental_health"),
        ("TAH", date(2020, 1, 1), "mental_health"),
        # Mistaken types (types.toml).
        ("RHA", date(2023, 1, 1), "mental_health"),
        ("RGM", date(2023, 1, 1), "acute_specialist"),
        # Closed before any type was published: the table of organisations says.
        ("RX5", date(2012, 1, 1), "ambulance"),
        # Split between acute and mental health trusts; a care trust that an acute one took over.
        ("RYQ", date(2013, 6, 30), "acute"),
        ("R1G", date(2015, 6, 30), "community"),
    ],
)
def test_kind_on_a_day(snapshot: Snapshot, code: str, day: date, expected: str) -> None:
    assert org_type(snapshot, code, day) == expected


def test_profiles_are_of_the_kind_of_the_day(snapshot: Snapshot) -> None:
    then, now = profiles(snapshot, date(2015, 6, 30)), profiles(snapshot)
    assert then.types[then.position["RH5"]] == "mental_health"
    assert now.types[now.position["RH5"]] == "acute"
    basis = then.organisations.filter(pl.col("code") == "RH5")["type_basis"].item()
    assert basis == "trust_type_eric: MENTAL HEALTH AND LEARNING DISABILITY"
    # What says something of acute trusts only is not asked of it then.
    state = pl.col("code").eq("RH5") & pl.col("feature").eq("ae_4_hours")
    assert then.cells.filter(state)["state"].item() == "not applicable"
    assert now.cells.filter(state)["state"].item() == "known"


def test_no_trust_changes_its_kind_twice_and_few_do_at_all(snapshot: Snapshot) -> None:
    days = sorted({*snapshot.attributes["known_from"], date(2010, 1, 1)})
    told = pl.concat([types_on(snapshot, day).with_columns(day=pl.lit(day)) for day in days])
    changes = told.sort("code", "day").group_by("code").agg(pl.col("type").rle().struct.field("value"))
    changed = {code: types for code, types in changes.iter_rows() if len(types) > 1}
    assert all(len(types) == 2 for types in changed.values()), changed
    assert {code: tuple(types) for code, types in changed.items()} == {
        "R1A": ("community", "mental_health"),
        "RH5": ("mental_health", "acute"),
        "RNN": ("mental_health", "acute"),
        "RYK": ("mental_health", "community"),
    }


@pytest.mark.parametrize("code", ["RBS", "RCU", "RQ3"])
@pytest.mark.parametrize("day", [date(2015, 6, 30), date(2020, 6, 30), date(2026, 3, 31), date(2026, 8, 22)])
def test_hospitals_for_children_and_women_are_specialist(snapshot: Snapshot, code: str, day: date) -> None:
    """As every official list says; the roster of today has them among all acute trusts."""
    assert org_type(snapshot, code, day) == "acute_specialist"


def test_today_the_kind_is_that_of_the_organisation(snapshot: Snapshot) -> None:
    today = open_on(snapshot, snapshot.as_of)
    listed = snapshot.organisations.join(today.select("code"), on="code", how="semi").sort("code")
    assert today["type"].equals(listed["type"])


def test_a_mistaken_type_is_one_that_others_contradict_before_and_after(snapshot: Snapshot) -> None:
    rules = type_rules(snapshot.sector)
    read = pl.col("attribute").is_in(rules.precedence) & (pl.col("attribute") != "trust_type_lse")
    types = snapshot.attributes.filter(read)
    types = types.with_columns(type=pl.col("value").map_elements(rules.type_of, pl.String)).drop_nulls("type")
    dated = pl.DataFrame([one.model_dump() for one in rules.dated])
    types = pl.concat([types, dated.drop("why")], how="diagonal")
    mistaken = pl.DataFrame([one.model_dump() for one in rules.mistaken])
    for row in mistaken.iter_rows(named=True):
        own = types.filter(pl.col("code") == row["code"])
        said = own.filter(pl.col("attribute") == row["attribute"], pl.col("known_from") == row["known_from"])
        assert said["value"].to_list() == [row["value"]], "it is there, word for word"
        believed = own.join(mistaken, on=["code", "attribute", "known_from", "value"], how="anti")
        before = believed.filter(pl.col("known_from") < row["known_from"]).sort("known_from")["type"][-1:]
        after = believed.filter(pl.col("known_from") > row["known_from"]).sort("known_from")["type"][0]
        assert rules.type_of(row["value"]) != after
        assert before.is_empty() or before.item() == after


def test_types_known_later_say_nothing(snapshot: Snapshot, changed: Callable[..., Snapshot]) -> None:
    day = date(2016, 1, 1)
    later = pl.DataFrame(
        {
            "code": ["RTK", "RY2"],
            "attribute": ["trust_type_oversight", "trust_type_cqc"],
            "value": ["Ambulance", "Ambulance service"],
            "known_from": [day + timedelta(days=1), day + timedelta(days=400)],
            "source": ["trust_types_oversight", "trust_types_cqc"],
        }
    )
    more = changed(snapshot, attributes=pl.concat([snapshot.attributes, later]))
    assert types_on(more, day).equals(types_on(snapshot, day))
    assert org_type(more, "RTK", day + timedelta(days=1)) == "ambulance"


def test_the_kind_of_own_data_is_kept(snapshot: Snapshot, changed: Callable[..., Snapshot]) -> None:
    own = pl.col("code") == "RTK"
    table = snapshot.organisations.with_columns(
        type=pl.when(own).then(pl.lit("community")).otherwise("type"),
        type_basis=pl.when(own).then(pl.lit("own data: mine.csv")).otherwise("type_basis"),
    )
    mine = changed(snapshot, organisations=table)
    assert org_type(mine, "RTK", date(2016, 1, 1)) == "community"
