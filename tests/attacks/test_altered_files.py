"""Altered official files: what a build makes of each, with the other files as they are.

One file is altered and read by its readers; its figures stand among those of the snapshot that ships, as if
the file were new there (`new`) or had been there before (`known`), and go through what a build does with
them. Tables that are no figures are compared with those of the snapshot.
"""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache, partial
from pathlib import Path

import polars as pl
import pytest
from tries import LONG, tried

from matchmaker.errors import Issue, IssueList
from matchmaker.sector import Sector, load_sector
from matchmaker.snapshot import alongside, build, checks, continuity, dates, ingest, merge, store, unlikely
from matchmaker.snapshot.quarantine import quarantine
from matchmaker.snapshot.store import Snapshot
from matchmaker.sources import files
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.said import years

from .alterations import Alteration, Table, alterations, of_lists, opened

pytestmark = [pytest.mark.attack, pytest.mark.raw, pytest.mark.snapshot, pytest.mark.slow]

TODAY = date(2026, 12, 31)
MOST_BYTES = {".parquet": 1_000_000}
MOST_OF_LISTS = 4_000_000
MOST_OF_OTHERS = 8_000_000
"""Larger files are left as they are; Parquet is packed."""
EACH = int(os.environ.get("MATCHMAKER_ATTACK_FILES", "0")) or (206 if LONG else 8)
"""How many alterations of each sector are tried."""
OF_LISTS = EACH // 4
"""How many alterations of lists of organisations, with the identities made anew."""
FILES = 16 if LONG else 3
"""Of so many publications."""
UNSAID = 5
"""So many of 206 may be taken in unsaid."""
BODIES = 1200
"""Of about so many organisations of each type figures are here, and rows in the files."""
SHEETS = {"kh03_beds": "NHS Trust by Sector", "cancelled_operations": "Provider"}


Verdict = tuple[str, str]
KEY = [*merge.KEY, "source"]
NEW = re.compile("publication that the snapshot in use has not|can't be compared with earlier")
LISTS = ("interventions", "pairings", "successions", "attributes", "groups")
"""Tables that are no figures and are compared row by row; lists of organisations are tried by themselves."""


@dataclass(frozen=True)
class Judged:
    """What a build makes of the figures of a file that is new to the snapshot in use."""

    figures: pl.DataFrame
    used: pl.DataFrame
    apart: pl.DataFrame
    issues: list[Issue]
    notes: list[str]


@dataclass
class Bench:
    """A sector, its files by publication, and its figures as the shipped snapshot has them."""

    sector: Sector
    folder: Path
    snapshot: Snapshot
    figures: pl.DataFrame
    codes: frozenset[str]
    by_path: dict[Path, list[Publication]]
    plain: dict[Path, tuple[list[ingest.ReadFile], pl.DataFrame]] = field(default_factory=dict)
    usual: dict[Path, Judged] = field(default_factory=dict)
    """What a build makes of each file as it is, where it is new."""

    @classmethod
    def of(cls, name: str, folder: Path) -> Bench:
        sector = load_sector(name)
        snapshot = store.load(store.bundled(name))
        by_type = snapshot.organisations.sort("code").with_columns(
            at=pl.int_range(pl.len()).over("type"), step=1 + pl.len().over("type") // BODIES
        )
        codes = by_type.filter(pl.col("at") % pl.col("step") == 0)["code"]
        held = [snapshot.measures, snapshot.quarantine.select(snapshot.measures.columns)]
        empty = {"sheet": pl.String, "row": pl.Int64, "column": pl.String}
        figures = pl.concat([one.filter(pl.col("code").is_in(codes.implode())) for one in held]).with_columns(
            standing=pl.lit(1, pl.Int32), **{one: pl.lit(None, dtype) for one, dtype in empty.items()}
        )
        by_path: dict[Path, list[Publication]] = defaultdict(list)
        for publication, path in ingest.wanted(folder, sector):
            by_path[path].append(publication)
        return cls(sector, folder, snapshot, figures, frozenset(codes), dict(by_path))

    def read(self, path: Path, at: Path) -> tuple[list[ingest.ReadFile], IssueList]:
        """A file by all of its readers, from where its copy lies, under its own name."""
        issues = IssueList()
        wanted = [(publication, at) for publication in self.by_path[path]]
        read = ingest.read_all(wanted, self.folder, issues, lambda done, total, name: None)
        name = path.relative_to(self.folder).as_posix()
        return [replace(one, path=at, name=name) for one in read], issues

    def long(self, read: list[ingest.ReadFile]) -> pl.DataFrame:
        """The figures of a file, of organisations that are here."""
        parts = [
            (one.publication, one.name, one.frame)
            for one in read
            if one.publication.table == "measures" and "code" in one.frame.columns
        ]
        if not parts:
            return self.figures.clear()
        every = merge.long_measures(parts, self.sector, TODAY).drop_nulls("code")
        return every.filter(pl.col("code").is_in(self.codes))

    def judged(self, own: pl.DataFrame, others: pl.DataFrame, *held: pl.DataFrame, name: str) -> list[Judged]:
        """What is made of the figures of a file among all others of the same measures.

        Args:
            own: of the file.
            others: of all other files.
            held: the figures of a snapshot in use; each gives a verdict.
            name: of the file.
        """
        figures = pl.concat([others, own.select(others.columns)], how="vertical_relaxed")
        issues = [issue for check in checks.OF_FIGURES for issue in check(figures, self.sector)]
        issues += dates.periods_after(own, TODAY)
        figures = figures.unique(KEY, keep="last", maintain_order=True)
        made = []
        for one in held:
            fresh = unlikely.fresh(figures, one)
            doubts = unlikely.unlikely(figures, fresh, one, self.snapshot.successions, self.sector)
            used, apart = quarantine(figures, self.sector, doubts)
            made.append(Judged(figures, used, apart, issues, self.notes(figures, one, name)))
        return made

    def notes(self, figures: pl.DataFrame, held: pl.DataFrame, name: str) -> list[str]:
        """What is told of a file against some figures of a snapshot in use."""
        snapshot = Snapshot.of({"measures": held.drop("standing")}, {}, self.sector)
        told = continuity.figures(figures, snapshot, self.snapshot.organisations)
        return [note for note in told if f"({name})" in note]

    def tables(self) -> Iterator[tuple[Table, list[Table]]]:
        """Files of figures that can be altered, each with another of its publication, smaller files first."""
        publications: dict[str, list[Path]] = defaultdict(list)
        for path, readers in sorted(self.by_path.items(), key=lambda item: (item[0].stat().st_size, item[0])):
            of_it = any(one.table in ("measures", *LISTS) for one in readers)
            modelled = any(one.standing == Standing.MODELLED for one in readers)
            most = MOST_BYTES.get(path.suffix, MOST_OF_OTHERS)
            if of_it and not modelled and path.stat().st_size <= most:
                publications[readers[0].id].append(path)
        yield from self.opened(publications, self.codes, FILES)

    def lists(self) -> Iterator[tuple[Table, list[Table]]]:
        """Lists of organisations that can be altered, whole."""
        lists = sorted(
            (path, one.id)
            for path, readers in self.by_path.items()
            for one in readers
            if one.table == "organisations" and path.stat().st_size <= MOST_OF_LISTS
        )
        publications: dict[str, list[Path]] = defaultdict(list)
        for path, id_ in lists:
            publications[id_].append(path)
        yield from self.opened(
            publications, frozenset(self.snapshot.organisations["code"]), len(publications)
        )

    def opened(
        self, publications: dict[str, list[Path]], codes: frozenset[str], most: int
    ) -> Iterator[tuple[Table, list[Table]]]:
        """The last file of each publication as a table, and the one before, up to so many publications."""
        found = 0
        for id_, every in publications.items():
            paths = sorted(every, key=lambda path: (_year(path), path))
            with files.open_session() as session:
                for publication in self.by_path[paths[-1]]:
                    publication.read(paths[-1])
                headings = sorted({one for each in session.headings.values() for one in each})
            tables = [opened(path, codes, headings, SHEETS.get(id_)) for path in paths[-2:]]
            whole = [table for table in tables if table is not None]
            if whole:
                yield whole[-1], whole[:-1]
                found += 1
            if found == most:
                return

    @cached_property
    def identities(self) -> list[ingest.ReadFile]:
        """What the readers of lists make of the files as they are."""
        own = (*build.IDENTITY, *(self.sector.hook("tables") or ()))
        wanted = [
            (one, path) for path, readers in self.by_path.items() for one in readers if one.table in own
        ]
        issues = IssueList()
        # In the order in which a build reads them.
        order = ingest.wanted(self.folder, self.sector)
        read = ingest.read_all(
            sorted(wanted, key=order.index), self.folder, issues, lambda done, total, name: None
        )
        issues.raise_if_any()
        return read

    @cached_property
    def usual_lists(self) -> dict[str, pl.DataFrame]:
        """The tables that lists of organisations make, as the files are."""
        tables, issues = self.of_lists(self.identities)
        assert not issues
        return tables

    def of_lists(self, read: Sequence[ingest.ReadFile]) -> tuple[dict[str, pl.DataFrame], list[Issue]]:
        """The tables that lists of organisations make, and what is wrong with them."""
        made = build._identities(read, self.sector)
        codes = made.organisations["code"].implode()
        tables = {
            "organisations": made.organisations,
            "names": made.names,
            "site_names": made.site_names.filter(pl.col("organisation").is_in(codes)),
            "successions": made.successions.filter(pl.col("old").is_in(codes)),
            "places": made.places.filter(pl.col("code").is_in(codes)),
        }
        for name in ("attributes", *(self.sector.hook("tables") or ())):
            rows = build._rows(read, name)
            if rows is not None and name in self.snapshot.manifest["tables"]:
                key = [one for one in ("code", "attribute", "known_from", "source") if one in rows.columns]
                mine = rows.filter(pl.col("code").is_in(codes)) if "code" in rows.columns else rows
                tables[name] = mine.unique(key, keep="last", maintain_order=True) if len(key) == 4 else mine
        none = {"file": pl.String, "row": pl.Int64}
        placed_ = {
            name: frame.with_columns(
                pl.lit(None, dtype).alias(one) for one, dtype in none.items() if one not in frame.columns
            )
            for name, frame in tables.items()
        }
        issues = [*made.issues, *checks.of_sector(placed_, self.sector)]
        return tables, issues


def _year(path: Path) -> int:
    """The latest that its name says: a file that is new is of the latest period."""
    return max(years(path.name), default=0)


@lru_cache
def bench(name: str, folder: Path) -> Bench:
    return Bench.of(name, folder)


Kinds = Callable[[Table, Sequence[Table], int], Iterable[Alteration]]


def chosen(
    tables: list[tuple[Table, list[Table]]], of: Kinds = alterations, most: int = EACH, seed: int = 0
) -> list[Alteration]:
    """Alterations of all kinds over all files, in turn; none that leaves its file as it is."""
    kinds: dict[str, list[Alteration]] = defaultdict(list)
    for table, others in tables:
        for one in of(table, others, seed):
            kinds[one.kind].append(one)
    out: list[Alteration] = []
    while len(out) < most and any(kinds.values()):
        for kind, left in kinds.items():
            found = None
            while left and found is None and len(out) < most:
                one = left.pop((7 * len(out)) % len(left))
                made = one.content()
                missing = kind == "the file is missing"
                if missing or (made is not None and made != one.plain()):
                    found = replace(one, content=partial(lambda same: same, made))
                    out.append(found)
    return out


def verdicts(bench: Bench, one: Alteration, folder: Path) -> tuple[Verdict, Verdict]:
    """What a build makes of it where the file is new to the snapshot in use, and where it was known.

    Refused, quarantined, told, harmless or unsaid; and why.
    """
    content = one.content()
    place = placed(bench, one, folder)
    if one.path not in bench.plain:
        place.write_bytes(one.plain())
        read, issues = bench.read(one.path, place)
        issues.raise_if_any()
        bench.plain[one.path] = read, bench.long(read)
    plain, before = bench.plain[one.path]
    name = one.path.relative_to(bench.folder).as_posix()
    sources = {publication.id for publication in bench.by_path[one.path]}
    mine = pl.col("source").is_in(list(sources)) & (pl.col("file") == name)
    if content is None:
        ids = [publication for publication in bench.by_path[one.path] if publication.required]
        gone = ("refused", ids[0].id) if ids else ("told", "no file of it, or its figures are gone")
        return gone, gone
    place.unlink(missing_ok=True)
    place.write_bytes(content)
    read, issues = bench.read(one.path, place)
    place.unlink()
    issues.extend(continuity.without_a_row(read))
    issues.extend([*dates.denied(read), *dates.days_after(read, TODAY)])
    held_columns, odd = alongside.unlike(read)
    issues.extend(one.issue for one in held_columns)
    if issues.found:
        return _both("refused", str(issues.found[0]))
    if told := _other_tables(bench, plain, read):
        return _both(*told)
    after = bench.long(read)
    changed = after.join(before.select(*KEY, "value"), on=[*KEY, "value"], how="anti")
    gone_ = before.join(after, on=KEY, how="anti")
    if changed.is_empty() and gone_.is_empty():
        return _both("harmless", "")
    concerned = unlikely._with_wholes({*after["measure"], *before["measure"]}, bench.sector)
    others = bench.figures.filter(~mine, pl.col("measure").is_in(concerned))
    known_odd = {note for *_, note in alongside.unlike(plain)[1]}
    of_months = [note for *_, note in odd if note not in known_odd]
    if one.path not in bench.usual:
        (bench.usual[one.path],) = bench.judged(before, others, others, name=name)
    usual = bench.usual[one.path]
    held = bench.figures.filter(pl.col("measure").is_in(concerned))
    now, was_known = bench.judged(after, others, others, held, name=name)
    found = [issue for issue in now.issues if issue not in usual.issues]
    if found:
        return _both("refused", str(found[0]))
    changes = f"{changed.height} figures changed, {gone_.height} gone"
    notes = [note for note in now.notes if note not in usual.notes and not NEW.search(note)]
    new = said(now, changed, [*of_months, *notes])
    if new is None:
        new = ("told as new", changes) if any(map(NEW.search, now.notes)) else ("unsaid", changes)
    known = said(was_known, changed, [*of_months, *was_known.notes])
    return new, known or ("unsaid", changes)


def said(judged: Judged, changed: pl.DataFrame, notes: list[str]) -> Verdict | None:
    """Quarantined or told, by what is kept apart of the changed figures, and by what is noted."""
    taken = judged.used.join(changed.select(KEY), on=KEY, how="semi")
    apart = judged.apart.join(changed.select(KEY), on=KEY, how="semi")
    if not changed.is_empty() and taken.is_empty():
        return "quarantined", str(apart["reason"][0])
    if apart.height:
        return "told", f"{apart.height} of its figures doubted: {apart['reason'][0]}"
    return ("told", notes[0]) if notes else None


def placed(bench: Bench, one: Alteration, folder: Path) -> Path:
    """Where its copy goes, among links to the files that lie beside it."""
    place = folder / one.path.relative_to(bench.folder)
    if not place.parent.exists():
        place.parent.mkdir(parents=True)
        for beside in one.path.parent.iterdir():
            (place.parent / beside.name).symlink_to(beside)
    place.unlink(missing_ok=True)
    return place


def verdict_of_list(bench: Bench, one: Alteration, folder: Path) -> Verdict:
    """What a build makes of an altered list of organisations, with all other lists as they are."""
    content = one.content()
    others = [item for item in bench.identities if item.path != one.path]
    own = [item.publication for item in bench.identities if item.path == one.path]
    read: list[ingest.ReadFile] = []
    if content is not None:
        place = placed(bench, one, folder)
        place.write_bytes(content)
        read, issues = bench.read(one.path, place)
        place.unlink()
        issues.extend(continuity.without_a_row(read))
        issues.extend([*dates.denied(read), *dates.days_after(read, TODAY)])
        if issues.found:
            return "refused", str(issues.found[0])
        read = [item for item in read if item.publication in own]
    order = [(item.publication.id, item.name) for item in bench.identities]
    both = sorted([*others, *read], key=lambda item: order.index((item.publication.id, item.name)))
    tables, faults = bench.of_lists(both)
    if faults:
        return "refused", str(faults[0])
    held, notes = continuity.organisations(tables["organisations"], bench.snapshot)
    held += continuity.closed_with_later_figures(
        tables["organisations"], bench.snapshot.measures, bench.snapshot
    )
    more, told = continuity.tables(tables, bench.snapshot)
    if held + more:
        return "refused", str((held + more)[0].issue)
    if notes + told or content is None:
        return "told", [*notes, *told, "no file of it"][0]
    same = all(
        frame.sort(pl.all()).equals(bench.usual_lists[name].sort(pl.all()), null_equal=True)
        for name, frame in tables.items()
    )
    return ("harmless", "") if same else ("unsaid", "other rows, of which nothing is told")


def _both(found: str, why: str) -> tuple[Verdict, Verdict]:
    return (found, why), (found, why)


def _other_tables(
    bench: Bench, plain: list[ingest.ReadFile], read: list[ingest.ReadFile]
) -> tuple[str, str] | None:
    """What is made of rows of tables that are no figures, where those are altered."""
    was = {one.publication.id: one for one in plain if one.publication.table in LISTS}
    for one in read:
        if one.publication.id not in was:
            continue
        old, now = (item.frame.drop("row", strict=False) for item in (was[one.publication.id], one))
        if one.publication.required and now.is_empty():
            return "refused", f"no row of {one.publication.id}, on which rules rest"
        gone = old.join(now, on=old.columns, how="anti", nulls_equal=True).height
        table = bench.snapshot.table(one.publication.table)
        if gone > max(continuity.FEW, continuity.MUCH * table.height):
            return (
                "refused",
                f"{gone} of {table.height} rows of table {one.publication.table} gone or changed",
            )
        if gone or now.height != old.height:
            return "told", f"rows of table {one.publication.table} gone or changed"
    return None


def altered_lists(was: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """What altered lists of organisations would make of the table of them."""
    open_ = was.filter(pl.col("closed").is_null())["code"].sort()
    code, many = open_[len(open_) // 2], open_.gather_every(5).implode()
    one, some = pl.col("code") == code, pl.col("code").is_in(many)
    nobody = pl.lit(None, pl.Date)
    yield (
        "one closed in 2012",
        was.with_columns(closed=pl.when(one).then(date(2012, 1, 1)).otherwise("closed")),
    )
    yield "many closed", was.with_columns(closed=pl.when(some).then(date(2026, 1, 1)).otherwise("closed"))
    yield "all open again", was.with_columns(closed=nobody)
    yield (
        "one region of another",
        was.with_columns(region=pl.when(one).then(pl.lit("Elsewhere")).otherwise("region")),
    )
    yield "one region for all", was.with_columns(region=pl.col("region").drop_nulls().first())
    yield "names a row too low", was.with_columns(name=pl.col("name").shift(1).fill_null("Nobody"))
    yield (
        "one with another's name",
        was.with_columns(
            name=pl.when(one)
            .then(pl.col("name").filter(pl.col("code") == open_[0]).first())
            .otherwise("name")
        ),
    )
    yield "all of another type", was.with_columns(type=pl.col("type").first())
    yield "half of them gone", was.head(was.height // 2)
    yield "one gone", was.filter(~one)
    yield "opened a century later", was.with_columns(opened=pl.col("opened").dt.offset_by("100y"))


@pytest.mark.parametrize("name", ["nhs", "schools"])
def test_altered_lists_of_organisations_are_told_or_held(name: str) -> None:
    snapshot = store.load(store.bundled(name))
    assert continuity.organisations(snapshot.organisations, snapshot) == ([], [])
    counts: Counter[str] = Counter()
    for kind, made in altered_lists(snapshot.organisations):
        held, notes = continuity.organisations(made, snapshot)
        held += continuity.closed_with_later_figures(made, snapshot.measures, snapshot)
        counts["refused" if held else "told" if notes else "unsaid"] += 1
        assert held or notes, kind
    seen = ", ".join(f"{n} {word}" for word, n in counts.most_common())
    kind = f"altered table of organisations of {name}"
    tried(kind, sum(counts.values()), counts["unsaid"], seen, "altered")


@pytest.mark.parametrize("name", ["nhs", "schools"])
def test_altered_lists_are_not_taken_in_unsaid(name: str, raw_data: Path, tmp_path: Path) -> None:
    sector = bench(name, raw_data)
    every = chosen(list(sector.lists()), of_lists, OF_LISTS)
    assert len(every) == OF_LISTS
    found = [(one, verdict_of_list(sector, one, tmp_path)) for one in every]
    noted(f"altered lists of organisations of {name}", found)
    unsaid = [f"{one}: {why}" for one, (what, why) in found if what == "unsaid"]
    assert len(unsaid) <= UNSAID * len(every) / 206, "\n".join(unsaid)


def noted(kind: str, found: Sequence[tuple[Alteration, Verdict]]) -> None:
    """Note verdicts for the page."""
    counts = Counter(what for _, (what, _) in found)
    paths, kinds = {one.path for one, _ in found}, {one.kind for one, _ in found}
    seen = ", ".join(f"{n} {word}" for word, n in counts.most_common())
    which = "; ".join(str(one) for one, (what, _) in found if what == "unsaid")
    seen += f". Unsaid: {which}" if which else ""
    text = f"{kind}: {len(kinds)} kinds, {len(paths)} files"
    tried(text, len(found), counts["unsaid"], seen, "altered")


@pytest.mark.parametrize("name", ["nhs", "schools"])
def test_altered_files_are_not_taken_in_unsaid(name: str, raw_data: Path, tmp_path: Path) -> None:
    sector = bench(name, raw_data)
    tables = list(sector.tables())
    every = chosen(tables)
    assert len(every) == EACH
    found = [(one, *verdicts(sector, one, tmp_path)) for one in every]
    unsaid: list[str] = []
    for at, label in ((1, "new to the snapshot in use"), (2, "known to it, and changed")):
        noted(f"altered files of {name}, {label}", [(each[0], each[at]) for each in found])
        unsaid += [f"{each[0]} ({label}): {each[at][1]}" for each in found if each[at][0] == "unsaid"]
    assert len(unsaid) <= 2 * UNSAID * len(every) / 206, "\n".join(unsaid)
