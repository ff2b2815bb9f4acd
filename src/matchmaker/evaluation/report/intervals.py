"""The section of the report on rank intervals: did they hold the place a quarter later?"""

from __future__ import annotations

from matchmaker.evaluation.report.document import Section, Table, Text
from matchmaker.evaluation.report.labels import share
from matchmaker.models.next_quarter import rank_intervals
from matchmaker.sector import Sector


def interval_sections(sector: Sector) -> list[Section]:
    """One section; none where the sector has not measured it."""
    shipped = rank_intervals(sector)
    if shipped is None:
        return []
    rows = tuple(
        (
            one.arrangement.capitalize(),
            *map(share, (one.dropped, one.covered, one.covered_of_listed, one.weights_only)),
            f"{share(min(each.covered for each in one.coverage))} to "
            f"{share(max(each.covered for each in one.coverage))}",
        )
        for one in shipped.arrangements
        if one.coverage
    )
    heading = (
        "Arrangement",
        "Dropped off",
        "Held",
        "Held, of those listed",
        "By weights alone",
        "Held, by quarter",
    )
    text = (
        "A likely place is a 90% interval: that of other reasonable weights and of what is unknown (SMAA "
        "rank acceptability), widened by what past quarters did to places. Each quarter was tested with what "
        "was fitted on quarters before it, on the first ten options of every list. An option that dropped "
        "off the list counts as not held; so held are at most those that stayed on it."
    )
    return [
        Section(
            "Do likely places hold for a quarter?", (Text(text), Table("", heading, rows, (1, 2, 3, 4, 5)))
        )
    ]
