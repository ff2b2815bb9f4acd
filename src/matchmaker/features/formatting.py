"""Figures as people read them: £519 million, 12.3%, Good, 1.4 years, 3 years old."""

from __future__ import annotations

from collections.abc import Sequence

from matchmaker.sector import Sector

BARE = {"index", "score", "ratio"}
"""Units that say nothing beside a number."""
MANY_MONTHS = 24
"""From this many months on, an age or a duration is given in years."""
POINTS = "percentage points"
"""Unit of a change of a share."""
BUILT_IN = {"share", "yes or no"}
"""Units that are part of how the value is written."""


def format_value(value: float | None, unit: str, sector: Sector, *, change: bool = False) -> str:
    """A value in its unit, or "unknown".

    Args:
        value: None is unknown.
        unit: as the definition of the feature has it.
        sector: whose scales give words to ratings.
        change: whether it is a change over time: written with its sign, a share in percentage points.
    """
    if value is None:
        return "unknown"
    if not change:
        return with_minus(_in_unit(value, unit, sector))
    text = f"{100 * value:.1f} {POINTS}" if unit == "share" else _in_unit(value, unit, sector)
    return with_minus(text if text.startswith("-") else f"+{text}")


def with_minus(text: str) -> str:
    """A number in words with a true minus in place of a hyphen."""
    return f"\u2212{text[1:]}" if text[:1] == "-" and text[1:2] in "£0123456789" else text


def format_short(value: float, unit: str, sector: Sector, *, change: bool = False) -> str:
    """A value without a unit that its label makes plain: 5,008 for staff, 61.6% for a share.

    Args:
        value, unit, sector: as for `format_value`.
        change: whether it is a change over time.
    """
    text = format_value(value, unit, sector, change=change)
    if change and unit == "share":
        return text
    display = sector.display
    whole = unit in BUILT_IN or unit in display.scales or unit in display.bounded_units
    return text if whole or unit.startswith("GBP") else text.split(" ")[0]


def _in_unit(value: float, unit: str, sector: Sector) -> str:
    if unit.startswith("GBP"):
        return _pounds(value) + unit.removeprefix("GBP").replace("m2", "m²")
    if unit == "share":
        return "0%" if value == 0 else f"{100 * value:.1f}%"
    if unit in sector.display.scales:
        return sector.display.scales[unit].get(f"{value:.0f}", f"{value:g}")
    if unit in sector.display.bounded_units:
        return sector.display.bounded_units[unit].format(value=value)
    if unit == "yes or no":
        return "yes" if value else "no"
    if unit == "months" and abs(value) >= MANY_MONTHS:
        return _in_unit(value / 12, "years", sector)
    digits = sector.display.decimals.get(unit)
    number = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    if digits is not None and abs(value) < 100:
        number = f"{value:,.{digits}f}"
    if unit in BARE:
        return number
    if unit.startswith("score out of"):
        return f"{number} {unit.removeprefix('score ')}"
    name = unit.replace("m2", "m²")
    return f"{number} {_singular(name) if number == '1' else name}"


def _singular(unit: str) -> str:
    return unit[:-3] + "y" if unit.endswith("ies") else unit.removesuffix("s")


def format_age(months: int | None) -> str:
    """How old a figure is: 'under 1 month', '14 months', '3 years'; years are rounded, 95 months are 8."""
    if months is None:
        return ""
    if months < 1:
        return "under 1 month"
    if months < MANY_MONTHS:
        return f"{months} month{'s' if months > 1 else ''}"
    return f"{(months + 6) // 12} years"


def join_and(words: Sequence[str]) -> str:
    """A list in a sentence: 2013, 2015 and 2017."""
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


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
