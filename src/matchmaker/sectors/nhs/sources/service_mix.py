"""How varied an organisation's planned care is, from its waiting list by specialty.

The breadth is the effective number of specialties: the exponential of the Shannon entropy of their
shares, Hill's number of order 1 (M. O. Hill, "Diversity and evenness", Ecology 54, 1973). A trust
with ten specialties of equal size has a breadth of ten; one that does nearly all of its work in one
of them has a breadth near one.

Specialties are those of the publication: 18 named ones, and for the rest one group until March 2021
(X01) and five since (X02 to X06). So a breadth compares organisations of one year, not years. All
the work of a children's hospital is one specialty there, however varied it is.
"""

from __future__ import annotations

from datetime import date

import polars as pl

TOTAL = "C_999"
OTHERS = ("X01", "X02", "X03", "X04", "X05", "X06")
NAMED = (
    *("C_100", "C_101", "C_110", "C_120", "C_130", "C_140", "C_150", "C_160", "C_170"),
    *("C_300", "C_301", "C_320", "C_330", "C_340", "C_400", "C_410", "C_430", "C_502"),
)
SERVICES = {
    "C_100": "general_surgery",
    "C_101": "urology",
    "C_110": "orthopaedics",
    "C_120": "ear_nose_throat",
    "C_130": "ophthalmology",
    "C_140": "oral_surgery",
    "C_150": "neurosurgery",
    "C_160": "plastic_surgery",
    "C_170": "cardiothoracic_surgery",
    "C_300": "general_medicine",
    "C_301": "gastroenterology",
    "C_320": "cardiology",
    "C_330": "dermatology",
    "C_340": "respiratory_medicine",
    "C_400": "neurology",
    "C_410": "rheumatology",
    "C_430": "elderly_medicine",
    "C_502": "gynaecology",
    "X04": "paediatrics",
}
"""Specialty -> how the measures of its waiting list and waits end."""
FEWEST_OF_SERVICE = 20
"""Of fewer people in a specialty, no share is given."""
GROUPS = {
    "service_share_general_surgery": ("C_100", "C_101"),
    "service_share_orthopaedics": ("C_110",),
    "service_share_head_and_neck": ("C_120", "C_140"),
    "service_share_ophthalmology": ("C_130",),
    # Brain, plastic, heart and lung surgery: what regional centres do.
    "service_share_regional_surgery": ("C_150", "C_160", "C_170"),
    "service_share_medicine": ("C_300", "C_301", "C_320", "C_330", "C_340", "C_400", "C_410", "C_430"),
    "service_share_gynaecology": ("C_502",),
    "service_share_paediatrics": ("X04",),
}
SHARES = ("service_breadth", "largest_specialty_share", *GROUPS)
FEWEST = 100
"""Shares of a shorter list than this say little about what an organisation does."""
CHILDREN_APART_SINCE = date(2021, 4, 1)


def service_mix(waiting: pl.DataFrame) -> pl.DataFrame:
    """Waiting list, breadth and shares.

    Args:
        waiting: one row for each `ods`, `period_start`, `period_end` and `specialty` (without the
            total), perhaps in parts, with `waiting`, the number of incomplete pathways.

    Returns:
        One row for each organisation and period that has anybody waiting; the shares of lists
        shorter than `FEWEST`, and of children before they were counted apart, are unknown.
    """
    by = ["code", "period_start", "period_end"]
    size = pl.col("waiting").sum()
    share = pl.col("waiting") / size
    whole = waiting.group_by(*by, "specialty", maintain_order=True).agg(size)
    frame = (
        whole.filter(pl.col("waiting") > 0)
        .group_by(by, maintain_order=True)
        .agg(
            rtt_waiting_list=size,
            service_breadth=(-(share * share.log()).sum()).exp(),
            largest_specialty_share=share.max(),
            **{name: _of(codes) / size for name, codes in GROUPS.items()},
        )
    )
    long_enough = pl.col("rtt_waiting_list") >= FEWEST
    counted = pl.col("period_end") >= CHILDREN_APART_SINCE
    return frame.with_columns(
        service_share_paediatrics=pl.when(counted).then("service_share_paediatrics"),
    ).with_columns(pl.when(long_enough).then(name).alias(name) for name in SHARES)


def _of(codes: tuple[str, ...]) -> pl.Expr:
    return pl.col("waiting").filter(pl.col("specialty").is_in(codes)).sum()
