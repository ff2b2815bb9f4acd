"""Early signs: read rightly, as of the day, and never with hindsight."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from matchmaker import Matchmaker, Snapshot
from matchmaker.errors import BadFile
from matchmaker.features import Profiles, features, profiles
from matchmaker.models.early_warning.signs import (
    WORST,
    applying,
    counts,
    features_read,
    parsed,
    readings,
    readings_of,
    signs,
)
from matchmaker.models.evidence import findings

DAY = date(2016, 7, 1)
AN_ENTRY = date(2015, 9, 22)
GOOD = '[a]\nlabel = "A sign"\nfrom = ["sickness_absence"]\nwhy = "Because it marks strain."\n'


@pytest.fixture(scope="module")
def seen(snapshot: Snapshot) -> Profiles:
    return profiles(snapshot, DAY, features_read())


def test_there_are_few_signs_and_each_rests_on_evidence() -> None:
    assert 5 <= len(signs()) <= 8
    for sign in signs():
        assert "E22" in sign.evidence
        assert set(sign.evidence) <= findings().keys()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("sickness_absence", "beds"), "a feature with a direction"),
        (GOOD.replace("sickness_absence", "nonsense"), "a feature with a direction"),
        (GOOD.replace('"A sign"', '""'), "a.label"),
        (GOOD + "colour = 1\n", "a.colour"),
        ("[a", "TOML"),
    ],
)
def test_a_faulty_sign_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadFile, match=said):
        parsed(text)


def test_all_faults_are_told_together() -> None:
    with pytest.raises(BadFile) as caught:
        parsed(
            GOOD.replace("sickness_absence", "beds") + GOOD.replace("[a]", "[b]").replace('"A sign"', '""')
        )
    assert len(caught.value.faults) == 2


def test_a_sign_is_a_figure_among_the_worst_fifth_of_its_kind(seen: Profiles) -> None:
    """Counted again trust by trust, by comparing it with each other trust that knows the figure."""
    feature = next(f for f in features() if f.name == "sickness_absence")
    assert feature.direction == "lower"
    at, column = [sign.name for sign in signs()].index("sickness"), seen.column[feature.name]
    read = readings(seen)[:, at]
    for org_type in ("acute", "ambulance"):
        rows = np.flatnonzero((seen.types == org_type) & ~np.isnan(seen.values[:, column]))
        for row in rows:
            own = seen.values[row, column]
            others = seen.values[rows[rows != row], column]
            better_than = ((others > own).sum() + (others == own).sum() / 2) / others.size
            assert read[row] == (better_than <= WORST)


def test_an_unknown_figure_is_no_sign_and_no_all_clear(seen: Profiles) -> None:
    read = readings(seen)
    for at, sign in enumerate(signs()):
        columns = [seen.column[source] for source in sign.sources]
        unknown = np.isnan(seen.values[:, columns]).all(axis=1)
        assert np.isnan(read[unknown, at]).all()
        assert set(read[~unknown, at][~np.isnan(read[~unknown, at])]) <= {0.0, 1.0}
    assert np.isnan(read).any()


def test_signs_are_counted_where_half_of_those_that_apply_are_known(seen: Profiles) -> None:
    read, number = readings(seen), counts(seen)
    for row, org_type in enumerate(seen.types):
        known = (~np.isnan(read[row])).sum()
        if known >= max(1, len(applying(str(org_type))) / 2):
            assert number[row] == np.nansum(read[row])
        else:
            assert np.isnan(number[row])
    assert np.isnan(number).any() and not np.isnan(number).all()


def test_one_trust_is_read_as_all_are(seen: Profiles) -> None:
    names = [sign.name for sign in signs()]
    read = readings(seen)
    for code in ("RPA", "RYD", "RXT"):
        for one in readings_of(seen, code):
            value = read[seen.position[code], names.index(one.sign)]
            assert one.shown is (None if np.isnan(value) else bool(value))
            assert (one.feature is None) == np.isnan(value)


def test_signs_that_cannot_be_shown_by_a_kind_are_left_out(seen: Profiles) -> None:
    told = {one.sign for one in readings_of(seen, "RYD")}
    assert "emergency" in told  # by ambulance response
    assert not {"planned_care", "deaths"} & told


def test_what_became_known_later_changes_no_sign(snapshot: Snapshot) -> None:
    """The day before a trust entered, from the whole snapshot and from one cut off on that day."""
    day = AN_ENTRY - timedelta(days=1)
    names = snapshot.manifest["tables"]
    tables = {name: snapshot.table(name) for name in names}
    tables["measures"] = tables["measures"].filter(pl.col("known_from") <= day)
    assert tables["measures"].height < snapshot.measures.height
    said = {key: snapshot.manifest[key] for key in ("as_of", "known_since", "sources", "attribution")}
    cut = Snapshot.of(tables, said)
    whole, early = (profiles(one, day, features_read()) for one in (snapshot, cut))
    assert np.array_equal(readings(whole), readings(early), equal_nan=True)


def test_the_same_question_gives_the_same_answer(engine: Matchmaker) -> None:
    again = Matchmaker(engine.snapshot)
    assert engine.overview("RPA", DAY) == again.overview("RPA", DAY)
