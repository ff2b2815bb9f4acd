"""Figures derived from tables of facts (boards, ratings) as of a day, in the columns of measures."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import groupby
from operator import itemgetter
from typing import Any

import polars as pl

from matchmaker.dates import DAYS_PER_MONTH, DAYS_PER_YEAR, last_day, months_before
from matchmaker.models.ties import ties
from matchmaker.sectors.nhs.ties import ABOVE
from matchmaker.snapshot import Snapshot

FACTS = "fact."
"""How the names of derived figures begin; `sector.toml` lists them."""
POSTS = ("chief_executive", "chair")
SCHEMA = {
    "code": pl.String,
    "measure": pl.String,
    "value": pl.Float64,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "known_from": pl.Date,
    "source": pl.String,
    "file": pl.String,
}
CHURN_YEARS = 5
_FOUND = {
    "code": pl.String,
    "source": pl.String,
    "as_of": pl.Date,
    "measure": pl.String,
    "value": pl.Float64,
}


def derived(snapshot: Snapshot, as_of: date) -> pl.DataFrame:
    """All derived figures known on a day; columns as in `SCHEMA`.

    A fact counts from the day its source was published. `period_end` is the last day on which a source
    showed it: an empty end of a tenure is no proof of it lasting.
    """
    within = snapshot.sector.tables["board_tenure"].seen_within_months
    seen_since = date.min if within is None else months_before(as_of, within)
    parts = [
        pl.DataFrame(_tenures(snapshot.board_tenure, as_of, seen_since), schema=_FOUND, orient="row"),
        pl.DataFrame(_shared(snapshot, as_of), schema=_FOUND, orient="row"),
        _months_since_rated(snapshot.measures, as_of),
    ]
    day = pl.col("as_of")
    return (
        pl.concat(part.select(list(_FOUND)) for part in parts)
        .drop_nulls("value")
        .select(
            "code",
            "measure",
            "value",
            period_start=day,
            period_end=day,
            known_from=day,
            source="source",
            file=pl.lit(""),
        )
        .cast(SCHEMA)  # type: ignore[arg-type]
    )


def _tenures(table: pl.DataFrame, as_of: date, seen_since: date) -> Iterator[tuple[Any, ...]]:
    """How long the present holder of each post has been there, whether for now only, and how many began.

    A holder whom no source has shown since `seen_since` is unknown.
    """
    post = pl.col("role").str.extract(f"^({'|'.join(POSTS)})")
    # A joint post above the trust's own holder is no post of the trust's.
    own = ~(pl.col("role").str.contains("joint") & pl.col("source").str.contains(ABOVE, literal=True))
    known = table.filter((pl.col("as_of") <= as_of) & own).with_columns(
        post=post,
        interim=pl.col("role").str.contains("interim|acting"),
        joint=pl.col("role").str.contains("joint"),
        started=last_day("start"),
    )
    churn_since = months_before(as_of, 12 * CHURN_YEARS)
    ordered = known.sort("code", "post", "start", "as_of", "interim", "source")
    for (code, name), facts in groupby(ordered.to_dicts(), itemgetter("code", "post")):
        holder = _holder(str(code), str(name), list(facts), as_of)
        if holder is None or holder.seen < seen_since:
            continue
        begun = len({day for day in holder.starts if churn_since < day <= as_of})
        values = {
            "tenure": (as_of - holder.since).days / DAYS_PER_YEAR,
            "interim": holder.interim,
            # That nobody is known to have begun is no proof that nobody did.
            "changes": begun or None,
        }
        for what, value in values.items():
            yield code, holder.source, holder.seen, f"{FACTS}{name}_{what}", value


@dataclass(frozen=True, slots=True)
class _Holder:
    """Who holds a post: since when, how, last seen when, and the days on which holders began."""

    since: date
    interim: float | None
    seen: date
    source: str
    starts: frozenset[date]


def _holder(code: str, post: str, facts: list[dict[str, Any]], as_of: date) -> _Holder | None:
    """The holder on a day, by the last change known.

    Where an end is the last thing known, the successor began about then: who, and how, is unknown.
    """
    starts = [fact for fact in facts if fact["start"] is not None and fact["start"] <= as_of]
    ends = [fact for fact in facts if fact["end"] is not None and fact["end"] <= as_of]
    if not starts and not ends:
        return None
    # Of two who began on one day the interim one counts, with a joint holder above.
    last = max(starts, key=lambda fact: (fact["start"], fact["as_of"], fact["interim"]), default=None)
    days = frozenset(fact["start"] for fact in starts)
    ended = max(ends, key=lambda fact: (fact["end"], fact["as_of"]), default=None)
    if last is None or (ended is not None and ended["end"] > last["start"]):
        assert ended is not None
        seen = max(fact["as_of"] for fact in ends if fact["end"] == ended["end"])
        return _Holder(ended["end"], None, seen, ended["source"], days)
    same = [fact for fact in starts if fact["start"] == last["start"]]
    since = last["start"]
    if last["joint"] and not last["interim"]:
        before = _before_joint(code, post, last, starts, ends)
        if before is not None:
            since, days = before, days - {last["start"]}
    return _Holder(since, float(last["interim"]), max(fact["as_of"] for fact in same), last["source"], days)


def _before_joint(
    code: str, post: str, joint: dict[str, Any], starts: list[dict[str, Any]], ends: list[dict[str, Any]]
) -> date | None:
    """Since when the holder of a joint post had led the trust alone; None where somebody else did."""
    alone = [
        fact
        for fact in starts
        if not fact["joint"] and not fact["interim"] and fact["start"] < joint["start"]
    ]
    if not alone:
        return None
    last = max(alone, key=lambda fact: (fact["start"], fact["as_of"]))
    left = any(last["started"] < fact["end"] <= joint["start"] for fact in ends)
    if left and (code, post, joint["start"]) not in _same_holders():
        return None
    return last["start"]  # type: ignore[no-any-return]


@cache
def _same_holders() -> frozenset[tuple[str, str, date]]:
    content = (files("matchmaker.sectors.nhs") / "curated" / "same_holder.toml").read_text("utf-8")
    return frozenset((one["code"], one["post"], one["joint"]) for one in tomllib.loads(content)["holder"])


def _shared(snapshot: Snapshot, as_of: date) -> Iterator[tuple[Any, ...]]:
    """The trusts known to share leaders; of others it is unknown, since no list is a census."""
    found: dict[str, tuple[date, str]] = {}
    for (code, _), known in ties(snapshot, as_of).items():
        for tie in known:
            if tie.is_joint and tie.state == "in_force":
                found[code] = max(found.get(code, (date.min, "")), (tie.seen or as_of, tie.source))
    for code, (seen, source) in found.items():
        yield code, source, seen, f"{FACTS}shared_board", 1.0


def _months_since_rated(measures: pl.DataFrame, as_of: date) -> pl.DataFrame:
    rated = measures.filter((pl.col("measure") == "cqc_overall") & (pl.col("known_from") <= as_of))
    ordered = rated.sort("code", "period_end", "known_from", "source")
    last = ordered.unique("code", keep="last", maintain_order=True)
    # By a product: a quotient is rounded in another way where there is one row only.
    months = (pl.lit(as_of) - pl.col("period_end")).dt.total_days() * (1 / DAYS_PER_MONTH)
    name = pl.lit(f"{FACTS}months_since_rated")
    return last.select("code", "source", as_of="period_end", measure=name, value=months)
