"""Rules: reasons to exclude a candidate; an excluded candidate keeps its reasons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchmaker.features import Profiles
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.directory import spoken

RATINGS = {1: "Inadequate", 2: "Requires improvement", 3: "Good", 4: "Outstanding"}
KIND_LABELS = {
    "acute": "acute",
    "acute_specialist": "acute specialist",
    "mental_health": "mental health",
    "community": "community",
    "ambulance": "ambulance",
    "other": "other",
}
OPEN_END_MONTHS = 36
"""A spell whose end was not read counts as running for so long after its entry: the mean stay was 24
months (NHS Providers, 2017)."""
STILL_SEEN_MONTHS = 12
"""And for so long after the last day on which a source shows it running."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says: (n_organisations,) excluded or not, and why for any one of them."""

    excluded: NDArray[np.bool_]
    reason: Callable[[int], str]


def not_the_recipient(profiles: Profiles, recipient: int) -> Verdict:
    """The recipient itself."""
    excluded = np.zeros(len(profiles.kinds), dtype=bool)
    excluded[recipient] = True
    return Verdict(excluded, lambda at: "It is the recipient.")


def same_kind(profiles: Profiles, recipient: int) -> Verdict:
    """Organisations of another kind."""
    own = profiles.kinds[recipient]

    def reason(at: int) -> str:
        other = KIND_LABELS[profiles.kinds[at]]
        return f"It is of another kind ({other}) than the recipient ({KIND_LABELS[own]})."

    return Verdict(profiles.kinds != own, reason)


def not_in_special_measures(profiles: Profiles, recipient: int) -> Verdict:  # noqa: ARG001
    """Organisations in special measures or in the Recovery Support Programme on the day."""
    running = spells_running(profiles.snapshot, profiles.as_of)
    said = {row["ods"]: row for row in running.iter_rows(named=True)}
    codes = profiles.organisations["ods"].to_list()

    def reason(at: int) -> str:
        spell = said[codes[at]]
        name = "the Recovery Support Programme" if spell["regime"] == "RSP" else "special measures"
        since = f" since {_dated(spell['entry'], spell['entry_precision'])}" if spell["entry"] else ""
        end = "" if spell["exit_known"] else " (its end, if it has ended, is not known)"
        return f"It is in {name}{since}{end}."

    return Verdict(np.array([ods in said for ods in codes]), reason)


def rated_good_or_better(profiles: Profiles, recipient: int) -> Verdict:  # noqa: ARG001
    """Organisations rated inadequate or requires improvement; one without rating is not excluded."""
    column = profiles.column["cqc_overall"]
    rating = profiles.values[:, column]

    def reason(at: int) -> str:
        cell = profiles.cells.row(at * len(profiles.features) + column, named=True)
        return f"CQC rated it {RATINGS[int(rating[at])]} overall on {spoken(cell['period_end'])}."

    return Verdict(rating < 3, reason)  # unknown (NaN) compares as False


RULES: dict[str, Callable[[Profiles, int], Verdict]] = {
    rule.__name__: rule
    for rule in (not_the_recipient, same_kind, not_in_special_measures, rated_good_or_better)
}


def spells_running(snapshot: Snapshot, day: date) -> pl.DataFrame:
    """Spells in special measures or the support programme that run on a day, the latest per trust."""
    begun = snapshot.spells.filter(pl.coalesce("entry", "seen") <= day)
    assumed_end = pl.max_horizontal(
        pl.col("entry").dt.offset_by(f"{OPEN_END_MONTHS}mo"),
        pl.when(pl.col("seen") <= day).then(pl.col("seen").dt.offset_by(f"{STILL_SEEN_MONTHS}mo")),
    )
    end = pl.when(pl.col("exit").is_not_null()).then("exit").otherwise(assumed_end)
    return begun.filter(end > day).sort("ods", "entry").unique("ods", keep="last", maintain_order=True)


def _dated(day: date, precision: str) -> str:
    return {"day": spoken(day), "month": f"{day:%B %Y}", "year": f"{day:%Y}"}[precision]
