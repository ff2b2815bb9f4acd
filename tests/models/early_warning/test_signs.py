"""Early-warning signs: read rightly, as of the day, and never from what became known later."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from made_up import made_up_profiles

from matchmaker import Matchmaker, Snapshot
from matchmaker.features import features
from matchmaker.features.profiles import Profiles, profiles
from matchmaker.models.early_warning.definition import signs
from matchmaker.models.early_warning.signs import (
    MIN_KNOWN_SHARE,
    MIN_PEERS,
    WORST_SHARE,
    applicable_signs,
    is_enough,
    readings,
    readings_of,
    sign_counts,
    sign_features,
)
from matchmaker.sector import Sector

DAY = date(2016, 7, 1)
AN_ENTRY = date(2015, 9, 22)
CODES = [f"H{letter}{letter}" for letter in "ABCDEFGHIJK"]


def in_order(measure: str) -> dict[str, dict[str, float]]:
    """Eleven harbours whose figures grow from one to the next: their percentiles are 0, 0.1, ... 1."""
    return {code: {measure: 0.1 + 0.05 * at} for at, code in enumerate(CODES)}


@pytest.mark.parametrize(("measure", "worst"), [("on_time", CODES[:3]), ("groundings", CODES[-3:])])
def test_a_sign_is_a_figure_among_the_worst_fifth(watched: Sector, measure: str, worst: list[str]) -> None:
    """Of percentiles 0, 0.1, 0.2, 0.3 and so on, those up to 0.2; low or high as the feature has it."""
    seen = made_up_profiles(in_order(measure), sector=watched)
    read = readings(seen)[:, ["groundings", "on_time"].index(measure)]
    assert [code for code, shown in zip(CODES, read, strict=True) if shown == 1] == worst
    assert np.isin(read, [0, 1]).all()


@pytest.mark.parametrize(
    ("known", "applicable", "enough"), [(1, 2, True), (1, 3, False), (2, 3, True), (0, 0, False)]
)
def test_signs_are_counted_where_half_of_them_are_known(known: int, applicable: int, enough: bool) -> None:
    assert is_enough(known, applicable) == enough


def test_the_first_feature_that_is_known_counts(watched: Sector) -> None:
    figures = {code: {"income": 100.0, "surplus": 10.0 + at} for at, code in enumerate(CODES)}
    figures |= {
        code: {"debt_share": own} for code, own in (("HXA", 0.9), ("HXB", 0.1), ("HXC", 0.2), ("HXD", 0.3))
    }
    figures[CODES[0]]["debt_share"] = 0.0
    seen = made_up_profiles(figures, sector=watched)
    deficit = {code: one for code in figures for one in readings_of(seen, code) if one.sign == "deficit"}
    assert (deficit[CODES[0]].feature, deficit[CODES[0]].shown) == ("surplus_share", True)
    assert (deficit["HXA"].feature, deficit["HXA"].shown) == ("debt_share", True)
    assert (deficit["HXB"].feature, deficit["HXB"].shown) == ("debt_share", False)


def test_an_unknown_figure_is_no_sign_and_no_all_clear(watched: Sector) -> None:
    seen = made_up_profiles({**in_order("on_time"), "HXX": {"berths": 5}}, sector=watched)
    assert {one.sign: one.shown for one in readings_of(seen, "HXX")} == dict.fromkeys(
        ("groundings", "lateness", "deficit", "inspection")
    )
    assert all(one.feature is None for one in readings_of(seen, "HXX"))


def test_signs_are_counted_where_half_of_those_that_apply_are_known(watched: Sector) -> None:
    figures = in_order("on_time")
    for code in CODES[:6]:
        figures[code]["groundings"] = 1.0
    number = sign_counts(made_up_profiles(figures, sector=watched))
    assert number[:6].tolist() == [1, 1, 1, 0, 0, 0]  # 2 of 4 are known
    assert np.isnan(number[6:]).all()  # 1 of 4


def test_a_sector_without_signs_shows_none(harbours: Sector) -> None:
    seen = made_up_profiles(in_order("on_time"), sector=harbours)
    assert readings(seen).shape == (len(CODES), 0)
    assert readings_of(seen, CODES[0]) == ()


# On the figures of the NHS


@pytest.fixture(scope="module")
def seen(snapshot: Snapshot) -> Profiles:
    return profiles(snapshot, DAY, sign_features(snapshot.sector))


def test_the_worst_fifth_counted_again_trust_by_trust(seen: Profiles) -> None:
    feature = next(f for f in features(seen.sector) if f.name == "sickness_absence")
    assert feature.direction == "lower"
    at, column = [sign.name for sign in signs(seen.sector)].index("sickness"), seen.column[feature.name]
    read = readings(seen)[:, at]
    for org_type in ("acute", "ambulance"):
        rows = np.flatnonzero((seen.types == org_type) & ~np.isnan(seen.values[:, column]))
        assert rows.size
        for row in rows:
            own = seen.values[row, column]
            others = seen.values[rows[rows != row], column]
            better_than = ((others > own).sum() + (others == own).sum() / 2) / others.size
            assert read[row] == (better_than <= WORST_SHARE)


def test_counts_of_the_nhs(seen: Profiles) -> None:
    read, number = readings(seen), sign_counts(seen)
    for row, org_type in enumerate(seen.types):
        known = (~np.isnan(read[row])).sum()
        if known >= max(1, MIN_KNOWN_SHARE * len(applicable_signs(seen.sector, str(org_type)))):
            assert number[row] == np.nansum(read[row])
        else:
            assert np.isnan(number[row])
    assert np.isnan(number).any() and not np.isnan(number).all()


def test_one_trust_is_read_as_all_are(seen: Profiles) -> None:
    names = [sign.name for sign in signs(seen.sector)]
    read = readings(seen)
    for code in ("RPA", "RYD", "RXT"):
        for one in readings_of(seen, code):
            value = read[seen.position[code], names.index(one.sign)]
            assert one.shown is (None if np.isnan(value) else bool(value))
            assert (one.feature is None) == np.isnan(value)


def test_signs_that_cannot_be_shown_by_a_type_are_left_out(seen: Profiles) -> None:
    shown = {one.sign for one in readings_of(seen, "RYD")}
    assert "emergency" in shown  # by ambulance response
    assert not {"planned_care", "deaths"} & shown


def test_what_became_known_later_changes_no_sign(snapshot: Snapshot) -> None:
    """The day before a trust entered, from the whole snapshot and from one cut off on that day."""
    day = AN_ENTRY - timedelta(days=1)
    tables = {name: snapshot.table(name) for name in snapshot.manifest["tables"]}
    tables["measures"] = tables["measures"].filter(pl.col("known_from") <= day)
    assert tables["measures"].height < snapshot.measures.height
    said = {key: snapshot.manifest[key] for key in ("as_of", "known_since", "sources", "attribution")}
    cut = Snapshot.of(tables, said, snapshot.sector)
    whole, early = (profiles(one, day, sign_features(snapshot.sector)) for one in (snapshot, cut))
    assert np.array_equal(readings(whole), readings(early), equal_nan=True)


def test_the_same_question_gives_the_same_answer(engine: Matchmaker) -> None:
    again = Matchmaker(engine.snapshot)
    assert engine.overview("RPA", DAY) == again.overview("RPA", DAY)


def test_the_worst_fifth_of_fewer_than_five_is_no_sign(engine: Matchmaker) -> None:
    on_day = engine.profiles()
    read, masked = readings(on_day), 0
    for at, sign in enumerate(signs(on_day.sector)):
        for org_type in set(on_day.types.tolist()):
            of_type = on_day.types == org_type
            columns = [on_day.column[source] for source in sign.sources]
            counts = [int((~np.isnan(on_day.standings[of_type, column])).sum()) for column in columns]
            if max(counts) < MIN_PEERS:
                assert np.isnan(read[of_type, at]).all()
                masked += sum(counts)
    assert masked > 0
