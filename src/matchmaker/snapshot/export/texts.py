"""What people read first of a published dataset: `README.md`, `CODEBOOK.md` and `LICENCE.md`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matchmaker.dates import format_date
from matchmaker.snapshot.export.dataset import Dataset
from matchmaker.snapshot.export.tables import Column, Table

OPEN = """\
```python
import pandas
measures = pandas.read_parquet("parquet/measures.parquet")
```

```sql
-- DuckDB
select code, measure, period_end, value from 'parquet/measures.parquet' where known_from <= date '2020-01-01';
```

```r
measures <- read.csv("csv/measures.csv", na.strings = "", colClasses = c(code = "character"))
```
"""


def texts(dataset: Dataset) -> dict[str, str]:
    """File name -> Markdown."""
    return {"README.md": readme(dataset), "CODEBOOK.md": codebook(dataset), "LICENCE.md": licence(dataset)}


def readme(dataset: Dataset) -> str:
    """What the dataset is, which version, how it is opened, checked and cited."""
    rows = [(f"`{one.name}`", f"{one.frame.height:,}", one.says) for one in dataset.tables]
    return _page(
        f"# {dataset.title}",
        dataset.summary,
        f"Version {dataset.version}: holds up to {format_date(dataset.as_of)}. Snapshot {dataset.snapshot}, "
        f"written by {dataset.software}; the same snapshot gives the same bytes.",
        dataset.attribution,
        "## Tables",
        "Each is a file in `csv/` and in `parquet/`. CSV is UTF-8 with commas, dates as 2026-03-31, an empty "
        "cell where nothing is known. [CODEBOOK.md](CODEBOOK.md) describes every column. Programs read the "
        "same in [datapackage.json](datapackage.json) (Frictionless) and [croissant.json](croissant.json) "
        "(Croissant).",
        _table(("Table", "Rows", "One row is"), rows),
        "## Before you use it",
        "Figures, attributes and places have the day from which they were public (`known_from`), facts on "
        "boards that of their source (`as_of`): a study that looks back must use no row before its day. An "
        "organisation that has closed keeps its code; `successions` says who followed. What is missing is "
        "unknown, not zero. A figure stands once for each source that gives it: take what the publisher said "
        "(`standing` official or extracted) before compilations and these before modelled figures, and of "
        "equals the one that came out last. Facts on partnerships, interventions and boards were compiled "
        "from public pages and are no census.",
        "## Open it",
        OPEN.rstrip(),
        "## Check it",
        "```sh\nfrictionless validate datapackage.json\nmlcroissant validate --jsonld croissant.json\n```",
        "## Cite it",
        dataset.citation,
        "[LICENCE.md](LICENCE.md) names the licence and the attribution of each source.",
    )


def codebook(dataset: Dataset) -> str:
    """Every table and column, every measure, and what coded words mean."""
    parts = ["# Codebook", f"Of version {dataset.version}, snapshot {dataset.snapshot}."]
    for table in dataset.tables:
        key = ", ".join(f"`{name}`" for name in table.primary_key)
        parts += [
            f"## {table.name}",
            table.says,
            f"{table.frame.height:,} rows. " + (f"Key: {key}." if key else "No key."),
            _table(
                ("Column", "Type", "May be empty", "Refers to", "Meaning"),
                [_row(table, one) for one in table.columns],
            ),
        ]
    return _page(
        *parts,
        "## Measures",
        _table(
            ("Measure", "Meaning", "Unit", "Dimension"),
            [
                (f"`{one['name']}`", one["label"], one["unit"], one["dimension"])
                for one in dataset.rows("measure_definitions")
            ],
        ),
        "## Coded words",
        _table(
            ("Column", "Word", "Meaning"),
            [
                (f"{one['table']}.{one['column']}", f"`{one['code']}`", one["label"])
                for one in dataset.rows("code_labels")
            ],
        ),
    )


def licence(dataset: Dataset) -> str:
    """The licences, and what must be said of each source."""
    rows = [
        (
            f"`{one['id']}`",
            one["publisher"],
            f"[{one['title']}]({one['page']})" if one["page"] else one["title"],
            dataset.licences[one["licence"]].title,
            one["compiled_by"],
            one["notice"],
        )
        for one in dataset.rows("sources")
    ]
    terms = [f"### {one.title}\n\n{one.url}\n\n{one.terms}" for one in dataset.licences.values()]
    return _page(
        "# Licence",
        dataset.attribution,
        "Say this when you use the data, link to the licence, and do not suggest that a publisher endorses "
        "what you make. Logos and names of publishers as marks are not covered. Figures are given as "
        "they were published, without warranty.",
        "## Licences",
        *terms,
        "## Sources",
        _table(("Source", "Publisher", "Title", "Licence", "Carried by", "Notice"), rows),
    )


def _row(table: Table, column: Column) -> tuple[str | None, ...]:
    says = f"{column.says} In {column.unit}." if column.unit else column.says
    empty = None if "required" in column.constraints or column.name in table.primary_key else "yes"
    return f"`{column.name}`", column.type, empty, ".".join(column.refers_to or ()) or None, says


def _table(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    cells = [["" if one is None else str(one).replace("|", "\\|") for one in row] for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in [list(heading), ["---"] * len(heading), *cells])


def _page(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"
