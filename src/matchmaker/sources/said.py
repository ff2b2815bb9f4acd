"""What a file says of its own period: months, quarters and years in its name and in words above its table."""

from __future__ import annotations

import re
from datetime import date

from matchmaker.sources.periods import MONTHS, calendar_quarter, financial_quarter

_WORDS = "|".join(sorted(MONTHS, key=len, reverse=True))
# "14th August 2025" is a day of publication, and says nothing of the period.
_MONTH = re.compile(
    rf"(\d(?:st|nd|rd|th)? +)?(?<![a-z])({_WORDS})[^a-z0-9]*(20\d\d|\d\d(?!\d))", re.IGNORECASE
)
_OF_YEAR = r"(?P<{0}>20\d\d)(?:[-_/ ]?(?P<{0}_second>\d\d))?(?!\d)"
_QUARTER = re.compile(
    rf"(?:(?<!\d){_OF_YEAR.format('before')}[-_ ,]*)?(?<![a-z])(?:q|quarter[-_ ]?)(?P<quarter>[1-4])(?!\d)"
    rf"(?:[-_ ,]*{_OF_YEAR.format('after')})?",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?:[-_ /]?(\d\d))?(?!\d)")


def months(text: str) -> set[date]:
    """The first days of the months that a text names with their year: `June-2025`, `Jan 26`."""
    return {
        date(int(year) if len(year) == 4 else 2000 + int(year), MONTHS[word.casefold()], 1)
        for day, word, year in _MONTH.findall(text)
        if not day
    }


def quarters(text: str) -> list[set[tuple[date, date]]]:
    """The quarters that a text names by number with their year, each as all that it may mean.

    `Q1-2025-26` is April to June 2025. `Q1 2025` may be that, January to March, or the first quarter of the
    financial year that ends in 2025.
    """
    found = []
    for match in _QUARTER.finditer(text):
        side = "after" if match["after"] else "before"
        if match[side]:
            number, year, second = int(match["quarter"]), int(match[side]), match[f"{side}_second"]
            means = {financial_quarter(year, number)}
            if second is None or int(second) != (year + 1) % 100:
                means |= {financial_quarter(year - 1, number), calendar_quarter(year, number)}
            found.append(means)
    return found


def years(text: str) -> set[int]:
    """The years that a text names, a financial year as both of its own: `2025`, `2024-25`, `201920`."""
    found = _YEAR.findall(text)
    return {int(year) for year, _ in found} | {2000 + int(second) for _, second in found if second}
