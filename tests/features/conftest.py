"""What the tests of profiles share: snapshots made from the bundled one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import polars as pl
import pytest

if TYPE_CHECKING:
    from matchmaker import Snapshot


@pytest.fixture(scope="session")
def changed() -> Callable[..., Snapshot]:
    """Makes a snapshot in memory from another one, with some of its tables replaced."""
    from matchmaker.snapshot import Snapshot

    def change(snapshot: Snapshot, **tables: pl.DataFrame) -> Snapshot:
        held = {name: snapshot.table(name) for name in snapshot.manifest["tables"]}
        assert tables.keys() <= held.keys()
        return Snapshot.of(held | tables, snapshot.manifest)

    return change


@pytest.fixture(scope="session")
def some(snapshot: Snapshot, changed: Callable[..., Snapshot]) -> Snapshot:
    """The bundled snapshot of every fourth organisation: enough of each kind, and four times as quick."""
    kept = snapshot.organisations.sort("code").gather_every(4).select("code")
    tables = {}
    for name in snapshot.manifest["tables"]:
        table = snapshot.table(name)
        tables[name] = table.join(kept, on="code", how="semi") if "code" in table.columns else table
    return changed(snapshot, **tables)
