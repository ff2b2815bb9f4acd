"""Checks a table of past pairings that people compiled: who was helped, by whom, in which way and when."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path

import polars as pl

from matchmaker.sources.fact_table import CONFIDENCE, FactTable

COLUMNS = (
    *("pairing_id", "recipient", "partner", "kind", "nature", "status", "outcome", "scope"),
    *("start", "start_precision", "end", "end_precision"),
    *("rating_before", "rating_after", "rating_before_basis", "rating_after_basis"),
    *("regime_context", "confidence", "code_confidence", "source", "source2", "notes"),
)
STATUSES = ("abandoned", "completed", "ongoing")
SCOPES = ("whole", "part", "service", "one_leader")
"""How much of the recipient was helped; `one_leader` is one person of the partner's in both."""
BASES = ("read", "background", "unverified", "not_applicable")
"""How a rating was found."""


def check_pairings(
    source: Path | FactTable,
    headings: dict[str, str],
    *,
    kinds: Iterable[str],
    code_pattern: str,
    scopes: Iterable[str] = SCOPES,
    ratings: Collection[str] = (),
    correct: Callable[[FactTable], FactTable] = lambda table: table,
) -> FactTable:
    """The table with all its issues, for callers that can use the sound rows.

    Args:
        source: a CSV file, or a table that was read already.
        headings: column -> heading in the file, where it is another.
        kinds: of pairing.
        code_pattern: regular expression of a code.
        scopes: words for the scope.
        ratings: words for ratings; with none, ratings are not checked.
        correct: puts right what is known to be wrong, before anything is checked.
    """
    if isinstance(source, Path):
        source = FactTable(source, {name: headings.get(name, name) for name in COLUMNS})
    table = correct(source)
    table.filled("pairing_id", "start", "source")
    table.unique("pairing_id")
    table.codes("recipient", "partner", pattern=code_pattern)
    same = (pl.col("recipient") == pl.col("partner")).fill_null(False)
    table.refuse("partner", same, "another organisation than the recipient")
    table.words("kind", kinds)
    table.words("nature", ("mandated", "voluntary"))
    table.words("status", STATUSES)
    table.words("scope", scopes)
    table.words("confidence", CONFIDENCE)
    table.words("code_confidence", CONFIDENCE)
    for rating in ("rating_before", "rating_after") if ratings else ():
        basis = f"{rating}_basis"
        table.words(rating, ratings, empty=True)
        table.words(basis, BASES, empty=True)
        unlike = pl.col(rating).is_null() != pl.col(basis).is_null()
        table.refuse(basis, unlike, f"a basis where there is a {rating}")
    table.dates("start", "start_precision")
    table.dates("end", "end_precision")
    table.ordered("start", "end")
    running = (pl.col("status") == "ongoing") & pl.col("end").is_not_null()
    table.refuse("end", running.fill_null(False), "no end while the pairing is ongoing")
    return table
