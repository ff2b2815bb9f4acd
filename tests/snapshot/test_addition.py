"""Checks of one file that is laid over a snapshot, by hand-made figures."""

from __future__ import annotations

from datetime import date

import polars as pl

from matchmaker.snapshot.editions import cut_short, list_cut_short, other_list, other_period, out_of_step


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


def test_another_publication_before_counts_by_the_types_that_the_file_has() -> None:
    """A list of ferries alone is whole, although the only figures before were of ferries and docks."""
    types = pl.DataFrame(
        {
            "code": [f"H{at:02}" for at in range(60)],
            "type": ["ferry" if at < 20 else "dock" for at in range(60)],
        }
    )
    other = edition(MAY, SIZES[:20], "new.csv").with_columns(source=pl.lit("register"))
    assert len(cut_short(other, BEFORE)) == 1
    assert not cut_short(other, BEFORE, types)
    # Another publication may well cover fewer, but not less than half.
    assert not cut_short(other.head(10), BEFORE, types)
    (issue,) = cut_short(other.head(9), BEFORE, types)
    assert "of about 20 organisations" in issue.expected
    # The publication's own edition before counts whole, whatever types it had.
    assert len(cut_short(edition(MAY, SIZES[:20], "new.csv"), BEFORE, types)) == 1


def listed(values: list[float], days: list[date], file: str = "old.csv") -> pl.DataFrame:
    """A list of judgements as they stood, each of its own day."""
    frame = edition(APRIL, values, file)
    return frame.with_columns(pl.Series("period_start", days), pl.Series("period_end", days))


def test_a_list_of_what_stood_is_compared_with_the_list_before() -> None:
    days = [date(2020, 1, 1 + at % 28) for at in range(60)]
    values = [float(1 + at % 4) for at in range(60)]
    before = listed(values, days)
    newer = [date(2025, 4, 1) if at < 20 else day for at, day in enumerate(days)]
    whole = listed([4.0 if at < 20 else one for at, one in enumerate(values)], newer, "new.csv")
    assert not list_cut_short(whole, before) and not other_list(whole, before)
    (issue,) = list_cut_short(whole.head(47), before)
    assert (issue.expected, issue.value) == (
        "about 60 organisations, as in the list before",
        "47 of them",
    )
    shifted = listed([*values[1:], *values[:1]], days, "new.csv")
    (issue,) = other_list(shifted, before)
    assert issue.value == "an earlier day, or another value of that day, for 60 of 60 organisations"
    older = listed(values, [date(2019, 1, 1)] * 60, "new.csv")
    assert len(other_list(older, before)) == 1
