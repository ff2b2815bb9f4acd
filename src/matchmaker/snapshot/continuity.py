"""What a build tells, and refuses, of what is missing or other than in the snapshot in use.

What is told here is no fault by itself: a file may have been revised, a body closed. What changes too much of
a list at once, or takes away what rules rest on, is held: refused until somebody confirms it by name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from matchmaker.errors import Issue
from matchmaker.snapshot.editions import editions
from matchmaker.snapshot.ingest import ReadFile
from matchmaker.snapshot.merge import KEY
from matchmaker.snapshot.store import Snapshot
from matchmaker.sources.publication import Publication

FIGURE = [*KEY, "source"]
MUCH = 0.05
"""A list is held where it takes away or changes more than this share of what the snapshot in use has."""
FEW = 3
"""But not for so few rows."""
MUCH_OF_TYPE = 0.2
"""Or where it changes more than this share of the organisations of a type, and more than `FEW_OF_TYPE`."""
FEW_OF_TYPE = 10
SHOWN = 5
LONG_AFTER = 366
"""Days after its closing from which on no organisation has figures of its own."""
WORKED_OUT = ("measures", "conflicts", "quarantine")
"""Tables that are compared otherwise."""
OF_ORGANISATIONS = ("name", "type", "region", "locality", "opened", "closed")


@dataclass(frozen=True, slots=True)
class Held:
    """A fault that may be none: somebody who knows better confirms it by its name."""

    name: str
    issue: Issue


def held(name: str, file: str, expected: str, found: str) -> Held:
    """One, with the remedy that names it."""
    remedy = f"Check the file. If it is right, confirm it with --accept {name}."
    return Held(name, Issue(file, expected, found, remedy=remedy))


def sort_out(doubts: Iterable[Held], accepted: Collection[str]) -> tuple[list[Issue], list[str]]:
    """Those that nobody has confirmed as issues, and the others as notes."""
    issues, notes = [], []
    for one in doubts:
        if any(one.name == name or one.name.startswith(f"{name}/") for name in accepted):
            notes.append(f"{one.name} was confirmed: {one.issue.value} ({one.issue.file}).")
        else:
            issues.append(one.issue)
    return issues, notes


def required(read: Sequence[ReadFile], known: Iterable[Publication], folder: Path) -> list[Issue]:
    """Publications on which rules rest and of which there is no row; with files whose names come near."""
    rows = {item.publication.id for item in read if item.frame.height}
    issues = []
    for one in known:
        if one.required and one.id not in rows:
            near = sorted(
                path.name
                for pattern in one.files
                for path in folder.rglob(f"*{Path(pattern).name.partition('.')[0].strip('*')}*")
                if path.is_file() and not path.match(pattern)
            )
            found = f"no row of it, but {', '.join(near[:SHOWN])}" if near else "no row of it"
            expected = f"a file of {one.id}, on which rules rest, named {' or '.join(one.files)}"
            issues.append(Issue("the folder", expected, found, remedy="Bring it in under its own name."))
    return issues


def without_a_row(read: Sequence[ReadFile]) -> list[Issue]:
    """Files of figures of which no reader takes a row."""
    rows: dict[str, int] = {}
    for item in read:
        rows[item.name] = rows.get(item.name, 0) + item.frame.height
    remedy = "The file may be cut short: download it again."
    return [Issue(name, "rows that are read", remedy=remedy) for name, count in rows.items() if not count]


def without_a_file(read: Sequence[ReadFile], known: Iterable[Publication]) -> list[str]:
    """Publications of which the folder holds nothing."""
    there = {item.publication.id for item in read}
    return [
        f"There is no file of {one.id} ({' or '.join(one.files)})." for one in known if one.id not in there
    ]


def unread(folder: Path, taken: Collection[Path], patterns: Iterable[str]) -> list[str]:
    """Files that no reader takes, by folder, the newest first."""
    wanted = list(patterns)
    left: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*"), key=lambda path: (-path.stat().st_mtime, path.name)):
        hidden = path.name.startswith((".", "~$"))
        if path.is_file() and not hidden and path not in taken and not any(map(path.match, wanted)):
            left.setdefault(path.parent.relative_to(folder).as_posix(), []).append(path.name)
    return [
        f"Nobody reads {len(names)} file{'s' if len(names) > 1 else ''} of {place}: {_some(names)}."
        for place, names in sorted(left.items())
    ]


def published(before: Snapshot) -> pl.DataFrame:
    """The figures that a snapshot has, used or quarantined: `FIGURE`, `value` and `file`."""
    names = [name for name in ("measures", "quarantine") if name in before.manifest["tables"]]
    return pl.concat([before.table(name).select(*FIGURE, "value", "file") for name in names])


def figures(new: pl.DataFrame, before: Snapshot, organisations: pl.DataFrame) -> list[str]:
    """What is gone, changed, or stands alone among the figures.

    Args:
        new: of a build, used or quarantined, one for each source and period, with `file`.
        before: the snapshot in use.
        organisations: of the build.
    """
    held_before = published(before)
    gone = held_before.join(new, on=FIGURE, how="anti")
    both = held_before.join(new.select(*FIGURE, now="value"), on=FIGURE)
    changed = both.filter(pl.col("value") != pl.col("now"))
    fresh = new.join(held_before, on=FIGURE, how="anti")
    notes = [
        *_counted(gone, "{} of the snapshot in use are gone"),
        *_counted(changed, "{} are other ones than in the snapshot in use"),
    ]
    known = held_before["source"].unique().implode()
    strange = fresh.filter(~pl.col("source").is_in(known))
    whole = "{} are of a publication that the snapshot in use has not: check that all is there"
    return [
        *notes,
        *_alone(fresh, new),
        *_lacking(fresh, new),
        *_fewer(fresh, new, organisations),
        *_counted(strange, whole),
    ]


def _counted(found: pl.DataFrame, sentence: str) -> list[str]:
    by = found.group_by("source", "file").agg(
        pl.len(),
        pl.col("code").n_unique().alias("bodies"),
        pl.struct("measure", "code", "period_end").sort_by("measure", "code", "period_end").first(),
    )
    return [
        f"{source} ({file}): "
        + sentence.format(
            f"{n} figure{'s' if n > 1 else ''} of {bodies} organisation{'s' if bodies > 1 else ''}"
        )
        + f", such as {first['measure']} of {first['code']} to {first['period_end']:%Y-%m-%d}."
        for source, file, n, bodies, first in by.sort("source", "file").iter_rows()
    ]


def _alone(fresh: pl.DataFrame, new: pl.DataFrame) -> list[str]:
    """New figures of measures that nothing before or beside can be compared with."""
    place = ["source", "measure", "period_start", "period_end"]
    others = new.join(fresh.select(FIGURE), on=FIGURE, how="anti")["measure"].unique()
    lonely = fresh.filter(~pl.col("measure").is_in(others.implode()))
    by = lonely.group_by("source", "file").agg(
        pl.len(), pl.col("measure").unique().sort(), pl.col(place[3]).max()
    )
    return [
        f"{source} ({file}): {n} figures can't be compared with earlier ones, as there are none: look at "
        f"{_some(names)}."
        for source, file, n, names, _ in by.sort("source", "file").iter_rows()
    ]


def _lacking(fresh: pl.DataFrame, new: pl.DataFrame) -> list[str]:
    """Measures that the file before of the same publication has, and a file with new figures has not."""
    had = new.group_by("source", "file").agg(
        pl.col("measure").unique(), first=pl.col("period_start").min(), last=pl.col("period_end").max()
    )
    mine = had.join(fresh.select("source", "file").unique(), on=["source", "file"], how="semi")
    before = mine.join(had, on="source", suffix="_old").filter(
        (pl.col("last_old") < pl.col("last"))
        | ((pl.col("last_old") == pl.col("last")) & (pl.col("first_old") < pl.col("first")))
    )
    before = before.sort("source", "file", "last_old", "file_old").unique(
        ["source", "file"], keep="last", maintain_order=True
    )
    gone = before.with_columns(gone=pl.col("measure_old").list.set_difference("measure").list.sort())
    gone = gone.filter(pl.col("gone").list.len() > 0).select("source", "file", "gone", "file_old")
    return [
        f"{source} ({file}): no figures of {_some(names)}, of which {old} has some."
        for source, file, names, old in gone.iter_rows()
    ]


def _fewer(fresh: pl.DataFrame, new: pl.DataFrame, organisations: pl.DataFrame) -> list[str]:
    """Open organisations that a new period lacks and the one before had, for each source and period."""
    place = ["source", "measure", "period_start", "period_end"]
    pairs = editions(fresh, new)
    old = ["measure", "source_old", "period_start_old", "period_end_old"]
    had = new.select(
        "code", "measure", source_old="source", period_start_old="period_start", period_end_old="period_end"
    ).join(pairs.filter(pl.col("source") == pl.col("source_old")), on=old)
    missing = had.join(new.select("code", *place), on=["code", *place], how="anti").join(
        organisations.select("code", "closed"), on="code"
    )
    missing = missing.filter(pl.col("closed").is_null() | (pl.col("closed") > pl.col("period_end")))
    file = fresh.group_by("source", "period_end").agg(pl.col("file").first())
    by = (
        missing.group_by("source", "period_end")
        .agg(pl.col("code").unique().sort())
        .join(file, on=["source", "period_end"])
    )
    return [
        f"{source} ({name}): {len(codes)} organisation{'s' if len(codes) > 1 else ''} of the period before "
        f"lack figures to {end:%Y-%m-%d}: {_some(codes)}."
        for source, end, codes, name in by.sort("source", "period_end").iter_rows()
    ]


def _some(names: Sequence[str], most: int = SHOWN) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def doubted(reasons: pl.DataFrame) -> list[tuple[str, int, str]]:
    """Doubts for people: the name of each, or of all of a period together, how many, and why.

    Args:
        reasons: as `unlikely.unlikely` gives them.
    """
    by = reasons.group_by("source", "measure", "period_end").agg(
        pl.len(), pl.col("code").first(), pl.col("reason").first()
    )
    return [
        (f"{source}/{measure}/{end}" + (f"/{code}" if n == 1 else ""), n, reason)
        for source, measure, end, n, code, reason in by.sort("source", "measure", "period_end").iter_rows()
    ]


def tables(new: dict[str, pl.DataFrame], before: Snapshot) -> tuple[list[Held], list[str]]:
    """Rows of the other tables that are gone, changed or new; where much is, the table is held.

    Args:
        new: every table of the build.
        before: the snapshot in use.
    """
    doubts, notes = [], []
    for name in sorted({*new} & {*before.manifest["tables"]} - {*WORKED_OUT, "organisations"}):
        was, now = before.table(name), new[name]
        columns = [column for column in was.columns if column in now.columns]
        was, now = was.select(columns), now.select(columns)
        gone = was.join(now, on=columns, how="anti", nulls_equal=True)
        fresh = now.join(was, on=columns, how="anti", nulls_equal=True)
        by = "source" if "source" in columns else columns[0]
        groups = {*gone[by].unique()} | {*fresh[by].unique()} if by == "source" else {None}
        for source in sorted(groups, key=str) if name in before.manifest["tables"] else ():
            mine = [
                frame if source is None else frame.filter(pl.col(by) == source)
                for frame in (was, gone, fresh)
            ]
            if not mine[1].height and not mine[2].height:
                continue
            label = name if source is None else f"{name} of {str(source)[:80]}"
            first = (mine[1] if mine[1].height else mine[2]).row(0)
            shown = ", ".join(str(cell) for cell in first[:4] if cell is not None)
            notes.append(
                f"Table {label}: {mine[1].height} rows gone or changed, {mine[2].height} new or changed, "
                f"such as {shown}."
            )
        if gone.height > max(FEW, MUCH * was.height):
            doubts.append(
                held(
                    name,
                    f"table {name}",
                    "about the rows that the snapshot in use has",
                    f"{gone.height} of {was.height} gone or changed",
                )
            )
    return doubts, notes


def organisations(new: pl.DataFrame, before: Snapshot) -> tuple[list[Held], list[str]]:
    """The list of organisations against that of the snapshot in use."""
    was = before.organisations
    file = "the lists of organisations"
    doubts, notes = [], []
    gone = was.join(new, on="code", how="anti")
    if gone.height:
        notes.append(f"Gone from {file}: {_some(gone['code'].sort().to_list())}.")
    if gone.height > max(FEW, MUCH * was.height):
        found = f"{gone.height} of {was.height} gone"
        doubts.append(held("organisations/gone", file, "those that the snapshot in use has", found))
    both = was.join(new, on="code", suffix="_now")
    for column in OF_ORGANISATIONS:
        other = both.filter(pl.col(column).ne_missing(pl.col(f"{column}_now"))).sort("code")
        if other.is_empty():
            continue
        code, old, now = other.select("code", column, f"{column}_now").row(0)
        codes = _some(other["code"].to_list())
        notes.append(
            f"Another {column} than in the snapshot in use: {codes}, such as {code}, {old} and now {now}."
        )
        expected, example = f"the {column} as before for most", f"such as {code}: {old}, now {now}"
        if other.height > max(FEW, MUCH * both.height):
            found = f"another for {other.height} of {both.height}, {example}"
            doubts.append(held(f"organisations/{column}", file, expected, found))
            continue
        of_type = both.group_by("type").len("n").join(other.group_by("type").len("others"), on="type")
        much = of_type.filter(pl.col("others") > pl.max_horizontal(FEW_OF_TYPE, MUCH_OF_TYPE * pl.col("n")))
        for type_, n, others in much.sort("type").iter_rows():
            found = f"another for {others} of {n} of type {type_}, {example}"
            doubts.append(held(f"organisations/{column}/{type_}", file, expected, found))
    again = both.filter(pl.col("closed").is_not_null() & pl.col("closed_now").is_null())
    for code, closed in again.select("code", "closed").sort("code").iter_rows():
        found = f"{code} is open again"
        doubts.append(held(f"organisations/closed/{code}", file, f"{code} closed on {closed}", found))
    owner = dict(was.filter(pl.col("closed").is_null()).select("name", "code").iter_rows())
    renamed = both.filter(pl.col("name") != pl.col("name_now")).select("code", "name_now").sort("code")
    for code, name in renamed.iter_rows():
        if owner.get(name, code) != code:
            found = f"{name}, the name of {owner[name]} in the snapshot in use"
            doubts.append(held(f"organisations/name/{code}", file, f"a name of {code}", found))
    return doubts, notes


def closed_with_later_figures(
    organisations: pl.DataFrame, figures: pl.DataFrame, before: Snapshot
) -> list[Held]:
    """Organisations that a list newly closes, and that have figures of periods that began long after.

    Args:
        organisations: of the build.
        figures: that may be used.
        before: the snapshot in use.
    """
    closed = organisations.drop_nulls("closed").select("code", "closed")
    closed = closed.join(before.organisations.select("code", "closed"), on=["code", "closed"], how="anti")
    late = (
        figures.join(closed, on="code")
        .filter((pl.col("period_start") - pl.col("closed")).dt.total_days() > LONG_AFTER)
        .group_by("code", "closed")
        .agg(pl.col("period_end").max(), pl.col("measure").n_unique(), pl.col("source").sort().first())
        .filter(pl.col("measure") >= FEW)
        .sort("code")
    )
    return [
        held(
            f"organisations/figures/{code}",
            "the lists of organisations",
            f"{code} open while it has figures, the last to {last} ({source})",
            f"closed on {day}",
        )
        for code, day, last, _, source in late.iter_rows()
    ]
