"""The description of a dataset as Croissant 1.0 (JSON-LD), as catalogues of machine-learning data read it.

Source: docs.mlcommons.org/croissant. Records are those of the CSV files.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matchmaker.snapshot.export.dataset import Dataset
from matchmaker.snapshot.export.tables import Column, Table

NAME = "croissant.json"
CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The JSON-LD context that the standard gives."""
TYPES = {
    "string": "sc:Text",
    "date": "sc:Date",
    "number": "sc:Float",
    "integer": "sc:Integer",
    "boolean": "sc:Boolean",
}
FORMATS = {"csv": "text/csv", "parquet": "application/x-parquet"}


def croissant(dataset: Dataset, facts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The content of `croissant.json`.

    Args:
        dataset: what is described.
        facts: path of each file -> its `bytes` and SHA-256 (`sha256`).
    """
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": dataset.name,
        "alternateName": dataset.title,
        "description": f"{dataset.summary} {dataset.attribution}".strip(),
        "citeAs": dataset.citation,
        "creator": {"@type": "sc:Organization", "name": "matchmaker contributors"},
        "datePublished": dataset.as_of.isoformat(),
        "inLanguage": "en",
        "isLiveDataset": False,
        "keywords": list(dataset.keywords),
        "license": list(dict.fromkeys(one.url for one in dataset.licences.values())),
        "version": dataset.version,
        **({"url": dataset.url} if dataset.url else {}),
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": path,
                "name": path,
                "contentUrl": path,
                "contentSize": f"{facts[path]['bytes']} B",
                "encodingFormat": FORMATS[path.rpartition(".")[2]],
                "sha256": facts[path]["sha256"],
            }
            for path in facts
        ],
        "recordSet": [_records(table) for table in dataset.tables],
    }


def _records(table: Table) -> dict[str, Any]:
    keys = [{"@id": f"{table.name}/{name}"} for name in table.primary_key]
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.says,
        **({"key": keys} if keys else {}),
        "field": [_field(table, column) for column in table.columns],
    }


def _field(table: Table, column: Column) -> dict[str, Any]:
    to = column.refers_to
    return {
        "@type": "cr:Field",
        "@id": f"{table.name}/{column.name}",
        "name": f"{table.name}/{column.name}",
        "description": f"{column.says} In {column.unit}." if column.unit else column.says,
        "dataType": TYPES[column.type],
        "source": {"fileObject": {"@id": f"csv/{table.name}.csv"}, "extract": {"column": column.name}},
        **({"references": {"field": {"@id": "/".join(to)}}} if to and to[0] != table.name else {}),
    }
