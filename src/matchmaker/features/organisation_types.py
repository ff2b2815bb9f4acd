"""Which type each organisation was on a day, as the types published by then say.

Organisations change type, for example when two of different types merge. The latest type known on the day
counts. Before the first one, the earliest that came later does: the type is what an organisation is, and no
outcome, so nothing leaks that a replay should not know.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

import polars as pl
from pydantic import ValidationError

from matchmaker.cache import cached, cached_apart_from_figures
from matchmaker.errors import BadFile, Issue
from matchmaker.sector import Definition, Sector
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.own_figures import OWN


class MistakenType(Definition):
    """A published type that is not believed."""

    code: str
    attribute: str
    known_from: date
    value: str
    why: str


class DatedType(Definition):
    """The type that a code has from a day on, where no publication says so in time."""

    code: str
    known_from: date
    type: str
    why: str


class TypeRules(Definition):
    """`types.toml`: how published types are read, and which are believed.

    A sector without the file takes every type from the table of organisations.
    """

    precedence: tuple[str, ...] = ()
    """Attributes that hold a type; of types known from the same day, that of the last attribute counts."""
    coarse: tuple[str, ...] = ()
    """Attributes that count only where no other type is known yet."""
    words: tuple[tuple[str, str], ...] = ()
    """(word, type): the first word found in a published type decides."""
    ignore: str | None = None
    """Regular expression of what is left out of a published type before its words are looked for."""
    mistaken: tuple[MistakenType, ...] = ()
    dated: tuple[DatedType, ...] = ()
    """Types from a day on; they count until a later publication names one."""

    def type_of(self, published: str) -> str | None:
        """The type that a published type names; None where it names none."""
        text = re.sub(self.ignore, "", published, flags=re.IGNORECASE) if self.ignore else published
        return next((name for word, name in self.words if word in text.casefold()), None)


@cached
def type_rules(sector: Sector) -> TypeRules:
    """How the published types of a sector are read.

    Raises:
        BadFile: `types.toml` breaks its form; every fault is named.
    """
    try:
        return TypeRules.model_validate(sector.toml("types.toml"))
    except ValidationError as error:
        issues = [
            Issue("types.toml", one["msg"], column=".".join(map(str, one["loc"]))) for one in error.errors()
        ]
        raise BadFile(issues, "Mend the file.") from error


def types_on(snapshot: Snapshot, day: date) -> pl.DataFrame:
    """The type of each organisation on a day, and the published type that says so.

    Organisations of which no type was published keep the type of the table of organisations, as do those
    to which a user's own data give one.

    Returns:
        code, type and type_basis of every organisation, open or not.
    """
    published = _published(snapshot)
    is_known = pl.col("known_from") <= day
    by_then = published.filter(is_known).unique("code", keep="last", maintain_order=True)
    later = published.filter(~is_known).sort("known_from", maintain_order=True)
    chosen = pl.concat([by_then, later]).unique("code", keep="first", maintain_order=True)
    table = snapshot.organisations.select("code", "type", "type_basis")
    both = table.join(chosen, on="code", how="left", suffix="_then", maintain_order="left")
    return both.select(
        "code",
        pl.coalesce("type_then", "type").alias("type"),
        pl.when(pl.col("type_then").is_null())
        .then("type_basis")
        .otherwise("type_basis_then")
        .alias("type_basis"),
    )


@cached_apart_from_figures
def _published(snapshot: Snapshot) -> pl.DataFrame:
    """The believed types of organisations to which a user's own data give none."""
    own = snapshot.organisations.filter(pl.col("type_basis").str.starts_with(f"{OWN}: "))
    return believed_types(snapshot.attributes.join(own, on="code", how="anti"), snapshot.sector)


def believed_types(attributes: pl.DataFrame, sector: Sector) -> pl.DataFrame:
    """Every believed type: code, type, type_basis, known_from; what counts most comes last.

    Args:
        attributes: the table.
        sector: its `types.toml` says how published types are read.
    """
    rules = type_rules(sector)
    rank = {attribute: at for at, attribute in enumerate(rules.precedence)}
    key = pl.Schema({"code": pl.String, "attribute": pl.String, "known_from": pl.Date, "value": pl.String})
    mistaken = pl.DataFrame([one.model_dump(include=set(key)) for one in rules.mistaken], schema=key)
    names: Mapping[str, str | None] = {value: rules.type_of(value) for value in attributes["value"].unique()}
    dated = pl.DataFrame(
        [(one.code, "dated", one.known_from, one.why, one.type) for one in rules.dated],
        schema=dict(key) | {"type": pl.String},
        orient="row",
    )
    labelled = (
        attributes.filter(pl.col("attribute").is_in(list(rank)))
        .join(mistaken, on=key.names(), how="anti")
        .select(*key.names(), type=pl.col("value").replace_strict(names, return_dtype=pl.String))
    )
    return (
        pl.concat([labelled, dated])
        .with_columns(
            type_basis=pl.format("{}: {}", "attribute", "value"),
            rank=pl.col("attribute").replace_strict(rank, default=-1, return_dtype=pl.Int64),
        )
        .drop_nulls("type")
        .sort(~pl.col("attribute").is_in(rules.coarse), "known_from", "rank", "value")
        .select("code", "type", "type_basis", "known_from")
    )
