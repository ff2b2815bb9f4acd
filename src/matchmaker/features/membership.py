"""Which organisations were members of which on a day, where the sector has such."""

from __future__ import annotations

from datetime import date

import polars as pl

from matchmaker.snapshot import Snapshot


def members_on(snapshot: Snapshot, day: date) -> pl.DataFrame:
    """The members of each organisation that is made of others, as known on a day.

    Returns:
        `member` and `group`, by both; nothing where the sector names no table of membership. A member of two
        at once, by spells that overlap, is of the one that it joined last.
    """
    of_sector = snapshot.sector.membership
    if of_sector is None or of_sector.table not in snapshot.manifest["tables"]:
        return pl.DataFrame(schema={"member": pl.String, "group": pl.String})
    rows = snapshot.table(of_sector.table)
    there = rows.filter(
        pl.col("start") <= day,
        pl.col("end").is_null() | (pl.col("end") > day),
        pl.col("known_from") <= day,
    )
    latest = there.sort("member", "start", "group").unique("member", keep="last", maintain_order=True)
    return latest.select("member", "group").sort("group", "member")
