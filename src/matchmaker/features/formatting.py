"""Figures as people read them: £519 million, 12.3%, Requires improvement, 1.4 years, 3 years old."""

from __future__ import annotations

RATINGS = {1: "Inadequate", 2: "Requires improvement", 3: "Good", 4: "Outstanding"}
BARE = {"index", "score", "ratio"}
"""Units that say nothing beside a number."""
MANY_MONTHS = 24
"""From so many on, months are told as years."""
TOLD = {"share", "rating, 1 to 4", "segment, 1 to 5", "yes or no"}
"""Units that are part of how the value is told."""


def format_value(value: float | None, unit: str, *, change: bool = False) -> str:
    """A value in its unit; an unknown value is said to be so.

    Args:
        value: None is unknown.
        unit: as the definition of the feature has it.
        change: whether it is a change over time: told with its sign, a share in percentage points.
    """
    if value is None:
        return "unknown"
    if change:
        told = f"{100 * value:.1f} points" if unit == "share" else _in_unit(value, unit)
        return told if told.startswith("-") else f"+{told}"
    return _in_unit(value, unit)


def format_short(value: float, unit: str) -> str:
    """A value without a unit that its label makes plain: 5,008 for staff, 61.6% for a share."""
    told = format_value(value, unit)
    return told if unit in TOLD or unit.startswith("GBP") else told.split(" ")[0]


def _in_unit(value: float, unit: str) -> str:
    if unit.startswith("GBP"):
        return _pounds(value) + unit.removeprefix("GBP").replace("m2", "m²")
    if unit == "share":
        return "0%" if value == 0 else f"{100 * value:.1f}%"
    if unit == "rating, 1 to 4":
        return RATINGS.get(round(value), f"{value:g}")
    if unit == "segment, 1 to 5":
        return f"{value:g} of 5"
    if unit == "yes or no":
        return "yes" if value else "no"
    if unit == "months" and abs(value) >= MANY_MONTHS:
        return _in_unit(value / 12, "years")
    number = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    if unit in BARE:
        return number
    if unit.startswith("score out of"):
        return f"{number} {unit.removeprefix('score ')}"
    name = unit.replace("m2", "m²")
    return f"{number} {_singular(name) if number == '1' else name}"


def _singular(unit: str) -> str:
    return unit[:-3] + "y" if unit.endswith("ies") else unit.removesuffix("s")


def format_age(months: int | None) -> str:
    """How old a figure is: 'under 1 month', '14 months', '3 years'."""
    if months is None:
        return ""
    if months < 1:
        return "under 1 month"
    if months < MANY_MONTHS:
        return f"{months} month{'s' if months > 1 else ''}"
    return f"{months // 12} years"


def _pounds(value: float) -> str:
    sign, size = ("-" if value < 0 else ""), abs(value)
    for step, word in ((1e9, " billion"), (1e6, " million")):
        if size >= step:
            return (
                f"{sign}£{size / step:,.3g}{word}"
                if size < 1000 * step
                else f"{sign}£{size / step:,.0f}{word}"
            )
    return f"{sign}£{size:,.0f}"
