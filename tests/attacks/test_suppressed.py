"""What is suppressed is no nought: no reader makes another figure of a cell that says nothing."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from tries import LONG

from .alterations import MARK, Alteration, changed, large_row, written
from .test_altered_files import KEY, bench, placed

pytestmark = [pytest.mark.attack, pytest.mark.raw, pytest.mark.snapshot, pytest.mark.slow]

MOST_BYTES = 1_000_000 if LONG else 60_000
COLUMNS = 6
"""Of so many columns of numbers of each file, one organisation's cell is suppressed."""


@pytest.mark.parametrize("name", ["nhs", "schools"])
def test_a_suppressed_cell_changes_no_figure_into_another(name: str, raw_data: Path, tmp_path: Path) -> None:
    sector = bench(name, raw_data)
    publications: dict[str, list[Path]] = defaultdict(list)
    for path, readers in sector.by_path.items():
        if path.stat().st_size <= MOST_BYTES and any(one.table == "measures" for one in readers):
            publications[readers[0].id].append(path)
    tried, wrong = 0, []
    for table, _ in sector.opened(publications, sector.codes, len(publications)):
        place = placed(sector, Alteration("", table.path, "", lambda: None, lambda: b""), tmp_path)
        place.write_bytes(written(table.path, table.grid, table.sheet))
        plain, issues = sector.read(table.path, place)
        issues.raise_if_any()
        before = sector.long(plain)
        for at in table.numbers[:COLUMNS]:
            grid = changed(table, at, lambda _: MARK, [large_row(table, at)])
            place.write_bytes(written(table.path, grid, table.sheet))
            read, issues = sector.read(table.path, place)
            if issues.found:
                continue
            tried += 1
            after = sector.long(read)
            if after.join(before, on=[*KEY, "value"], how="anti").height:
                wrong.append(f"{table.path.name}: {table.grid[table.heading][at]}")
    assert tried and not wrong, "\n".join(wrong)
