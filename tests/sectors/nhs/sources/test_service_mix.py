"""Breadth and shares, on lists small enough to check by head."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from matchmaker.sectors.nhs.sources.service_mix import GROUPS, NAMED, OTHERS, service_mix

BEFORE, AFTER = (date(2021, 3, 1), date(2021, 3, 31)), (date(2022, 3, 1), date(2022, 3, 31))


def lists(counts: dict[str, int], period: tuple[date, date] = AFTER, code: str = "RAA") -> pl.DataFrame:
    rows = [(code, *period, specialty, waiting) for specialty, waiting in counts.items()]
    names = ["code", "period_start", "period_end", "specialty", "waiting"]
    return pl.DataFrame(rows, schema=names, orient="row")


@pytest.mark.parametrize(
    ("counts", "breadth"),
    [
        ({"C_110": 500}, 1.0),
        ({"C_110": 500, "C_120": 0}, 1.0),
        ({"C_110": 200, "C_130": 200}, 2.0),
        ({"C_110": 100, "C_120": 100, "C_130": 100, "X02": 100}, 4.0),
        ({"C_110": 300, "C_130": 100}, 3**-0.75 * 4),
    ],
)
def test_breadth_is_the_effective_number_of_specialties(counts: dict[str, int], breadth: float) -> None:
    assert service_mix(lists(counts))["service_breadth"].item() == pytest.approx(breadth, rel=1e-12)


def test_parts_of_a_specialty_are_added_before_it_is_counted() -> None:
    parts = pl.concat([lists({"C_110": 60, "C_130": 100}), lists({"C_110": 40})])
    found = service_mix(parts).row(0, named=True)
    assert found["rtt_waiting_list"] == 200
    assert found["service_breadth"] == pytest.approx(2.0)


def test_a_short_list_has_no_shares_and_an_empty_one_no_row() -> None:
    short = service_mix(lists({"C_110": 99})).row(0, named=True)
    assert short["rtt_waiting_list"] == 99
    assert short["service_breadth"] is None
    assert short["service_share_orthopaedics"] is None
    assert service_mix(lists({"C_110": 0})).is_empty()


def test_children_are_unknown_until_they_were_counted_apart() -> None:
    before = service_mix(lists({"C_110": 100, "X01": 100}, BEFORE)).row(0, named=True)
    after = service_mix(lists({"C_110": 100, "X04": 300})).row(0, named=True)
    assert before["service_share_paediatrics"] is None
    assert after["service_share_paediatrics"] == 0.75


def test_no_specialty_is_in_two_groups_and_all_are_known() -> None:
    grouped = [code for codes in GROUPS.values() for code in codes]
    assert len(grouped) == len(set(grouped))
    assert set(grouped) <= {*NAMED, *OTHERS}
    assert set(NAMED) <= set(grouped)
