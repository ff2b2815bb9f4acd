"""Checks of one file that is laid over a snapshot, by hand-made figures."""

from __future__ import annotations

from datetime import date

import polars as pl

from matchmaker.snapshot.addition import cut_short, other_period, out_of_step


def edition(end: date, values: list[float], file: str = "old.csv") -> pl.DataFrame:
    """One month of one measure, an organisation for each value."""
    n = len(values)
    return pl.DataFrame(
        {
            "code": [f"H{at:02}" for at in range(n)],
            "measure": ["berths"] * n,
            "period_start": [end.replace(day=1)] * n,
            "period_end": [end] * n,
            "value": values,
            "source": ["survey"] * n,
            "file": [file] * n,
        }
    )


MARCH, APRIL, MAY = date(2025, 3, 31), date(2025, 4, 30), date(2025, 5, 31)
SIZES = [float(100 + 10 * at) for at in range(60)]
BEFORE = pl.concat([edition(MARCH, SIZES), edition(APRIL, [one + 1 for one in SIZES])])


def test_a_file_with_few_organisations_is_cut_short() -> None:
    (issue,) = cut_short(edition(MAY, SIZES[:47], "new.csv"), BEFORE)
    assert issue.value == "47 of them in the period to 31 May 2025"
    assert "berths of about 60 organisations, as in the period to 30 April 2025" in issue.expected
    assert not cut_short(edition(MAY, SIZES[:48], "new.csv"), BEFORE)


def test_other_figures_for_most_of_a_period_are_of_another() -> None:
    (issue,) = other_period(edition(APRIL, [2 * one for one in SIZES], "new.csv"), BEFORE)
    assert issue.value == "other figures for 60 of 60 organisations"
    revised = [2 * one if at < 30 else one + 1 for at, one in enumerate(SIZES)]
    assert not other_period(edition(APRIL, revised, "new.csv"), BEFORE)


def test_figures_beside_the_wrong_organisations_are_out_of_step() -> None:
    shifted = [*SIZES[25:], *SIZES[:25]]
    (issue,) = out_of_step(edition(MAY, shifted, "new.csv"), BEFORE)
    assert issue.expected.startswith("berths to go with the period to 30 April 2025")
    assert issue.expected.endswith("(rank correlation 1.00)")
    assert not out_of_step(edition(MAY, [3 * one for one in SIZES], "new.csv"), BEFORE)
