"""Figures as people read them: £519 million, 12.3%, Requires improvement, 1.4 years."""

from __future__ import annotations

RATINGS = {1: "Inadequate", 2: "Requires improvement", 3: "Good", 4: "Outstanding"}


def readable(value: float | None, unit: str) -> str:
    """A value in its unit; an unknown value is said to be so."""
    if value is None:
        return "unknown"
    if unit == "GBP":
        return _pounds(value)
    if unit == "share":
        return f"{100 * value:.1f}%"
    if unit == "rating, 1 to 4":
        return RATINGS.get(round(value), f"{value:g}")
    if unit == "yes or no":
        return "yes" if value else "no"
    number = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return number if unit in {"index", "score", "ratio"} else f"{number} {unit}"


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
