"""Figures laid over published ones give what a snapshot built with them would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from matchmaker import Matchmaker
from matchmaker.features.membership import members_on
from matchmaker.features.profiles import profiles_of
from matchmaker.features.services import with_services
from matchmaker.snapshot import Snapshot

MATRICES = ("shown", "values", "transformed", "percentiles", "standings")
NHS = {
    "a few figures of one trust": [
        ("RPA", "staff_fte", 9500.0),
        ("RPA", "cqc_overall", 3.0),
        ("RPA", "shmi", 0.7),
    ],
    "the strongest and the weakest of a type change places": [
        ("RPA", "staff_fte", 40000.0),
        ("RVV", "shmi", 1.4),
        ("RN7", "shmi", 0.6),
        ("RAX", "cqc_overall", 1.0),
    ],
    "one that took others in, and a part of it": [
        ("R0A", "beds_available", 800.0),
        ("RW3", "staff_fte", 5.0),
    ],
}


@pytest.fixture(scope="module")
def schools() -> Matchmaker:
    return Matchmaker(sector="schools")


def built(own: Matchmaker) -> Matchmaker:
    """An engine whose snapshot holds the same figures, and shares nothing with the published one."""
    snapshot = own.snapshot
    tables = {name: snapshot.table(name).clone() for name in snapshot.manifest["tables"]}
    facts = {name: of for name, of in snapshot.manifest.items() if name not in ("form", "tables", "hash")}
    engine = Matchmaker(Snapshot.of(tables, facts, snapshot.sector, under=snapshot.published))
    engine.notes = own.notes
    return engine


def assert_same_profiles(one: Any, other: Any) -> None:
    assert one.overlay is not None
    assert other.overlay is None
    assert one.organisations.equals(other.organisations)
    assert one.cells.equals(other.cells)
    for name in MATRICES:
        assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True), name
    for org_type in set(one.types.tolist()):
        assert np.array_equal(one.scaled_as(org_type), other.scaled_as(org_type), equal_nan=True)


def said(answer: Any, engine: Matchmaker) -> dict[str, str]:
    """What an answer says, field by field; only the hash of the snapshot is another."""
    return {
        one.name: repr(getattr(answer, one.name)).replace(engine.snapshot.hash, "") for one in fields(answer)
    }


def assert_same_answers(own: Matchmaker, codes: Sequence[str], **more: Any) -> None:
    rebuilt = built(own)
    assert own.snapshot.hash != rebuilt.snapshot.hash  # or they would share what is kept
    assert own.snapshot.measures.equals(own.snapshot.measures.sort(pl.all()))
    assert_same_profiles(own.profiles(), rebuilt.profiles())
    for code in codes:
        lists = [one.shortlist(code, n_draws=50, limit=20, **more) for one in (own, rebuilt)]
        assert said(lists[0], own) == said(lists[1], rebuilt)
        assert len(lists[0].options) > 3
        overviews = [one.overview(code) for one in (own, rebuilt)]
        assert said(overviews[0], own) == said(overviews[1], rebuilt)
        partner = lists[0].options[2].organisation.code
        why = [one.why_not(code, partner, **more) for one in (own, rebuilt)]
        assert said(why[0], own) == said(why[1], rebuilt)


@pytest.mark.parametrize("case", NHS)
def test_own_figures_of_trusts(engine: Matchmaker, case: str) -> None:
    frame = pl.DataFrame(NHS[case], schema=["code", "measure", "value"], orient="row")
    own = engine.with_data(frame)
    before, after = engine.profiles(), own.profiles()
    assert not np.array_equal(before.values, after.values, equal_nan=True)
    assert_same_answers(own, ("RPA", NHS[case][-1][0].replace("RW3", "R0A")))


def test_figures_of_a_service_and_of_earlier_days(engine: Matchmaker) -> None:
    day = engine.snapshot.as_of
    rows = {
        "code": ["RPA", "RVV"],
        "measure": ["staff_fte", "rtt_within_18_weeks"],
        "value": [9000.0, 0.4],
        "period_end": [day - timedelta(days=200)] * 2,
    }
    own = engine.with_data(pl.DataFrame(rows))
    rebuilt = built(own)
    for back in (0, 90, 180, 300):
        then = day - timedelta(days=back)
        pair = [with_services(one.snapshot, then) for one in (own, rebuilt)]
        assert_same_profiles(*pair)
        assert pair[0].cells.equals(with_services(engine.snapshot, then).cells) == (back == 300)


def test_own_figures_over_own_figures(engine: Matchmaker) -> None:
    first = engine.with_data(pl.DataFrame({"ods": ["RPA", "RVV"], "staff_fte": [9000.0, 8000.0]}))
    second = first.with_data(pl.DataFrame({"ods": ["RPA", "RN7"], "staff_fte": [9100.0, 7000.0]}))
    assert second.profiles().overlay.over.overlay is not None  # type: ignore[union-attr]
    assert_same_answers(second, ("RPA",))


def test_what_own_figures_do_not_touch_is_shared(engine: Matchmaker) -> None:
    own = engine.with_data(pl.DataFrame({"ods": ["RPA"], "staff_fte": [9123.0]}))
    overlay = own.profiles().overlay
    assert overlay is not None
    assert overlay.over is engine.profiles()
    assert overlay.touched == {engine.profiles().position["RPA"]}
    earlier = profiles_of(own.snapshot, date(2025, 6, 30), own.profiles().features)
    assert earlier.cells is profiles_of(engine.snapshot, date(2025, 6, 30), own.profiles().features).cells
    assert own.snapshot.apart_from_figures is engine.snapshot
    moved = engine.with_data(pl.DataFrame({"ods": ["RPA"], "latitude": [51.0], "longitude": [0.5]}))
    assert moved.profiles().overlay is None
    assert moved.snapshot.apart_from_figures is moved.snapshot


@pytest.mark.slow
def test_roll_ups_of_groups_follow_own_figures_of_a_member(schools: Matchmaker) -> None:
    on_day = schools.profiles()
    group, school = group_and_member(schools)
    own = schools.with_data(pl.DataFrame({"code": [school], "measure": ["absence"], "value": [0.2]}))
    overlay = own.profiles().overlay
    assert overlay is not None
    assert overlay.touched == {on_day.position[group], on_day.position[school]}
    rebuilt = built(own)
    assert_same_profiles(own.profiles(), rebuilt.profiles())
    lists = [one.shortlist(school, n_draws=0) for one in (own, rebuilt)]
    assert said(lists[0], own) == said(lists[1], rebuilt)


def group_and_member(engine: Matchmaker) -> tuple[str, str]:
    """A group and a member of it whose absence is known."""
    on_day = engine.profiles()
    column = on_day.column["absence"]
    for member, group in members_on(engine.snapshot, on_day.as_of).iter_rows():
        row = on_day.position.get(member)
        if row is not None and group in on_day.position and not np.isnan(on_day.values[row, column]):
            return group, member
    raise AssertionError("no member with a figure")
