"""The tables of a published dataset: those of a snapshot, and what is needed to read them by themselves."""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

import dataframely as dy
import polars as pl
from pydantic import Field

from matchmaker.sector import Definition, Sector, parse_definition
from matchmaker.snapshot.schema import schemas
from matchmaker.snapshot.store import Snapshot
from matchmaker.sources.publication import measures

DATASET = "dataset.toml"
"""File of a sector: what only it can say of its dataset."""


class Sources(dy.Schema):
    """Where rows come from: publisher, title, page, licence, and who carried the file."""

    id = dy.String(primary_key=True)
    publisher = dy.String()
    title = dy.String()
    page = dy.String(nullable=True)
    licence = dy.String()
    notice = dy.String(nullable=True)
    standing = dy.String(regex="^(official|extracted|compiled|modelled)$")
    compiled_by = dy.String(nullable=True)
    as_at = dy.Date(nullable=True)
    table = dy.String()
    period_first = dy.Date(nullable=True)
    period_last = dy.Date(nullable=True)
    rows = dy.Int64(min=0)


class SourceFiles(dy.Schema):
    """The official files that were read, so that anybody can check that they have the same."""

    source = dy.String(primary_key=True)
    name = dy.String(primary_key=True)
    sha256 = dy.String(regex="^[0-9a-f]{64}$")


class MeasureDefinitions(dy.Schema):
    """What each measure is, in which unit, and what its values can be."""

    name = dy.String(primary_key=True)
    dimension = dy.String()
    label = dy.String()
    unit = dy.String()
    minimum = dy.Float64(nullable=True)
    maximum = dy.Float64(nullable=True)
    zero = dy.String(nullable=True)
    part_of = dy.String(nullable=True)
    combine = dy.String(nullable=True)


class CodeLabels(dy.Schema):
    """What coded words of other tables mean."""

    table = dy.String(primary_key=True)
    column = dy.String(primary_key=True)
    code = dy.String(primary_key=True)
    label = dy.String()


class ColumnText(Definition):
    """What is said of a column."""

    says: str
    unit: str = ""
    of: str = ""
    """`table.column` that its values refer to."""


class DatasetText(Definition):
    """`dataset.toml`."""

    keywords: tuple[str, ...] = ()
    notices: dict[str, str] = Field(default_factory=dict)
    """Source -> what its licence asks to be said, such as a copyright line."""
    tables: dict[str, str] = Field(default_factory=dict)
    """Table -> what one of its rows is here, where that says more than the engine can."""
    columns: dict[str, dict[str, ColumnText]] = Field(default_factory=dict)
    """Table -> column -> what is said of it."""
    sources: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Sources that the manifest does not list: id -> columns of `Sources`."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type in words of Frictionless Table Schema, what it may hold, what it refers to."""

    name: str
    type: str
    says: str
    unit: str
    constraints: Mapping[str, Any]
    refers_to: tuple[str, str] | None
    """Table and column; None where it refers to nothing, or some value of it is not found there."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table, ready to be written and described."""

    name: str
    says: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    frame: pl.DataFrame


def dataset_text(sector: Sector) -> DatasetText:
    """What only the sector can say of its dataset; nothing where it has no such file."""
    return parse_definition(DatasetText, sector.toml(DATASET), f"{sector.name}/{DATASET}")


def dataset_tables(snapshot: Snapshot) -> list[Table]:
    """Every table of a snapshot in the order of its schema, then sources, files, measures and code labels.

    Tables without a row are left out.

    Raises:
        DamagedSnapshot: a table is missing or was edited.
        KeyError: a column is described nowhere.
    """
    sector = snapshot.sector
    own = {name: one for name, one in schemas(sector).items() if name in snapshot.manifest["tables"]}
    every: dict[str, tuple[type[dy.Schema], pl.DataFrame]] = {
        name: (schema, snapshot.table(name).select(schema.column_names())) for name, schema in own.items()
    }
    text = dataset_text(sector)
    every |= {
        "sources": (Sources, _frame(Sources, _sources(snapshot, text))),
        "source_files": (SourceFiles, _frame(SourceFiles, _source_files(snapshot))),
        "measure_definitions": (MeasureDefinitions, _frame(MeasureDefinitions, _measures(sector))),
        "code_labels": (CodeLabels, _frame(CodeLabels, _labels(sector))),
    }
    frames = {name: frame for name, (_, frame) in every.items()}
    return [
        Table(
            name,
            text.tables.get(name) or " ".join((inspect.getdoc(schema) or "").replace("`", "").split()),
            tuple(_columns(name, schema, frames, text)),
            tuple(schema.primary_key()),
            frame,
        )
        for name, (schema, frame) in every.items()
        if frame.height
    ]


def _frame(schema: type[dy.Schema], rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    types = {name: column.dtype for name, column in schema.columns().items()}
    return schema.validate(pl.DataFrame(list(rows), schema=types)).sort(pl.all())


def _sources(snapshot: Snapshot, text: DatasetText) -> Iterator[dict[str, Any]]:
    used = {
        name: frame["source"].value_counts()
        for name in snapshot.manifest["tables"]
        if "source" in (frame := snapshot.table(name)).columns
    }
    for id_, one in snapshot.sources.items():
        days = {key: _day(one.get(key)) for key in ("as_at", "period_first", "period_last")}
        yield {
            "id": id_,
            "publisher": one["publisher"],
            "title": one["title"],
            "page": one["page"] or None,
            "licence": one["licence"],
            "notice": text.notices.get(id_),
            "standing": one["standing"],
            "compiled_by": one.get("compiled_by"),
            "table": one.get("table", "measures"),
            "rows": one.get("rows", 0),
            **days,
        }
    for id_, columns in text.sources.items():
        for name, counted in used.items():
            if n := counted.filter(pl.col("source") == id_)["count"].sum():
                yield {"id": id_, "notice": None, "page": None, "table": name, "rows": n, **columns}
                break


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _source_files(snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    for id_, one in snapshot.sources.items():
        for file in one.get("files", ()):
            yield {"source": id_, **file}


def _measures(sector: Sector) -> Iterator[dict[str, Any]]:
    for one in measures(sector).values():
        yield {name: getattr(one, name) for name in MeasureDefinitions.column_names()}


def _labels(sector: Sector) -> Iterator[dict[str, str]]:
    shared = {
        word: " ".join(f"{sector.joint_leadership.kinds[kind].now}." for kind in kinds)
        for word, kinds in sector.joint_leadership.words.items()
    }
    labels = {
        ("organisations", "type"): {name: one.label for name, one in sector.types.items()},
        ("pairings", "kind"): {name: one.label for name, one in sector.pairing_kinds.items()},
        ("interventions", "regime"): {name: one.label for name, one in sector.interventions.regimes.items()},
        ("pairings", "leadership"): shared,
        ("groups", "leadership"): shared,
    }
    for (table, column), words in labels.items():
        for code, label in words.items():
            yield {"table": table, "column": column, "code": code, "label": label}


TYPES = {
    pl.String: "string",
    pl.Date: "date",
    pl.Float64: "number",
    pl.Int64: "integer",
    pl.Boolean: "boolean",
}
"""Type of a column -> type of Frictionless Table Schema."""
CONSTRAINTS = {"min_length": "minLength", "regex": "pattern", "min": "minimum", "max": "maximum"}
"""Limit of a schema -> constraint of Frictionless Table Schema."""


def _columns(
    table: str, schema: type[dy.Schema], frames: Mapping[str, pl.DataFrame], text: DatasetText
) -> Iterator[Column]:
    said = tomllib.loads(files(__package__).joinpath("columns.toml").read_text("utf-8"))
    for name, column in schema.columns().items():
        own = text.columns.get(table, {}).get(name)
        about = own or ColumnText(**(said.get(table, {}).get(name) or said["common"][name]))
        constraints: dict[str, Any] = {} if column.nullable else {"required": True}
        for limit, constraint in CONSTRAINTS.items():
            if (value := getattr(column, limit, None)) is not None:
                constraints[constraint] = value
        to = _reference(about.of, frames, frames[table][name])
        yield Column(name, TYPES[column.dtype.base_type()], about.says, about.unit, constraints, to)


def _reference(of: str, frames: Mapping[str, pl.DataFrame], values: pl.Series) -> tuple[str, str] | None:
    table, _, column = of.partition(".")
    if not of or not values.drop_nulls().is_in(frames[table][column].implode()).all():
        return None
    return table, column
