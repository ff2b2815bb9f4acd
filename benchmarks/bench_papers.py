"""How long papers take, beside a file of one line by the same library; and what a list weighs as JSON.

Run: python benchmarks/bench_papers.py
The answer itself is made before; the aim is a briefing as PDF within 3 seconds, the answer included.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

from pydantic import TypeAdapter

from matchmaker.api.parts import FIELDS, left_out
from matchmaker.models.engine import Matchmaker
from matchmaker.models.query import ShortlistQuery
from matchmaker.models.types import Shortlist
from matchmaker.reports.papers.comparison import comparison_paper
from matchmaker.reports.papers.document import Document, Paper, Paragraph, Sheet
from matchmaker.reports.papers.organisation import organisation_paper
from matchmaker.reports.papers.shortlist import shortlist_paper
from matchmaker.reports.papers.write import written
from matchmaker.snapshot.store import bundled

RECIPIENT, OTHERS = "RPA", ("RN7", "RWF", "RKE")
ROUNDS = 3
ENDINGS = ("pdf", "docx", "xlsx")


def seconds(make: Callable[[], object]) -> tuple[float, float]:
    """The fastest of some runs: by the clock on the wall, and of the processor."""
    walls, cpus = [], []
    for _ in range(ROUNDS):
        wall, cpu = time.perf_counter(), time.process_time()
        make()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return min(walls), min(cpus)


def one_line() -> Paper:
    """A paper of one line, as the least that a library does."""
    day = date(2026, 1, 1)
    document = Document("One line", "", (Paragraph("One line"),), "", day)
    return Paper(
        "a", "One line", day, lambda: document, lambda: (Sheet("One", ("A",), (("b",),)),), None, list
    )


def main() -> None:
    """Print a row for each paper and form."""
    engine = Matchmaker(bundled("nhs"))
    query = ShortlistQuery.parse({}, engine.sector)
    begun = time.perf_counter()
    answer, recommender = engine.answer(RECIPIENT, query), engine.recommender_for(query)
    print(f"first answer of a process {time.perf_counter() - begun:6.2f} s")
    papers: dict[str, tuple[Paper, bool]] = {
        "briefing": (shortlist_paper(answer, query, recommender.arrangement, recommender.profiles), True),
        "shortlist": (shortlist_paper(answer, query, recommender.arrangement, recommender.profiles), False),
        "comparison of 4": (
            comparison_paper(engine.compare((RECIPIENT, *OTHERS)), engine.profiles()),
            False,
        ),
        "one organisation": (organisation_paper(engine.overview(RECIPIENT), engine.profiles()), False),
    }
    least = {ending: seconds(lambda ending=ending: written(one_line(), ending))[1] for ending in ENDINGS}
    for name, (paper, is_briefing) in papers.items():
        for ending in ENDINGS[: 2 if is_briefing else None]:

            def make(paper: Paper = paper, ending: str = ending, short: bool = is_briefing) -> bytes:
                return written(paper, ending, briefing=short)

            wall, cpu = seconds(make)
            size = len(make()) / 1000
            ratio = cpu / least[ending]
            print(
                f"{name:<18}{ending:<6}{wall:7.2f} s {cpu:7.2f} s of processor {ratio:6.0f} x {size:6.0f} kB"
            )
    adapter = TypeAdapter(Shortlist)
    print("ten options as JSON, without links")
    for part in (None, *FIELDS, "all"):
        size = len(adapter.dump_json(answer, exclude=left_out([part] if part else [])))  # type: ignore[list-item]
        print(f"  {part or 'lean':<12}{size / 1000:6.0f} kB")


if __name__ == "__main__":
    main()
