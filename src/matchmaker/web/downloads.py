"""Tables to take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl
from fastapi import Response


def csv_file(name: str, rows: Sequence[Mapping[str, object]]) -> Response:
    """Rows as a CSV file; all have the same fields.

    Args:
        name: of the file, without its ending.
        rows: one mapping for each.
    """
    table = pl.DataFrame(rows, infer_schema_length=None).write_csv()
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-cache"}
    # By this mark Excel knows the file as UTF-8.
    return Response(("\ufeff" + table).encode(), media_type="text/csv; charset=utf-8", headers=headers)
