"""What a file says of its own period: the months and years in its name and in the words above its table."""

from __future__ import annotations

import re
from datetime import date

from matchmaker.sources.periods import MONTHS

_WORDS = "|".join(sorted(MONTHS, key=len, reverse=True))
# "14th August 2025" is a day of publication, and says nothing of the period.
_MONTH = re.compile(
    rf"(\d(?:st|nd|rd|th)? +)?(?<![a-z])({_WORDS})[^a-z0-9]*(20\d\d|\d\d(?!\d))", re.IGNORECASE
)
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?:[-_ /]?(\d\d))?(?!\d)")


def months(text: str) -> set[date]:
    """The first days of the months that a text names with their year: `June-2025`, `Jan 26`."""
    return {
        date(int(year) if len(year) == 4 else 2000 + int(year), MONTHS[word.casefold()], 1)
        for day, word, year in _MONTH.findall(text)
        if not day
    }


def years(text: str) -> set[int]:
    """The years that a text names, a financial year as both of its own: `2025`, `2024-25`, `201920`."""
    found = _YEAR.findall(text)
    return {int(year) for year, _ in found} | {2000 + int(second) for _, second in found if second}
