"""What all editions of the NHS Staff Survey share."""

from __future__ import annotations

from datetime import date

import polars as pl

PUBLISHER = "NHS England"
PAGE = "https://www.nhsstaffsurveys.com/results/"
# From the end of November to the end of March; the latest release so far was on a 30 March.
LAG_DAYS = 121
# The Isle of Wight answers by sector; its acute one stands for the trust, as in the NHS
# Oversight Framework, and is the only one in every year.
PARTS = r"^(R[A-Z0-9]{2}|T[A-Z0-9]{2}|G6V2S|K0N6A|R1F1)$"
WHOLE = {"R1F1": "R1F"}


def autumn(year: int) -> tuple[date, date]:
    """September to November, when staff answer (into December before 2016)."""
    return date(year, 9, 1), date(year, 11, 30)


def whole_trusts(frame: pl.DataFrame) -> pl.DataFrame:
    """The code of the part that stands for a trust becomes the code of the trust."""
    return frame.with_columns(pl.col("code").replace(WHOLE))
