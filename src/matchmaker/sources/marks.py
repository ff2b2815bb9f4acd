"""The marks that stand in cells for no value, or beside a value, in official and in handmade tables."""

from __future__ import annotations

import re

import polars as pl

MISSING = frozenset(
    {
        *("", "-", "--", "\u2013", "\u2014", "\u2212", "*", "**", ".", "..", "...", "\u2026", ":", "\u2020"),
        *("n/a", "na", "n.a.", "n/k", "nk", "nan", "null", "none", "nil return", "z", "tbc", "unknown"),
        *(
            "not known",
            "not available",
            "not applicable",
            "not submitted",
            "missing",
            "suppressed",
            "no data",
        ),
    }
)
"""Marks and words that are used for a suppressed, absent or not applicable value, in small letters."""
SHORTHAND = r"\[[a-z]{1,4}\]|\[note ?\d+\]"
"""`[x]`, `[low]`, `[note 2]`: as the Government's standard for spreadsheets writes marks."""
SUPPRESSED = "[<\u2264]=? ?[0-9]+"
"""`<5`: a number too small to be told."""
_BESIDE = rf"(?:\s*(?:{SHORTHAND}))+$"
_NO_VALUE = re.compile(rf"(?:(?:{SHORTHAND})\s*)+|{SUPPRESSED}")


def is_missing(cell: str) -> bool:
    """Whether a cell is empty or holds a mark of no value."""
    tidy = cell.strip().casefold()
    return tidy in MISSING or _NO_VALUE.fullmatch(tidy) is not None


def without_marks(cell: str) -> str:
    """A cell without the marks behind its value: `560 [r]` is `560`."""
    return re.sub(_BESIDE, "", cell.strip(), flags=re.IGNORECASE)


def with_missing_as_null(cells: pl.Expr) -> pl.Expr:
    """A column of text without marks behind values; marks of no value are null.

    Args:
        cells: text in any case, with or without blanks around it.
    """
    tidy = cells.str.strip_chars()
    small = tidy.str.to_lowercase()
    no_value = small.is_in(sorted(MISSING)) | small.str.contains(f"^(?:{_NO_VALUE.pattern})$")
    return pl.when(~no_value).then(tidy.str.replace(f"(?i){_BESIDE}", ""))
