"""The description of a dataset as a Frictionless Data Package (version 1 of the standard).

Source: specs.frictionlessdata.io. The CSV files are described in full; the Parquet files hold the same tables
and are listed with their hashes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matchmaker.snapshot.export.dataset import Dataset, Licence
from matchmaker.snapshot.export.tables import Column, Table

NAME = "datapackage.json"
PARQUET = "application/vnd.apache.parquet"


def datapackage(dataset: Dataset, facts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The content of `datapackage.json`.

    Args:
        dataset: what is described.
        facts: path of each file -> its `bytes` and SHA-256 (`sha256`).
    """
    return {
        "profile": "data-package",
        "name": dataset.name,
        "title": dataset.title,
        "description": f"{dataset.summary} {dataset.attribution}".strip(),
        **({"homepage": dataset.url} if dataset.url else {}),
        "version": dataset.version,
        "created": f"{dataset.as_of}T00:00:00Z",
        "snapshot": dataset.snapshot,
        "software": dataset.software,
        "citation": dataset.citation,
        "keywords": list(dataset.keywords),
        "licenses": list({one.name: _licence(one) for one in dataset.licences.values()}.values()),
        "contributors": [{"title": "matchmaker contributors", "role": "wrangler"}],
        "sources": [
            {"title": f"{one['publisher']}: {one['title']}", **({"path": one["page"]} if one["page"] else {})}
            for one in dataset.rows("sources")
        ],
        "resources": [
            resource for table in dataset.tables for resource in (_csv(table, facts), _parquet(table, facts))
        ],
    }


def _licence(one: Licence) -> dict[str, str]:
    return {"name": one.name, "path": one.url, "title": one.title}


def _csv(table: Table, facts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    path = f"csv/{table.name}.csv"
    schema: dict[str, Any] = {"fields": [_field(one) for one in table.columns], "missingValues": [""]}
    if table.primary_key:
        schema["primaryKey"] = list(table.primary_key)
    keys = [
        {
            "fields": [one.name],
            "reference": {"resource": _here(one.refers_to[0], table), "fields": [one.refers_to[1]]},
        }
        for one in table.columns
        if one.refers_to
    ]
    if keys:
        schema["foreignKeys"] = keys
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": path,
        "title": table.name.replace("_", " ").capitalize(),
        "description": table.says,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": facts[path]["bytes"],
        "hash": f"sha256:{facts[path]['sha256']}",
        "schema": schema,
    }


def _here(to: str, table: Table) -> str:
    """A table as a reference of the standard names it: nothing for itself."""
    return "" if to == table.name else to


def _field(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": column.type,
        "description": column.says,
        **({"unit": column.unit} if column.unit else {}),
        **({"constraints": dict(column.constraints)} if column.constraints else {}),
    }


def _parquet(table: Table, facts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    path = f"parquet/{table.name}.parquet"
    return {
        "profile": "data-resource",
        "type": "file",
        "name": f"{table.name}.parquet",
        "path": path,
        "description": f"The table {table.name} as Parquet.",
        "format": "parquet",
        "mediatype": PARQUET,
        "bytes": facts[path]["bytes"],
        "hash": f"sha256:{facts[path]['sha256']}",
    }
