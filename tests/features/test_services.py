"""Named services: what is judged, who runs it, and that profiles do not change by it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from made_up import HARBOURS

from matchmaker import Matchmaker
from matchmaker.errors import BadFile, InvalidParameter
from matchmaker.features.services import (
    check_known,
    does_not_run,
    known_services,
    runs,
    service_named,
    services,
    with_services,
)
from matchmaker.sector import Sector, load_sector, read_sector
from matchmaker.sources.publication import measures

NHS = load_sector("nhs")


def own_sector(folder: Path, text: str) -> Sector:
    for file in HARBOURS.rglob("*.toml"):
        copy = folder / file.relative_to(HARBOURS)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    (folder / "services.toml").write_text(text, "utf-8")
    return read_sector(folder)


def test_every_service_is_judged_by_measures_with_a_direction() -> None:
    found = services(NHS)
    assert {"cardiology", "accident_and_emergency", "mri", "cancer_lung", "ambulance"} < found.keys()
    assert {"talking_therapies", "adult_mental_health", "young_people_mental_health"} < found.keys()
    titles = [one.label for one in found.values()]
    assert len(set(titles)) == len(titles)
    for one in found.values():
        assert 1 <= len(one.feature_names) <= 3
        assert not set(one.higher) & set(one.lower)
        assert all(name in measures(NHS) for name in (*one.higher, *one.lower))


def test_a_service_is_found_by_name_or_title() -> None:
    for written in ("planned_care", "Planned care, all specialties", " PLANNED CARE "):
        assert service_named(NHS, written).name == "planned_care"
    with pytest.raises(InvalidParameter, match="There is no service 'maternity'") as raised:
        service_named(NHS, "maternity")
    assert raised.value.loc == ("service",)


@pytest.mark.parametrize(
    ("label", "phrase"),
    [("Cardiology", "cardiology"), ("MRI", "MRI"), ("A&E, of all types", "A&E, of all types")],
)
def test_a_title_stands_in_a_sentence(label: str, phrase: str) -> None:
    assert next(one for one in services(NHS).values() if one.label == label).phrase == phrase


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[a]\nlabel = 'A'\ngroup = 'G'\n", "a service needs a measure"),
        ("[a]\nlabel = 'A'\ngroup = 'G'\nhigher = ['nothing']\n", "nothing"),
        ("[a]\nlabel = 'A'\ngroup = 'G'\nhigher = ['berths']\nvolume = 'berths'\n", "go together"),
        ("[a]\nlabel = 'A'\ngroup = 'G'\nhigher = ['berths']\nbest = 1\n", "Extra inputs"),
    ],
)
def test_a_faulty_definition_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(BadFile, match=fault):
        services(own_sector(tmp_path / "harbours", text))


def test_a_sector_need_not_list_services(harbours: Sector) -> None:
    assert services(harbours) == {}


def test_profiles_are_the_same_with_and_without_services(engine: Matchmaker) -> None:
    usual, extended = engine.profiles(), with_services(engine.snapshot, engine.snapshot.as_of)
    width = len(usual.features)
    assert extended.features[:width] == usual.features
    assert np.array_equal(extended.values[:, :width], usual.values, equal_nan=True)
    assert np.array_equal(extended.standings[:, :width], usual.standings, equal_nan=True)
    assert all(one.dimension == "" and not one.similar for one in extended.features[width:])


def test_all_types_that_run_a_service_are_compared_with_each_other(engine: Matchmaker) -> None:
    day = with_services(engine.snapshot, engine.snapshot.as_of)
    column = day.column["service_rtt_within_18_weeks_cardiology"]
    values, standings = day.values[:, column], day.standings[:, column]
    known = ~np.isnan(values)
    assert {"acute", "acute_specialist"} < set(day.types[known])
    order = np.argsort(values[known], kind="stable")
    assert (np.diff(standings[known][order]) >= 0).all()
    expected = [(values[known] < value).sum() / (known.sum() - 1) for value in (values[known].max(),)]
    assert standings[known].max() == pytest.approx(expected[0], abs=0.01)
    late = day.column["service_diagnostics_over_6_weeks_mri"]
    waits, turned = day.values[:, late], day.standings[:, late]
    assert np.nanmax(turned) == turned[np.nanargmin(waits)]


def test_who_runs_a_service_is_known_from_its_figures_and_enough_of_them(engine: Matchmaker) -> None:
    day = with_services(engine.snapshot, engine.snapshot.as_of)
    one = service_named(day.sector, "dermatology")
    running = runs(day, one)
    volume = day.values[:, day.column["service_rtt_waiting_list_dermatology_volume"]]
    assert 80 < running.sum() < 120
    assert not (running & (volume < one.at_least)).any()
    small = int(np.flatnonzero(volume < one.at_least)[0])
    assert does_not_run(day, one, small).startswith("It runs too little of it to judge by: dermatology (")


def test_only_what_was_known_on_a_day_can_be_asked_about(engine: Matchmaker) -> None:
    """Waiting lists by specialty are in the snapshot from September 2024 on."""
    past = with_services(engine.snapshot, date(2016, 1, 1))
    assert known_services(past) == ("accident_and_emergency", "planned_care")
    with pytest.raises(InvalidParameter, match="No current figure of cardiology was known on 1 January 2016"):
        check_known(past, service_named(past.sector, "cardiology"))
    now = with_services(engine.snapshot, engine.snapshot.as_of)
    assert known_services(now) == tuple(services(now.sector))
