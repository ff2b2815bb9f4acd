"""What a published dataset is called, and what it may hold."""

from __future__ import annotations

import pytest
from made_up import SOURCE, made_up_snapshot

from matchmaker.errors import InvalidParameter
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.export.dataset import dataset
from matchmaker.snapshot.store import bundled, load

FIGURES = {"AAA": {"berths": 10.0}}


def test_it_is_named_after_the_sector_and_the_day(harbour_snapshot: Snapshot) -> None:
    made = dataset(harbour_snapshot, "https://example.org/data")
    assert made.name == "matchmaker-harbours"
    assert made.version == "2025.6.30"
    assert made.citation == (
        f"matchmaker contributors (2025). {made.title}. Version 2025.6.30, snapshot "
        f"{harbour_snapshot.hash[:12]}. https://example.org/data"
    )


@pytest.mark.parametrize("licence", ["", "CC-BY-NC-4.0"])
def test_what_may_not_be_passed_on_is_refused(licence: str) -> None:
    made = made_up_snapshot(FIGURES)
    assert set(dataset(made).licences) == {"CC0-1.0"}
    facts = {**made.manifest, "sources": [{**SOURCE, "licence": licence}]}
    tables = {name: made.table(name) for name in made.manifest["tables"]}
    with pytest.raises(InvalidParameter, match=f"source survey is '{licence}'"):
        dataset(Snapshot.of(tables, facts, made.sector))


@pytest.mark.snapshot
def test_licences_of_the_sectors_that_ship(published_licences: dict[str, set[str]]) -> None:
    assert published_licences == {
        "nhs": {"OGL-3.0", "CC0-1.0", "MIT", "facts, each row names its source"},
        "schools": {"OGL-3.0"},
    }


@pytest.fixture
def published_licences() -> dict[str, set[str]]:
    return {name: set(dataset(load(bundled(name))).licences) for name in ("nhs", "schools")}


@pytest.mark.snapshot
def test_a_source_whose_licence_asks_for_a_notice_has_it() -> None:
    sources = {
        one["id"]: one for name in ("nhs", "schools") for one in dataset(load(bundled(name))).rows("sources")
    }
    assert all(one["notice"] for one in sources.values() if one["licence"] == "MIT")
    assert "Royal Mail" in sources["school_coordinates"]["notice"]
