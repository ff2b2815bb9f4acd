"""Answers and other tables as CSV files."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Response

from matchmaker.api.responses import attachment
from matchmaker.models.tables import Row, to_csv


def csv_file(name: str, rows: Sequence[Row]) -> Response:
    """Rows as a CSV file; all have the same fields.

    Args:
        name: of the file, with its ending.
        rows: one mapping for each.
    """
    headers = {"Content-Disposition": attachment(name), "Cache-Control": "no-cache"}
    # By this mark Excel knows the file as UTF-8.
    content = ("\ufeff" + "".join(to_csv(rows))).encode()
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)
