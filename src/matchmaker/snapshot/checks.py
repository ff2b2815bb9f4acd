"""What a build refuses: figures that can't be right, each with its place in its file."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Mapping
from datetime import date

import dataframely as dy
import polars as pl

from matchmaker.errors import Issue
from matchmaker.sector import Sector
from matchmaker.snapshot.names import FORMER, plain_name
from matchmaker.snapshot.series import out_of_step, unlike_its_parts
from matchmaker.sources.publication import ZEROS, measures

ENOUGH = 10
"""A file's unit is judged only where this many organisations can be compared."""
REPEATED = 0.8
"""Two periods are one and the same where more than this share of organisations has equal figures."""
MOST = 0.5
"""An area lasts where more than this share of its organisations stay in it."""
DIFFERENT = 20
"""Figures that take fewer values than this (ratings, small counts) may well be equal by nature."""
CLOSED_DAYS = 31
"""A side of a pairing may have closed this long before it began, less a day: into the body that it formed."""
CODES = {
    "measures": ("code",),
    "names": ("code",),
    "site_names": ("organisation",),
    "attributes": ("code",),
    "successions": ("old",),
    "places": ("code",),
    "pairings": ("recipient", "partner"),
    "interventions": ("code",),
    "groups": ("code",),
}
"""Table -> columns that hold codes of organisations."""


def out_of_range(figures: pl.DataFrame, sector: Sector) -> list[Issue]:
    """Figures outside the range that the catalogue gives their measure, and measures it lacks."""
    catalogue = pl.DataFrame(
        [(m.name, m.minimum, m.maximum, m.unit) for m in measures(sector).values()],
        schema={"measure": pl.String, "low": pl.Float64, "high": pl.Float64, "of": pl.String},
        orient="row",
    )
    known = figures.join(catalogue, on="measure", how="left")
    strange = known.filter(pl.col("of").is_null()).unique(["file", "measure"])
    issues = [
        Issue(file, "a measure of the sector's catalogue", measure)
        for file, measure in strange.select("file", "measure").sort("file", "measure").iter_rows()
    ]
    outside = known.filter((pl.col("value") < pl.col("low")) | (pl.col("value") > pl.col("high")))
    places = ["file", "sheet", "row", "column", "code", "measure", "value", "low", "high", "of"]
    for file, sheet, row, column, code, measure, value, low, high, unit in outside.select(places).iter_rows():
        expected = f"{measure} of {code} between {_bound(low)} and {_bound(high)} {unit}"
        issues.append(Issue(file, expected, f"{value:g}", sheet, row, column))
    return issues


def _bound(value: float | None) -> str:
    return "any" if value is None else f"{value:g}"


def given_twice(figures: pl.DataFrame, _: Sector) -> list[Issue]:
    """Figures that one file gives twice with different values."""
    key = ["code", "measure", "period_start", "period_end", "file", "source"]
    twice = figures.filter(pl.len().over(key) > 1).filter(pl.col("value").n_unique().over(key) > 1)
    rows = twice.group_by(key, maintain_order=True).agg(
        pl.col("row").drop_nulls(), pl.col("value"), pl.col("sheet").first(), pl.col("column").first()
    )
    return [
        Issue(
            file,
            f"one value of {measure} for {code} in {start:%Y-%m-%d} to {end:%Y-%m-%d}"
            + (f"; rows {at}" if at else ""),
            " and ".join(f"{value:g}" for value in values),
            sheet,
            at[0] if at else None,
            column,
        )
        for code, measure, start, end, file, _, at, values, sheet, column in rows.iter_rows()
    ]


def other_unit(figures: pl.DataFrame, sector: Sector) -> list[Issue]:
    """Periods of a file in which figures are many times those of the same organisations elsewhere.

    The typical ratio (median over organisations) of a period's figures to the organisations' usual
    ones (median over all files and periods; with two of them, the other one) is compared with the
    measure's `max_ratio`. Where there are only two, it is not known which is wrong: both are reported.
    """
    catalogue = measures(sector)
    limits = {m.name: m.max_ratio for m in catalogue.values() if m.max_ratio}
    if not limits:
        return []
    own = ["measure", "code"]
    ratios = (
        figures.filter(pl.col("measure").is_in(list(limits)) & (pl.col("value") > 0))
        .group_by(*own, "file", "period_start", "period_end")
        .agg(pl.col("value").median())
        .filter(pl.len().over(own) > 1)
        .with_columns(
            usual=pl.when(pl.len().over(own) == 2)
            .then(pl.col("value").sum().over(own) - pl.col("value"))
            .otherwise(pl.col("value").median().over(own))
        )
        .group_by("file", "measure", "period_start", "period_end")
        .agg(ratio=(pl.col("value") / pl.col("usual")).median(), compared=pl.len())
        .filter(pl.col("compared") >= ENOUGH)
        .with_columns(limit=pl.col("measure").replace_strict(limits, return_dtype=pl.Float64))
    )
    odd = ratios.filter((pl.col("ratio") > pl.col("limit")) | (pl.col("ratio") < 1 / pl.col("limit")))
    place = ["file", "measure", "period_start", "period_end"]
    return [
        Issue(
            file,
            f"{measure} of {start:%Y-%m-%d} to {end:%Y-%m-%d} in {catalogue[measure].unit}, as elsewhere",
            f"values typically {ratio:.3g} times those of the same organisations elsewhere",
            remedy="Check the unit of the file (thousands, days, months added up).",
        )
        for file, measure, start, end, ratio in odd.sort(place).select(*place, "ratio").iter_rows()
    ]


def repeated_period(figures: pl.DataFrame, sector: Sector) -> list[Issue]:
    """Periods in which nearly every organisation has the very figures of another period.

    Found in a copy of monthly counts whose February and March were those of the year before.
    """
    own = ["source", "measure", "code"]
    repeats = [one.name for one in measures(sector).values() if one.repeats]
    # To have none of a thing in both is no wonder.
    some = figures.filter((pl.col("value") != 0) & ~pl.col("measure").is_in(repeats))
    equal = some.filter(pl.len().over(*own, "value") > 1)
    period = ["period_start", "period_end"]
    pairs = (
        equal.select(*own, "value", *period)
        .join(
            equal.select(*own, "value", *period, "file", "sheet", "column"), on=[*own, "value"], suffix="_2"
        )
        .filter(pl.col("period_end") < pl.col("period_end_2"))
        .group_by("source", "measure", *period, "period_start_2", "period_end_2")
        .agg(
            pl.col("code").n_unique().alias("same"),
            pl.col("value").n_unique().alias("values"),
            pl.col("file", "sheet", "column").first(),
        )
        .filter(pl.col("values") >= DIFFERENT)
    )
    sizes = some.group_by("source", "measure", *period).agg(pl.col("code").n_unique().alias("all"))
    odd = pairs.join(sizes, on=["source", "measure", *period]).filter(
        pl.col("same") > REPEATED * pl.col("all")
    )
    shown = ["file", "sheet", "column", "measure", "period_start_2", "period_end_2", *period, "same", "all"]
    return [
        Issue(
            file,
            f"{measure} of {start:%Y-%m-%d} to {end:%Y-%m-%d} with figures of its own",
            f"for {same} of {everyone} organisations the figure of {other_start} to {other_end}",
            sheet,
            column=column,
            remedy="Leave out the period that is a copy of the other.",
        )
        for file, sheet, column, measure, start, end, other_start, other_end, same, everyone in odd.select(
            shown
        )
        .sort(shown)
        .iter_rows()
    ]


def unexplained_zero(figures: pl.DataFrame, sector: Sector) -> list[Issue]:
    """Noughts of a size whose definition does not say what 0 means: none, or nothing handed in.

    Found where organisations that sent no return stood in the file with 0, and were compared by it.
    """
    unclear = [m.name for m in measures(sector).values() if m.max_ratio and m.zero is None]
    zeros = figures.filter(pl.col("measure").is_in(unclear), pl.col("value") == 0)
    first = zeros.sort("file", "code", "period_end").unique("measure", keep="first", maintain_order=True)
    return [
        Issue(
            file,
            f"the definition of {measure} to say what 0 means, as of {code}",
            "0",
            sheet,
            row,
            column,
            remedy=f"Add zero = {' or '.join(map(repr, ZEROS))} to it.",
        )
        for file, measure, code, sheet, row, column in first.select(
            "file", "measure", "code", "sheet", "row", "column"
        ).iter_rows()
    ]


def known_too_early(figures: pl.DataFrame, _: Sector) -> list[Issue]:
    """Figures known before their period had ended, and periods that end before they start."""
    place = ["file", "sheet", "row", "column", "code", "measure", "period_start", "period_end", "known_from"]
    order = (pl.col("period_start") <= pl.col("period_end")) & (pl.col("period_end") <= pl.col("known_from"))
    return [
        Issue(
            file,
            f"{measure} of {code} to be known no earlier than its period ends",
            f"{start} to {end}, known from {known}",
            sheet,
            row,
            column,
        )
        for file, sheet, row, column, code, measure, start, end, known in figures.filter(~order)
        .select(place)
        .iter_rows()
    ]


def known_before_listed(figures: pl.DataFrame, as_at: Mapping[str, date]) -> list[Issue]:
    """Figures known before the file came out that lists only what stood on its day.

    Args:
        figures: every figure of a build.
        as_at: source -> the day of its file; sources that are histories are not in it.
    """
    days = pl.DataFrame(list(as_at.items()), schema={"source": pl.String, "edition": pl.Date}, orient="row")
    early = figures.join(days, on="source").filter(pl.col("known_from") < pl.col("edition"))
    shown = early.group_by("file", "source", "measure", "edition").agg(
        pl.len(), pl.col("known_from").min().alias("first")
    )
    return [
        Issue(
            file,
            f"{measure} of {source} to be known from its list of {edition:%Y-%m-%d} on",
            f"{rows} figures known earlier, the first from {first:%Y-%m-%d}",
            remedy="A list of what stood on its day is no history.",
        )
        for file, source, measure, edition, rows, first in shown.sort("file", "measure").iter_rows()
    ]


def contradicted(rows: pl.DataFrame, key: list[str], columns: list[str]) -> list[Issue]:
    """Rows of one file that contradict each other: one organisation listed twice, for example."""
    if "row" not in rows.columns:
        rows = rows.with_columns(row=pl.lit(None, pl.Int64))
    issues = []
    for column in columns:
        twice = rows.filter(pl.col(column).n_unique().over("file", *key) > 1)
        first = pl.col(column, "row").first().over("file", *key).name.prefix("first_")
        other = twice.with_columns(first).filter(pl.col(column).ne_missing(pl.col(f"first_{column}")))
        shown = ["file", "row", *key, column, "first_row", f"first_{column}"]
        for file, row, *names, value, first_row, first_value in other.select(shown).iter_rows():
            of = " ".join(str(name) for name in names)
            before = f"{first_value!s} as in row {first_row}" if first_row else str(first_value)
            issues.append(Issue(file, f"one {column} of {of}: {before}", str(value), row=row, column=column))
    return issues


def moved_alone(editions: pl.DataFrame, column: str) -> pl.DataFrame:
    """Organisations that a later list puts into another area, while most others of the old one stay.

    Found where a list took areas from postcodes, and put an organisation whose head office lies just beyond
    the border into the neighbouring one. An area that is renamed or merged takes most of its organisations
    along.

    Args:
        editions: rows of every list, with `code`, `edition` and the area in `column`.
        column: region or locality.

    Returns:
        `code`, `was`, `now` and `edition`, the first list that says so; only where the latest one still does.
    """
    said = editions.filter(pl.col(column).is_not_null(), ~pl.col(column).is_in(["", "-"]))
    lists = said.select("code", "edition", area=column).unique(["code", "edition"], keep="last")
    days = lists["edition"].drop_nulls().unique().sort().to_list()
    latest = dict(lists.sort("edition").group_by("code").agg(pl.col("area").last()).iter_rows())
    found = []
    for before, after in itertools.pairwise(days):
        both = lists.filter(edition=before).join(lists.filter(edition=after), on="code", suffix="_now")
        stay = both.group_by("area").agg(most=(pl.col("area") == pl.col("area_now")).mean() > MOST)
        moved = both.filter(pl.col("area") != pl.col("area_now")).join(stay.filter("most"), on="area")
        found += [
            (code, was, now, after)
            for code, was, now in moved.select("code", "area", "area_now").sort("code").iter_rows()
            if latest[code] == now
        ]
    schema = {"code": pl.String, "was": pl.String, "now": pl.String, "edition": pl.Date}
    return pl.DataFrame(found, schema=schema, orient="row")


def broken_rules(frame: pl.DataFrame, schema: type[dy.Schema]) -> list[Issue]:
    """Cells that break a rule of their table's schema.

    Args:
        frame: the columns of the schema, with `file` and `row`.
        schema: of the table.
    """
    names = schema.column_names()
    _, failure = schema.filter(frame.select(names))
    if not len(failure):
        return []
    details = failure.details().unique()
    broken = frame.select("file", "row", *(name for name in names if name != "file")).join(
        details.drop("file", strict=False),
        on=[name for name in names if name != "file"],
        nulls_equal=True,
        maintain_order="left",
    )
    issues = []
    for rule in details.columns[len(names) :]:
        column, _, kind = rule.rpartition("|")
        expected, shown = _rule(schema, column or None, kind)
        for row in broken.filter(pl.col(rule) == "invalid").iter_rows(named=True):
            value = None if row.get(shown or "") is None else str(row[shown or ""])
            issues.append(Issue(row["file"], expected, value, row=row["row"], column=shown))
    return issues


def _rule(schema: type[dy.Schema], column: str | None, kind: str) -> tuple[str, str | None]:
    """What a rule of a schema expects, and the column that the issue names."""
    if column is None:
        key = schema.primary_key()
        return (
            (f"one row for each {' and '.join(key)}", key[0])
            if kind == "primary_key"
            else (
                kind.replace("_", " "),
                None,
            )
        )
    of = schema.columns()[column]
    expected = {
        "nullability": "a value",
        "regex": f"a text of the form {getattr(of, 'regex', '')}",
        "min_length": f"{getattr(of, 'min_length', '')} letters or more",
        "min": f"{getattr(of, 'min', '')} or more",
        "max": f"{getattr(of, 'max', '')} or less",
    }
    return expected.get(kind, kind.replace("_", " ")), column


def of_sector(tables: Mapping[str, pl.DataFrame], sector: Sector) -> list[Issue]:
    """Codes, types, places, kinds of pairing and regimes that the sector does not know.

    Args:
        tables: by name, each with `file` and `row`; those that are not there are passed over.
        sector: whose definitions hold.
    """
    organisations = tables["organisations"]
    extent = sector.extent
    pattern = f"{sector.words.code} of the form {sector.words.code_pattern}"
    issues = [
        *_cells(organisations, "code", ~pl.col("code").str.contains(sector.words.code_pattern), pattern),
        *unlisted(organisations, "type", sector.types, "types"),
    ]
    for table in ("organisations", "places"):
        if table in tables:
            issues += _outside(tables[table], "latitude", extent.south, extent.north)
            issues += _outside(tables[table], "longitude", extent.west, extent.east)
    codes = set(organisations["code"])
    for table, columns in CODES.items():
        for column in columns if table in tables else ():
            strange = ~pl.col(column).is_in(list(codes))
            issues += _cells(tables[table], column, strange, "a code of the table of organisations")
    if "names" in tables:
        issues += names_of_others(tables["names"], organisations, sector)
    if "pairings" in tables:
        issues += begun_after_closing(tables["pairings"], organisations)
        issues += unlisted(tables["pairings"], "kind", sector.pairing_kinds, "pairing_kinds")
    for table in ("pairings", "groups"):
        if table in tables and "leadership" in tables[table].columns:
            issues += unlisted(
                tables[table], "leadership", sector.joint_leadership.words, "joint_leadership.words"
            )
    if "interventions" in tables:
        regimes = sector.interventions.regimes
        issues += unlisted(tables["interventions"], "regime", regimes, "interventions.regimes")
    return issues


def names_of_others(names: pl.DataFrame, organisations: pl.DataFrame, sector: Sector) -> list[Issue]:
    """Other names and abbreviations that are the own name of another organisation that is open.

    Found in a list that gave one organisation the name of its neighbour. A former name may well have passed
    on to another.
    """
    plain = pl.col("name").map_elements(lambda name: plain_name(name, sector), pl.String)
    there = organisations.filter(pl.col("closed").is_null()).select(plain, owner="code")
    own = dict(there.filter(pl.col("name") != "").iter_rows())
    return [
        Issue(file, f"a name of {code}, not the own name of {own[key]}", name, row=row, column="name")
        for file, row, code, name, key in names.filter(pl.col("kind") != FORMER)
        .select("file", "row", "code", "name", key=plain)
        .iter_rows()
        if own.get(key, code) != code
    ]


def begun_after_closing(pairings: pl.DataFrame, organisations: pl.DataFrame) -> list[Issue]:
    """Pairings of which a side had closed `CLOSED_DAYS` or more before they began: the code is another's."""
    closed = organisations.select("code", "closed").drop_nulls()
    issues = []
    for side in CODES["pairings"]:
        late = pairings.join(closed, left_on=side, right_on="code").filter(
            (pl.col("start") - pl.col("closed")).dt.total_days() >= CLOSED_DAYS
        )
        issues += [
            Issue(
                file,
                f"a {side} that was open when the pairing began",
                f"{code}, closed on {on}",
                row=row,
                column=side,
            )
            for file, row, code, on in late.select("file", "row", side, "closed").iter_rows()
        ]
    return issues


def ended_by_closing(
    pairings: pl.DataFrame, organisations: pl.DataFrame, day: date
) -> tuple[pl.DataFrame, list[str]]:
    """The pairings with those ended that were going on with a side that has closed since, and what was ended.

    Args:
        pairings: the table.
        organisations: with the last day of each that has closed.
        day: up to which the list of organisations holds.
    """
    closed = dict(organisations.filter(pl.col("closed") < day).select("code", "closed").iter_rows())
    last = pl.min_horizontal(
        pl.col(side).replace_strict(closed, default=None, return_dtype=pl.Date) for side in CODES["pairings"]
    )
    going_on = (pl.col("status") == "ongoing") & last.is_not_null()
    ended = pairings.filter(going_on).select("pairing_id", on=last).sort("pairing_id")
    said = [f"{pairing} ended on {on:%Y-%m-%d}, when a side closed" for pairing, on in ended.iter_rows()]
    after = last.dt.offset_by("1d")
    return (
        pairings.with_columns(
            status=pl.when(going_on).then(pl.lit("completed")).otherwise("status"),
            end=pl.when(going_on).then(after).otherwise("end"),
            end_precision=pl.when(going_on).then(pl.lit("day")).otherwise("end_precision"),
        ),
        said,
    )


def unlisted(frame: pl.DataFrame, column: str, allowed: Collection[str], where: str) -> list[Issue]:
    """Cells that are not one of the words that some definition lists; with no words, all are allowed."""
    if not allowed:
        return []
    return _cells(
        frame, column, ~pl.col(column).is_in(list(allowed)), f"one of {where}: {', '.join(allowed)}"
    )


def _outside(frame: pl.DataFrame, column: str, low: float, high: float) -> list[Issue]:
    expected = f"a place within the extent of the sector, {low} to {high} degrees"
    return _cells(frame, column, ~pl.col(column).is_between(low, high), expected)


def _cells(frame: pl.DataFrame, column: str, bad: pl.Expr, expected: str) -> list[Issue]:
    rows = frame.filter(bad.fill_null(False))
    return [
        Issue(file, expected, str(value), row=row, column=column)
        for file, row, value in rows.select("file", "row", column).unique(maintain_order=True).iter_rows()
    ]


OF_FIGURES: tuple[Callable[[pl.DataFrame, Sector], list[Issue]], ...] = (
    out_of_range,
    given_twice,
    other_unit,
    unexplained_zero,
    repeated_period,
    out_of_step,
    unlike_its_parts,
    known_too_early,
)
"""Every check of figures; each takes all figures of a build and returns the issues."""
