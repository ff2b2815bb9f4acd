"""Which of several figures is used, and from when a revision counts."""

from __future__ import annotations

from datetime import date

import polars as pl

from matchmaker.snapshot.merge import conflicts, vintages
from matchmaker.sources.publication import Standing, precedence

FIRST, LATER, EDITION = date(2020, 8, 29), date(2020, 11, 19), date(2024, 11, 20)


def figures(*rows: tuple[str, float, Standing, date]) -> pl.DataFrame:
    """What several sources say of one quarter: source, value, standing, known from."""
    return pl.DataFrame(
        [
            {
                "code": "RA7",
                "measure": "beds_occupied",
                "period_start": date(2020, 4, 1),
                "period_end": date(2020, 6, 30),
                "source": source,
                "value": value,
                "standing": int(standing),
                "known_from": known,
            }
            for source, value, standing, known in rows
        ]
    )


def used(frame: pl.DataFrame) -> str:
    return str(frame.sort(*precedence())["source"][-1])


def test_a_later_publication_of_the_publisher_wins() -> None:
    first = ("first", 216.0, Standing.OFFICIAL, FIRST)
    assert used(figures(("series", 664.0, Standing.OFFICIAL, EDITION), first)) == "series"
    assert used(figures(("extract", 664.0, Standing.EXTRACTED, EDITION), first)) == "extract"


def test_of_the_same_day_the_official_file_wins_and_compilations_lose() -> None:
    official = ("official", 664.0, Standing.OFFICIAL, FIRST)
    assert used(figures(official, ("extract", 660.0, Standing.EXTRACTED, FIRST))) == "official"
    assert used(figures(official, ("compiled", 216.0, Standing.COMPILED, EDITION))) == "official"


def test_conflicts_name_the_one_that_is_used() -> None:
    frame = figures(("first", 216.0, Standing.OFFICIAL, FIRST), ("series", 664.0, Standing.OFFICIAL, EDITION))
    assert conflicts(frame).select("source", "value", "other_source", "other_value").rows() == [
        ("series", 664.0, "first", 216.0)
    ]


def known(frame: pl.DataFrame, **editions: date) -> dict[str, date]:
    return dict(vintages(frame, editions).select("source", "known_from").iter_rows())


def test_a_revision_counts_from_its_edition() -> None:
    frame = figures(("first", 216.0, Standing.OFFICIAL, LATER), ("series", 664.0, Standing.OFFICIAL, FIRST))
    assert known(frame, series=EDITION) == {"first": LATER, "series": EDITION}


def test_a_figure_that_was_never_revised_counts_from_its_first_publication() -> None:
    frame = figures(("first", 664.0, Standing.OFFICIAL, LATER), ("series", 664.2, Standing.OFFICIAL, FIRST))
    assert known(frame, series=EDITION) == {"first": LATER, "series": LATER}


def test_a_revision_that_an_earlier_edition_had_counts_from_that() -> None:
    frame = figures(
        ("first", 216.0, Standing.OFFICIAL, LATER),
        ("panel", 664.0, Standing.EXTRACTED, FIRST),
        ("series", 664.0, Standing.OFFICIAL, FIRST),
    )
    between = date(2024, 2, 21)
    assert known(frame, series=EDITION, panel=between) == {
        "first": LATER,
        "panel": between,
        "series": between,
    }


def test_what_nothing_else_gives_keeps_its_day() -> None:
    frame = figures(("series", 664.0, Standing.OFFICIAL, FIRST))
    assert known(frame, series=EDITION) == {"series": FIRST}
