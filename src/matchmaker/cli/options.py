"""Options that several commands share, and the query that some of them make up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matchmaker.errors import InvalidParameter

if TYPE_CHECKING:
    from matchmaker.models.query import ShortlistQuery
    from matchmaker.sector import Sector


def parse_date(text: str) -> date:
    """A day as people write it: 2016-07-01, 01/07/2016 (day first) or 1 July 2016.

    Raises:
        InvalidParameter: it is no date.
    """
    from matchmaker.sources.user_tables.cells import day_and_precision

    try:
        found, precision = day_and_precision(" ".join(text.replace(",", " ").split()))
        if precision != "day" or not re.search(r"(?<!\d)\d{4}(?!\d)", text):
            raise ValueError("no day of a year in full")
        return found
    except ValueError as error:
        step = "Write it as 2016-07-01, 01/07/2016 (day first) or 1 July 2016."
        raise InvalidParameter(f"'{text}' is not a date.", step) from error


Organisation = Annotated[str, typer.Argument(metavar="ORGANISATION", help="Its code or name.")]
AsOf = Annotated[
    date | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        parser=parse_date,
        help="Use only what was known on this day, such as 2016-07-01, 01/07/2016 or '1 July 2016'. "
        "Default: the snapshot's day.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print the answer as a CSV table.")]
Jobs = Annotated[
    int, typer.Option(metavar="N", help="How many processes work at once on this machine; -1: one a core.")
]
Cluster = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        envvar="DASK_SCHEDULER_ADDRESS",
        help="Work on the Dask cluster whose scheduler is there: tcp://host:8786.",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="Write the answer to this file; its ending decides the form: .csv, .docx, .html, .json, .md, "
        ".pdf, .txt or .xlsx.",
    ),
]
OutList = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="Write the list to this file; its ending decides the form: .csv, .docx, .html, .json, .md, "
        ".pdf, .txt or .xlsx.",
    ),
]
ListAsJson = Annotated[bool, typer.Option("--json", help="Print the list as JSON.")]
ListAsCsv = Annotated[bool, typer.Option("--csv", help="Print the list as a CSV table.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite the file of --out if it is there.")]
Briefing = Annotated[
    bool, typer.Option("--briefing", help="One page in place of the full report; with --out.")
]
Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="FILE",
        help="Figures of your own, laid over the published ones: CSV or Excel, with #SHEET behind it where "
        "one sheet is meant; see 'matchmaker template'.",
    ),
]

# The fields of a shortlist query.
Arrangement = Annotated[
    str | None,
    typer.Option(
        "--for",
        metavar="ARRANGEMENT",
        help="The form of partnership, or a TOML file of your own; 'matchmaker arrangements' lists all.",
    ),
]
Limit = Annotated[int, typer.Option(min=1, help="How many options to show.")]
Method = Annotated[str, typer.Option(help="How to rank; 'matchmaker methods' lists all.")]
Weights = Annotated[
    list[str] | None,
    typer.Option(
        "--weight",
        metavar="CRITERION=NUMBER",
        help="A weight of your own, such as distance=0.2; 'matchmaker arrangements' lists the criteria and "
        "their weights. As often as needed.",
    ),
]
Relax = Annotated[
    list[str] | None,
    typer.Option(metavar="RULE", help="Leave a rule out; 'matchmaker rules' lists them. As often as needed."),
]
Focus = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FEATURE",
        help="Where the partner should be strong; up to 3, with commas or one by one. "
        "'matchmaker features --focus' lists them.",
    ),
]
Service = Annotated[
    str | None,
    typer.Option(
        "--service", metavar="NAME", help="The one service it is about; 'matchmaker services' lists them."
    ),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ORGANISATION,ORGANISATION",
        help="Candidates to leave out, by code or name; as often as needed.",
    ),
]
Region = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Only candidates of this region; as often as needed."),
]
Locality = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="Only candidates of this locality, by name or by the code of its board; as often as needed.",
    ),
]
WithinKm = Annotated[float | None, typer.Option(min=0.1, help="Only candidates within this distance.")]
OutsideGroup = Annotated[
    bool,
    typer.Option("--outside-group", help="Leave out those that are already one with it in all but name."),
]
Draws = Annotated[
    int | None,
    typer.Option(
        "--draws",
        min=0,
        help="Draws of weights and unknown figures, from which rank intervals come; 0 leaves them out.",
    ),
]

OF_THE_DEFAULT_METHOD = {"weights": "weights", "focus": "focus areas", "n_draws": "draws"}
"""Field of a query that only the default method reads -> what it sets."""
OPTIONS = {
    "arrangement": "--for",
    "weights": "--weight",
    "n_draws": "--draws",
    "regions": "--recipients-in",
    "localities": "--recipients-of",
}
"""Field of a query -> the option that sets it, where that is not the name of the field."""


def option_of(field: str) -> str:
    """The option that sets a field of a query."""
    return OPTIONS.get(field, "--" + field.replace("_", "-"))


def shortlist_query(sector: Sector, fields: Mapping[str, object]) -> ShortlistQuery:
    """The query that the options of a command make up.

    Args:
        sector: whose arrangements can be named.
        fields: of `ShortlistQuery`, as written; the arrangement may be the path of a TOML file.

    Raises:
        MatchmakerError: the file can't be used, or a field can't.
    """
    from matchmaker.models.arrangement import read_arrangement
    from matchmaker.models.query import ShortlistQuery

    name = str(fields["arrangement"])
    own = {"arrangement": read_arrangement(Path(name), sector)} if name.endswith(".toml") else {}
    query = ShortlistQuery.parse({**fields, **own}, sector)
    _refuse_what_the_method_ignores(query, fields, sector)
    return query


def _refuse_what_the_method_ignores(
    query: ShortlistQuery, fields: Mapping[str, object], sector: Sector
) -> None:
    """Refuse options that would change nothing, rather than let somebody think that they did."""
    from matchmaker.models.registry import EVIDENCE, method_named

    method = method_named(sector, query.method)
    if method == EVIDENCE:
        return
    for field, words in OF_THE_DEFAULT_METHOD.items():
        if fields.get(field) not in (None, "", [], ()):
            text = f"The method {method} ranks without {words}, so this would change nothing."
            raise InvalidParameter(text, "Leave it out, or leave out --method.", (field,))
